"""Mutants of the area `windows`."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from tests.mutants.harness.alterations import DEVICE_LISTS, Rows, asks, data, later_pages, only, refuse, rows
from tests.mutants.harness.mutant import Look, Mutant, walk
from tests.mutants.harness.request_windows import (
    both,
    end_name,
    length,
    moved,
    rewritten,
    row_instant,
    shifted,
    start_name,
)
from tests.mutants.harness.wrapper import Ask, Reply, Site

__all__ = ["MUTANTS"]

MAY = "from=2026-05-20T00:00:00Z&to=2026-06-10T00:00:00Z"
_DEVICE = "/devices/{home.device}"
_CYCLES = f"{_DEVICE}/pointguard/cycles"
_MOVEMENTS = f"{_DEVICE}/movements"
_TELEMETRY = f"{_DEVICE}/telemetry"
_WHOLE = ("listServiceVisits", "listAppointments", "getServicePerformance", "getTelemetryDaily")


def _with_end(ask: Ask) -> Ask:
    """A missing end is a day after the start."""
    start = start_name(ask)
    return ask if start is None or end_name(ask) else ask.asking(to=moved(ask.values[start], 86_400))


def _without_alias(ask: Ask) -> Ask:
    """toUtc isn't read, and a default of one day stands in."""
    return ask if ask.value("toUtc") is None else _with_end(ask.asking(toUtc=None))


def _border(ask: Ask, found: Rows) -> Rows:
    """Both ends are exclusive."""
    ends = both(ask)
    return found if ends is None else [row for row in found if row_instant(ask, row) not in ends]


def _first_part(parts: Callable[[datetime], datetime]) -> Callable[[Ask], Ask]:
    """Only the part of the data that the window begins in is read; `parts` leads to the beginning of the next."""

    def change(ask: Ask) -> Ask:
        ends = both(ask)
        if ends is None or not ends[0] <= parts(ends[0]) <= ends[1]:
            return ask
        return rewritten(ask, end_name(ask), lambda _end: parts(ends[0]) - timedelta(seconds=1))

    return change


