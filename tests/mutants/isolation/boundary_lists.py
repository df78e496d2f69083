"""Mutants that the checks of `isolation/boundary_lists.py` catch."""

from collections.abc import Callable

from tests.mutants.harness.alterations import Rows, append_foreign_row, change_rows, ignore_boundaries, on_operations
from tests.mutants.harness.crossed_faults import (
    WHOLE_LISTS,
    WHOLE_PAGES,
    change_later_pages,
    filter_names,
    gives_filter,
)
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe, probe_all_pages
from tests.mutants.harness.predicates import (
    all_of,
    gives,
    gives_no_window,
    has_value,
    is_bounded,
    is_later_page,
    uses_bearer,
)
from tests.mutants.harness.probe_parts import CHILDREN, bearer
from tests.mutants.harness.wrapper import Upstream

__all__ = ["BOUNDED_LISTS", "BOUNDED_PAGES", "MUTANTS"]

BOUNDED_PAGES = ("listAssets", "listDevices", "listIncidents", "listServiceReports", "listCustomers")
BOUNDED_LISTS = (*BOUNDED_PAGES, *("listAssetChildren", "listServiceVisits", "listAppointments", "getTelemetryDaily"))
"""Lists of which a bounded key sees some rows."""


async def _ignore_boundary_for_rejected_cursor(request: Request, upstream: Upstream) -> Response:
    response = await upstream(request)
    return (
        await upstream(upstream.as_unrestricted(request))
        if response.status in (400, 404) and is_later_page(request)
        else response
    )


def _first_without_group(_request: Request, found: Rows) -> Rows:
    return [{**row, "groupId": None} for row in found[:1]] + found[1:]


def _bounded_with(name: str) -> Callable[[Request], bool]:
    """A bounded key sends this filter."""
    return lambda request: is_bounded(request) and gives(name)(request)


async def _with_foreign_row(request: Request, upstream: Upstream) -> Response:
    """Replace the first row by one of another organisation, on the first page."""
    response = await upstream(request)
    if not response.ok or not response.rows or is_later_page(request):
        return response
    foreign = await upstream(upstream.as_foreign(request).with_query(dict.fromkeys(filter_names(request))))
    return response.with_rows(foreign.rows[:1] + response.rows[1:]) if foreign.ok and foreign.rows else response


def _filters_across_boundary(request: Request) -> bool:
    names = ("updatedSince", "state", "externalSystem", "userId")
    return gives_filter(request) and any(request.query_value(name) for name in names)


