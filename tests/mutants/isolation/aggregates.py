"""Mutants that the checks of `isolation/aggregates.py` catch."""

from tests.mutants.harness.alterations import cache_by, ignore_boundaries, on_operations
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.predicates import all_of, gives_no_window, has_scope, uses_bearer
from tests.mutants.harness.probe_parts import PERFORMANCE, SUMMARY, bearer
from tests.mutants.harness.wrapper import Alteration, Upstream

__all__ = ["MUTANTS"]

_AGGREGATES = (("getAssetsSummary", SUMMARY), ("getServicePerformance", PERFORMANCE))

_SUMMARY_MEMBERS = (
    "totalAssets",
    "activeAssets",
    "inactiveAssets",
    "withDevices",
    "overdueService",
    "totalMaintenanceCost",
)

_PERFORMANCE_MEMBERS = ("totalVisits", "completedVisits", "openVisits", "estimatedCost", "actualCost")


def _add_foreign_numbers(*members: str) -> Alteration:
    """Add the other organisation's numbers to those of an aggregate."""

    async def altered(request: Request, upstream: Upstream) -> Response:
        response = await upstream(request)
        foreign = await upstream(upstream.as_foreign(request))
        if not response.ok or not foreign.ok:
            return response
        sums = {name: response.json[name] + foreign.json[name] for name in members}
        return response.with_json({**response.json, **sums})

    return altered


MUTANTS = (
    Mutant(
        "iso-boundary-of-summary",
        ("ISO-024",),
        "getAssetsSummary ignores the key's boundary",
        fault=ignore_boundaries("getAssetsSummary"),
        probes=(Probe(SUMMARY, "bounded"),),
    ),
    Mutant(
        "iso-summary-of-all",
        ("ISO-009",),
        "getAssetsSummary counts all organisations",
        fault=on_operations(_add_foreign_numbers(*_SUMMARY_MEMBERS), "getAssetsSummary", when=has_scope),
        probes=(Probe(SUMMARY),),
    ),
    Mutant(
        "iso-performance-of-all",
        ("ISO-010",),
        "getServicePerformance counts all organisations",
        fault=on_operations(_add_foreign_numbers(*_PERFORMANCE_MEMBERS), "getServicePerformance", when=has_scope),
        probes=(Probe(PERFORMANCE),),
    ),
    Mutant(
        "iso-performance-open",
        ("ISO-010",),
        "getServicePerformance without a window counts all organisations",
        fault=on_operations(
            _add_foreign_numbers(*_PERFORMANCE_MEMBERS),
            "getServicePerformance",
            when=all_of(has_scope, gives_no_window),
        ),
        probes=(Probe(PERFORMANCE),),
    ),
    *(
        Mutant(
            f"iso-boundary-bearer-{operation}",
            ("ISO-024",),
            f"{operation} ignores the boundary of a key after Bearer",
            fault=ignore_boundaries(operation, when=uses_bearer),
            probes=(Probe(target, None, headers=bearer("bounded")),),
        )
        for operation, target in _AGGREGATES
    ),
    *(
        Mutant(
            f"iso-boundary-cached-{operation}",
            ("ISO-024",),
            f"{operation} is cached without the boundary of the key",
            fault=cache_by(lambda request: request.key and request.key.organization, operation),
            probes=(Probe(target), Probe(target, "bounded")),
        )
        for operation, target in _AGGREGATES
    ),
)
