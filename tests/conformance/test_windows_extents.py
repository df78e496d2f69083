"""Where rows lie in time, and what may be said of a window from it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sepolo_conformance.api.calls import Call, Listing
from sepolo_conformance.api.identity import Identity
from sepolo_conformance.api.row_times import extent
from sepolo_conformance.api.timestamps import parse_instant
from sepolo_conformance.checks.common.window_calls import MARGIN, ids_across, ids_inside, narrowed, rows_outside
from sepolo_conformance.checks.windows.timestamp_formats import with_offset
from sepolo_conformance.compare.sequences import Reading
from sepolo_conformance.model.keys import Key
from sepolo_conformance.transport.exchange import Exchange, Request
from sepolo_openapi import reader

OPERATIONS = reader.load().operations
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def at(text: str) -> str:
    return f"2026-06-01T{text}Z"


@pytest.mark.parametrize(
    ("operation_id", "row", "first", "last"),
    [
        ("listDeviceTelemetry", {"stamp": at("12:00:00")}, at("12:00:00"), at("12:00:00")),
        ("listPointGuardCycles", {"start": at("12:00:00"), "stop": at("12:00:02")}, at("12:00:00"), at("12:00:02")),
        ("listMovements", {"start": at("12:00:00"), "duration": 6.5}, at("12:00:00"), at("12:00:06.5")),
        (
            "listServiceVisits",
            {"plannedStart": at("12:00:00"), "actualEnd": at("15:00:00")},
            at("12:00:00"),
            at("15:00:00"),
        ),
        ("getTelemetryDaily", {"date": at("00:00:00")}, at("00:00:00"), "2026-06-02T00:00:00Z"),
    ],
)
def test_a_row_is_as_wide_as_its_times(operation_id: str, row: dict[str, Any], first: str, last: str) -> None:
    """From the first instant that a row shows to the last, whichever of them the deployment goes by."""
    assert extent(OPERATIONS[operation_id], row) == (parse_instant(first), parse_instant(last))


@pytest.mark.parametrize("name", ["listPointGuardCycles", "listServiceVisits"])
def test_what_has_begun_and_not_ended_goes_on(name: str) -> None:
    """A running cycle or visit reaches into any later window."""
    row = {"start": at("12:00:00"), "actualStart": at("12:00:00")}
    assert rows_outside(OPERATIONS[name], [row], (NOON + 900 * HOUR, NOON + 901 * HOUR)) == []


def test_a_row_without_times_is_nowhere() -> None:
    """What shows no times can't be outside."""
    assert extent(OPERATIONS["listIncidents"], {"createdOn": None}) is None
    assert rows_outside(OPERATIONS["listIncidents"], [{}], (NOON, NOON)) == []


def test_outside_begins_beyond_a_second() -> None:
    """A second beside a window is forgiven, two are not."""
    rows = [{"stamp": at(text)} for text in ("11:59:58", "11:59:59", "12:00:00", "13:00:01", "13:00:02")]
    wrong = rows_outside(OPERATIONS["listDeviceTelemetry"], rows, (NOON, NOON + HOUR))
    assert [row["stamp"] for row in wrong] == [at("11:59:58"), at("13:00:02")]


def test_only_rows_well_inside_are_demanded() -> None:
    """Rows on an end, or across one, may belong to a window or not."""
    times = (("12:00:00", "12:00:05"), ("12:30:00", "12:30:05"), ("12:59:58", "13:00:03"))
    rows = tuple({"id": start, "start": at(start), "stop": at(stop)} for start, stop in times)
    reading = Reading(OPERATIONS["listMovements"], rows, ended=True)
    assert [row_id.value for row_id in ids_inside(reading, (NOON, NOON + HOUR))] == [("12:30:00",)]
    assert [row_id.value for row_id in ids_across(reading, NOON + HOUR)] == [("12:59:58",)]


def listed(*stamps: str) -> Listing:
    exchange = Exchange("http://127.0.0.1", Request("GET", "/"), 200, (), b"", 0.0)
    call = Call(OPERATIONS["listDeviceTelemetry"], {"deviceId": "D"}).within(NOON - HOUR, NOON + 9 * HOUR)
    reader = Identity(Key("key1", "$SEPOLO_API_KEY", "secret"), None, None)
    return Listing(call, reader, tuple({"stamp": at(stamp)} for stamp in stamps), complete=True, exchange=exchange)


def test_windows_are_cut_close_to_rows() -> None:
    """A window starts just after a row and stops just before one, or the other way round, never beyond the list's."""
    found = listed("12:00:00", "13:00:00", "14:00:00", "15:00:00", "16:00:00")
    tight, loose, all_of_it = (
        narrowed(found, 0.25, 0.75),
        narrowed(found, 0.25, 0.75, -MARGIN),
        narrowed(found, 0, 1, -10 * HOUR),
    )
    assert [tight.query["from"], tight.query["to"]] == [at("13:00:02"), at("14:59:58")]
    assert [loose.query["from"], loose.query["to"]] == [at("12:59:58"), at("15:00:02")]
    assert all_of_it.window == found.call.window


@pytest.mark.parametrize("form", range(5))
def test_a_rewritten_window_is_the_same(form: int) -> None:
    """Another offset, or lower case, doesn't move a window."""
    call = listed("12:00:00").call
    again = with_offset(call, form)
    assert again.window == call.window
    assert again.query != call.query
