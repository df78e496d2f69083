"""The request log in memory that all workers share: the last records, bounded by number and by bytes.

The log is a ring of records, which `rules.records` makes and reads. Only the part of its memory that is in use is
taken. A record that a killed worker did not complete is not in the log.

A process uses the log in one thread only, because locks of the memory belong to a process.
"""

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


class RequestLog:
    """The records with the highest numbers; the first record has number 1."""

    def __init__(self, memory: SharedMemory, records: int, capacity: int, several: bool) -> None:
        self._memory = memory
        self._records = records
        self._capacity = capacity
        self._several = several
        self._words = memoryview(memory.bytes).cast("Q")
        self._data_at = _data_at(records)

    @classmethod
    def made(cls, *, several: bool, records: int = RECORDS, capacity: int = CAPACITY_BYTES) -> "RequestLog":
        """Return an empty log of at most `records` records, which take at most `capacity` bytes.

        `several` processes need a lock, which takes half of the time of an append.
        """
        memory = SharedMemory.made(_data_at(records) + capacity)
        return cls(memory, records, capacity, several)

    @property
    def last(self) -> int:
        """The number of the last record, 0 if there is none."""
        return self._words[_LAST]

    @property
    def first(self) -> int:
        """The lowest number that a record in the log may have; the bound in bytes may have dropped more."""
        return max(1, self.last - self._records + 1)

    def append(self, record: bytes) -> int:
        """Store a record, in place of the oldest ones if there is no room; return its number."""
        words, capacity, size = self._words, self._capacity, len(record)
        if self._several:
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
            if self._several:
                self._memory.unlock(0)
        return number

    def read(self, first: int, last: int) -> list[tuple[int, bytes]]:
        """Return the records from `first` to `last` that are still in the log, with their numbers in this order.

        Other processes wait meanwhile, so ask for a few hundred records at most.
        """
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
        return found

    def _slot(self, number: int) -> int:
        # One slot more than records, so that a record that is not complete is in none of theirs.
        return _SLOTS + number % (self._records + 1) * 2

    def __reduce__(self) -> tuple[type["RequestLog"], tuple[SharedMemory, int, int, bool]]:
        return RequestLog, (self._memory, self._records, self._capacity, self._several)


def _data_at(records: int) -> int:
    """The place of the records, in bytes."""
    return (_SLOTS + (records + 1) * 2) * _WORD_BYTES
