"""Mutants that the checks of `windows/whole_days.py` catch."""

from tests.mutants.harness.alterations import on_operations
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.request_windows import shift_window, window_of
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]


async def _include_day_before(request: Request, upstream: Upstream) -> Response:
    return await upstream(shift_window(request, start_s=-86_400))


MUTANTS = (
    Mutant(
        "win-day-before",
        ("WIN-028",),
        "getTelemetryDaily includes the day before the window",
        fault=on_operations(
            _include_day_before, "getTelemetryDaily", when=lambda request: window_of(request) is not None
        ),
        probes=(Probe("/reporting/telemetry-daily?fromUtc=2026-06-01T00:00:00Z&toUtc=2026-06-02T00:00:00Z"),),
    ),
)
