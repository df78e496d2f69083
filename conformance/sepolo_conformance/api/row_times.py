"""The members that contain the times of a row, by list. Only prose of the contract describes them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sepolo_conformance.api.timestamps import LAST, parse_instant
from sepolo_openapi.contract import Operation

Extent = tuple[datetime, datetime]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Times:
    """The members of a row that are times.

    `position` determines the place of the row in the window of its list: the first of these members that the row has is
    used. `others` are further times of the row. `duration` and its `unit` determine the end of the row. A row with
    `begin` and without `end` has not ended. `whole_day` rows last a day.
    """

    position: tuple[str, ...]
    others: tuple[str, ...] = ()
    duration: str = ""
    unit: timedelta = timedelta()
    begin: str = ""
    end: str = ""
    whole_day: bool = False


_TIMES: Mapping[str, _Times] = MappingProxyType(
    {
        "listDeviceTelemetry": _Times(("stamp",)),
        "listPointGuardCycles": _Times(
            ("start",), ("stop",), duration="durationMs", unit=timedelta(milliseconds=1), begin="start", end="stop"
        ),
        "listMovements": _Times(
            ("start",), ("stop",), duration="duration", unit=timedelta(seconds=1), begin="start", end="stop"
        ),
        "listIncidents": _Times(
            ("createdOn",), ("acknowledgedOn", "resolvedOn", "updatedOn"), begin="createdOn", end="resolvedOn"
        ),
        "listServiceReports": _Times(("createdOn",)),
        "listServiceVisits": _Times(
            ("plannedStart", "actualStart"), ("plannedEnd", "actualEnd"), begin="actualStart", end="actualEnd"
        ),
        "listAppointments": _Times(("start",), ("end",), begin="start", end="end"),
        "getTelemetryDaily": _Times(("date",), whole_day=True),
    }
)
_LONGEST = 1e9
"""Durations from this value on are not added: the sum could exceed the range of datetime."""


def row_time(operation: Operation, row: Row) -> datetime | None:
    """Return the instant that places a row in the window of its list, None if the row does not show it."""
    times = _TIMES.get(operation.operation_id)
    instants = (parse_instant(row.get(name)) for name in times.position) if times else ()
    return next((instant for instant in instants if instant is not None), None)


def row_times(operation: Operation, rows: Iterable[Row]) -> list[datetime]:
    """Return the instants of `row_time` of all rows that show one, in ascending order."""
    return sorted(time for row in rows if (time := row_time(operation, row)) is not None)


def shown_times(operation: Operation, row: Row) -> list[datetime]:
    """Return all times that a row shows, and its end as it follows from its duration."""
    times = _TIMES.get(operation.operation_id)
    if times is None:
        return []
    names = (*times.position, *times.others)
    instants: list[datetime] = [time for name in names if (time := parse_instant(row.get(name))) is not None]
    duration = _duration(times, row)
    return [*instants, min(instants) + duration] if instants and duration is not None else instants


def extent(operation: Operation, row: Row) -> Extent | None:
    """Return the first and the last instant of a row, None if it shows none.

    The end is `LAST` for a row that has begun and shows no end.
    """
    times = _TIMES.get(operation.operation_id)
    instants = shown_times(operation, row)
    if times is None or not instants:
        return None
    first, last = min(instants), max(instants)
    if times.whole_day:
        return first, last + timedelta(days=1)
    if _duration(times, row) is not None:
        return first, last
    unfinished = row.get(times.begin) is not None and row.get(times.end) is None
    return first, LAST if unfinished else last


def _duration(times: _Times, row: Row) -> timedelta | None:
    """Return how long a row lasts by its duration, None if it shows none."""
    value = row.get(times.duration)
    return value * times.unit if isinstance(value, int | float) and 0 <= value < _LONGEST else None
