"""Mutants that the checks of `windows/performance_sums.py` catch."""

from tests.mutants.harness.alterations import change_json
from tests.mutants.harness.messages import Request
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.request_windows import is_longer_than

__all__ = ["MUTANTS"]


def _with_three_more_visits(_request: Request, found: dict[str, int]) -> dict[str, int]:
    return {**found, "totalVisits": found["totalVisits"] + 3, "openVisits": found["openVisits"] + 3}


MUTANTS = (
    Mutant(
        "win-visits-of-longer",
        ("WIN-030",),
        "getServicePerformance counts three visits too many for a window of more than 45 days",
        fault=change_json(_with_three_more_visits, "getServicePerformance", when=is_longer_than(45)),
        probes=(Probe("/reporting/service-performance?fromUtc=2026-04-20T00:00:00Z&toUtc=2026-06-20T00:00:00Z"),),
    ),
)
