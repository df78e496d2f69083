"""The first and the last instant of a row."""

from typing import Any

import pytest

from sepolo_conformance.api.row_times import extent
from sepolo_conformance.api.timestamps import parse_instant
from sepolo_openapi import reader

OPERATIONS = reader.load().operations


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
def test_extent_covers_all_times_of_a_row(operation_id: str, row: dict[str, Any], first: str, last: str) -> None:
    """A row extends from its first instant to its last, or to the end of its duration or day."""
    assert extent(OPERATIONS[operation_id], row) == (parse_instant(first), parse_instant(last))


def test_row_without_times_has_no_extent() -> None:
    """A row that shows no times has no extent."""
    assert extent(OPERATIONS["listIncidents"], {"createdOn": None}) is None
