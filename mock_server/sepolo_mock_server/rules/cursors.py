"""Cursors: signed, opaque positions in a list, bound to the list, key, filters and data that they were issued for.

Pure rules: no request, no world, no state. A cursor is the base64url text of

    MAC | issue time | generation | operation | key | filters | world | position

where the four in the middle are short digests and the position is that of the last row returned, as variable-length
integers. The server remembers nothing: any replica with the same secret can continue the list.

Under a fixed clock a cursor has no issue time and never expires, so that equal requests give equal bytes on any day.
Under the wall clock it expires after 24 hours.
"""

import base64
import binascii
import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2s

import orjson

from sepolo_mock_server.errors import RejectedError, messages

MAXIMUM_LENGTH = 512
LIFETIME_S = 24 * 3600
_MAC_BYTES, _TIME_BYTES, _GENERATION_BYTES, _DIGEST_BYTES = 12, 5, 4, 6
_HEAD_BYTES = _MAC_BYTES + _TIME_BYTES + _GENERATION_BYTES + 4 * _DIGEST_BYTES

Position = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Binding:
    """The list that a cursor is valid for, as short digests, and the generation of the stored state."""

    operation: bytes
    key: bytes
    filters: bytes
    world: bytes
    generation: int = 0

    @property
    def generation_bytes(self) -> bytes:
        """The generation as a cursor holds it."""
        return (self.generation & 0xFFFFFFFF).to_bytes(_GENERATION_BYTES, "big")


def digest(*parts: object) -> bytes:
    """Return a digest of six bytes to compare values by; it is neither secret nor proof against forgery."""
    return blake2s("\x1f".join(map(str, parts)).encode(), digest_size=_DIGEST_BYTES).digest()


def filters_digest(filters: Mapping[str, object]) -> bytes:
    """Return the digest of parsed filters in any order. Cursor and page size are not filters."""
    return blake2s(orjson.dumps(dict(filters), option=orjson.OPT_SORT_KEYS), digest_size=_DIGEST_BYTES).digest()


@dataclass(frozen=True, slots=True)
class Signer:
    """Issues and reads cursors with one secret.

    `wall_s` returns the wall time in seconds if cursors expire; it is None if they don't (a fixed clock).
    """

    secret: bytes
    wall_s: Callable[[], float] | None = None

    def issue(self, binding: Binding, position: Position) -> str:
        """Return the cursor after `position`; at most 512 characters for up to 30 numbers of 64 bits."""
        issued = 0 if self.wall_s is None else int(self.wall_s())
        payload = b"".join(
            (
                issued.to_bytes(_TIME_BYTES, "big"),
                binding.generation_bytes,
                binding.operation,
                binding.key,
                binding.filters,
                binding.world,
                _packed(position),
            )
        )
        return base64.urlsafe_b64encode(self._mac(payload) + payload).rstrip(b"=").decode()

    def read(self, cursor: str, binding: Binding) -> Position:
        """Return the position of a cursor; raise RejectedError if it is forged, expired or bound to another list."""
        payload = self._verified(cursor)
        widths = (_TIME_BYTES, _GENERATION_BYTES, _DIGEST_BYTES, _DIGEST_BYTES, _DIGEST_BYTES, _DIGEST_BYTES)
        issued, generation, operation, key, filters, world, position = _split(payload, widths)
        for found, expected, message in (
            (operation, binding.operation, messages.CURSOR_OPERATION),
            (key, binding.key, messages.CURSOR_KEY),
            (world, binding.world, messages.CURSOR_WORLD),
            (generation, binding.generation_bytes, messages.CURSOR_RESET),
            (filters, binding.filters, messages.CURSOR_FILTERS),
        ):
            if found != expected:
                raise RejectedError(message)
        if self.wall_s is not None and self.wall_s() - int.from_bytes(issued, "big") > LIFETIME_S:
            raise RejectedError(messages.CURSOR_EXPIRED)
        return _unpacked(position)

    def _verified(self, cursor: str) -> bytes:
        """Return the payload of a cursor that this signer issued."""
        if len(cursor) > MAXIMUM_LENGTH:
            raise RejectedError(messages.CURSOR_LONG)
        try:
            raw = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, UnicodeEncodeError, ValueError):
            raise RejectedError(messages.CURSOR_FORGED) from None
        mac, payload = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        genuine = len(raw) >= _HEAD_BYTES and hmac.compare_digest(mac, self._mac(payload))
        # The text is compared too: base64 has spare bits, so several texts would decode to the same bytes.
        if not genuine or base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != cursor:
            raise RejectedError(messages.CURSOR_FORGED)
        return payload

    def _mac(self, payload: bytes) -> bytes:
        return blake2s(payload, key=self.secret[:32], digest_size=_MAC_BYTES).digest()


def _split(payload: bytes, widths: Iterable[int]) -> list[bytes]:
    parts, start = [], 0
    for width in widths:
        parts.append(payload[start : start + width])
        start += width
    return [*parts, payload[start:]]


def _packed(position: Position) -> bytes:
    """Zigzag encoding with seven bits a byte: small numbers of either sign take one or two bytes."""
    out = bytearray()
    for number in position:
        rest = number * 2 if number >= 0 else -number * 2 - 1
        while rest > 0x7F:
            out.append(rest & 0x7F | 0x80)
            rest >>= 7
        out.append(rest)
    return bytes(out)


def _unpacked(packed: bytes) -> Position:
    """Return the numbers of a position; raise RejectedError if there is none, or one is cut off or above 64 bits.

    Its numbers are not trusted, because the default secret is public and anyone can sign a position with it.
    """
    numbers, number, shift = [], 0, 0
    for byte in packed:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            numbers.append(number // 2 if number % 2 == 0 else -(number + 1) // 2)
            number = shift = 0
    if not numbers or shift or not all(-(2**63) <= one < 2**63 for one in numbers):
        raise RejectedError(messages.CURSOR_FORGED)
    return tuple(numbers)
