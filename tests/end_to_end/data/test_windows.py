"""The time rules of the contract, one after the other, on every operation with a window."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sepolo_openapi.contract import Operation, WindowRule
from tests.end_to_end.calls import READS, Call, ResourceIds, each_operation
from tests.end_to_end.harness import InProcess, assert_error

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

each = each_operation(WINDOWED)
each_optional = each_operation(OPTIONAL)


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


def bare(own_ids: ResourceIds, operation: Operation) -> Call:
    """The operation's call without a window, with the largest page."""
    call = own_ids.calls()[operation.operation_id]
    size = 500 if operation.page and operation.page.maximum else None
    return call.with_query(**{rule(operation).start: None, rule(operation).end: None, "pageSize": size})


def within(own_ids: ResourceIds, operation: Operation, start: datetime | None, stop: datetime | None) -> Call:
    """The operation's call in a window."""
    ends = {rule(operation).start: start, rule(operation).end: stop}
    return bare(own_ids, operation).with_query(**{name: text(end) for name, end in ends.items() if end is not None})


def rows(client: InProcess, call: Call) -> list[dict[str, Any]]:
    """All rows of a list, or of a bare array."""
    found: list[dict[str, Any]] = []
    while True:
        response = call.send(client)
        assert response.status == 200, response
        if call.operation.returns != "page":
            return response.json if isinstance(response.json, list) else [response.json]
        found += response.json["data"]
        if not response.json["hasMore"]:
            return found
        call = call.with_query(cursor=response.json["nextCursor"])


