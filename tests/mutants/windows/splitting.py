"""Mutants that the checks of `windows/splitting.py` catch."""

from collections.abc import Callable, Sequence
from datetime import datetime

from tests.mutants.harness.alterations import DEVICE_LISTS, Row, Rows, change_json, change_request, change_rows
from tests.mutants.harness.messages import Request
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import CYCLES, MOVEMENTS, TELEMETRY, WINDOW
from tests.mutants.harness.request_windows import (
    change_timestamp,
    end_name,
    is_longer_than,
    parse_timestamp,
    row_time,
    window_of,
)

__all__ = ["MUTANTS"]

_WITHIN_CYCLE = "from=2026-05-20T00:00:00Z&to=2026-05-20T06:35:36Z"
"""A window that ends within a cycle of the device of the probes."""


def _without_border_rows(request: Request, found: Rows) -> Rows:
    """Remove the rows at either end of the window."""
    ends = window_of(request)
    return found if ends is None else [row for row in found if row_time(request, row) not in ends]


def _with_end_at_midnight(request: Request) -> Request:
    return change_timestamp(
        request, end_name(request), lambda end: end.replace(hour=0, minute=0, second=0, microsecond=0)
    )


def _with_three_more_visits(_request: Request, found: dict[str, int]) -> dict[str, int]:
    return {**found, "totalVisits": found["totalVisits"] + 3, "openVisits": found["openVisits"] + 3}


def _cut_off(stop: str, members: Sequence[str]) -> Callable[[Request, Rows], Rows]:
    """Return a change that computes members of a row from the part before the end of the window."""

    def changed(request: Request, found: Rows) -> Rows:
        ends = window_of(request)
        return [{**row, **dict.fromkeys(members, 1)} if _is_cut(row, stop, ends) else row for row in found]

    return changed


def _is_cut(row: Row, stop: str, window: tuple[datetime, datetime] | None) -> bool:
    time = parse_timestamp(row.get(stop))
    return window is not None and time is not None and time > window[1]


MUTANTS = (
    *(
        Mutant(
            f"win-cut-{name}",
            ("WIN-036",),
            f"{name} computes {' and '.join(members)} from the part of a row that lies in the window",
            fault=change_rows(_cut_off(stop, members), name),
            probes=probes,
        )
        for name, stop, members, probes in (
            ("listPointGuardCycles", "stop", ("samples", "peakCurrent"), (Probe(f"{CYCLES}?{_WITHIN_CYCLE}"),)),
            ("listMovements", "stop", ("duration",), (Probe(f"{MOVEMENTS}?{_WITHIN_CYCLE}"),)),
        )
    ),
    Mutant(
        "win-both-ends-exclusive",
        ("WIN-014",),
        "Rows at either end of a window are left out",
        fault=change_rows(_without_border_rows, *DEVICE_LISTS, "listIncidents", "listServiceReports"),
        probes=(Probe(f"{TELEMETRY}?{WINDOW}&telemetryType=0"),),
    ),
    Mutant(
        "win-last-day-lost",
        ("WIN-013",),
        "listPointGuardCycles truncates the end of its window to midnight",
        fault=change_request(_with_end_at_midnight, "listPointGuardCycles"),
        probes=(Probe(f"{CYCLES}?from=2026-05-20T00:00:00Z&to=2026-05-26T22:00:00Z&pageSize=500"),),
    ),
    Mutant(
        "win-ten-visits",
        ("WIN-013",),
        "listServiceVisits returns at most ten visits",
        fault=change_rows(lambda _request, found: found[:10], "listServiceVisits"),
        probes=(Probe("/service-visits?fromUtc=2026-05-20T00:00:00Z&toUtc=2026-06-30T00:00:00Z"),),
    ),
    Mutant(
        "win-visits-of-longer",
        ("WIN-030",),
        "getServicePerformance counts three visits too many for a window of more than 45 days",
        fault=change_json(_with_three_more_visits, "getServicePerformance", when=is_longer_than(45)),
        probes=(Probe("/reporting/service-performance?fromUtc=2026-04-20T00:00:00Z&toUtc=2026-06-20T00:00:00Z"),),
    ),
)
