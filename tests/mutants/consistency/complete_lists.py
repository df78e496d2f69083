"""Mutants that the checks of `consistency/complete_lists.py` catch: limits on the number of rows of a list."""

from collections.abc import Iterator

from tests.mutants.harness.alterations import PAGED, change_rows, error_response, on_operations
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe, probe_all_pages
from tests.mutants.harness.predicates import is_later_page
from tests.mutants.harness.probe_parts import CYCLES, DAYS, DEVICE, MOVEMENTS
from tests.mutants.harness.wrapper import Alteration, Upstream

__all__ = ["MUTANTS"]

_YEAR = "fromUtc=2026-01-01T00:00:00Z&toUtc=2026-12-31T00:00:00Z"
_MOST = {
    "listAssets": (20, "/assets?status=all&pageSize=500"),
    "listDevices": (10, "/devices?pageSize=500"),
    "listDeviceTelemetry": (
        10_000,
        f"{DEVICE}/telemetry?from=2026-05-31T12:00:00Z&to=2026-06-30T12:00:00Z&pageSize=500",
    ),
    "listPointGuardCycles": (50, f"{CYCLES}?from=2026-05-20T00:00:00Z&to=2026-06-20T00:00:00Z&pageSize=500"),
    "listMovements": (500, f"{MOVEMENTS}?from=2025-06-01T00:00:00Z&to=2026-06-30T00:00:00Z&pageSize=500"),
    "listIncidents": (20, "/incidents?pageSize=500"),
    "listServiceReports": (100, "/service-reports?pageSize=500"),
    "listServiceVisits": (100, f"/service-visits?{_YEAR}"),
    "listAppointments": (100, f"/appointments?{_YEAR}"),
    "listCustomers": (6, "/customers?pageSize=500"),
    "listInventoryParts": (20, "/inventory/parts?status=all&pageSize=500"),
    "getTelemetryDaily": (200, f"{DAYS}?{_YEAR}"),
}
"""By operation, a limit that its longest list exceeds, and a request for more rows."""


def _rows_before(request: Request, upstream: Upstream, response: Response) -> int:
    """Return how many rows of a list the pages before this one had, and remember those of the next page."""
    before: int = upstream.memory.get(request.query_value("cursor"), 0) if is_later_page(request) else 0
    upstream.memory[response.json["nextCursor"]] = before + len(response.rows)
    return before


def _limited(most: int) -> Alteration:
    """End a list after `most` rows with hasMore false."""

    async def altered(request: Request, upstream: Upstream) -> Response:
        response = await upstream(request)
        if not response.ok:
            return response
        before = _rows_before(request, upstream, response)
        if before + len(response.rows) < most or not (response.has_more or before + len(response.rows) > most):
            return response
        return response.with_json({"data": response.rows[: most - before], "nextCursor": None, "hasMore": False})

    return altered


def _rejected_after(most: int) -> Alteration:
    """Reject pages that begin after `most` rows, as search engines do."""

    async def altered(request: Request, upstream: Upstream) -> Response:
        response = await upstream(request)
        if response.ok and _rows_before(request, upstream, response) >= most:
            return error_response(400, "validation_error", f"Result window is too large: at most {most} rows.")
        return response

    return altered


async def _first_row_again(request: Request, upstream: Upstream) -> Response:
    """Return the first row of the list again at the end of its third page."""
    response = await upstream(request)
    if not response.ok:
        return response
    page = upstream.memory.get(request.query_value("cursor"), ("", 0)) if is_later_page(request) else ("", 0)
    first = page[0] or response.rows[:1]
    upstream.memory[response.json["nextCursor"]] = (first, page[1] + 1)
    return response.with_rows([*response.rows[:-1], *first]) if page[1] == 2 else response


def _of_lists() -> Iterator[Mutant]:
    for name, (most, target) in _MOST.items():
        paged = name in PAGED
        cut = change_rows(lambda _request, rows, most=most: rows[:most], name)  # type: ignore[misc]
        yield Mutant(
            f"con-{name.removeprefix('list').removeprefix('get').lower()}-limited",
            ("CON-043",),
            f"{name} returns at most {most:,} rows",
            fault=on_operations(_limited(most), name) if paged else cut,
            probes=(probe_all_pages(target) if paged else Probe(target),),
        )


MUTANTS = (
    *_of_lists(),
    Mutant(
        "con-telemetry-rejected-after-10000",
        ("CON-043",),
        "listDeviceTelemetry rejects pages after 10,000 rows",
        fault=on_operations(_rejected_after(10_000), "listDeviceTelemetry"),
        probes=(probe_all_pages(_MOST["listDeviceTelemetry"][1]),),
    ),
    Mutant(
        "con-row-again-on-page-3",
        ("CON-043",),
        "The third page of listMovements ends with the first row of the list",
        fault=on_operations(_first_row_again, "listMovements"),
        probes=(probe_all_pages(_MOST["listMovements"][1].replace("pageSize=500", "pageSize=100")),),
    ),
)
