"""What management changed, in memory that all workers share: a counter, and the organisations of the last changes.

Each worker keeps what it has read of the state, and drops what belongs to an organisation that was changed since. It
compares the counter at every request.
"""

from uuid import UUID

from sepolo_mock_server.state.shared_memory import SharedMemory

_REMEMBERED = 4096
"""Changes whose organisations are known; a worker that missed more drops everything."""
_ID_BYTES = 16


class Changes:
    """The changes since the sandbox was started."""

    def __init__(self, memory: SharedMemory) -> None:
        self._memory = memory
        self.words = memoryview(memory.bytes).cast("Q")
        """The first is `count`, for those who read it with every request."""

    @classmethod
    def made(cls, *, stored: bool) -> "Changes":
        """Return a counter that no worker has seen if the state already stores organisations or keys, else 0."""
        changes = cls(SharedMemory.made(8 + _REMEMBERED * _ID_BYTES))
        changes.words[0] = _REMEMBERED + 1 if stored else 0
        return changes

    @property
    def count(self) -> int:
        """The number of changes; 0 as long as the state stores nothing that was managed."""
        return self.words[0]

    def add(self, organization: str) -> None:
        """Tell all workers that an organisation was changed. The change must be stored before."""
        with self._memory.locked(0):
            place = self._place(self.words[0])
            self._memory.bytes[place : place + _ID_BYTES] = UUID(organization).bytes
            self.words[0] += 1

    def since(self, seen: int) -> tuple[int, list[str] | None]:
        """Return the count, and the organisations that were changed after a count; None if these are too many."""
        count = self.words[0]
        if count - seen > _REMEMBERED:
            return count, None
        places = [self._place(number) for number in range(seen, count)]
        found = [str(UUID(bytes=self._memory.bytes[place : place + _ID_BYTES])) for place in places]
        # Other workers may have written over what was read.
        return count, found if self.words[0] - seen <= _REMEMBERED else None

    def __reduce__(self) -> tuple[type["Changes"], tuple[SharedMemory]]:
        return Changes, (self._memory,)

    @staticmethod
    def _place(number: int) -> int:
        return 8 + number % _REMEMBERED * _ID_BYTES
