"""Counts of rate limits in memory that all workers share, so that a limit is exact whatever their number.

The library `limits` is not used: it has no store that processes share without a server.
"""

import struct
from collections.abc import Sequence

from sepolo_mock_server.state.shared_memory import SharedMemory

_WINDOWS = struct.Struct("=dqdq")
"""The start and the count of the two windows of a key."""
MADE_KEYS = 2**20
"""Places of keys that are made while the sandbox runs. Their numbers in the state go on after the last place."""


class RateCounts:
    """The windows of all keys: those of the profile, then those that were made."""

    def __init__(self, memory: SharedMemory, profile_keys: int) -> None:
        self._memory = memory
        self._profile_keys = profile_keys

    @classmethod
    def made(cls, profile_keys: int) -> "RateCounts":
        """Return counts whose windows have not begun."""
        return cls(SharedMemory.made((profile_keys + MADE_KEYS) * _WINDOWS.size), profile_keys)

    def of_key(self, number: int) -> "KeyCounts":
        """Return the windows of one key of the profile, by its place there."""
        return KeyCounts(self._memory, number)

    def of_made_key(self, number: int) -> "KeyCounts":
        """Return the windows of a key that was made, by its number in the state."""
        return KeyCounts(self._memory, self._profile_keys + number % MADE_KEYS)


class KeyCounts:
    """The start in seconds and the count of each window of one key; a start of 0 if no request was counted yet."""

    def __init__(self, memory: SharedMemory, number: int) -> None:
        self._memory = memory
        self._place = number * _WINDOWS.size

    def lock(self) -> tuple[tuple[float, int], ...]:
        """Return the windows, and keep other processes from them until `unlock`."""
        self._memory.lock(self._place)
        first_s, first, second_s, second = _WINDOWS.unpack_from(self._memory.bytes, self._place)
        return (first_s, first), (second_s, second)

    def unlock(self, windows: Sequence[tuple[float, int]]) -> None:
        """Store the one or two windows."""
        _WINDOWS.pack_into(self._memory.bytes, self._place, *windows[0], *windows[-1])
        self._memory.unlock(self._place)
