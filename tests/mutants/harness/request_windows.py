"""Reads and changes the time window of a request, for mutants and variants that change windows or timestamps."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from tests.mutants.harness.messages import Request

__all__ = [
    "change_timestamp",
    "end_name",
    "given_names",
    "in_skipped_hour",
    "is_longer_than",
    "parse_timestamp",
    "row_time",
    "shift_timestamp",
    "shift_window",
    "start_name",
    "window_length",
    "window_of",
    "with_default_end",
]

_WINDOWED_MEMBER = {
    "listDeviceTelemetry": "stamp",
    "listPointGuardCycles": "start",
    "listMovements": "start",
    "listIncidents": "createdOn",
    "listServiceReports": "createdOn",
    "listServiceVisits": "plannedStart",
    "listAppointments": "start",
    "getTelemetryDaily": "date",
}
"""The member of a row that places it in the window."""


def parse_timestamp(value: object) -> datetime | None:
    """Parse a timestamp, in UTC where it has no offset; None where it is not a timestamp."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _format_timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z").replace(".000Z", "Z")


def in_skipped_hour(value: str | None) -> bool:
    """Whether a timestamp, read as local time in Europe, lies in the hour that the change to summer time skips."""
    found = parse_timestamp(value)
    return found is not None and found.month == 3 and found.day >= 25 and found.weekday() == 6 and found.hour == 2


def shift_timestamp(value: str, seconds: float) -> str:
    """A timestamp moved by some seconds; a text that is not a timestamp stays as it is."""
    found = parse_timestamp(value)
    try:
        return value if found is None else _format_timestamp(found + timedelta(seconds=seconds))
    except OverflowError:
        return value


def _given_name(request: Request, canonical: str) -> str | None:
    """The parameter name by which a request gives an end of its window: canonical or alias, None if neither."""
    window = request.operation.window if request.operation else None
    if window is None:
        return None
    names = [canonical, *(alias for alias, known in window.aliases.items() if known == canonical)]
    return next((name for name in names if request.query_value(name) is not None), None)


def start_name(request: Request) -> str | None:
    window = request.operation.window if request.operation else None
    return None if window is None else _given_name(request, window.start)


def end_name(request: Request) -> str | None:
    window = request.operation.window if request.operation else None
    return None if window is None else _given_name(request, window.end)


def given_names(request: Request) -> list[str]:
    """The parameter names by which a request gives the ends of its window."""
    return [name for name in (start_name(request), end_name(request)) if name is not None]


def window_of(request: Request) -> tuple[datetime, datetime] | None:
    """Start and end of the window, None unless the request gives both."""
    start, end = start_name(request), end_name(request)
    if start is None or end is None:
        return None
    first, last = parse_timestamp(request.query_value(start)), parse_timestamp(request.query_value(end))
    return None if first is None or last is None else (first, last)


def window_length(request: Request) -> timedelta | None:
    """The length of the window, None unless the request gives both ends."""
    window = window_of(request)
    return None if window is None else window[1] - window[0]


def is_longer_than(days: float) -> Callable[[Request], bool]:
    """A predicate: the window is longer than a number of days."""

    def when(request: Request) -> bool:
        length = window_length(request)
        return length is not None and length > timedelta(days=days)

    return when


def with_default_end(request: Request) -> Request:
    """The same request; where it gives a start only, with an end one day later."""
    start = start_name(request)
    if start is None or end_name(request) is not None:
        return request
    return request.with_query(to=shift_timestamp(request.query_values[start], 86_400))


def shift_window(request: Request, *, start_s: float = 0, end_s: float = 0) -> Request:
    """The same request with the ends of its window moved by some seconds, where it gives them."""
    changes: dict[str, object] = {}
    for name, seconds in ((start_name(request), start_s), (end_name(request), end_s)):
        if name is not None and seconds:
            changes[name] = shift_timestamp(request.query_values[name], seconds)
    return request.with_query(changes)


def change_timestamp(request: Request, name: str | None, change: Callable[[datetime], datetime]) -> Request:
    """The same request with the timestamp of one parameter changed."""
    found = parse_timestamp(request.query_value(name)) if name else None
    return request if name is None or found is None else request.with_query({name: _format_timestamp(change(found))})


def row_time(request: Request, row: dict[str, object]) -> datetime | None:
    """The time by which a row of the requested list lies in the window."""
    return parse_timestamp(row.get(_WINDOWED_MEMBER.get(request.operation_id, "")))
