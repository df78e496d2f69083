"""Facts about operations that several checks of the area need: the members of lists, and their filters."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sepolo_conformance.api.calls import Call, Listing
from sepolo_conformance.api.filter_rules import equality_filters
from sepolo_conformance.compare.rows import Row, scalars

FEW_ROWS = 20
"""Page size of requests that only test whether there are rows."""

LISTS_WITH_DETAIL = ("listAssets", "listDevices", "listServiceReports")
"""Lists whose rows can be read by id, see `api.links`."""

HIERARCHY = (
    "listAssetChildren",
    "listDeviceTelemetry",
    "listPointGuardCycles",
    "listPointGuardCycleSamples",
    "listMovements",
    "getMovementSignature",
)
"""Operations whose path names the asset or device that the data belong to."""

FILTER_SOURCES = (
    ("listAssets", "groupId", "listAssets"),
    ("listAssets", "customerId", "listAssets"),
    ("listDevices", "groupId", "listDevices"),
    ("listIncidents", "deviceId", "listIncidents"),
    ("listServiceReports", "assetId", "listServiceReports"),
    ("listServiceReports", "deviceId", "listServiceReports"),
    ("listAppointments", "userId", "listAppointments"),
    ("listInventoryParts", "vendorId", "listInventoryParts"),
    ("listCustomers", "externalSystem", "listCustomers"),
)
"""(operation, filter, list whose rows have values for the filter in the member of the same name)."""

SHARED_LISTS = ("listVendors", "listInventoryParts")
"""Lists whose rows may be available to several organisations."""

_OTHER_QUERIES: Mapping[str, tuple[Mapping[str, object], ...]] = MappingProxyType(
    {
        "listAssets": ({"status": None}, {"status": "inactive"}, {"updatedSince": "2000-01-01T00:00:00Z"}),
        "listDevices": ({"updatedSince": "2000-01-01T00:00:00Z"},),
        "listIncidents": ({"fromUtc": "2000-01-01T00:00:00Z"},),
        "listServiceReports": ({"fromUtc": "2000-01-01T00:00:00Z"},),
        "listServiceVisits": ({"fromUtc": None, "toUtc": None},),
        "listAppointments": ({"fromUtc": None, "toUtc": None},),
        "listInventoryParts": ({"status": None}, {"status": "inactive"}),
    }
)
_BOUNDARY_FILTERS = ("groupId", "customerId", "assetId", "deviceId", "vendorId")
"""Filters whose values may lie outside a boundary; ISO-020 judges them."""


def other_queries(operation_id: str) -> tuple[Mapping[str, object], ...]:
    """Return other queries that a list accepts, as changes of its query; None removes a parameter."""
    return _OTHER_QUERIES.get(operation_id, ())


def calls_for_hidden_rows(listing: Listing, hidden: Callable[[Row], bool], *, combined: bool = False) -> list[Call]:
    """Return calls of a list that could show hidden rows: its other queries, and filters by values of hidden rows.

    `combined` puts all query changes into one call, if there are any.
    """
    rows = [row for row in listing.rows if hidden(row)]
    name = listing.operation.operation_id
    values = {member: scalars(rows, member)[:1] for member in equality_filters(name) if member not in _BOUNDARY_FILTERS}
    changes: list[dict[str, object]] = [dict(change) for change in other_queries(name)]
    changes += [{member: found[0]} for member, found in values.items() if found]
    if combined and changes:
        changes = [{member: value for change in changes for member, value in change.items()}]
    return [listing.call.having(change).with_page_size() for change in changes]