MUTANTS = (
    Mutant(
        "iso-boundary-with-filter",
        ("ISO-020",),
        "listAssets ignores the key's boundary when groupId is given",
        fault=ignore_boundaries("listAssets", when=gives("groupId")),
        probes=(Probe("/assets?groupId=10", "bounded"),),
    ),
    Mutant(
        "iso-boundary-of-customers",
        ("ISO-017",),
        "listCustomers and listAssets ignore the key's boundary",
        fault=ignore_boundaries("listCustomers", "listAssets"),
        probes=(Probe("/customers", "bounded-customers"),),
    ),
    Mutant(
        "iso-row-for-the-bounded",
        ("ISO-026",),
        "Lists end with a row of another organisation for bounded keys",
        fault=on_operations(append_foreign_row, "listDevices", "listIncidents", "listAssets", when=is_bounded),
        probes=(Probe("/devices?pageSize=500", "bounded"),),
    ),
    Mutant(
        "iso-boundary-of-devices",
        ("ISO-016",),
        "listDevices ignores the key's boundary",
        fault=ignore_boundaries("listDevices"),
        probes=(Probe("/devices", "bounded"),),
    ),
    Mutant(
        "iso-boundary-of-incidents",
        ("ISO-022",),
        "listIncidents ignores the key's boundary",
        fault=ignore_boundaries("listIncidents"),
        probes=(Probe("/incidents", "bounded"),),
    ),
    Mutant(
        "iso-groupless-shown",
        ("ISO-025",),
        "A key bounded to groups gets an asset without a group",
        fault=change_rows(_first_without_group, "listAssets", when=is_bounded),
        probes=(Probe("/assets", "bounded"),),
    ),
    Mutant(
        "iso-boundary-with-status",
        ("ISO-016",),
        "listDevices ignores the key's boundary when status is given",
        fault=ignore_boundaries("listDevices", when=_bounded_with("status")),
        probes=(Probe("/devices?status=1", "bounded"),),
    ),
    Mutant(
        "iso-boundary-with-state",
        ("ISO-022",),
        "listServiceReports ignores the key's boundary when state is given",
        fault=ignore_boundaries("listServiceReports", when=_bounded_with("state")),
        probes=(Probe("/service-reports?state=2", "bounded"),),
    ),
    Mutant(
        "iso-boundary-with-window",
        ("ISO-022",),
        "listIncidents ignores the key's boundary when a window is given",
        fault=ignore_boundaries("listIncidents", when=_bounded_with("fromUtc")),
        probes=(Probe("/incidents?fromUtc=2020-01-01T00:00:00Z", "bounded"),),
    ),
    Mutant(
        "iso-boundary-with-system",
        ("ISO-017",),
        "listCustomers ignores the key's boundary when externalSystem is given",
        fault=ignore_boundaries("listCustomers", when=_bounded_with("externalSystem")),
        probes=(Probe("/customers?externalSystem=Visma", "bounded-customers"),),
    ),
    Mutant(
        "iso-boundary-lost-for-bearer",
        ("ISO-028",),
        "Every list with boundaries ignores them for a key after Bearer",
        fault=ignore_boundaries(*BOUNDED_LISTS, when=all_of(is_bounded, uses_bearer)),
        probes=(Probe("/incidents", None, headers=bearer("bounded")),),
    ),
    Mutant(
        "iso-boundary-lost-by-default",
        ("ISO-028",),
        "The default window ignores the key's boundary",
        fault=ignore_boundaries("listServiceVisits", "listAppointments", when=all_of(is_bounded, gives_no_window)),
        probes=(Probe("/service-visits", "bounded"),),
    ),
    Mutant(
        "iso-boundary-lost-on-later-pages",
        ("ISO-028",),
        "Later pages ignore the key's boundary",
        fault=change_later_pages(lambda request, upstream: upstream.as_unrestricted(request), *BOUNDED_PAGES),
        probes=(Probe("/devices?pageSize=2", "bounded", all_pages=True),),
    ),
    Mutant(
        "iso-boundary-lost-with-filter",
        ("ISO-028",),
        "The key's boundary is ignored when a filter is given that is about no boundary",
        fault=ignore_boundaries(when=all_of(is_bounded, _filters_across_boundary)),
        probes=(Probe("/service-reports?state=2", "bounded"),),
    ),
    Mutant(
        "iso-boundary-lost-with-window",
        ("ISO-028",),
        "Incidents and reports ignore the key's boundary when a window is given",
        fault=ignore_boundaries("listIncidents", "listServiceReports", when=_bounded_with("toUtc")),
        probes=(Probe("/incidents?toUtc=2026-06-01T00:00:00Z", "bounded"),),
    ),
    Mutant(
        "iso-boundary-lost-by-cursor",
        ("ISO-028",),
        "Cursors of an unbounded key return rows outside the key's boundary, in every list",
        fault=on_operations(_ignore_boundary_for_rejected_cursor, *BOUNDED_PAGES, "listAssetChildren", when=is_bounded),
        probes=(Probe("/devices?cursor={cursors[own]}", "bounded"),),
    ),
    Mutant(
        "iso-boundary-lost-for-children",
        ("ISO-028",),
        "Children of a hidden parent are listed to a bounded key that gives pageSize=1",
        fault=ignore_boundaries("listAssetChildren", when=all_of(is_bounded, has_value("pageSize", "1"))),
        probes=(Probe(f"{CHILDREN}?pageSize=1", "bounded"),),
    ),
    Mutant(
        "iso-row-for-bearer",
        ("ISO-029",),
        "Lists begin with a row of another organisation for a bounded key after Bearer",
        fault=on_operations(_with_foreign_row, *WHOLE_LISTS, when=all_of(is_bounded, uses_bearer)),
        probes=(Probe("/devices?pageSize=500", None, headers=bearer("bounded")),),
    ),
    Mutant(
        "iso-row-on-later-pages",
        ("ISO-029",),
        "Later pages have rows of another organisation",
        fault=change_later_pages(lambda request, upstream: upstream.as_foreign(request), *WHOLE_PAGES),
        probes=(probe_all_pages("/devices?pageSize=2"),),
    ),
    Mutant(
        "iso-row-with-filter",
        ("ISO-029",),
        "Filtered lists begin with a row of another organisation",
        fault=on_operations(_with_foreign_row, *WHOLE_LISTS, when=gives_filter),
        probes=(Probe("/devices?pageSize=500&status=1"),),
    ),
)
