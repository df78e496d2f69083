"""A request with its response as one record of bytes, and back.

Made once per request, so `pack` is written for speed: a fixed head, then the texts in a row, where a NUL separates the
parts of a text. Nothing is masked here.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

BODY_BYTES = 16 * 1024
"""Bytes of a body that a record keeps."""

_HEAD = struct.Struct("=ddHQQQ5I")
_TEXTS = 5

Pairs = Sequence[tuple[bytes, bytes]]


def pack(
    numbers: tuple[float, float, int, int, int, int],
    facts: Sequence[bytes],
    request_headers: bytes,
    response_headers: bytes,
    request_body: bytes,
    response_body: bytes,
) -> bytes:
    """Return a record. `numbers` and `facts` are members of `Record` in their order, without the number in the log.

    `facts` are joined before they are passed where several are always the same. Headers are names and values in turn,
    separated by NUL.
    """
    texts = (b"\0".join(facts), request_headers, response_headers, request_body, response_body)
    return b"".join((_HEAD.pack(*numbers, *map(len, texts)), *texts))


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
    _packed: bytes

    @property
    def request_id(self) -> str | None:
        """Id in the response's headers, None if there was no response."""
        return next((value for name, value in self.response_headers if name == "x-request-id"), None)

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
        return _pairs(self._text(1))

    @property
    def response_headers(self) -> list[tuple[str, str]]:
        return _pairs(self._text(2))

    @property
    def request_body(self) -> bytes:
        """The first `BODY_BYTES` bytes."""
        return self._text(3)

    @property
    def response_body(self) -> bytes:
        """The first `BODY_BYTES` bytes, without compression."""
        return self._text(4)

    def _text(self, place: int) -> bytes:
        sizes = _HEAD.unpack_from(self._packed)[-_TEXTS:]
        start = _HEAD.size + sum(sizes[:place])
        return self._packed[start : start + sizes[place]]


def unpacked(number: int, packed: bytes) -> Record:
    """Return the record with this number in the log."""
    numbers = _HEAD.unpack_from(packed)
    facts = packed[_HEAD.size : _HEAD.size + numbers[-_TEXTS]].decode("utf-8", "replace").split("\0")
    values: list[Any] = [number, *numbers[:-_TEXTS], *facts, packed]
    return Record(*values)


def _pairs(joined: bytes) -> list[tuple[str, str]]:
    parts = joined.decode("latin-1").split("\0") if joined else []
    return list(zip(parts[::2], parts[1::2], strict=False))
