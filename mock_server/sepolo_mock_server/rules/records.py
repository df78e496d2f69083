"""A request with its response as the log keeps it, and as readers want it.

Every request pays for what is kept, so these are the values as they are at hand, and `Record` makes texts of them when
they are read. Nothing is masked here.
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

Values = tuple[Any, ...]
"""The members of `Record` in their order, without the number, and with these differences.

In place of the ids of organisation and key and of its name is one text with the three, separated by NUL. Headers are
those of the request and of the response, packed, and those that only this response has. The last is a bound of the
bytes in memory: `SMALL_BYTES`, and the sizes of target, packed headers and bodies.
"""
SMALL_BYTES = 1_000
"""Bytes in memory of everything in `Values` whose size is bounded."""
SIZE = 17
"""Place of the size in `Values`."""


def packed_headers(pairs: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return headers as a record has them."""
    return marshal.dumps(tuple(pairs), _FORMAT)


def packed(values: Values) -> bytes:
    """Return values as bytes."""
    # Only the processes of this sandbox write and read records, so that marshal is safe, and it is by far the fastest.
    return marshal.dumps(values, _FORMAT)


def unpacked(stored: bytes) -> Values:
    """Return the values of `packed`."""
    values: Values = marshal.loads(stored)  # noqa: S302 - see `packed`
    return values


@dataclass(frozen=True, slots=True)
class Record:
    """One request as it is in the log; texts are empty where there is nothing to say."""

    number: int
    received_s: float
    """Unix time."""
    ended_s: float
    """Unix time at which the response was handed on."""
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
    _headers: tuple[bytes, bytes, Pairs]
    request_body: bytes
    """The first `BODY_BYTES` bytes."""
    response_body: bytes
    """The first `BODY_BYTES` bytes, without compression."""

    @classmethod
    def of(cls, number: int, values: Values) -> "Record":
        """Return the record with this number in the log."""
        facts = b"\0".join(values[7:12]).decode("utf-8", "replace").split("\0")
        members: list[Any] = [number, *values[:7], *facts, values[12:15], *values[15:SIZE]]
        return cls(*members)

    @property
    def duration_s(self) -> float:
        """Time until the response was handed on; 0 if the clock of the machine was set back meanwhile."""
        return max(0.0, self.ended_s - self.received_s)

    @property
    def request_id(self) -> str | None:
        """Id in the response's headers, None if there was no response."""
        pairs = self._headers[2] + _pairs(self._headers[1])
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
        return _decoded(_pairs(self._headers[0]))

    @property
    def response_headers(self) -> list[tuple[str, str]]:
        return _decoded(_pairs(self._headers[1]) + self._headers[2])


def _pairs(packed_pairs: bytes) -> Pairs:
    pairs: Pairs = marshal.loads(packed_pairs)  # noqa: S302 - see `packed`
    return pairs


def _decoded(pairs: Pairs) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs]
