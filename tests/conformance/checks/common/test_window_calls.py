"""Which rows lie outside, inside and across the ends of a window, and windows cut out of a list."""

from datetime import UTC, datetime, timedelta

import pytest

from sepolo_conformance.api.calls import Call, Listing
from sepolo_conformance.api.identity import Identity
from sepolo_conformance.checks.common.window_calls import MARGIN, ids_across, ids_inside, narrowed, rows_outside
from sepolo_conformance.compare.sequences import Reading
from sepolo_conformance.model.keys import Key
from sepolo_conformance.transport.exchange import Exchange, Request
from sepolo_openapi import reader

OPERATIONS = reader.load().operations
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def at(text: str) -> str:
    return f"2026-06-01T{text}Z"


@pytest.mark.parametrize("name", ["listPointGuardCycles", "listServiceVisits"])
def test_unfinished_row_is_never_outside(name: str) -> None:
    """A cycle or visit that has begun and not ended overlaps every later window."""
    row = {"start": at("12:00:00"), "actualStart": at("12:00:00")}
    assert rows_outside(OPERATIONS[name], [row], (NOON + 900 * HOUR, NOON + 901 * HOUR)) == []


def test_row_without_times_is_not_outside() -> None:
    """A row that shows no times is not judged."""
    assert rows_outside(OPERATIONS["listIncidents"], [{}], (NOON, NOON)) == []


def test_outside_begins_beyond_one_second() -> None:
    """A row a second beside a window is tolerated, a row two seconds beside it is outside."""
    rows = [{"stamp": at(text)} for text in ("11:59:58", "11:59:59", "12:00:00", "13:00:01", "13:00:02")]
    wrong = rows_outside(OPERATIONS["listDeviceTelemetry"], rows, (NOON, NOON + HOUR))
    assert [row["stamp"] for row in wrong] == [at("11:59:58"), at("13:00:02")]


def test_rows_at_the_ends_are_not_inside() -> None:
    """A row at an end or across it may belong to the window or not, so it is not counted as inside."""
    times = (("12:00:00", "12:00:05"), ("12:30:00", "12:30:05"), ("12:59:58", "13:00:03"))
    rows = tuple({"id": start, "start": at(start), "stop": at(stop)} for start, stop in times)
    reading = Reading(OPERATIONS["listMovements"], rows, ended=True)
    assert [row_id.value for row_id in ids_inside(reading, (NOON, NOON + HOUR))] == [("12:30:00",)]
    assert [row_id.value for row_id in ids_across(reading, NOON + HOUR)] == [("12:59:58",)]


def test_windows_are_cut_beside_rows() -> None:
    """A window starts just after a row and stops just before one, or the reverse, and stays within the list's."""
    exchange = Exchange("http://127.0.0.1", Request("GET", "/"), 200, (), b"", 0.0)
    call = Call(OPERATIONS["listDeviceTelemetry"], {"deviceId": "D"}).within(NOON - HOUR, NOON + 9 * HOUR)
    identity = Identity(Key("key1", "$SEPOLO_API_KEY", "secret"), None, None)
    rows = tuple({"stamp": at(f"{hour}:00:00")} for hour in range(12, 17))
    found = Listing(call, identity, rows, complete=True, exchange=exchange)
    tight, loose, whole = (
        narrowed(found, 0.25, 0.75),
        narrowed(found, 0.25, 0.75, -MARGIN),
        narrowed(found, 0, 1, -10 * HOUR),
    )
    assert [tight.query["from"], tight.query["to"]] == [at("13:00:02"), at("14:59:58")]
    assert [loose.query["from"], loose.query["to"]] == [at("12:59:58"), at("15:00:02")]
    assert whole.window == found.call.window


def test_windows_are_cut_beside_short_rows() -> None:
    """A window starts after a row has ended and ends before another begins; rows that have not ended are left out."""
    exchange = Exchange("http://127.0.0.1", Request("GET", "/"), 200, (), b"", 0.0)
    call = Call(OPERATIONS["listAppointments"]).within(NOON - HOUR, NOON + 9 * HOUR)
    identity = Identity(Key("key1", "$SEPOLO_API_KEY", "secret"), None, None)
    rows = [{"start": at(f"{hour}:00:00"), "end": at(f"{hour}:30:00")} for hour in range(12, 17)]
    found = Listing(call, identity, (*rows, {"start": at("14:10:00")}), complete=True, exchange=exchange)
    tight, loose = narrowed(found, 0.25, 0.75), narrowed(found, 0.25, 0.75, -MARGIN)
    assert [tight.query["fromUtc"], tight.query["toUtc"]] == [at("13:30:02"), at("14:59:58")]
    assert [loose.query["fromUtc"], loose.query["toUtc"]] == [at("12:59:58"), at("15:30:02")]
