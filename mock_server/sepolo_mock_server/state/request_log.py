"""The request log: the last records, bounded by number and by bytes.

One process keeps the values of its requests as they are. Several processes keep them packed in memory that they share,
a ring of which only the part in use is taken; a record that a killed worker did not complete is not in the log.

A process uses the log in one thread only, because locks of the memory belong to a process.
"""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from itertools import count, islice

from sepolo_mock_server.rules import records
from sepolo_mock_server.rules.records import SIZE, Record, Values
from sepolo_mock_server.state.shared_memory import SharedMemory

RECORDS = 10_000
"""Records that the log keeps at most."""
CAPACITY_BYTES = 64 * 2**20
"""Bytes of records that the log keeps at most."""

_WORD_BYTES = 8
_END, _LAST, _SLOTS = 0, 1, 8
"""The words that hold the position after the last record, its number, and the position and size of each record.

Positions and numbers only grow.
"""


class RequestLog(ABC):
    """The records with the highest numbers; the first record has number 1."""

    shares_nothing = True
    """Whether only this process reads the log."""
    complete: Callable[[], None] = staticmethod(lambda: None)
    """Called before this process reads: appends the records that wait."""

    @staticmethod
    def made(*, several: bool, most: int = RECORDS, capacity: int = CAPACITY_BYTES) -> "RequestLog":
        """Return an empty log of at most `most` records, which take at most `capacity` bytes.

        `several` processes use it, which costs each request about ten microseconds.
        """
        return SharedLog.new(most, capacity) if several else LocalLog(most, capacity)

    @property
    @abstractmethod
    def last(self) -> int:
        """The number of the last record, 0 if there is none."""

    @property
    @abstractmethod
    def first(self) -> int:
        """The lowest number that a record in the log may have; the bound in bytes may have dropped more."""

    @abstractmethod
    def append(self, values: Values) -> int:
        """Store a record, in place of the oldest ones if there is no room; return its number."""

    @abstractmethod
    def read(self, first: int, last: int) -> list[Record]:
        """Return the records from `first` to `last` that are still in the log, in the order of their numbers.

        Other processes wait meanwhile, so ask for a few hundred records at most.
        """


class LocalLog(RequestLog):
    """The log of one process."""

    def __init__(self, most: int, capacity: int) -> None:
        self._most = most
        self._capacity = capacity
        self._kept: deque[Values] = deque()
        self._last = self._bytes = 0

    @property
    def last(self) -> int:
        self.complete()
        return self._last

    @property
    def first(self) -> int:
        self.complete()
        return self._last - len(self._kept) + 1

    def append(self, values: Values) -> int:
        kept, total = self._kept, self._bytes + values[SIZE]
        kept.append(values)
        while total > self._capacity or len(kept) > self._most:
            total -= kept.popleft()[SIZE]
        self._bytes = total
        self._last += 1
        return self._last

    def read(self, first: int, last: int) -> list[Record]:
        before = self.first
        first = max(first, before)
        wanted = islice(self._kept, first - before, max(first, min(last, self._last) + 1) - before)
        return list(map(Record.of, count(first), wanted))


class SharedLog(RequestLog):
    """The log of several processes."""

    shares_nothing = False

    def __init__(self, memory: SharedMemory, most: int, capacity: int) -> None:
        self._memory = memory
        self._most = most
        self._capacity = capacity
        self._words = memoryview(memory.bytes).cast("Q")
        self._data_at = _data_at(most)

    @classmethod
    def new(cls, most: int, capacity: int) -> "SharedLog":
        """Return an empty log, as `made` does."""
        return cls(SharedMemory.made(_data_at(most) + capacity), most, capacity)

    @property
    def last(self) -> int:
        return self._words[_LAST]

    @property
    def first(self) -> int:
        return max(1, self.last - self._most + 1)

    def append(self, values: Values) -> int:
        record = records.packed(values)
        words, capacity, size = self._words, self._capacity, len(record)
        self._memory.lock(0)
        try:
            position, number = words[_END], words[_LAST] + 1
            room = capacity - position % capacity
            if size > room:
                # A record is stored in one piece.
                position += room
            # The records in this place end before they are overwritten, and the new one begins when it is complete.
            words[_END] = position + size
            start = self._data_at + position % capacity
            self._memory.bytes[start : start + size] = record
            slot = self._slot(number)
            words[slot], words[slot + 1] = position, size
            words[_LAST] = number
        finally:
            self._memory.unlock(0)
        return number

    def read(self, first: int, last: int) -> list[Record]:
        words = self._words
        found = []
        with self._memory.locked(0):
            end, newest = words[_END], words[_LAST]
            for number in range(max(first, self.first), min(last, newest) + 1):
                slot = self._slot(number)
                position, size = words[slot], words[slot + 1]
                if position + self._capacity >= end:
                    start = self._data_at + position % self._capacity
                    found.append((number, self._memory.bytes[start : start + size]))
        return [Record.of(number, records.unpacked(stored)) for number, stored in found]

    def _slot(self, number: int) -> int:
        # One slot more than records, so that a record that is not complete is in none of theirs.
        return _SLOTS + number % (self._most + 1) * 2

    def __reduce__(self) -> tuple[type["SharedLog"], tuple[SharedMemory, int, int]]:
        return SharedLog, (self._memory, self._most, self._capacity)


def _data_at(most: int) -> int:
    """The place of the records, in bytes."""
    return (_SLOTS + (most + 1) * 2) * _WORD_BYTES
