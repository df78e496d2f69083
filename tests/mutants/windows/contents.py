"""Mutants that the checks of `windows/contents.py` catch."""

from datetime import timedelta

from tests.mutants.harness.alterations import DEVICE_LISTS, Rows, change_request, change_rows, on_operations, reject
from tests.mutants.harness.dates_only import dates_only_mutant
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import CYCLES, TELEMETRY
from tests.mutants.harness.request_windows import (
    change_timestamp,
    row_time,
    shift_window,
    start_name,
    window_length,
    window_of,
)
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]


def _has_length_zero(request: Request) -> bool:
    return window_length(request) == timedelta(0)


def _without_rows_at_end(request: Request, found: Rows) -> Rows:
    ends = window_of(request)
    return found if ends is None else [row for row in found if row_time(request, row) != ends[1]]


def _with_start_at_full_hour(request: Request) -> Request:
    return change_timestamp(
        request, start_name(request), lambda start: start.replace(minute=0, second=0, microsecond=0)
    )


async def _include_day_before(request: Request, upstream: Upstream) -> Response:
    return await upstream(shift_window(request, start_s=-86_400))


_BY_CONTENTS = (
    *((name, kind) for name in DEVICE_LISTS for kind in ("local-first-day", "local-last-day")),
    ("listDeviceTelemetry", "last-day-gained"),
    ("listServiceVisits", "local-last-day"),
    ("listAppointments", "local-last-day"),
)
"""Operations and kinds of ends that WIN-009 finds, and WIN-035 not always."""

MUTANTS = (
    Mutant(
        "win-instant-refused",
        ("WIN-016",),
        "A window of length zero is rejected",
        fault=reject(_has_length_zero, status=400),
        probes=(Probe("/incidents?fromUtc=2026-05-20T00:00:00Z&toUtc=2026-05-20T00:00:00Z"),),
    ),
    Mutant(
        "win-two-minutes-beyond",
        ("WIN-009",),
        "Rows up to two minutes after the window are returned",
        fault=change_request(lambda request: shift_window(request, end_s=120), *DEVICE_LISTS),
        probes=(Probe(f"{TELEMETRY}?from=2026-05-20T00:00:00Z&to=2026-05-20T00:04:30Z&telemetryType=0"),),
    ),
    Mutant(
        "win-local-time",
        ("WIN-009",),
        "The ends of a window of reports and incidents are read as local time",
        fault=change_request(
            lambda request: shift_window(request, start_s=-7_200, end_s=-7_200), "listServiceReports", "listIncidents"
        ),
        probes=(Probe("/service-reports?fromUtc=2026-05-20T00:00:00Z&toUtc={own.report_created_on}"),),
    ),
    Mutant(
        "win-start-of-hour",
        ("WIN-009",),
        "listDeviceTelemetry truncates the start of its window to the hour",
        fault=change_request(_with_start_at_full_hour, "listDeviceTelemetry"),
        probes=(Probe(f"{TELEMETRY}?from=2026-05-20T00:31:00Z&to=2026-05-20T02:00:00Z"),),
    ),
    Mutant(
        "win-incidents-of-before",
        ("WIN-010",),
        "listIncidents includes the two months before the window",
        fault=change_request(
            lambda request: shift_window(request, start_s=-60 * 86_400),
            "listIncidents",
            when=lambda request: window_of(request) is not None,
        ),
        probes=(Probe("/incidents?fromUtc=2026-05-20T00:00:00Z&toUtc=2026-06-28T00:00:00Z&pageSize=500"),),
    ),
    Mutant(
        "win-cycles-of-the-hour",
        ("WIN-033",),
        "listPointGuardCycles truncates the start of its window to the hour",
        fault=change_request(_with_start_at_full_hour, "listPointGuardCycles"),
        probes=(Probe(f"{CYCLES}?from={{own.during_cycle}}&to=2026-06-10T00:00:00Z"),),
    ),
    Mutant(
        "win-ends-half-open",
        ("WIN-015",),
        "Rows at the end of a window are left out",
        fault=change_rows(_without_rows_at_end, *DEVICE_LISTS),
        probes=(Probe(f"{TELEMETRY}?from=2026-05-20T00:00:00Z&to=2026-05-20T01:00:00Z&telemetryType=0"),),
    ),
    Mutant(
        "win-day-before",
        ("WIN-028",),
        "getTelemetryDaily includes the day before the window",
        fault=on_operations(
            _include_day_before, "getTelemetryDaily", when=lambda request: window_of(request) is not None
        ),
        probes=(Probe("/reporting/telemetry-daily?fromUtc=2026-06-01T00:00:00Z&toUtc=2026-06-02T00:00:00Z"),),
    ),
    dates_only_mutant("getTelemetryDaily", "first-day-lost", "WIN-028"),
    dates_only_mutant("getTelemetryDaily", "last-day-lost", "WIN-028"),
    dates_only_mutant("getTelemetryDaily", "local-first-day", "WIN-009", "WIN-028"),
    dates_only_mutant("getTelemetryDaily", "local-last-day", "WIN-009", "WIN-028"),
    *(dates_only_mutant(name, kind, "WIN-009") for name, kind in _BY_CONTENTS),
)
