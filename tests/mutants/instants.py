"""Mutants of the area `windows` about how instants are written, and about ends left out."""

import re
from datetime import timedelta

from tests.mutants.harness.alterations import asks, failing, only, replies, rows
from tests.mutants.harness.mutant import Look, Mutant
from tests.mutants.harness.request_windows import both, end_name, in_gap, instant, length, start_name
from tests.mutants.harness.wrapper import Ask, Reply, Site

__all__ = ["MUTANTS"]

_DEVICE = "/devices/{home.device}"
_CYCLES = f"{_DEVICE}/pointguard/cycles"


async def _swapped(ask: Ask, site: Site) -> Reply:
    """A reversed window is turned round."""
    ends, start, end = both(ask), start_name(ask), end_name(ask)
    if ends is None or start is None or end is None or ends[0] <= ends[1]:
        return await site(ask)
    return await site(ask.asking({start: ask.values[end], end: ask.values[start]}))


def _ignoring_nonsense(ask: Ask) -> Ask:
    """What is no date-time is left out."""
    names = (start_name(ask), end_name(ask))
    return ask.asking({name: None for name in names if name and instant(ask.value(name)) is None})


def _one_end(ask: Ask) -> bool:
    return (start_name(ask) is None) != (end_name(ask) is None)


def _no_end(ask: Ask) -> bool:
    return start_name(ask) is None and end_name(ask) is None


def _on_leap_day(ask: Ask) -> bool:
    return any(value[4:10] == "-02-29" for value in ask.values.values())


def _with_fraction(ask: Ask) -> bool:
    names = (start_name(ask), end_name(ask))
    return any("." in ask.values[name] for name in names if name)


def _next_day(ask: Ask) -> Ask:
    """A day that doesn't exist becomes the last that does in every month."""
    names = [name for name in (start_name(ask), end_name(ask)) if name and instant(ask.values[name]) is None]
    return ask.asking({name: re.sub(r"^(\d{4}-\d\d-)\d\d", r"\g<1>28", ask.values[name]) for name in names})


def _offset_unread(ask: Ask) -> Ask:
    names = [name for name in (start_name(ask), end_name(ask)) if name]
    return ask.asking({name: re.sub(r"[+-]\d\d:\d\d$", "Z", ask.values[name]) for name in names})


def _naive_taken(ask: Ask) -> Ask:
    names = [name for name in (start_name(ask), end_name(ask)) if name]
    return ask.asking({name: re.sub(r"(T\d\d:\d\d:\d\d)$", r"\1Z", ask.values[name]) for name in names})


def _of_an_instant(ask: Ask) -> bool:
    return length(ask) == timedelta(0)


def _in_skipped_hour(ask: Ask) -> bool:
    return any(in_gap(ask.values[name]) for name in (start_name(ask), end_name(ask)) if name)


def _since_fraction(ask: Ask) -> bool:
    return instant(ask.value("updatedSince")) is not None and "." in ask.values["updatedSince"]


def _to_the_last_year(ask: Ask) -> bool:
    return (ask.value("toUtc") or "").startswith("9999-")


def _in_the_future(ask: Ask) -> bool:
    found = instant(ask.value(start_name(ask) or ""))
    return found is not None and found.year >= 2027


def _canonical_counts(ask: Ask) -> Ask:
    """Of two names of one end the alias isn't looked at."""
    window = ask.operation.window if ask.operation else None
    aliases = dict(window.aliases) if window else {}
    return ask.asking({alias: None for alias, name in aliases.items() if ask.value(name) is not None})


def _from_taken(ask: Ask) -> Ask:
    text = ask.value("from")
    return ask if text is None else ask.asking({"from": None, "fromUtc": text})


