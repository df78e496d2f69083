"""The window of a request, read and rewritten, for mutants and variants that meddle with time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from tests.mutants.harness.wrapper import Ask

__all__ = [
    "end_name",
    "in_gap",
    "instant",
    "length",
    "moved",
    "name_of",
    "row_instant",
    "shifted",
    "start_name",
    "text",
]

ROW_TIME = {
    "listDeviceTelemetry": "stamp",
    "listPointGuardCycles": "start",
    "listMovements": "start",
    "listIncidents": "createdOn",
    "listServiceReports": "createdOn",
    "listServiceVisits": "plannedStart",
    "listAppointments": "start",
    "getTelemetryDaily": "date",
}


def instant(value: object) -> datetime | None:
    """The instant of a text, None where it is none."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z").replace(".000Z", "Z")


def in_gap(value: str | None) -> bool:
    """Whether a stamp, read as local time in Europe, lies in the hour of March that summer time skips."""
    found = instant(value)
    return found is not None and found.month == 3 and found.day >= 25 and found.weekday() == 6 and found.hour == 2


def moved(value: str, seconds: float) -> str:
    """A stamp some seconds later; a text that is no stamp stays as it is."""
    found = instant(value)
    try:
        return value if found is None else text(found + timedelta(seconds=seconds))
    except OverflowError:
        return value


def name_of(ask: Ask, end: str) -> str | None:
    """The name by which a request gives an end of its window: canonical or alias, None if it doesn't."""
    window = ask.operation.window if ask.operation else None
    if window is None:
        return None
    names = [end, *(alias for alias, canonical in window.aliases.items() if canonical == end)]
    return next((name for name in names if ask.value(name) is not None), None)


def start_name(ask: Ask) -> str | None:
    window = ask.operation.window if ask.operation else None
    return None if window is None else name_of(ask, window.start)


def end_name(ask: Ask) -> str | None:
    window = ask.operation.window if ask.operation else None
    return None if window is None else name_of(ask, window.end)


def both(ask: Ask) -> tuple[datetime, datetime] | None:
    """Both ends, None unless the request gives both."""
    start, end = start_name(ask), end_name(ask)
    if start is None or end is None:
        return None
    first, last = instant(ask.value(start)), instant(ask.value(end))
    return None if first is None or last is None else (first, last)


def length(ask: Ask) -> timedelta | None:
    """How long the window is, None unless the request gives both ends."""
    ends = both(ask)
    return None if ends is None else ends[1] - ends[0]


def shifted(ask: Ask, start: float = 0, stop: float = 0) -> Ask:
    """The same with the ends of its window moved, in seconds, as far as it gives them."""
    changes: dict[str, object] = {}
    for name, seconds in ((start_name(ask), start), (end_name(ask), stop)):
        if name is not None and seconds:
            changes[name] = moved(ask.values[name], seconds)
    return ask.asking(changes)


def rewritten(ask: Ask, end: str | None, change: Callable[[datetime], datetime]) -> Ask:
    """The same with one end of its window changed."""
    found = instant(ask.value(end)) if end else None
    return ask if end is None or found is None else ask.asking({end: text(change(found))})


def row_instant(ask: Ask, row: dict[str, object]) -> datetime | None:
    """When a row of the request's list lies in its window."""
    return instant(row.get(ROW_TIME.get(ask.name, "")))
