"""Mutants that the checks of `consistency/seasons.py` catch: times of one season are an hour off."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from tests.mutants.harness.alterations import Row, set_members
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import MOVEMENTS
from tests.mutants.harness.request_windows import parse_timestamp, shift_timestamp

__all__ = ["MUTANTS"]

_ZONE = ZoneInfo("Europe/Oslo")
_TIMES = {
    "listIncidents": (("createdOn", "acknowledgedOn", "resolvedOn", "updatedOn"), "/incidents"),
    "listServiceReports": (("createdOn",), "/service-reports"),
    "listServiceVisits": (("plannedStart", "plannedEnd", "actualStart", "actualEnd"), "/service-visits"),
    "listAppointments": (("start", "end"), "/appointments"),
    "listMovements": (("start", "stop"), MOVEMENTS),
}
"""Members of the rows that are times, and the path."""


def _shifted(names: tuple[str, ...], offset_h: int, seconds: int) -> Callable[[Row], Row]:
    """Shift the times at which the local time has an offset from UTC."""

    def shift(value: str | None) -> str | None:
        at = parse_timestamp(value)
        offset = at and at.astimezone(_ZONE).utcoffset()
        return shift_timestamp(str(value), seconds) if offset and offset.seconds == 3_600 * offset_h else value

    return lambda row: {name: shift(row[name]) for name in names}


MUTANTS = tuple(
    Mutant(
        f"con-{season}-{'late' if seconds > 0 else 'early'}-{name}",
        ("CON-054",),
        f"The times of {name} in {season} are an hour {'late' if seconds > 0 else 'early'}",
        fault=set_members(_shifted(names, offset_h, seconds), name),
        probes=(
            Probe(f"{path}?fromUtc=2025-12-01T00:00:00Z&toUtc=2026-02-01T00:00:00Z"),
            Probe(f"{path}?fromUtc=2026-05-01T00:00:00Z&toUtc=2026-07-01T00:00:00Z"),
        ),
    )
    for name, (names, path) in _TIMES.items()
    for season, offset_h, seconds in (("winter", 1, 3_600), ("summer", 2, -3_600))
    # Long rows that are shown too early still overlap their windows.
    if season == "winter" or name not in ("listIncidents", "listServiceVisits")
)
