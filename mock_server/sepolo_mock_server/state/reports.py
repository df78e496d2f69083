"""Values that the store takes and returns: owners, filters, new and stored service reports, idempotency keys."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5


@dataclass(frozen=True, slots=True)
class Owner:
    """The organisation in one world that stored reports belong to, and the data boundaries of the calling key."""

    world: str
    organization: str
    currency: str
    key_name: str
    groups: frozenset[int]
    customers: frozenset[str]


@dataclass(frozen=True, slots=True)
class ReportFilter:
    """Filters of the list of reports; instants in milliseconds, None for no filter."""

    start: int | None = None
    stop: int | None = None
    asset_id: str | None = None
    device_id: str | None = None
    state: int | None = None


@dataclass(frozen=True, slots=True)
class NewReport:
    """A report to be stored: the values that filters and boundaries use, and the row of the response without its id."""

    created: int
    asset_id: str | None
    device_id: str | None
    state: int
    group_id: int | None
    customer_id: str | None
    row: dict[str, Any]

    def numbered(self, owner: Owner, generation: int, sequence: int) -> dict[str, Any]:
        """Return the row with its id and number. The same writes in the same order get the same ids."""
        report_id = uuid5(UUID(owner.organization), f"{owner.world}/{generation}/{sequence}")
        return self.row | {"serviceReportId": str(report_id), "reportNumber": f"API-{sequence:06d}"}


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A stored report: its row, and its place in the order of creation time and number."""

    created: int
    sequence: int
    row: dict[str, Any]


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """The `Idempotency-Key` of a request, and the digest of its body."""

    key: str
    body_digest: str
