"""A request with its response as one record of bytes, and back.

`pack` is written for speed, since every request pays for it: it takes values as they are at hand, and `unpacked` makes
texts of them. Nothing is masked here.
"""

import marshal
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

BODY_BYTES = 16 * 1024
"""Bytes of a body that a record keeps."""

_FORMAT = 2
"""The format of marshal that does not look for values which occur twice."""

Pairs = tuple[tuple[bytes, bytes], ...]


def packed_headers(pairs: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return headers as a record has them."""
    return marshal.dumps(tuple(pairs), _FORMAT)


def pack(
    numbers: tuple[float, float, int, int, int, int],
    texts: tuple[bytes, bytes, bytes, bytes, bytes, bytes],
    request_headers: bytes,
    response_headers: tuple[bytes, Pairs],
    bodies: tuple[bytes, bytes],
) -> bytes:
    """Return a record. `numbers` and `texts` are members of `Record` in their order, without the number in the log.

    The last text has the id of the organisation, and id and name of the key, separated by NUL. Headers are packed,
    except for those that only this response has.
    """
    # Only the processes of this sandbox write and read records, so that marshal is safe, and it is by far the fastest.
    return marshal.dumps((*numbers, *texts, request_headers, *response_headers, *bodies), _FORMAT)


@dataclass(frozen=True, slots=True)
class Record:
    """One request as it is in the log; texts are empty where there is nothing to say."""

    number: int
    received_s: float
    """Unix time."""
    duration_s: float
    status: int
    """0 if there was no response."""
    request_bytes: int
    response_bytes: int
    """Bytes that were sent, compressed if the body was."""
    plain_bytes: int
    """Bytes of the response's body without compression."""
    method: str
    target: str
    """Path and query."""
    reason: str
    fault_id: str
    operation_id: str
    organization_id: str
    key_id: str
    key_name: str
    _headers: tuple[Pairs, Pairs, Pairs]
    request_body: bytes
    """The first `BODY_BYTES` bytes."""
    response_body: bytes
    """The first `BODY_BYTES` bytes, without compression."""

    @property
    def request_id(self) -> str | None:
        """Id in the response's headers, None if there was no response."""
        pairs = self._headers[2] + self._headers[1]
        return next((value.decode("latin-1") for name, value in pairs if name == b"x-request-id"), None)

    @property
    def request_cut(self) -> bool:
        """Whether the request's body is longer than what is stored of it."""
        return self.request_bytes > BODY_BYTES

    @property
    def response_cut(self) -> bool:
        """Whether the response's body is longer than what is stored of it."""
        return self.plain_bytes > BODY_BYTES

    @property
    def request_headers(self) -> list[tuple[str, str]]:
        return _decoded(self._headers[0])

    @property
    def response_headers(self) -> list[tuple[str, str]]:
        return _decoded(self._headers[1] + self._headers[2])


def unpacked(number: int, packed: bytes) -> Record:
    """Return the record with this number in the log."""
    values = marshal.loads(packed)  # noqa: S302 - see `pack`
    facts = b"\0".join(values[6:12]).decode("utf-8", "replace").split("\0")
    own: Pairs
    request_headers, response_headers, own, *bodies = values[12:]
    headers = marshal.loads(request_headers), marshal.loads(response_headers), own  # noqa: S302 - see `pack`
    members: list[Any] = [number, *values[:6], *facts, headers, *bodies]
    return Record(*members)


def _decoded(pairs: Pairs) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs]
