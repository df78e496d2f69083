"""Memory that all worker processes share, with locks that the operating system releases when a process is killed.

The memory is a file without a name, which workers inherit: it outlives each of them, and ends with the last process.
Parts that nobody writes to take no space. Without POSIX locks (Windows) it belongs to one process.
"""

import mmap
import os
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import reduction
from typing import Any

try:
    from fcntl import LOCK_EX, LOCK_UN, lockf
except ImportError:  # Windows
    lockf = None  # type: ignore[assignment]

SHARED = lockf is not None
"""Whether several processes can use the same memory on this platform."""


class SharedMemory:
    """Zero bytes at first. Can be pickled only for a process that is being started."""

    def __init__(self, descriptor: int | None, size: int) -> None:
        """Open the file of a descriptor, which is closed with this object; None: memory of this process only."""
        self._descriptor = descriptor
        if descriptor is not None:
            weakref.finalize(self, os.close, descriptor)
        self.bytes = mmap.mmap(-1 if descriptor is None else descriptor, size)

    @classmethod
    def made(cls, size: int) -> "SharedMemory":
        """Return new memory of a size in bytes."""
        if not SHARED:
            return cls(None, size)
        if hasattr(os, "memfd_create"):
            descriptor = os.memfd_create("sepolo-mock")
        else:
            with tempfile.TemporaryFile(buffering=0) as file:
                descriptor = os.dup(file.fileno())
        os.truncate(descriptor, size)
        return cls(descriptor, size)

    def lock(self, place: int) -> None:
        """Keep other processes from a place until `unlock`. Threads of one process are not kept from each other."""
        if self._descriptor is not None:
            lockf(self._descriptor, LOCK_EX, 1, place)

    def unlock(self, place: int) -> None:
        if self._descriptor is not None:
            lockf(self._descriptor, LOCK_UN, 1, place)

    @contextmanager
    def locked(self, place: int) -> Iterator[None]:
        """Hold the lock of a place."""
        self.lock(place)
        try:
            yield
        finally:
            self.unlock(place)

    def __reduce__(self) -> tuple[Any, ...]:
        assert self._descriptor is not None  # noqa: S101 - see `SHARED`
        return _inherited, (reduction.DupFd(self._descriptor), len(self.bytes))


def _inherited(duplicate: Any, size: int) -> SharedMemory:
    return SharedMemory(duplicate.detach(), size)
