"""Cursors: signed, opaque keyset positions, bound to the list they came from.

Pure rules: no request, no world, no state. A cursor is base64url of MAC | issue time | generation | four
short digests (operation, key, filters, world) | the last row's position as variable-length integers. Any
replica with the same secret can answer the next page; nothing is remembered.

Under a fixed clock a cursor carries no issue time and never expires, so that equal requests give equal
bytes on any day. Only under the wall clock, where bytes change with time anyway, does it end after 24
hours.
"""

import base64
import binascii
import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2s

import orjson

from sepolo_mock_server import errors
from sepolo_mock_server.errors import RejectedError

MAXIMUM_LENGTH = 512
LIFETIME_S = 24 * 3600
_MAC, _TIME, _GENERATION, _DIGEST = 12, 5, 4, 6
_HEAD = _MAC + _TIME + _GENERATION + 4 * _DIGEST

Position = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Binding:
    """What a cursor belongs to, as short digests, and the generation of the stored state it was made in."""

    operation: bytes
    key: bytes
    filters: bytes
    world: bytes
    generation: int = 0


def digest(*parts: object) -> bytes:
    """Six bytes that tell things apart; not a secret and not a proof."""
    return blake2s("\x1f".join(map(str, parts)).encode(), digest_size=_DIGEST).digest()


def filters_digest(filters: Mapping[str, object]) -> bytes:
    """The digest of parsed filters, whatever their order; cursor and page size are no filters."""
    return blake2s(orjson.dumps(dict(filters), option=orjson.OPT_SORT_KEYS), digest_size=_DIGEST).digest()


@dataclass(frozen=True, slots=True)
class Signer:
    """Makes and reads cursors with one secret.

    `wall_s` gives the wall time in seconds where cursors expire, and is None where they don't (a fixed
    clock).
    """

    secret: bytes
    wall_s: Callable[[], float] | None = None

    def issue(self, binding: Binding, position: Position) -> str:
        """The cursor after `position`; at most 512 characters for positions of up to 30 64-bit numbers."""
        issued = 0 if self.wall_s is None else int(self.wall_s())
        payload = b"".join(
            (
                issued.to_bytes(_TIME, "big"),
                (binding.generation & 0xFFFFFFFF).to_bytes(_GENERATION, "big"),
                binding.operation,
                binding.key,
                binding.filters,
                binding.world,
                _packed(position),
            )
        )
        return base64.urlsafe_b64encode(self._mac(payload) + payload).rstrip(b"=").decode()

    def read(self, cursor: str, binding: Binding) -> Position:
        """The position a cursor carries; RejectedError says why it can't be used for this binding."""
        payload = self._opened(cursor)
        parts = _split(payload, (_TIME, _GENERATION, _DIGEST, _DIGEST, _DIGEST, _DIGEST))
        issued, generation, operation, key, filters, world, position = parts
        for found, wanted, reason in (
            (operation, binding.operation, errors.CURSOR_OPERATION),
            (key, binding.key, errors.CURSOR_KEY),
            (world, binding.world, errors.CURSOR_WORLD),
            (generation, (binding.generation & 0xFFFFFFFF).to_bytes(_GENERATION, "big"), errors.CURSOR_RESET),
            (filters, binding.filters, errors.CURSOR_FILTERS),
        ):
            if found != wanted:
                raise RejectedError(reason)
        if self.wall_s is not None and self.wall_s() - int.from_bytes(issued, "big") > LIFETIME_S:
            raise RejectedError(errors.CURSOR_EXPIRED)
        return _unpacked(position)

    def _opened(self, cursor: str) -> bytes:
        if len(cursor) > MAXIMUM_LENGTH:
            raise RejectedError(errors.CURSOR_LONG)
        try:
            raw = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, UnicodeEncodeError, ValueError):
            raise RejectedError(errors.CURSOR_FORGED) from None
        mac, payload = raw[:_MAC], raw[_MAC:]
        # The text is compared too: base64 has spare bits, and one position shall have one cursor.
        genuine = len(raw) >= _HEAD and hmac.compare_digest(mac, self._mac(payload))
        if not genuine or base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != cursor:
            raise RejectedError(errors.CURSOR_FORGED)
        return payload

    def _mac(self, payload: bytes) -> bytes:
        return blake2s(payload, key=self.secret[:32], digest_size=_MAC).digest()


def _split(payload: bytes, widths: Iterable[int]) -> list[bytes]:
    parts, at = [], 0
    for width in widths:
        parts.append(payload[at : at + width])
        at += width
    return [*parts, payload[at:]]


def _packed(position: Position) -> bytes:
    """Zigzag and seven bits a byte, so that small numbers of either sign take one or two bytes."""
    out = bytearray()
    for number in position:
        rest = number * 2 if number >= 0 else -number * 2 - 1
        while rest > 0x7F:
            out.append(rest & 0x7F | 0x80)
            rest >>= 7
        out.append(rest)
    return bytes(out)


def _unpacked(packed: bytes) -> Position:
    numbers, number, shift = [], 0, 0
    for byte in packed:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            numbers.append(number // 2 if number % 2 == 0 else -(number + 1) // 2)
            number = shift = 0
    return tuple(numbers)
