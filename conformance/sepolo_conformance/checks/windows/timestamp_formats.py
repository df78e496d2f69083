"""How the ends of a window are written: accepted timestamps, and texts that are rejected."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

from sepolo_conformance.api.calls import Call
from sepolo_conformance.api.timestamps import stamp
from sepolo_conformance.checks.common.clauses import TYPED_ENDS
from sepolo_conformance.checks.common.response_checks import expect_accepted, expect_rejected
from sepolo_conformance.checks.common.window_calls import (
    base_list,
    end_names,
    fractional_window,
    read_once,
    span_text,
    windowed_lists,
)
from sepolo_conformance.checks.windows.windowed_calls import window_operations, with_end_names
from sepolo_conformance.compare.sequences import Reading, same_rows
from sepolo_conformance.engine import MUST, SANDBOX, SHOULD, Case, Vacuous, requirement

_DAY = timedelta(days=1)
_LEAP_DAY = datetime(2024, 2, 29, tzinfo=UTC)
_SKIPPED_HOUR = datetime(2026, 3, 29, 2, 30, tzinfo=UTC)
_REPEATED_HOUR = datetime(2025, 10, 26, 2, 30, tzinfo=UTC)
"""Instants that would lie in a skipped or a repeated hour if they were read as Central European local time."""
_FRACTION = "2024-03-01T00:00:00.123Z"
_NOT_A_TIMESTAMP = ("yesterday", "2026-13-45T99:99:99Z")
_NONEXISTENT = (
    ("2023-02-29T00:00:00Z", datetime(2023, 3, 1, tzinfo=UTC)),
    ("2026-06-31T00:00:00Z", datetime(2026, 7, 1, tzinfo=UTC)),
    ("2026-06-01T24:30:00Z", datetime(2026, 6, 2, tzinfo=UTC)),
    ("2026-06-01T12:60:00Z", datetime(2026, 6, 1, 13, tzinfo=UTC)),
)
"""Days and times that do not exist, and the instants that a lenient parser reads them as."""
_OTHER_FORMS = (
    "2026-06-01T00:00:00",
    "2026-06-01",
    "1780272000",
    "",
    "2026-06-01 00:00:00Z",
    "2026-06-01T00:00:00 02:00",
    "2026-06-01T00:00:00+02",
    "2026-06-01T00:00:60Z",
    "2026-06-01T00:00Z",
    "2026-06-01T00:00:00.0123456789Z",
    "20260601T000000Z",
)
"""Ways to write an instant that RFC 3339 does not allow, or that lack the offset."""
_OFFSETS = (120, -330, 0, 845, None)
"""Minutes east of UTC; None stands for UTC written in lower case."""


@requirement(
    "WIN-017",
    MUST,
    clause="Published page: its timestamps are written as 2026-06-01T00:00:00Z (RFC 3339).",
    title="Both ends accept timestamps as the published page writes them, also on 29 February and when clocks change",
)
def documented_form_is_accepted(case: Case) -> None:
    """Reads 29 February 2024 from every operation, by every name of the ends; then a window that ends, and where it may
    be that long begins, at 02:30 of a night in which European clocks change. In UTC these are ordinary instants."""
    for operation, window, call in window_operations(case):
        full = call.within(_LEAP_DAY, _LEAP_DAY + _DAY - timedelta(seconds=1))
        alias = {end: name for name, end in window.aliases.items()}
        calls = [full] + ([with_end_names(window, full, alias[window.start], alias[window.end])] if alias else [])
        for one in calls:
            expect_accepted(case, f"{operation.operation_id} on 2024-02-29", case.call(one))
        start = _SKIPPED_HOUR - _DAY if window.required else _REPEATED_HOUR
        what = f"{operation.operation_id} from {stamp(start)} to {stamp(_SKIPPED_HOUR)}"
        expect_accepted(case, what, case.call(call.within(start, _SKIPPED_HOUR)))


@requirement(
    "WIN-018",
    SHOULD,
    clause="A date-time may have fractions of a second (RFC 3339).",
    title="Both ends and updatedSince accept fractions of a second",
)
def fractions_are_accepted(case: Case) -> None:
    """Sends both ends of every window with one to seven digits after the second, and updatedSince with three."""
    for operation, _, _ in window_operations(case):
        call, page = fractional_window(case, operation)
        expect_accepted(case, f"{operation.operation_id} from {_window_text(call)}", page)
    for name in ("listAssets", "listDevices"):
        with case.part(name):
            page = case.get(name, query={"pageSize": 2, "updatedSince": _FRACTION})
            expect_accepted(case, f"{name} with updatedSince={_FRACTION}", page)


@requirement(
    "WIN-019",
    MUST,
    clause=TYPED_ENDS,
    title="A value that is not a timestamp is rejected with 400 at every end of every window",
)
def value_that_is_no_timestamp_is_rejected(case: Case) -> None:
    """Sends a word or impossible numbers in turn, by every name of every end."""
    for place, (what, name, call, other) in enumerate(_each_end(case)):
        text = _NOT_A_TIMESTAMP[_alternating(place)]
        page = case.call(_with_end(call, name, text, other, case.target.now()))
        expect_rejected(case, f"{what}={text}", page)


@requirement("WIN-020", SHOULD, clause=TYPED_ENDS, title="A day or time that does not exist is rejected with 400")
def nonexistent_time_is_rejected(case: Case) -> None:
    """Sends a day or a time of day that does not exist, in turn, by every name of every end."""
    for place, (what, name, call, other) in enumerate(_each_end(case)):
        text, read_as = _NONEXISTENT[place % len(_NONEXISTENT)]
        expect_rejected(case, f"{what}={text}", case.call(_with_end(call, name, text, other, read_as)))


@requirement(
    "WIN-021",
    SANDBOX,
    clause="Our own choice: an end is written as RFC 3339 with an offset, and given once.",
    title="A timestamp without an offset, a bare date, a number, an empty or a repeated end is rejected with 400",
)
def other_forms_are_rejected(case: Case) -> None:
    """Sends one of eleven other forms by every name of every end, and every other name twice."""
    june = datetime(2026, 6, 1, tzinfo=UTC)
    for place, (what, name, call, other) in enumerate(_each_end(case)):
        text = _OTHER_FORMS[place % len(_OTHER_FORMS)]
        expect_rejected(case, f"{what}={text!r}", case.call(_with_end(call, name, text, other, june)))
        if _alternating(place) == 0:
            query = [*_with_end(call, name, stamp(june), other, june).query.items(), (name, stamp(june))]
            expect_rejected(case, f"{what} given twice", case.get(call.operation, call.ids, query))


@requirement(
    "WIN-022",
    SANDBOX,
    clause="Our own choice: all offsets of RFC 3339 are accepted.",
    title="The same instants written with another offset give the same window",
)
def offsets_give_same_window(case: Case) -> None:
    """Writes the ends of a short list's window with other offsets, and in lower case, and compares the rows."""
    for place, operation in enumerate(windowed_lists(case)):
        with case.part(operation.operation_id):
            listing = base_list(case, operation)
            for step in (0, 1):
                call = with_offset(listing.call, _OFFSETS[(place + step) % len(_OFFSETS)])
                page, reading = read_once(case, call)
                same = same_rows(reading, Reading.of_listing(listing))
                expected = f"{operation.operation_id} from {_window_text(call)}: the rows of the same window in UTC"
                case.expect(same, expected, span_text(operation, reading.rows), (listing.exchange, page))