@each_operation(READS)
def test_every_instant_has_an_offset(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
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

    look(own_ids.calls()[operation.operation_id].send(sandbox).json)


@each
def test_offsets(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """T3: an instant may be written with any offset, with + as %2B."""
    window, call = rule(operation), within(own_ids, operation, NOW - 20 * DAY, NOW - 18 * DAY)
    shifted = call.with_query(**{window.start: "2026-06-11T02:00:00+02:00", window.end: "2026-06-12T19:00:00-05:00"})
    assert rows(sandbox, shifted) == rows(sandbox, call)


@each
def test_an_offset_that_became_a_space(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """T4: a + that was not encoded is refused with the advice to encode it."""
    window = rule(operation)
    target = within(own_ids, operation, None, NOW).target
    join = "&" if "?" in target else "?"
    response = sandbox("GET", f"{target}{join}{window.start}=2026-06-11T00:00:00+02:00")
    assert_error(response, 400, "validation_error", window.start)
    assert "%2B" in response.json["message"]


@each
def test_aliases(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """T5, T7: the second names work where the page says so, and are unknown parameters elsewhere."""
    window = rule(operation)
    call = within(own_ids, operation, NOW - 20 * DAY, NOW - 19 * DAY)
    if window.aliases:
        for start in ("from", "fromUtc"):
            for end in ("to", "toUtc"):
                mixed = bare(own_ids, operation).with_query(
                    **{start: call.query[window.start], end: call.query[window.end]}
                )
                assert rows(sandbox, mixed) == rows(sandbox, call)
    else:
        response = call.with_query(**{"from": "2026-06-20T00:00:00Z", "to": "nonsense"}).send(sandbox)
        assert response.body == call.send(sandbox).body
        assert response.headers["x-sandbox-warning"] == 'unknown parameters "from", "to" ignored'


@pytest.mark.parametrize("name", PLACED)
def test_both_ends_belong_to_it(name: str, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """T8, T17: rows lie within the closed window, and a row on the border of two windows is in both."""
    operation = next(o for o in WINDOWED if o.operation_id == name)
    start, stop = NOW - 20 * DAY, NOW - 13 * DAY
    found = rows(sandbox, within(own_ids, operation, start, stop))
    places = [parsed(row[PLACED[name]]) for row in found]
    assert places
    assert all(start <= place <= stop for place in places)
    middle = places[len(places) // 2]
    before = rows(sandbox, within(own_ids, operation, start, middle))
    after = rows(sandbox, within(own_ids, operation, middle, stop))
    on_border = [row for row, place in zip(found, places, strict=True) if place == middle]
    assert rows(sandbox, within(own_ids, operation, middle, middle)) == on_border
    inner, outer = (before, after) if places == sorted(places) else (after, before)
    assert inner[-len(on_border) :] == outer[: len(on_border)] == on_border
    assert inner + outer[len(on_border) :] == found
    # A millisecond beside it, it is outside.
    ms = timedelta(milliseconds=1)
    assert not [row for row in rows(sandbox, within(own_ids, operation, start, middle - ms)) if row in on_border]
    assert not [row for row in rows(sandbox, within(own_ids, operation, middle + ms, stop)) if row in on_border]


def test_appointments_that_overlap(sandbox: InProcess, own_ids: ResourceIds) -> None:
    """T17: an appointment is in every window that it overlaps, if only by an instant."""
    operation = next(o for o in WINDOWED if o.operation_id == "listAppointments")
    whole = rows(sandbox, within(own_ids, operation, NOW - 30 * DAY, NOW + 30 * DAY))
    row = next(row for row in whole if row["start"] < "2026-06-20")
    start, end = parsed(row["start"]), parsed(row["end"])
    second = timedelta(seconds=1)
    for window in ((start - DAY, start), (end, end + DAY), (start + second, end - second), (start - DAY, end + DAY)):
        assert row in rows(sandbox, within(own_ids, operation, *window))
    for window in ((start - DAY, start - second), (end + second, end + DAY)):
        assert row not in rows(sandbox, within(own_ids, operation, *window))
    for begins, ends in ((NOW - 9 * DAY, NOW - 8 * DAY), (NOW + DAY, NOW + 3 * DAY)):
        inside = [r for r in whole if parsed(r["start"]) <= ends and parsed(r["end"]) >= begins]
        assert rows(sandbox, within(own_ids, operation, begins, ends)) == inside


def test_days_that_meet_it(sandbox: InProcess, own_ids: ResourceIds) -> None:
    """T17, T19: a daily row belongs to a UTC day and is in every window that meets the day."""
    operation = next(o for o in WINDOWED if o.operation_id == "getTelemetryDaily")
    noon = NOW - 20 * DAY + timedelta(hours=12)
    for start, stop in ((noon, noon), (noon, noon + DAY), (noon - DAY, noon + DAY)):
        dates = {row["date"] for row in rows(sandbox, within(own_ids, operation, start, stop))}
        days = (stop.date() - start.date()).days + 1
        midnight = start.replace(hour=0)
        assert dates == {text(midnight + number * DAY) for number in range(days)}


@each
def test_an_instant_is_a_window(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """T9: from may equal to; a millisecond more and it is refused."""
    instant = NOW - 20 * DAY
    assert within(own_ids, operation, instant, instant).send(sandbox).status == 200
    response = within(own_ids, operation, instant + timedelta(milliseconds=1), instant).send(sandbox)
    assert_error(response, 400, "validation_error", rule(operation).start)
    assert "not be later than the end" in response.json["message"]


@each
def test_the_longest_window(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """T10, T11, T15, T16: the longest window is exact to the millisecond and is never cut short in silence."""
    longest, stop = rule(operation).max_days, NOW - 5 * DAY
    if longest is None:
        response = within(own_ids, operation, stop - 366 * DAY, stop).send(sandbox)
        assert response.status == 200
        return
    allowed = within(own_ids, operation, stop - longest * DAY, stop).send(sandbox)
    assert allowed.status == 200
    assert EFFECTIVE not in allowed.headers
    refused = within(own_ids, operation, stop - longest * DAY - timedelta(milliseconds=1), stop).send(sandbox)
    assert_error(refused, 400, "validation_error", rule(operation).end)
    assert f"more than {longest} days ({longest} x 24 hours)" in refused.json["message"]


@each_optional
def test_no_window(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """T12: without a window the contract's default one around the clock is used, and named in a header."""
    days = rule(operation).default_days
    response = bare(own_ids, operation).send(sandbox)
    assert response.status == 200
    if days is None:
        assert EFFECTIVE not in response.headers
        widest = within(own_ids, operation, NOW - 3000 * DAY, NOW + 3000 * DAY)
        assert rows(sandbox, bare(own_ids, operation)) == rows(sandbox, widest)
        return
    start, stop = sorted((NOW, NOW + days * DAY))
    assert response.headers[EFFECTIVE] == f"{text(start)}/{text(stop)}"
    assert response.json == within(own_ids, operation, start, stop).send(sandbox).json


@each_optional
def test_one_end(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """T13: with one end the other lies as far away as allowed, or is open."""
    longest, instant = rule(operation).max_days, NOW - 10 * DAY
    after, before = (within(own_ids, operation, *ends) for ends in ((instant, None), (None, instant)))
    if longest is None:
        assert after.send(sandbox).headers[EFFECTIVE] == f"{text(instant)}/.."
        assert before.send(sandbox).headers[EFFECTIVE] == f"../{text(instant)}"
        everything = rows(sandbox, bare(own_ids, operation))
        found = rows(sandbox, after), rows(sandbox, before)
        assert found[0] + found[1] == everything
        return
    reach = longest * DAY
    for call, start, stop in ((after, instant, instant + reach), (before, instant - reach, instant)):
        response = call.send(sandbox)
        assert response.headers[EFFECTIVE] == f"{text(start)}/{text(stop)}"
        assert response.json == within(own_ids, operation, start, stop).send(sandbox).json


@each_optional
@pytest.mark.parametrize("year", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"])
def test_one_end_at_the_end_of_time(operation: Operation, year: str, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """T13: the end that is filled in stays within the years that can be written."""
    for name in (rule(operation).start, rule(operation).end):
        response = bare(own_ids, operation).with_query(**{name: year}).send(sandbox)
        assert response.status == 200
        assert re.fullmatch(r"(\.\.|[0-9TZ:.-]+)/(\.\.|[0-9TZ:.-]+)", response.headers[EFFECTIVE])


@each
def test_the_future(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """T14: a window in the future is allowed: nothing was measured in it, but appointments lie there."""
    found = rows(sandbox, within(own_ids, operation, NOW + DAY, NOW + 20 * DAY))
    if operation.operation_id == "getServicePerformance":
        assert (found[0]["completedVisits"], found[0]["actualCost"]) == (0, 0)
        assert found[0]["openVisits"] == found[0]["totalVisits"] > 0
    elif operation.operation_id in {"listAppointments", "listServiceVisits"}:
        assert found
        assert all(row["stateText"] not in {"Completed", "InProgress"} for row in found)
    else:
        assert found == []


@each
def test_before_history(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """A window before anything happened is empty, not wrong."""
    start = datetime(1969, 12, 31, 12, tzinfo=UTC)
    found = rows(sandbox, within(own_ids, operation, start, start + DAY))
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
