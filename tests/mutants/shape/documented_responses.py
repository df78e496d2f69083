"""Mutants that the checks of `shape/documented_responses.py` catch."""

from tests.mutants.harness.alterations import change_json, change_response, remove_member
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import DAYS, SUMMARY

__all__ = ["MUTANTS"]


MUTANTS = (
    Mutant(
        "shp-daily-in-envelope",
        ("SHP-012",),
        "getTelemetryDaily returns a page envelope",
        subtle=False,
        fault=change_json(
            lambda _request, found: {"data": found, "nextCursor": None, "hasMore": False}, "getTelemetryDaily"
        ),
        probes=(Probe(DAYS),),
    ),
    Mutant(
        "shp-rate-limit-left-out",
        ("SHP-011",),
        "getMe has no rateLimit",
        subtle=False,
        fault=remove_member("rateLimit", "getMe"),
        probes=(Probe("/me"),),
    ),
    Mutant(
        "shp-version",
        ("SHP-010",),
        "getMe returns version 1",
        subtle=False,
        fault=change_json(lambda _request, me: {**me, "version": "1"}, "getMe"),
        probes=(Probe("/me"),),
    ),
    Mutant(
        "shp-summary-accepted",
        ("SHP-001",),
        "getAssetsSummary returns 202",
        subtle=False,
        fault=change_response(lambda _request, response: response.with_status(202), "getAssetsSummary"),
        probes=(Probe(SUMMARY),),
    ),
)
