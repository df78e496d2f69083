"""Faults that show only where two factors of a request meet, such as a filter and a later page."""

from collections.abc import Callable

from sepolo_conformance.api.filter_rules import RULES
from sepolo_openapi import reader
from tests.mutants.harness.alterations import LISTS, PAGED, Rows, on_operations
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.request_windows import shift_window, window_of
from tests.mutants.harness.wrapper import Alteration, Upstream

__all__ = [
    "BY_DEFAULT",
    "FILTERED",
    "FILTERED_PAGES",
    "ROW_LISTS",
    "WHOLE_LISTS",
    "WHOLE_PAGES",
    "WINDOWED",
    "WINDOWED_PAGES",
    "change_later_pages",
    "filter_names",
    "gives_filter",
    "with_wider_window",
    "without_a_member",
    "without_filters",
]

ROW_LISTS = (*LISTS, "getTelemetryDaily")
"""All operations that return rows."""
WHOLE_LISTS = tuple(name for name in LISTS if "{" not in reader.load().operations[name].path)
"""Lists of a whole organisation."""
WHOLE_PAGES = tuple(name for name in WHOLE_LISTS if name in PAGED)
FILTERED = tuple(dict.fromkeys(name for name, _ in RULES))
FILTERED_PAGES = tuple(name for name in FILTERED if name in PAGED)
WINDOWED = tuple(name for name in ROW_LISTS if reader.load().operations[name].window is not None)
WINDOWED_PAGES = tuple(name for name in WINDOWED if name in PAGED)
BY_DEFAULT = ("listServiceVisits", "listAppointments", "getTelemetryDaily")
"""Lists with a window that applies by default."""
_PLAIN_MEMBER = {
    "listAssets": "groupName",
    "listAssetChildren": "groupName",
    "listDevices": "model",
    "listDeviceTelemetry": "current",
    "listPointGuardCycles": "peakCurrent",
    "listPointGuardCycleSamples": "current",
    "listMovements": "currentSignature",
    "listIncidents": "title",
    "listServiceReports": "parts",
    "listServiceVisits": "address",
    "listAppointments": "location",
    "listCustomers": "name",
    "listVendors": "website",
    "listInventoryParts": "unitCost",
    "getTelemetryDaily": "averageTemperature",
}
"""A member of the rows of each list that neither identifies nor selects them, such as one from a joined table."""
_WIDER_S = 5 * 86_400


def filter_names(request: Request) -> list[str]:
    """The filters of the operation."""
    return [name for operation, name in RULES if operation == request.operation_id]


def gives_filter(request: Request) -> bool:
    """A filter other than `status=all` is given."""
    given = request.query_values
    return any(given.get(name, "all") != "all" for name in filter_names(request))


def without_a_member(request: Request, found: Rows) -> Rows:
    """A change of rows: a member is null, as when a joined table is left out of a query."""
    return [{**row, _PLAIN_MEMBER[request.operation_id]: None} for row in found]


def without_filters(request: Request) -> Request:
    """A request change: no filter, and all rows where the default is a filter."""
    rest: dict[str, object | None] = dict.fromkeys(filter_names(request))
    if request.operation_id in ("listAssets", "listInventoryParts"):
        rest["status"] = "all"
    return request.with_query(rest)


def with_wider_window(request: Request) -> Request:
    """A request change: a window without ends where they are optional, otherwise one that is longer by some days."""
    window = request.operation.window if request.operation else None
    if window is None:
        return request
    if window.max_days is None and not window.required:
        return request.with_query({window.start: None, window.end: None})
    ends = window_of(request)
    if not window.required:
        return shift_window(request, start_s=-6 * _WIDER_S, end_s=6 * _WIDER_S)
    # A device's window of a month can't be longer, so it moves.
    moves = ends is not None and (ends[1] - ends[0]).days >= 20
    return shift_window(request, start_s=0 if moves else -_WIDER_S, end_s=_WIDER_S)


def change_later_pages(change: Callable[[Request, Upstream], Request], *operations: str) -> Alteration:
    """Take the rows of later pages from another list, at the place where the page before ended."""

    async def altered(request: Request, upstream: Upstream) -> Response:
        cursor = request.query_value("cursor")
        before = upstream.memory.get(cursor, 0) if cursor else 0
        response = await upstream(request)
        if not response.ok:
            return response
        if cursor:
            whole = await upstream(change(request, upstream).with_query(cursor=None, pageSize=500))
            rows = whole.rows[before : before + request.query_int("pageSize", 100)] if whole.ok else []
            response = response.with_rows(rows) if rows else response
        if response.has_more:
            upstream.memory[response.json["nextCursor"]] = before + len(response.rows)
        return response

    return on_operations(altered, *operations)
