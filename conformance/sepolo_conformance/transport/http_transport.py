"""Bytes over a socket, bounded in every direction: time in total, size of an answer, no redirects.

A thin layer over httpcore, the engine of httpx: httpx bounds each read but not the whole answer, so that a
server sending a byte a second would hold the run for hours; and it tidies addresses, whereas the suite has
to send them exactly as written.
"""

import ssl
import threading
import time
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore

from sepolo_conformance.model.outcomes import RunError

__all__ = ["Answer", "BusyError", "LostConnectionError", "NoAnswerError", "TooLargeError", "Transport"]


class NoAnswerError(RunError):
    """No answer that can be judged came; `busy` if the target asked to be left alone for now."""

    busy = False


class BusyError(NoAnswerError):
    """The target kept asking for later: 429, or 503 with Retry-After."""

    busy = True


class LostConnectionError(NoAnswerError):
    """The connection failed, so that asking once more may help."""


class TooLargeError(NoAnswerError):
    """The answer was longer than the suite reads."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, headers in their order, the body with its encoding undone, or why it couldn't be."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    packed: str | None = None


class Transport:
    """Sends requests to one origin, keeping connections open. Usable from several threads."""

    def __init__(self, base_url: str, *, timeout: float, ceiling: int) -> None:
        self._base_url = base_url
        self._timeout = timeout
        self._ceiling = ceiling
        self._deadline = _Deadline()
        self._pool = _pool(base_url, self._deadline)

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    def send(
        self,
        method: str,
        target: str,
        headers: Iterable[tuple[str, str]],
        body: bytes | None,
        *,
        timeout: float | None = None,
    ) -> Answer:
        """Send a request and read its whole answer, within `timeout` seconds in total.

        Raises NoAnswerError, whose text says what happened.
        """
        allowed = min(self._timeout, timeout or self._timeout)
        self._deadline.set(time.monotonic() + allowed)
        try:
            with self._pool.stream(
                method.encode("ascii"),
                self._url(target),
                headers=[(b"Host", self._host()), *((n.encode(), v.encode()) for n, v in headers)],
                content=body,
                extensions={"timeout": dict.fromkeys(("connect", "read", "write", "pool"), allowed)},
            ) as response:
                return self._read(response)
        except NoAnswerError:
            raise
        except (httpcore.TimeoutException, TimeoutError) as error:
            raise NoAnswerError(f"no whole answer within {allowed:g} s: raise --timeout") from error
        except (httpcore.LocalProtocolError, httpcore.UnsupportedProtocol) as error:
            raise NoAnswerError(f"the request can't be sent: {error}") from error
        except httpcore.RemoteProtocolError as error:
            raise LostConnectionError(f"the answer breaks HTTP: {error}") from error
        except (httpcore.NetworkError, httpcore.ProxyError, OSError) as error:
            raise LostConnectionError(_network(error)) from error

    def _url(self, target: str) -> httpcore.URL:
        parts = urlsplit(self._base_url)
        return httpcore.URL(
            scheme=parts.scheme.encode(),
            host=(parts.hostname or "").encode("idna"),
            port=parts.port,
            target=(parts.path + target).encode("ascii"),
        )

    def _host(self) -> bytes:
        return urlsplit(self._base_url).netloc.rpartition("@")[2].encode("idna")

    def _read(self, response: httpcore.Response) -> Answer:
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers)
        chunks: list[bytes] = []
        size = 0
        for chunk in response.iter_stream():
            size += len(chunk)
            if size > self._ceiling:
                raise TooLargeError(f"the answer is longer than {self._ceiling // 2**20} MiB")
            chunks.append(chunk)
        return self._unpacked(response.status, headers, b"".join(chunks))

    def _unpacked(self, status: int, headers: tuple[tuple[str, str], ...], body: bytes) -> Answer:
        """Undo gzip, which some proxies apply although `identity` was asked for."""
        coding = next((value.strip().lower() for name, value in headers if name.lower() == "content-encoding"), "")
        if coding not in ("gzip", "x-gzip") or not body:
            return Answer(status, headers, body)
        try:
            unpacked = zlib.decompressobj(31).decompress(body, self._ceiling + 1)
        except zlib.error as error:
            return Answer(status, headers, body, f"Content-Encoding says {coding}, and it isn't: {error}")
        if len(unpacked) > self._ceiling:
            raise TooLargeError(f"the answer is longer than {self._ceiling // 2**20} MiB")
        return Answer(status, headers, unpacked)


class _Deadline(threading.local):
    """The instant, on the monotonic clock, at which this thread's request must be over."""

    def __init__(self) -> None:
        self._at = 0.0

    def set(self, at: float) -> None:
        self._at = at

    def clamp(self, timeout: float | None, error: type[Exception]) -> float:
        left = self._at - time.monotonic()
        if left <= 0:
            raise error("deadline")
        return left if timeout is None else min(timeout, left)


class _Backend(httpcore.NetworkBackend):
    """httpcore's own sockets, with every wait cut to the deadline."""

    def __init__(self, deadline: _Deadline) -> None:
        self._deadline = deadline
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        allowed = self._deadline.clamp(timeout, httpcore.ConnectTimeout)
        stream = self._plain.connect_tcp(host, port, allowed, local_address, socket_options)
        return _Stream(stream, self._deadline)

    def sleep(self, seconds: float) -> None:
        self._plain.sleep(seconds)


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.clamp(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.clamp(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        allowed = self._deadline.clamp(timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, allowed), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _pool(base_url: str, deadline: _Deadline) -> httpcore.ConnectionPool:
    parts = urlsplit(base_url)
    context = None
    if parts.scheme == "https":
        import httpx  # noqa: PLC0415 - a tenth of a second, for which plain http needn't wait

        context = httpx.create_ssl_context()
    common: dict[str, Any] = {"ssl_context": context, "network_backend": _Backend(deadline), "keepalive_expiry": 20.0}
    proxy = getproxies().get(parts.scheme)
    if proxy is None or proxy_bypass(parts.hostname or ""):
        return httpcore.ConnectionPool(**common)
    return httpcore.HTTPProxy(proxy_url=proxy if "://" in proxy else f"http://{proxy}", **common)


def _network(error: Exception) -> str:
    """Return what went wrong with the connection, in a phrase."""
    cause = error.__cause__ or error.__context__ or error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    text = str(cause) or str(error) or type(error).__name__
    if isinstance(cause, ssl.SSLError):
        return f"TLS failed: {getattr(cause, 'verify_message', '') or text}"
    if isinstance(error, httpcore.ConnectError):
        return f"can't connect: {text}"
    return f"the connection broke: {text}"
