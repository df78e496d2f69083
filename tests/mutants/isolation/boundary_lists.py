"""Mutants that the checks of `isolation/boundary_lists.py` catch."""

from collections.abc import Callable

from tests.mutants.harness.alterations import Rows, append_foreign_row, change_rows, ignore_boundaries, on_operations
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.predicates import all_of, gives, is_bounded, is_later_page, uses_bearer
from tests.mutants.harness.probe_parts import bearer
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]


async def _ignore_boundary_for_rejected_cursor(request: Request, upstream: Upstream) -> Response:
    response = await upstream(request)
    return (
        await upstream(upstream.as_unrestricted(request))
        if response.status == 400 and is_later_page(request)
        else response
    )


def _first_without_group(_request: Request, found: Rows) -> Rows:
    return [{**row, "groupId": None} for row in found[:1]] + found[1:]


def _bounded_with(name: str) -> Callable[[Request], bool]:
    """A bounded key sends this filter."""
    return lambda request: is_bounded(request) and gives(name)(request)


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
        "iso-boundary-of-cursor",
        ("ISO-021",),
        "A cursor of an unbounded key returns rows outside the key's boundary",
        fault=on_operations(_ignore_boundary_for_rejected_cursor, "listDevices", "listAssets", when=is_bounded),
        probes=(Probe("/devices?cursor={cursors[own]}", "bounded"),),
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
        "iso-boundary-by-bearer",
        ("ISO-016",),
        "listDevices ignores the key's boundary for a key after Bearer",
        fault=ignore_boundaries("listDevices", when=all_of(is_bounded, uses_bearer)),
        probes=(Probe("/devices", None, headers=bearer("bounded")),),
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
)
