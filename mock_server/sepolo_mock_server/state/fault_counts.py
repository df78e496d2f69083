"""Counts of fault rules in memory that all workers share, so that a count is exact whatever their number."""

import struct

from sepolo_mock_server.rules.faults import FaultRule
from sepolo_mock_server.state.shared_memory import SharedMemory

PLACES = 2**18
"""Rules that have room; a place takes memory when it is first used."""
_TRIED = 64
"""Places that a rule may have, one after another."""
_PLACE = struct.Struct("=16sQQ")
"""Id of a rule, and how many requests matched and failed."""
_FREE = bytes(16)


class FaultCounts:
    """How many requests each rule matched and how many it made fail, since the sandbox was started."""

    def __init__(self, memory: SharedMemory, places: int) -> None:
        self._memory = memory
        self._places = places

    @classmethod
    def made(cls, places: int = PLACES) -> "FaultCounts":
        """Return counts of no rule."""
        return cls(SharedMemory.made((places + _TRIED) * _PLACE.size), places)

    def take(self, rule: FaultRule) -> tuple[bool, bool]:
        """Count a request that matches; return whether it fails, and whether the rule has ended with it."""
        with self._memory.locked(0):
            place = self._found(rule.id_bytes)
            _, matched, hits = _PLACE.unpack_from(self._memory.bytes, place)
            hit = rule.hits_next(matched, hits)
            _PLACE.pack_into(self._memory.bytes, place, rule.id_bytes, matched + 1, hits + hit)
        return hit, hit and rule.used_up(hits + 1)

    def hits(self, rule: FaultRule) -> int:
        """Return how many requests a rule made fail."""
        with self._memory.locked(0):
            number: int = _PLACE.unpack_from(self._memory.bytes, self._found(rule.id_bytes))[2]
        return number

    def forget(self, rule: FaultRule) -> None:
        """Free the place of a rule that is deleted."""
        with self._memory.locked(0):
            _PLACE.pack_into(self._memory.bytes, self._found(rule.id_bytes), _FREE, 0, 0)

    def _found(self, rule_id: bytes) -> int:
        """The place of a rule, or else a free one; if all are taken, that of a rule which then begins anew."""
        first = int.from_bytes(rule_id[:8], "big") % self._places * _PLACE.size
        free = None
        for place in range(first, first + _TRIED * _PLACE.size, _PLACE.size):
            found = _PLACE.unpack_from(self._memory.bytes, place)[0]
            if found == rule_id:
                return place
            if found == _FREE and free is None:
                free = place
        place = first if free is None else free
        _PLACE.pack_into(self._memory.bytes, place, _FREE, 0, 0)
        return place

    def __reduce__(self) -> tuple[type["FaultCounts"], tuple[SharedMemory, int]]:
        return FaultCounts, (self._memory, self._places)
