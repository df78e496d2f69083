"""The time rules of the contract, one after the other, on every operation with a window."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sepolo_openapi.contract import Operation, WindowRule
from tests.end_to_end.calls import READS, Call, Seen
from tests.end_to_end.harness import InProcess, assert_refused

NOW = datetime(2026, 7, 1, tzinfo=UTC)
DAY = timedelta(days=1)
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")
EFFECTIVE = "x-sandbox-effective-window"

WINDOWED: list[Operation] = [operation for operation in READS if operation.window is not None]
OPTIONAL = [operation for operation in WINDOWED if operation.window and not operation.window.required]

# Which member of a row places it in a window.
PLACED = {
    "listDeviceTelemetry": "stamp",
    "listPointGuardCycles": "start",
    "listMovements": "start",
    "listIncidents": "createdOn",
    "listServiceReports": "createdOn",
    "listServiceVisits": "plannedStart",
}

each = pytest.mark.parametrize("operation", WINDOWED, ids=lambda operation: str(operation.operation_id))
each_optional = pytest.mark.parametrize("operation", OPTIONAL, ids=lambda operation: str(operation.operation_id))


def text(instant: datetime) -> str:
    """An instant as the sandbox writes it."""
    whole = instant.strftime("%Y-%m-%dT%H:%M:%S")
    return whole + (f".{instant.microsecond // 1000:03d}Z" if instant.microsecond else "Z")


def parsed(stamp: str) -> datetime:
    """An instant that the sandbox wrote."""
    assert STAMP.fullmatch(stamp), stamp
    return datetime.fromisoformat(stamp)


def rule(operation: Operation) -> WindowRule:
    """The operation's window rule."""
    assert operation.window is not None
    return operation.window


def bare(seen: Seen, operation: Operation) -> Call:
    """The operation's call without a window, with the largest page."""
    call = seen.calls()[operation.operation_id]
    size = 500 if operation.page and operation.page.maximum else None
    return call.asking(**{rule(operation).start: None, rule(operation).end: None, "pageSize": size})


def within(seen: Seen, operation: Operation, start: datetime | None, stop: datetime | None) -> Call:
    """The operation's call in a window."""
    ends = {rule(operation).start: start, rule(operation).end: stop}
    return bare(seen, operation).asking(**{name: text(end) for name, end in ends.items() if end is not None})


def rows(client: InProcess, call: Call) -> list[dict[str, Any]]:
    """All rows of a list, or of a bare array."""
    found: list[dict[str, Any]] = []
    while True:
        answer = call.send(client)
        assert answer.status == 200, answer
        if call.operation.returns != "page":
            return answer.json if isinstance(answer.json, list) else [answer.json]
        found += answer.json["data"]
        if not answer.json["hasMore"]:
            return found
        call = call.asking(cursor=answer.json["nextCursor"])


@pytest.mark.parametrize("operation", READS, ids=lambda operation: str(operation.operation_id))
def test_every_instant_has_an_offset(operation: Operation, sandbox: InProcess, seen: Seen) -> None:
    """T1, T2: instants go out in UTC with Z, with milliseconds only when there are some."""

    def look(value: Any) -> None:
        if isinstance(value, dict):
            for inner in value.values():
                look(inner)
        elif isinstance(value, list):
            for inner in value:
                look(inner)
        elif isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d", value):
            assert not value.endswith(".000Z")
            parsed(value)

    look(seen.calls()[operation.operation_id].send(sandbox).json)


@each
def test_offsets(operation: Operation, sandbox: InProcess, seen: Seen) -> None:
    """T3: an instant may be written with any offset, with + as %2B."""
    window, call = rule(operation), within(seen, operation, NOW - 20 * DAY, NOW - 18 * DAY)
    shifted = call.asking(**{window.start: "2026-06-11T02:00:00+02:00", window.end: "2026-06-12T19:00:00-05:00"})
    assert rows(sandbox, shifted) == rows(sandbox, call)


@each
def test_an_offset_that_became_a_space(operation: Operation, sandbox: InProcess, seen: Seen) -> None:
    """T4: a + that was not encoded is refused with the advice to encode it."""
    window = rule(operation)
    target = within(seen, operation, None, NOW).target
    join = "&" if "?" in target else "?"
    answer = sandbox("GET", f"{target}{join}{window.start}=2026-06-11T00:00:00+02:00")
    assert_refused(answer, 400, "validation_error", window.start)
    assert "%2B" in answer.json["message"]


