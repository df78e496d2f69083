"""Mutants that the checks of `windows/nesting.py` catch."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from tests.mutants.harness.alterations import DEVICE_LISTS, Rows, change_request, change_rows
from tests.mutants.harness.dates_only import dates_only_mutant
from tests.mutants.harness.messages import Request
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import MOVEMENTS, TELEMETRY, WINDOW
from tests.mutants.harness.request_windows import change_timestamp, end_name, is_longer_than, window_length, window_of

__all__ = ["MUTANTS"]


def _only_first_period(next_period: Callable[[datetime], datetime]) -> Callable[[Request], Request]:
    """End the window before the second period; `next_period` returns the start of the next one."""

    def change(request: Request) -> Request:
        ends = window_of(request)
        if ends is None or not ends[0] <= next_period(ends[0]) <= ends[1]:
            return request
        return change_timestamp(request, end_name(request), lambda _end: next_period(ends[0]) - timedelta(seconds=1))

    return change


def _next_month(moment: datetime) -> datetime:
    return (moment.replace(day=28) + timedelta(days=4)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _next_year(moment: datetime) -> datetime:
    return datetime(moment.year + 1, 1, 1, tzinfo=UTC)


def _without_every_tenth(request: Request, found: Rows) -> Rows:
    return [row for number, row in enumerate(found) if number % 10 != 9]


def _without_last_row(_request: Request, found: Rows) -> Rows:
    return found[:-1]


def _is_shorter_than_a_day(request: Request) -> bool:
    found = window_length(request)
    return found is not None and timedelta(0) < found < timedelta(days=1)


MUTANTS = (
    Mutant(
        "win-first-month-only",
        ("WIN-034",),
        "A window of a device list ends with the first month",
        fault=change_request(_only_first_period(_next_month), *DEVICE_LISTS),
        probes=(Probe(f"{MOVEMENTS}?{WINDOW}&pageSize=500"),),
    ),
    Mutant(
        "win-old-year-only",
        ("WIN-034",),
        "A window of a device list ends with the first year",
        fault=change_request(_only_first_period(_next_year), *DEVICE_LISTS),
        probes=(Probe(f"{MOVEMENTS}?from=2025-12-20T00:00:00Z&to=2026-01-10T00:00:00Z&pageSize=500"),),
    ),
    Mutant(
        "win-long-thinned",
        ("WIN-011",),
        "listMovements drops every tenth row for a window of more than ten days",
        fault=change_rows(_without_every_tenth, "listMovements", when=is_longer_than(10)),
        probes=(Probe(f"{MOVEMENTS}?{WINDOW}&pageSize=500"),),
    ),
    Mutant(
        "win-short-window-short",
        ("WIN-012",),
        "listDeviceTelemetry drops the last row for a window shorter than a day",
        fault=change_rows(_without_last_row, "listDeviceTelemetry", when=_is_shorter_than_a_day),
        probes=(Probe(f"{TELEMETRY}?from=2026-05-20T00:00:00Z&to=2026-05-20T08:00:00Z&pageSize=500"),),
    ),
    dates_only_mutant("listAppointments", "first-day-lost", "WIN-012"),
)
