"""Mutants that the checks of `windows/open_ends.py` catch."""

from tests.mutants.harness.alterations import change_request, change_response, reject
from tests.mutants.harness.messages import Request
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.predicates import gives_no_window
from tests.mutants.harness.probe_parts import DAYS, TELEMETRY
from tests.mutants.harness.request_windows import given_names, with_default_end

__all__ = ["MUTANTS"]


def _gives_one_end(request: Request) -> bool:
    return len(given_names(request)) == 1


MUTANTS = (
    Mutant(
        "win-one-end-refused",
        ("WIN-024",),
        "getServicePerformance rejects a window with one end",
        fault=reject(_gives_one_end, "getServicePerformance", status=400),
        probes=(Probe("/reporting/service-performance?fromUtc=2026-06-01T00:00:00Z"),),
    ),
    Mutant(
        "win-no-end-refused",
        ("WIN-024",),
        "getTelemetryDaily rejects a request without a window",
        subtle=False,
        fault=reject(gives_no_window, "getTelemetryDaily", status=400),
        probes=(Probe(DAYS),),
    ),
    Mutant(
        "win-end-alone-ignored",
        ("WIN-025",),
        "listIncidents ignores toUtc without fromUtc",
        fault=change_request(lambda request: request.with_query(toUtc=None), "listIncidents", when=_gives_one_end),
        probes=(Probe("/incidents?toUtc=2025-06-01T00:00:00Z"),),
    ),
    Mutant(
        "win-effective-window-untold",
        ("WIN-027",),
        "X-Sandbox-Effective-Window is missing",
        fault=change_response(lambda _request, response: response.without_headers(b"x-sandbox-effective-window")),
        probes=(Probe("/service-visits"),),
    ),
    Mutant(
        "win-missing-end-taken",
        ("WIN-001",),
        "A missing end of listDeviceTelemetry is read as one day after the start",
        fault=change_request(with_default_end, "listDeviceTelemetry"),
        probes=(Probe(f"{TELEMETRY}?from=2026-05-20T00:00:00Z"),),
    ),
)