MUTANTS = (
    Mutant(
        "win-reversed-turned",
        "windows",
        ("WIN-008",),
        "A reversed window is turned round",
        subtle=True,
        fault=only(_swapped),
        shows=(Look("/incidents?fromUtc=2026-06-10T00:00:00Z&toUtc=2026-05-20T00:00:00Z"),),
    ),
    Mutant(
        "win-nonsense-taken",
        "windows",
        ("WIN-019",),
        "fromUtc=yesterday on incidents is no bound",
        subtle=True,
        fault=asks(_ignoring_nonsense, "listIncidents"),
        shows=(Look("/incidents?fromUtc=yesterday"),),
    ),
    Mutant(
        "win-one-end-refused",
        "windows",
        ("WIN-024",),
        "Service performance wants both ends or none",
        subtle=True,
        fault=failing(_one_end, "getServicePerformance", status=400),
        shows=(Look("/reporting/service-performance?fromUtc=2026-06-01T00:00:00Z"),),
    ),
    Mutant(
        "win-no-end-refused",
        "windows",
        ("WIN-024",),
        "The daily telemetry without a window is refused",
        subtle=False,
        fault=failing(_no_end, "getTelemetryDaily", status=400),
        shows=(Look("/reporting/telemetry-daily"),),
    ),
    Mutant(
        "win-leap-day-refused",
        "windows",
        ("WIN-017",),
        "A window on 29 February is refused",
        subtle=True,
        fault=failing(_on_leap_day, status=400),
        shows=(Look("/incidents?fromUtc=2024-02-29T12:00:00Z"),),
    ),
    Mutant(
        "win-fraction-refused",
        "windows",
        ("WIN-018",),
        "An end with milliseconds is refused",
        subtle=True,
        fault=failing(_with_fraction, status=400),
        shows=(Look("/incidents?fromUtc=2026-05-20T00:00:00.123Z"),),
    ),
    Mutant(
        "win-end-alone-ignored",
        "windows",
        ("WIN-025",),
        "toUtc alone doesn't bound the incidents",
        subtle=True,
        fault=asks(lambda ask: ask.asking(toUtc=None), "listIncidents", when=_one_end),
        shows=(Look("/incidents?toUtc=2025-06-01T00:00:00Z"),),
    ),
    Mutant(
        "win-february-30",
        "windows",
        ("WIN-020",),
        "30 February is taken for another day",
        subtle=True,
        fault=asks(_next_day),
        shows=(Look("/incidents?fromUtc=2026-02-30T00:00:00Z"),),
    ),
    Mutant(
        "win-offset-unread",
        "windows",
        ("WIN-022",),
        "The offset of an end isn't read",
        subtle=True,
        fault=asks(_offset_unread),
        shows=(Look(f"{_CYCLES}?from=2026-05-20T08:00:00%2B08:00&to=2026-05-20T08:00:00Z"),),
    ),
    Mutant(
        "win-naive-taken",
        "windows",
        ("WIN-021",),
        "An end without offset is taken for UTC",
        subtle=True,
        fault=asks(_naive_taken),
        shows=(Look("/incidents?fromUtc=2026-05-20T00:00:00"),),
    ),
    Mutant(
        "win-instant-refused",
        "windows",
        ("WIN-016",),
        "A window of one instant is refused",
        subtle=True,
        fault=failing(_of_an_instant, status=400),
        shows=(Look("/incidents?fromUtc=2026-05-20T00:00:00Z&toUtc=2026-05-20T00:00:00Z"),),
    ),
    Mutant(
        "win-future-refused",
        "windows",
        ("WIN-026",),
        "A window in the future is refused",
        subtle=True,
        fault=failing(_in_the_future, status=400),
        shows=(Look("/appointments?fromUtc=2027-05-20T00:00:00Z&toUtc=2027-05-21T00:00:00Z"),),
    ),
    Mutant(
        "win-alias-overruled",
        "windows",
        ("WIN-005",),
        "Of two names of one end that differ, the first counts",
        subtle=True,
        fault=asks(_canonical_counts),
        shows=(Look(f"{_CYCLES}?from=2026-05-20T00:00:00Z&fromUtc=2026-05-21T00:00:00Z&to=2026-06-10T00:00:00Z"),),
    ),
    Mutant(
        "win-from-taken",
        "windows",
        ("WIN-031",),
        "Incidents know from as well",
        subtle=True,
        fault=asks(_from_taken, "listIncidents"),
        shows=(Look("/incidents?from=2026-06-01T00:00:00Z"),),
    ),
    Mutant(
        "win-skipped-hour",
        "windows",
        ("WIN-017",),
        "An end in the hour that summer time skips fails with 500",
        subtle=True,
        fault=failing(_in_skipped_hour),
        shows=(Look("/incidents?fromUtc=2026-03-29T02:30:00Z"),),
    ),
    Mutant(
        "win-since-fraction",
        "windows",
        ("WIN-018",),
        "updatedSince with fractions of a second is refused",
        subtle=True,
        fault=failing(_since_fraction, "listAssets", "listDevices", status=400),
        shows=(Look("/assets?updatedSince=2026-01-01T00:00:00.123Z"),),
    ),
    Mutant(
        "win-year-9999-as-open-end",
        "windows",
        ("WIN-032",),
        "Incidents and reports up to year 9999 are none",
        subtle=True,
        fault=rows(lambda _ask, _found: [], "listIncidents", "listServiceReports", when=_to_the_last_year),
        shows=(Look("/incidents?fromUtc=2020-01-01T00:00:00Z&toUtc=9999-12-31T23:59:59Z"),),
    ),
    Mutant(
        "win-effective-window-untold",
        "windows",
        ("WIN-027",),
        "X-Sandbox-Effective-Window is missing",
        subtle=True,
        fault=replies(
            lambda _ask, reply: reply.without(b"x-sandbox-effective-window").having(
                b"content-type", b"application/json; charset=utf-8"
            )
        ),
        shows=(Look("/service-visits"),),
    ),
)
