"""Responses as values, the errors of requests without a response, and the interface of a transport."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from sepolo_conformance.model.outcomes import RunError


class NoResponseError(RunError):
    """There is no response to judge. `busy` if every attempt was rejected with 429 or 503."""

    busy = False


class BusyError(NoResponseError):
    """Every attempt returned 429, or 503 with Retry-After."""

    busy = True


class LostConnectionError(NoResponseError):
    """The connection failed, so a retry may succeed."""


class TooLargeError(NoResponseError):
    """The response body exceeds the limit."""


@dataclass(frozen=True, slots=True)
class Response:
    """Status, headers in their order, and the decoded body.

    `encoding_fault` says why the body could not be decoded; the body is then as received.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    encoding_fault: str | None = None


class Transport(Protocol):
    """Sends requests to one origin."""

    def send(
        self,
        method: str,
        target: str,
        headers: Iterable[tuple[str, str]],
        body: bytes | None,
        *,
        timeout: float | None = None,
    ) -> Response:
        """Return the response to a request; raise NoResponseError if there is none."""

    def close(self) -> None:
        """Close all connections."""


def decoded(status: int, headers: tuple[tuple[str, str], ...], body: bytes, max_body_bytes: int) -> Response:
    """Return a response with its gzip body decoded: some proxies apply gzip although a request accepts `identity` only.

    Raises TooLargeError for a body that exceeds the limit after decoding.
    """
    coding = next((value.strip().lower() for name, value in headers if name.lower() == "content-encoding"), "")
    if coding not in ("gzip", "x-gzip") or not body:
        return Response(status, headers, body)
    try:
        found = zlib.decompressobj(31).decompress(body, max_body_bytes + 1)
    except zlib.error as error:
        return Response(status, headers, body, f"the body is not {coding}, as Content-Encoding says: {error}")
    if len(found) > max_body_bytes:
        raise TooLargeError(f"the response is longer than {max_body_bytes // 2**20} MiB")
    return Response(status, headers, found)
