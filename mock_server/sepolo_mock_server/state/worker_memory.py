"""Everything that the worker processes of one sandbox share in memory."""

from dataclasses import dataclass

from sepolo_mock_server.state.changes import Changes
from sepolo_mock_server.state.fault_counts import FaultCounts
from sepolo_mock_server.state.rate_counts import RateCounts
from sepolo_mock_server.state.request_log import RequestLog


@dataclass(frozen=True, slots=True)
class ManagementMemory:
    """What only management needs."""

    log: RequestLog
    fault_counts: FaultCounts


@dataclass(frozen=True, slots=True)
class WorkerMemory:
    """Made by the first process, and inherited by its workers."""

    counts: RateCounts
    changes: Changes
    management: "ManagementMemory | None"
    """None without management."""

    @classmethod
    def made(cls, profile_keys: int, *, management: bool, stored: bool, several: bool) -> "WorkerMemory":
        """Return new memory; `stored` as in `Changes.made`, `several` as in `RequestLog.made`."""
        own = ManagementMemory(RequestLog.made(several=several), FaultCounts.made()) if management else None
        return cls(RateCounts.made(profile_keys), Changes.made(stored=stored), own)
