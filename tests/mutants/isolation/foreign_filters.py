"""Mutants that the checks of `isolation/foreign_filters.py` catch."""

from tests.mutants.harness.alterations import fall_back_to_foreign_key, on_operations
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.predicates import has_scope, is_later_page
from tests.mutants.harness.wrapper import Alteration, Upstream

__all__ = ["MUTANTS"]


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