def with_offset(call: Call, minutes: int | None) -> Call:
    """Return a call whose window is written with an offset in minutes east of UTC, None for UTC in lower case."""
    rule, window = call.operation.window, call.window
    if rule is None or window is None:
        raise Vacuous("the list was found without a window")
    if minutes is None:
        start, end = (stamp(instant).lower() for instant in window)
    else:
        zone = timezone(timedelta(minutes=minutes))
        start, end = (instant.astimezone(zone).isoformat(timespec="milliseconds") for instant in window)
    return call.having({rule.start: start, rule.end: end})


def _window_text(call: Call) -> str:
    """Return the ends of a call's window as they are written, joined by "to"."""
    rule = call.operation.window
    return f"{call.query[rule.start]} to {call.query[rule.end]}" if rule else ""


def _each_end(case: Case) -> Iterator[tuple[str, str, Call, str]]:
    """Yield every name of every end: a description, the name, a call to add it to, and the name of the other end."""
    for operation, window, call in window_operations(case):
        for name, end in end_names(window):
            other = window.end if end == window.start else window.start
            yield f"{operation.operation_id} with {name}", name, call, other


def _alternating(place: int) -> int:
    """Return 0 or 1 for the place of a name, so that one start and one end of each operation get each of them."""
    return (place + 1) // 2 % 2


def _with_end(call: Call, name: str, text: str, other: str, read_as: datetime) -> Call:
    """Return a call with `text` at one end, and the other end an hour from `read_as`.

    The window is short and not reversed, so that a server that reads or ignores the text has no other reason for 400.
    """
    window = call.operation.window
    before = window is not None and other == window.end
    return call.having({name: text, other: stamp(read_as + timedelta(hours=1 if before else -1))})
