"""Windows and timestamps: every operation with a window follows the time rules of the contract."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sepolo_openapi.contract import Operation, WindowRule
from tests.end_to_end.calls import READS, Call, ResourceIds, each_operation
from tests.end_to_end.harness import InProcess, assert_error

NOW = datetime(2026, 7, 1, tzinfo=UTC)
DAY = timedelta(days=1)
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")
EFFECTIVE = "x-sandbox-effective-window"

WINDOWED: list[Operation] = [operation for operation in READS if operation.window is not None]
OPTIONAL = [operation for operation in WINDOWED if operation.window and not operation.window.required]

POSITION_MEMBER = {
    "listDeviceTelemetry": "stamp",
    "listPointGuardCycles": "start",
    "listMovements": "start",
    "listIncidents": "createdOn",
    "listServiceReports": "createdOn",
    "listServiceVisits": "plannedStart",
}
"""The member whose instant decides whether a row is in a window."""

each_windowed = each_operation(WINDOWED)
each_optional = each_operation(OPTIONAL)


def text(instant: datetime) -> str:
    """Return an instant in the format of the sandbox."""
    seconds = instant.strftime("%Y-%m-%dT%H:%M:%S")
    return seconds + (f".{instant.microsecond // 1000:03d}Z" if instant.microsecond else "Z")


def parsed(timestamp: str) -> datetime:
    """Return the instant of a timestamp, after a check of its format."""
    assert TIMESTAMP.fullmatch(timestamp), timestamp
    return datetime.fromisoformat(timestamp)


def rule(operation: Operation) -> WindowRule:
    """Return the window rule of the operation."""
    assert operation.window is not None
    return operation.window


def without_window(own_ids: ResourceIds, operation: Operation) -> Call:
    """Return a call of the operation without a window, with the largest page size."""
    call = own_ids.calls()[operation.operation_id]
    return call.with_largest_page().with_query(**{rule(operation).start: None, rule(operation).end: None})


def within(own_ids: ResourceIds, operation: Operation, start: datetime | None, stop: datetime | None) -> Call:
    """Return a call of the operation with a window."""
    ends = {rule(operation).start: start, rule(operation).end: stop}
    return without_window(own_ids, operation).with_query(
        **{name: text(end) for name, end in ends.items() if end is not None}
    )


@each_operation(READS)
def test_timestamps_are_utc(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """Timestamps are in UTC with Z, and have milliseconds only if they are not zero."""

    def check(value: Any) -> None:
        if isinstance(value, dict):
            for first in value.values():
                check(first)
        elif isinstance(value, list):
            for first in value:
                check(first)
        elif isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d", value):
            assert not value.endswith(".000Z")
            parsed(value)

    check(own_ids.calls()[operation.operation_id].send(sandbox).json)


@each_windowed
def test_any_offset_is_accepted(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """An instant may be given with any offset, with + encoded as %2B."""
    window, call = rule(operation), within(own_ids, operation, NOW - 20 * DAY, NOW - 18 * DAY)
    shifted = call.with_query(**{window.start: "2026-06-11T02:00:00+02:00", window.end: "2026-06-12T19:00:00-05:00"})
    assert shifted.rows(sandbox) == call.rows(sandbox)


@each_windowed
def test_unencoded_plus_is_rejected(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """An offset with an unencoded + is a 400 that says how to encode it."""
    window = rule(operation)
    call = within(own_ids, operation, None, NOW)
    response = sandbox("GET", call.target_with(f"{window.start}=2026-06-11T00:00:00+02:00"))
    assert_error(response, 400, "validation_error", window.start)
    assert "%2B" in response.json["message"]


@each_windowed
def test_second_names_of_ends(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """The second names of the ends are accepted where documented, and unknown parameters elsewhere."""
    window = rule(operation)
    call = within(own_ids, operation, NOW - 20 * DAY, NOW - 19 * DAY)
    if window.aliases:
        for start in ("from", "fromUtc"):
            for end in ("to", "toUtc"):
                mixed = without_window(own_ids, operation).with_query(
                    **{start: call.query[window.start], end: call.query[window.end]}
                )
                assert mixed.rows(sandbox) == call.rows(sandbox)
    else:
        response = call.with_query(**{"from": "2026-06-20T00:00:00Z", "to": "nonsense"}).send(sandbox)
        assert response.body == call.send(sandbox).body
        assert response.headers["x-sandbox-warning"] == 'unknown parameters "from", "to" ignored'


@pytest.mark.parametrize("name", POSITION_MEMBER)
def test_windows_include_both_ends(name: str, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """A window contains the rows at both of its ends, so adjacent windows share rows."""
    operation = next(o for o in WINDOWED if o.operation_id == name)
    start, stop = NOW - 20 * DAY, NOW - 13 * DAY
    found = within(own_ids, operation, start, stop).rows(sandbox)
    instants = [parsed(row[POSITION_MEMBER[name]]) for row in found]
    assert instants
    assert all(start <= instant <= stop for instant in instants)
    middle = instants[len(instants) // 2]
    before = within(own_ids, operation, start, middle).rows(sandbox)
    after = within(own_ids, operation, middle, stop).rows(sandbox)
    shared = [row for row, instant in zip(found, instants, strict=True) if instant == middle]
    assert within(own_ids, operation, middle, middle).rows(sandbox) == shared
    first, second = (before, after) if instants == sorted(instants) else (after, before)
    assert first[-len(shared) :] == second[: len(shared)] == shared
    assert first + second[len(shared) :] == found
    # A window that ends 1 ms before or starts 1 ms after the row does not contain it.
    ms = timedelta(milliseconds=1)
    assert not [row for row in within(own_ids, operation, start, middle - ms).rows(sandbox) if row in shared]
    assert not [row for row in within(own_ids, operation, middle + ms, stop).rows(sandbox) if row in shared]


def test_appointments_by_overlap(sandbox: InProcess, own_ids: ResourceIds) -> None:
    """A window contains every appointment that overlaps it, even by an instant."""
    operation = next(o for o in WINDOWED if o.operation_id == "listAppointments")
    everything = within(own_ids, operation, NOW - 30 * DAY, NOW + 30 * DAY).rows(sandbox)
    row = next(row for row in everything if row["start"] < "2026-06-20")
    start, end = parsed(row["start"]), parsed(row["end"])
    second = timedelta(seconds=1)
    for window in ((start - DAY, start), (end, end + DAY), (start + second, end - second), (start - DAY, end + DAY)):
        assert row in within(own_ids, operation, *window).rows(sandbox)
    for window in ((start - DAY, start - second), (end + second, end + DAY)):
        assert row not in within(own_ids, operation, *window).rows(sandbox)
    for begins, ends in ((NOW - 9 * DAY, NOW - 8 * DAY), (NOW + DAY, NOW + 3 * DAY)):
        overlapping = [r for r in everything if parsed(r["start"]) <= ends and parsed(r["end"]) >= begins]
        assert within(own_ids, operation, begins, ends).rows(sandbox) == overlapping


def test_daily_rows_by_overlap(sandbox: InProcess, own_ids: ResourceIds) -> None:
    """A window contains the daily rows of every UTC day that it overlaps."""
    operation = next(o for o in WINDOWED if o.operation_id == "getTelemetryDaily")
    noon = NOW - 20 * DAY + timedelta(hours=12)
    for start, stop in ((noon, noon), (noon, noon + DAY), (noon - DAY, noon + DAY)):
        dates = {row["date"] for row in within(own_ids, operation, start, stop).rows(sandbox)}
        days = (stop.date() - start.date()).days + 1
        midnight = start.replace(hour=0)
        assert dates == {text(midnight + number * DAY) for number in range(days)}


@each_windowed
def test_equal_ends_are_accepted(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """The ends may be equal; a start 1 ms after the end is a 400."""
    instant = NOW - 20 * DAY
    assert within(own_ids, operation, instant, instant).send(sandbox).status == 200
    response = within(own_ids, operation, instant + timedelta(milliseconds=1), instant).send(sandbox)
    assert_error(response, 400, "validation_error", rule(operation).start)
    assert "not be later than the end" in response.json["message"]


@each_windowed
def test_longest_window(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """The longest window is accepted and not shortened; 1 ms more is a 400."""
    longest, stop = rule(operation).max_days, NOW - 5 * DAY
    if longest is None:
        response = within(own_ids, operation, stop - 366 * DAY, stop).send(sandbox)
        assert response.status == 200
        return
    allowed = within(own_ids, operation, stop - longest * DAY, stop).send(sandbox)
    assert allowed.status == 200
    assert EFFECTIVE not in allowed.headers
    rejected = within(own_ids, operation, stop - longest * DAY - timedelta(milliseconds=1), stop).send(sandbox)
    assert_error(rejected, 400, "validation_error", rule(operation).end)
    assert f"more than {longest} days ({longest} x 24 hours)" in rejected.json["message"]


@each_optional
def test_default_window(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """Without a window the default one applies, and a header contains it."""
    days = rule(operation).default_days
    response = without_window(own_ids, operation).send(sandbox)
    assert response.status == 200
    if days is None:
        assert EFFECTIVE not in response.headers
        widest = within(own_ids, operation, NOW - 3000 * DAY, NOW + 3000 * DAY)
        assert without_window(own_ids, operation).rows(sandbox) == widest.rows(sandbox)
        return
    start, stop = sorted((NOW, NOW + days * DAY))
    assert response.headers[EFFECTIVE] == f"{text(start)}/{text(stop)}"
    assert response.json == within(own_ids, operation, start, stop).send(sandbox).json


@each_optional
def test_one_end(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """A missing end is as far from the other as allowed, or open."""
    longest, instant = rule(operation).max_days, NOW - 10 * DAY
    after, before = (within(own_ids, operation, *ends) for ends in ((instant, None), (None, instant)))
    if longest is None:
        assert after.send(sandbox).headers[EFFECTIVE] == f"{text(instant)}/.."
        assert before.send(sandbox).headers[EFFECTIVE] == f"../{text(instant)}"
        everything = without_window(own_ids, operation).rows(sandbox)
        found = after.rows(sandbox), before.rows(sandbox)
        assert found[0] + found[1] == everything
        return
    length = longest * DAY
    for call, start, stop in ((after, instant, instant + length), (before, instant - length, instant)):
        response = call.send(sandbox)
        assert response.headers[EFFECTIVE] == f"{text(start)}/{text(stop)}"
        assert response.json == within(own_ids, operation, start, stop).send(sandbox).json


@each_optional
@pytest.mark.parametrize("year", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"])
def test_one_end_at_the_first_and_last_instant(
    operation: Operation, year: str, sandbox: InProcess, own_ids: ResourceIds
) -> None:
    """A missing end stays within the years 1 to 9999."""
    for name in (rule(operation).start, rule(operation).end):
        response = without_window(own_ids, operation).with_query(**{name: year}).send(sandbox)
        assert response.status == 200
        assert re.fullmatch(r"(\.\.|[0-9TZ:.-]+)/(\.\.|[0-9TZ:.-]+)", response.headers[EFFECTIVE])


@each_windowed
def test_future_window(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """A window in the future is accepted and contains only planned visits and appointments."""
    found = within(own_ids, operation, NOW + DAY, NOW + 20 * DAY).rows(sandbox)
    if operation.operation_id == "getServicePerformance":
        assert (found[0]["completedVisits"], found[0]["actualCost"]) == (0, 0)
        assert found[0]["openVisits"] == found[0]["totalVisits"] > 0
    elif operation.operation_id in {"listAppointments", "listServiceVisits"}:
        assert found
        assert all(row["stateText"] not in {"Completed", "InProgress"} for row in found)
    else:
        assert found == []


@each_windowed
def test_window_before_all_data_is_empty(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """A window before the first data returns no rows."""
    start = datetime(1969, 12, 31, 12, tzinfo=UTC)
    found = within(own_ids, operation, start, start + DAY).rows(sandbox)
    if operation.operation_id == "getServicePerformance":
        assert found[0]["totalVisits"] == 0
    else:
        assert found == []


@pytest.mark.parametrize("name", ["listAssets", "listDevices"])
def test_updated_since_excludes_its_instant(name: str, sandbox: InProcess) -> None:
    """`updatedSince` returns exactly the rows that changed after the instant, not those that changed at it."""
    operation = next(o for o in READS if o.operation_id == name)
    everything = Call(operation, {}, {"pageSize": 500}).rows(sandbox)
    updates = [parsed(row["updatedOn"]) for row in everything]
    assert updates == sorted(updates)
    for since in (updates[0], updates[len(updates) // 2], updates[-1]):
        for instant in (since, since - timedelta(milliseconds=1)):
            expected = [row for row, timestamp in zip(everything, updates, strict=True) if timestamp > instant]
            assert Call(operation, {}, {"updatedSince": text(instant), "pageSize": 500}).rows(sandbox) == expected
    for limit, expected in (("0001-01-01T00:00:00Z", everything), ("9999-12-31T23:59:59Z", [])):
        assert Call(operation, {}, {"updatedSince": limit, "pageSize": 500}).rows(sandbox) == expected
