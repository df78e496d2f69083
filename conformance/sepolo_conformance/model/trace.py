"""What a check did, in order, although several checks run at the same time and share results.

A check has a trace, and so has each shared result. The trace of a check refers to those of the shared results that it
used. Whichever check asks first, traces that are read in the order of the checks give the same exchanges in the same
order: those of a shared result belong to the first check of this order that used it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any


class Trace:
    """Exchanges, traces of shared results in between, and the number of requests, retries included."""

    def __init__(self) -> None:
        self.entries: list[Any] = []
        self._shared: set[Trace] = set()
        self._is_read = False
        self.sent = 0
        self.held_bytes = 0

    def add(self, entry: Any, size: int = 0) -> None:
        """Add an exchange of `size` bytes, or the trace of a shared result, which counts once."""
        if isinstance(entry, Trace):
            if entry in self._shared:
                return
            self._shared.add(entry)
        self.entries.append(entry)
        self.held_bytes += size

    def extend(self, other: "Trace") -> None:
        """Add what another trace contains: that of a result which was not remembered."""
        self.entries.extend(other.entries)
        self.sent += other.sent
        self.held_bytes += other.held_bytes

    def read(self, take: Callable[[Any], None]) -> int:
        """Call `take` with each exchange that was not read before, and return the number of their requests.

        The exchanges are then forgotten. Call this for one check after the other.
        """
        if self._is_read:
            return 0
        self._is_read = True
        entries, self.entries, self.held_bytes = self.entries, [], 0
        sent = self.sent
        for entry in entries:
            if isinstance(entry, Trace):
                sent += entry.read(take)
            else:
                take(entry)
        return sent


_CURRENT: ContextVar[Trace | None] = ContextVar("trace", default=None)


def current() -> Trace | None:
    """Return the trace of the check or the shared result that runs in this thread, None outside of both."""
    return _CURRENT.get()


@contextmanager
def traced(trace: Trace) -> Iterator[Trace]:
    """Make `trace` the current one."""
    token = _CURRENT.set(trace)
    try:
        yield trace
    finally:
        _CURRENT.reset(token)