def _next_month(moment: datetime) -> datetime:
    return (moment.replace(day=28) + timedelta(days=4)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _next_year(moment: datetime) -> datetime:
    return datetime(moment.year + 1, 1, 1, tzinfo=UTC)


def _clamped(days: int) -> Callable[[Ask], Ask]:
    """A longer window ends after so many days."""

    def change(ask: Ask) -> Ask:
        ends = both(ask)
        if ends is None or ends[1] - ends[0] <= timedelta(days=days):
            return ask
        return rewritten(ask, end_name(ask), lambda _end: ends[0] + timedelta(days=days))

    return change


def _without_end(ask: Ask, found: Rows) -> Rows:
    ends = both(ask)
    return found if ends is None else [row for row in found if row_instant(ask, row) != ends[1]]


def _longer(days: float) -> Callable[[Ask], bool]:
    """Whether the window is longer than some days."""

    def when(ask: Ask) -> bool:
        found = length(ask)
        return found is not None and found > timedelta(days=days)

    return when


async def _too_long(_ask: Ask, _site: Site) -> Reply:
    return refuse(400, "validation_error", "The window is too long.")


def _thinned(ask: Ask, found: Rows) -> Rows:
    """Every tenth row is left out, as where long windows are sampled."""
    return [row for place, row in enumerate(found) if place % 10 != 9]


def _to_midnight(ask: Ask) -> Ask:
    return rewritten(ask, end_name(ask), lambda end: end.replace(hour=0, minute=0, second=0, microsecond=0))


def _to_whole_hours(ask: Ask) -> Ask:
    """The start is rounded down to its hour."""
    return rewritten(ask, start_name(ask), lambda start: start.replace(minute=0, second=0, microsecond=0))


async def _running_on(ask: Ask, site: Site) -> Reply:
    """The cursor forgets where the window began: incidents come newest first."""
    open_start = ask.asking(fromUtc=None)
    if later_pages(ask):
        return await site(open_start)
    reply = await site(ask)
    if not reply.ok or not reply.data["hasMore"]:
        return reply
    other = await site(open_start)
    return reply.with_data({**reply.data, "nextCursor": other.data["nextCursor"]})


async def _day_before(ask: Ask, site: Site) -> Reply:
    """The day before the window comes too."""
    return await site(shifted(ask, start=-86_400))


def _without_last(_ask: Ask, found: Rows) -> Rows:
    return found[:-1]


def _shorter_than_a_day(ask: Ask) -> bool:
    found = length(ask)
    return found is not None and timedelta(0) < found < timedelta(days=1)


def _counted_more(_ask: Ask, found: dict[str, int]) -> dict[str, int]:
    return {**found, "totalVisits": found["totalVisits"] + 3, "openVisits": found["openVisits"] + 3}


MUTANTS = (
    Mutant(
        "win-first-month-only",
        "windows",
        ("WIN-034",),
        "A window of a device over the end of a month shows the first month only",
        subtle=True,
        fault=asks(_first_part(_next_month), *DEVICE_LISTS),
        shows=(Look(f"{_MOVEMENTS}?{MAY}&pageSize=500"),),
    ),
    Mutant(
        "win-old-year-only",
        "windows",
        ("WIN-034",),
        "A window of a device over New Year shows the old year only",
        subtle=True,
        fault=asks(_first_part(_next_year), *DEVICE_LISTS),
        shows=(Look(f"{_MOVEMENTS}?from=2025-12-20T00:00:00Z&to=2026-01-10T00:00:00Z&pageSize=500"),),
    ),
    Mutant(
        "win-missing-end-taken",
        "windows",
        ("WIN-001",),
        "Telemetry without an end is that of one day",
        subtle=True,
        fault=asks(_with_end, "listDeviceTelemetry"),
        shows=(Look(f"{_TELEMETRY}?from=2026-05-20T00:00:00Z"),),
    ),
    Mutant(
        "win-alias-ignored",
        "windows",
        ("WIN-003", "WIN-004"),
        "toUtc of movements isn't read, one day stands in for it",
        subtle=True,
        fault=asks(_without_alias, "listMovements"),
        shows=(Look(f"{_MOVEMENTS}?from=2026-05-20T00:00:00Z&toUtc=2026-06-10T00:00:00Z&pageSize=500"),),
    ),
    Mutant(
        "win-alias-refused",
        "windows",
        ("WIN-003",),
        "Cycles don't know fromUtc",
        subtle=False,
        fault=asks(lambda ask: ask.asking(fromUtc=None), "listPointGuardCycles"),
        shows=(Look(f"{_CYCLES}?fromUtc=2026-05-20T00:00:00Z&toUtc=2026-06-10T00:00:00Z"),),
    ),
    Mutant(
        "win-both-ends-exclusive",
        "windows",
        ("WIN-014",),
        "A row on the border of two windows is in neither",
        subtle=True,
        fault=rows(_border, *DEVICE_LISTS, "listIncidents", "listServiceReports"),
        shows=(Look(f"{_TELEMETRY}?{MAY}&telemetryType=0"),),
    ),
    Mutant(
        "win-two-minutes-beyond",
        "windows",
        ("WIN-009",),
        "Rows up to two minutes after the window come too",
        subtle=True,
        fault=asks(lambda ask: shifted(ask, stop=120), *DEVICE_LISTS),
        shows=(Look(f"{_TELEMETRY}?from=2026-05-20T00:00:00Z&to=2026-05-20T00:04:30Z&telemetryType=0"),),
    ),
    Mutant(
        "win-62-days-clamped",
        "windows",
        ("WIN-002",),
        "Telemetry of 62 days is silently that of 31",
        subtle=True,
        fault=asks(_clamped(31), "listDeviceTelemetry"),
        shows=(Look(f"{_TELEMETRY}?from=2026-04-01T00:00:00Z&to=2026-06-02T00:00:00Z"),),
    ),
    Mutant(
        "win-800-days-clamped",
        "windows",
        ("WIN-002",),
        "Visits of 800 days are silently those of 366",
        subtle=True,
        fault=asks(_clamped(366), "listServiceVisits"),
        shows=(Look("/service-visits?fromUtc=2024-01-01T00:00:00Z&toUtc=2026-06-02T00:00:00Z"),),
    ),
    Mutant(
        "win-30-days-refused",
        "windows",
        ("WIN-006",),
        "Cycles of 30 days are refused: the limit is 29",
        subtle=True,
        fault=only(_too_long, "listPointGuardCycles", when=_longer(29)),
        shows=(Look(f"{_CYCLES}?from=2026-05-20T00:00:00Z&to=2026-06-19T00:00:00Z"),),
    ),
    Mutant(
        "win-365-days-refused",
        "windows",
        ("WIN-006",),
        "Appointments of 365 days are refused: the limit is 364",
        subtle=True,
        fault=only(_too_long, "listAppointments", when=_longer(364)),
        shows=(Look("/appointments?fromUtc=2025-06-01T00:00:00Z&toUtc=2026-06-01T00:00:00Z"),),
    ),
    Mutant(
        "win-31-days-refused",
        "windows",
        ("WIN-007",),
        "A window of exactly 31 days is refused",
        subtle=True,
        fault=only(_too_long, *DEVICE_LISTS, when=_longer(30.9999)),
        shows=(Look(f"{_CYCLES}?from=2026-05-01T00:00:00Z&to=2026-06-01T00:00:00Z"),),
    ),
    Mutant(
        "win-31-days-and-a-second",
        "windows",
        ("WIN-007",),
        "A window of 31 days and a second is taken",
        subtle=True,
        fault=asks(lambda ask: shifted(ask, stop=-60), "listDeviceTelemetry", when=_longer(31)),
        shows=(Look(f"{_TELEMETRY}?from=2026-05-01T00:00:00Z&to=2026-06-01T00:00:01Z"),),
    ),
    Mutant(
        "win-local-time",
        "windows",
        ("WIN-009",),
        "Ends of the reports' window are read as local time",
        subtle=True,
        fault=asks(lambda ask: shifted(ask, start=-7_200, stop=-7_200), "listServiceReports", "listIncidents"),
        shows=(Look("/service-reports?fromUtc=2026-05-20T00:00:00Z&toUtc={home.filed}"),),
    ),
    Mutant(
        "win-long-thinned",
        "windows",
        ("WIN-011",),
        "Movements of more than ten days are thinned out",
        subtle=True,
        fault=rows(_thinned, "listMovements", when=_longer(10)),
        shows=(Look(f"{_MOVEMENTS}?{MAY}&pageSize=500"),),
    ),
    Mutant(
        "win-last-day-lost",
        "windows",
        ("WIN-013",),
        "The end of the cycles' window is cut to midnight",
        subtle=True,
        fault=asks(_to_midnight, "listPointGuardCycles"),
        shows=(Look(f"{_CYCLES}?from=2026-05-20T00:00:00Z&to=2026-05-26T22:00:00Z&pageSize=500"),),
    ),
    Mutant(
        "win-start-of-hour",
        "windows",
        ("WIN-009",),
        "The start of the telemetry's window is cut to its hour",
        subtle=True,
        fault=asks(_to_whole_hours, "listDeviceTelemetry"),
        shows=(Look(f"{_TELEMETRY}?from=2026-05-20T00:31:00Z&to=2026-05-20T02:00:00Z"),),
    ),
    Mutant(
        "win-ten-visits",
        "windows",
        ("WIN-013",),
        "However long the window, only ten visits come",
        subtle=True,
        fault=rows(lambda _ask, found: found[:10], "listServiceVisits"),
        shows=(Look("/service-visits?fromUtc=2026-05-20T00:00:00Z&toUtc=2026-06-30T00:00:00Z"),),
    ),
    Mutant(
        "win-day-before",
        "windows",
        ("WIN-028",),
        "The day before the window comes with the daily telemetry",
        subtle=True,
        fault=only(_day_before, "getTelemetryDaily", when=lambda ask: both(ask) is not None),
        shows=(Look("/reporting/telemetry-daily?fromUtc=2026-06-01T00:00:00Z&toUtc=2026-06-02T00:00:00Z"),),
    ),
    Mutant(
        "win-second-page-unbounded",
        "windows",
        ("PAG-023",),
        "Later pages of incidents run on beyond the window's start",
        subtle=True,
        fault=only(_running_on, "listIncidents"),
        shows=(walk("/incidents?fromUtc=2026-05-20T00:00:00Z&toUtc=2026-06-28T00:00:00Z&pageSize=3"),),
    ),
    Mutant(
        "win-short-window-short",
        "windows",
        ("WIN-012",),
        "Telemetry of less than a day lacks its last row",
        subtle=True,
        fault=rows(_without_last, "listDeviceTelemetry", when=_shorter_than_a_day),
        shows=(Look(f"{_TELEMETRY}?from=2026-05-20T00:00:00Z&to=2026-05-20T08:00:00Z&pageSize=500"),),
    ),
    Mutant(
        "win-visits-of-longer",
        "windows",
        ("WIN-030",),
        "Service performance of more than 45 days counts three visits more",
        subtle=True,
        fault=data(_counted_more, "getServicePerformance", when=_longer(45)),
        shows=(Look("/reporting/service-performance?fromUtc=2026-04-20T00:00:00Z&toUtc=2026-06-20T00:00:00Z"),),
    ),
    Mutant(
        "win-other-names-first-page",
        "windows",
        ("WIN-003",),
        "By fromUtc and toUtc every page is the first",
        subtle=True,
        fault=asks(
            lambda ask: ask.asking(cursor=None),
            *DEVICE_LISTS,
            when=lambda ask: later_pages(ask) and ask.value("fromUtc") is not None,
        ),
        shows=(walk(f"{_MOVEMENTS}?fromUtc=2026-05-20T00:00:00Z&toUtc=2026-06-10T00:00:00Z&pageSize=4"),),
    ),
    Mutant(
        "win-incidents-of-before",
        "windows",
        ("WIN-010",),
        "Incidents of the two months before the window come too",
        subtle=True,
        fault=asks(
            lambda ask: shifted(ask, start=-60 * 86_400), "listIncidents", when=lambda ask: both(ask) is not None
        ),
        shows=(Look("/incidents?fromUtc=2026-05-20T00:00:00Z&toUtc=2026-06-28T00:00:00Z&pageSize=500"),),
    ),
    Mutant(
        "win-cycles-of-the-hour",
        "windows",
        ("WIN-033",),
        "Cycles from the start of the first hour come too",
        subtle=True,
        fault=asks(_to_whole_hours, "listPointGuardCycles"),
        shows=(Look(f"{_CYCLES}?from={{home.moved}}&to=2026-06-10T00:00:00Z"),),
    ),
    Mutant(
        "win-ends-half-open",
        "windows",
        ("WIN-015",),
        "The end of a window isn't part of it",
        subtle=True,
        fault=rows(_without_end, *DEVICE_LISTS),
        shows=(Look(f"{_TELEMETRY}?from=2026-05-20T00:00:00Z&to=2026-05-20T01:00:00Z&telemetryType=0"),),
    ),
)
