"""Mutants that the checks of `scopes/granted_scopes.py` catch."""

from tests.mutants.harness.alterations import change_json, require_scope
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import PERFORMANCE

__all__ = ["MUTANTS"]


MUTANTS = (
    Mutant(
        "scp-held-refused",
        ("SCP-001",),
        "getServicePerformance checks service_reports.write in place of reporting.read",
        fault=require_scope("service_reports.write", "getServicePerformance"),
        probes=(Probe(PERFORMANCE, "readonly"),),
    ),
    Mutant(
        "scp-me-claims-more",
        ("SCP-001",),
        "getMe lists a scope that the key does not have",
        fault=change_json(
            lambda _request, me: {**me, "scopes": [*dict.fromkeys([*me["scopes"], "vendors.read"])]}, "getMe"
        ),
        probes=(Probe("/me", "only-assets.read"),),
    ),
    Mutant(
        "scp-me-says-twice",
        ("SCP-010",),
        "getMe lists one scope twice",
        subtle=False,
        fault=change_json(lambda _request, me: {**me, "scopes": [*me["scopes"], *me["scopes"][-1:]]}, "getMe"),
        probes=(Probe("/me"),),
    ),
)