@each
def test_aliases(operation: Operation, sandbox: InProcess, seen: Seen) -> None:
    """T5, T7: the second names work where the page says so, and are unknown parameters elsewhere."""
    window = rule(operation)
    call = within(seen, operation, NOW - 20 * DAY, NOW - 19 * DAY)
    if window.aliases:
        for start in ("from", "fromUtc"):
            for end in ("to", "toUtc"):
                mixed = bare(seen, operation).asking(**{start: call.query[window.start], end: call.query[window.end]})
                assert rows(sandbox, mixed) == rows(sandbox, call)
    else:
        answer = call.asking(**{"from": "2026-06-20T00:00:00Z", "to": "nonsense"}).send(sandbox)
        assert answer.body == call.send(sandbox).body
        assert answer.headers["x-sandbox-warning"] == 'unknown parameters "from", "to" ignored'


@pytest.mark.parametrize("name", PLACED)
def test_both_ends_belong_to_it(name: str, sandbox: InProcess, seen: Seen) -> None:
    """T8, T17: rows lie within the closed window, and a row on the border of two windows is in both."""
    operation = next(o for o in WINDOWED if o.operation_id == name)
    start, stop = NOW - 20 * DAY, NOW - 13 * DAY
    found = rows(sandbox, within(seen, operation, start, stop))
    places = [parsed(row[PLACED[name]]) for row in found]
    assert places
    assert all(start <= place <= stop for place in places)
    middle = places[len(places) // 2]
    before = rows(sandbox, within(seen, operation, start, middle))
    after = rows(sandbox, within(seen, operation, middle, stop))
    on_border = [row for row, place in zip(found, places, strict=True) if place == middle]
    assert rows(sandbox, within(seen, operation, middle, middle)) == on_border
    inner, outer = (before, after) if places == sorted(places) else (after, before)
    assert inner[-len(on_border) :] == outer[: len(on_border)] == on_border
    assert inner + outer[len(on_border) :] == found
    # A millisecond beside it, it is outside.
    ms = timedelta(milliseconds=1)
    assert not [row for row in rows(sandbox, within(seen, operation, start, middle - ms)) if row in on_border]
    assert not [row for row in rows(sandbox, within(seen, operation, middle + ms, stop)) if row in on_border]


def test_appointments_that_overlap(sandbox: InProcess, seen: Seen) -> None:
    """T17: an appointment is in every window that it overlaps, if only by an instant."""
    operation = next(o for o in WINDOWED if o.operation_id == "listAppointments")
    whole = rows(sandbox, within(seen, operation, NOW - 30 * DAY, NOW + 30 * DAY))
    row = next(row for row in whole if row["start"] < "2026-06-20")
    start, end = parsed(row["start"]), parsed(row["end"])
    second = timedelta(seconds=1)
    for window in ((start - DAY, start), (end, end + DAY), (start + second, end - second), (start - DAY, end + DAY)):
        assert row in rows(sandbox, within(seen, operation, *window))
    for window in ((start - DAY, start - second), (end + second, end + DAY)):
        assert row not in rows(sandbox, within(seen, operation, *window))
    for begins, ends in ((NOW - 9 * DAY, NOW - 8 * DAY), (NOW + DAY, NOW + 3 * DAY)):
        inside = [r for r in whole if parsed(r["start"]) <= ends and parsed(r["end"]) >= begins]
        assert rows(sandbox, within(seen, operation, begins, ends)) == inside


def test_days_that_meet_it(sandbox: InProcess, seen: Seen) -> None:
    """T17, T19: a daily row belongs to a UTC day and is in every window that meets the day."""
    operation = next(o for o in WINDOWED if o.operation_id == "getTelemetryDaily")
    noon = NOW - 20 * DAY + timedelta(hours=12)
    for start, stop in ((noon, noon), (noon, noon + DAY), (noon - DAY, noon + DAY)):
        dates = {row["date"] for row in rows(sandbox, within(seen, operation, start, stop))}
        days = (stop.date() - start.date()).days + 1
        midnight = start.replace(hour=0)
        assert dates == {text(midnight + number * DAY) for number in range(days)}


@each
def test_an_instant_is_a_window(operation: Operation, sandbox: InProcess, seen: Seen) -> None:
    """T9: from may equal to; a millisecond more and it is refused."""
    instant = NOW - 20 * DAY
    assert within(seen, operation, instant, instant).send(sandbox).status == 200
    answer = within(seen, operation, instant + timedelta(milliseconds=1), instant).send(sandbox)
    assert_refused(answer, 400, "validation_error", rule(operation).start)
    assert "not be later than the end" in answer.json["message"]


@each
def test_the_longest_window(operation: Operation, sandbox: InProcess, seen: Seen) -> None:
    """T10, T11, T15, T16: the longest window is exact to the millisecond and is never cut short in silence."""
    longest, stop = rule(operation).max_days, NOW - 5 * DAY
    if longest is None:
        answer = within(seen, operation, stop - 366 * DAY, stop).send(sandbox)
        assert answer.status == 200
        return
    allowed = within(seen, operation, stop - longest * DAY, stop).send(sandbox)
    assert allowed.status == 200
    assert EFFECTIVE not in allowed.headers
    refused = within(seen, operation, stop - longest * DAY - timedelta(milliseconds=1), stop).send(sandbox)
    assert_refused(refused, 400, "validation_error", rule(operation).end)
    assert f"more than {longest} days ({longest} x 24 hours)" in refused.json["message"]


@each_optional
def test_no_window(operation: Operation, sandbox: InProcess, seen: Seen) -> None:
    """T12: without a window the contract's default one around the clock is used, and named in a header."""
    days = rule(operation).default_days
    answer = bare(seen, operation).send(sandbox)
    assert answer.status == 200
    if days is None:
        assert EFFECTIVE not in answer.headers
        widest = within(seen, operation, NOW - 3000 * DAY, NOW + 3000 * DAY)
        assert rows(sandbox, bare(seen, operation)) == rows(sandbox, widest)
        return
    start, stop = sorted((NOW, NOW + days * DAY))
    assert answer.headers[EFFECTIVE] == f"{text(start)}/{text(stop)}"
    assert answer.json == within(seen, operation, start, stop).send(sandbox).json


@each_optional
def test_one_end(operation: Operation, sandbox: InProcess, seen: Seen) -> None:
    """T13: with one end the other lies as far away as allowed, or is open."""
    longest, instant = rule(operation).max_days, NOW - 10 * DAY
    after, before = (within(seen, operation, *ends) for ends in ((instant, None), (None, instant)))
    if longest is None:
        assert after.send(sandbox).headers[EFFECTIVE] == f"{text(instant)}/.."
        assert before.send(sandbox).headers[EFFECTIVE] == f"../{text(instant)}"
        everything = rows(sandbox, bare(seen, operation))
        found = rows(sandbox, after), rows(sandbox, before)
        assert found[0] + found[1] == everything
        return
    reach = longest * DAY
    for call, start, stop in ((after, instant, instant + reach), (before, instant - reach, instant)):
        answer = call.send(sandbox)
        assert answer.headers[EFFECTIVE] == f"{text(start)}/{text(stop)}"
        assert answer.json == within(seen, operation, start, stop).send(sandbox).json


@each_optional
@pytest.mark.parametrize("year", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"])
def test_one_end_at_the_end_of_time(operation: Operation, year: str, sandbox: InProcess, seen: Seen) -> None:
    """T13: the end that is filled in stays within the years that can be written."""
    for name in (rule(operation).start, rule(operation).end):
        answer = bare(seen, operation).asking(**{name: year}).send(sandbox)
        assert answer.status == 200
        assert re.fullmatch(r"(\.\.|[0-9TZ:.-]+)/(\.\.|[0-9TZ:.-]+)", answer.headers[EFFECTIVE])


@each
def test_the_future(operation: Operation, sandbox: InProcess, seen: Seen) -> None:
    """T14: a window in the future is allowed: nothing was measured in it, but appointments lie there."""
    found = rows(sandbox, within(seen, operation, NOW + DAY, NOW + 20 * DAY))
    if operation.operation_id == "getServicePerformance":
        assert (found[0]["completedVisits"], found[0]["actualCost"]) == (0, 0)
        assert found[0]["openVisits"] == found[0]["totalVisits"] > 0
    elif operation.operation_id in {"listAppointments", "listServiceVisits"}:
        assert found
        assert all(row["stateText"] not in {"Completed", "InProgress"} for row in found)
    else:
        assert found == []


@each
def test_before_history(operation: Operation, sandbox: InProcess, seen: Seen) -> None:
    """A window before anything happened is empty, not wrong."""
    start = datetime(1969, 12, 31, 12, tzinfo=UTC)
    found = rows(sandbox, within(seen, operation, start, start + DAY))
    if operation.operation_id == "getServicePerformance":
        assert found[0]["totalVisits"] == 0
    else:
        assert found == []


@pytest.mark.parametrize("name", ["listAssets", "listDevices"])
def test_updated_since_is_strict(name: str, sandbox: InProcess) -> None:
    """T18: only rows that changed after the instant, not at it; what came before is in the other half."""
    operation = next(o for o in READS if o.operation_id == name)
    everything = rows(sandbox, Call(operation, {}, {"pageSize": 500}))
    stamps = [parsed(row["updatedOn"]) for row in everything]
    assert stamps == sorted(stamps)
    for since in (stamps[0], stamps[len(stamps) // 2], stamps[-1]):
        for instant in (since, since - timedelta(milliseconds=1)):
            wanted = [row for row, stamp in zip(everything, stamps, strict=True) if stamp > instant]
            assert rows(sandbox, Call(operation, {}, {"updatedSince": text(instant), "pageSize": 500})) == wanted
    for limit, wanted in (("0001-01-01T00:00:00Z", everything), ("9999-12-31T23:59:59Z", [])):
        assert rows(sandbox, Call(operation, {}, {"updatedSince": limit, "pageSize": 500})) == wanted
