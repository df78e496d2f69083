"""Counts of rate limits in memory that all workers share, so that a limit is exact whatever their number.

The memory is a file without a name, which workers inherit: it outlives each of them, and ends with the last process.
Locks are those of the file, which the operating system releases when a process is killed.
"""

import mmap
import os
import struct
import tempfile
from collections.abc import Sequence
from multiprocessing.reduction import DupFd
from typing import Any

try:
    from fcntl import LOCK_EX, LOCK_UN, lockf
except ImportError:  # Windows
    lockf = None  # type: ignore[assignment]

_WINDOWS = struct.Struct("=dqdq")
"""The start and the count of the two windows of a key."""


class RateCounts:
    """The windows of all keys. Can be pickled only for a process that is being started."""

    def __init__(self, descriptor: int) -> None:
        """Open the file of a descriptor, which is closed with the process or by `close`."""
        self._descriptor = descriptor
        self._memory = mmap.mmap(descriptor, 0)

    @classmethod
    def made(cls, keys: int, now_s: float) -> "RateCounts | None":
        """Return counts whose windows begin now; None on a platform that has no locks of this kind."""
        if lockf is None:
            return None
        with tempfile.TemporaryFile(buffering=0) as file:
            file.write(_WINDOWS.pack(now_s, 0, now_s, 0) * keys)
            return cls(os.dup(file.fileno()))

    def of_key(self, number: int) -> "KeyCounts":
        """Return the windows of one key."""
        return KeyCounts(self._descriptor, self._memory, number)

    def close(self) -> None:
        """Close this process's access."""
        self._memory.close()
        os.close(self._descriptor)

    def __reduce__(self) -> tuple[Any, ...]:
        return _inherited, (DupFd(self._descriptor),)


def _inherited(duplicate: Any) -> RateCounts:
    return RateCounts(duplicate.detach())


class KeyCounts:
    """The start in seconds and the count of each window of one key."""

    def __init__(self, descriptor: int, memory: mmap.mmap, number: int) -> None:
        self._descriptor = descriptor
        self._memory = memory
        self._place = number * _WINDOWS.size

    def lock(self) -> tuple[tuple[float, int], ...]:
        """Return the windows, and keep other processes from them until `unlock`."""
        lockf(self._descriptor, LOCK_EX, 1, self._place)
        first_s, first, second_s, second = _WINDOWS.unpack_from(self._memory, self._place)
        return (first_s, first), (second_s, second)

    def unlock(self, windows: Sequence[tuple[float, int]]) -> None:
        """Store the one or two windows."""
        _WINDOWS.pack_into(self._memory, self._place, *windows[0], *windows[-1])
        lockf(self._descriptor, LOCK_UN, 1, self._place)
