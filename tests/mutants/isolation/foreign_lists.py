"""Mutants that the checks of `isolation/foreign_lists.py` catch."""

from tests.mutants.harness.alterations import append_foreign_row, fall_back_to_foreign_key, on_operations
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.predicates import all_of, gives_no_window, has_scope, is_later_page
from tests.mutants.harness.probe_parts import DAYS
from tests.mutants.harness.wrapper import Alteration, Upstream

__all__ = ["MUTANTS"]


def _append_foreign_rows(limit: int | None = None) -> Alteration:
    """Append the rows of another organisation, or the first ones, to a list without pages."""

    async def altered(request: Request, upstream: Upstream) -> Response:
        response = await upstream(request)
        foreign = await upstream(upstream.as_foreign(request))
        return response.with_rows(response.rows + foreign.rows[:limit]) if response.ok and foreign.ok else response

    return altered


def _match_foreign(name: str) -> Alteration:
    """Look a filter's value up in the other organisation where it matches nothing."""

    async def altered(request: Request, upstream: Upstream) -> Response:
        response = await upstream(request)
        if not response.ok or response.rows or request.query_value(name) is None:
            return response
        return await upstream(upstream.as_foreign(request))

    return altered


MUTANTS = (
    Mutant(
        "iso-row-in-list",
        ("ISO-008",),
        "The last page of listIncidents ends with a row of another organisation",
        fault=on_operations(append_foreign_row, "listIncidents", when=has_scope),
        probes=(Probe("/incidents?pageSize=500"),),
    ),
    Mutant(
        "iso-visit-of-another",
        ("ISO-008",),
        "listServiceVisits ends with a visit of another organisation",
        fault=on_operations(_append_foreign_rows(1), "listServiceVisits", when=has_scope),
        probes=(Probe("/service-visits"),),
    ),
    Mutant(
        "iso-day-of-another",
        ("ISO-007",),
        "getTelemetryDaily ends with a day of another organisation",
        fault=on_operations(_append_foreign_rows(1), "getTelemetryDaily", when=has_scope),
        probes=(Probe(DAYS),),
    ),
    Mutant(
        "iso-vendor-of-another",
        ("ISO-027",),
        "listVendors ends with a vendor of another organisation",
        fault=on_operations(_append_foreign_rows(1), "listVendors", when=has_scope),
        probes=(Probe("/vendors"),),
    ),
    Mutant(
        "iso-days-open",
        ("ISO-007",),
        "getTelemetryDaily without a window returns days of all organisations",
        fault=on_operations(_append_foreign_rows(), "getTelemetryDaily", when=all_of(has_scope, gives_no_window)),
        probes=(Probe(DAYS),),
    ),
    Mutant(
        "iso-visits-open",
        ("ISO-008",),
        "listServiceVisits without a window returns visits of all organisations",
        fault=on_operations(_append_foreign_rows(), "listServiceVisits", when=all_of(has_scope, gives_no_window)),
        probes=(Probe("/service-visits"),),
    ),
    Mutant(
        "iso-appointments-open",
        ("ISO-008",),
        "listAppointments without a window returns appointments of all organisations",
        fault=on_operations(_append_foreign_rows(), "listAppointments", when=all_of(has_scope, gives_no_window)),
        probes=(Probe("/appointments"),),
    ),
    Mutant(
        "iso-filter-by-device",
        ("ISO-006",),
        "deviceId of incidents and daily telemetry matches another organisation's devices",
        fault=on_operations(_match_foreign("deviceId"), "listIncidents", "getTelemetryDaily", when=has_scope),
        probes=(Probe("/reporting/telemetry-daily?deviceId={foreign.device}"),),
    ),
    Mutant(
        "iso-filter-by-vendor",
        ("ISO-006",),
        "vendorId of parts matches another organisation's vendors",
        fault=on_operations(_match_foreign("vendorId"), "listInventoryParts", when=has_scope),
        probes=(Probe("/inventory/parts?vendorId={foreign.vendor}"),),
    ),
    Mutant(
        "iso-cursor-of-another",
        ("ISO-005",),
        "A cursor of another organisation returns that organisation's rows",
        fault=fall_back_to_foreign_key("listAssets", "listDevices", "listServiceReports", when=is_later_page),
        probes=(Probe("/devices?pageSize=2&cursor={cursors[foreign]}"),),
    ),
)
