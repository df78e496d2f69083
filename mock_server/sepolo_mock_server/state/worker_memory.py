"""Everything that the worker processes of one sandbox share in memory."""

from dataclasses import dataclass

from sepolo_mock_server.state.changes import Changes
from sepolo_mock_server.state.rate_counts import RateCounts


@dataclass(frozen=True, slots=True)
class WorkerMemory:
    """Made by the first process, and inherited by its workers."""

    counts: RateCounts
    changes: Changes

    @classmethod
    def made(cls, profile_keys: int, *, stored: bool) -> "WorkerMemory":
        """Return new memory; `stored` as in `Changes.made`."""
        return cls(RateCounts.made(profile_keys), Changes.made(stored=stored))
