"""Mutants that the checks of `shape/date_times.py` catch."""

import re

from tests.mutants.harness.alterations import Row, set_members
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import CYCLES, DAYS, MOVEMENTS, WINDOW
from tests.mutants.harness.request_windows import shift_timestamp

__all__ = ["MUTANTS"]

_WINDOWS_ZONE = "W. Europe Standard Time"
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def _without_offset(row: Row) -> Row:
    """Remove the offset of timestamps that have a fraction."""
    texts = {name: value for name, value in row.items() if isinstance(value, str)}
    return {name: text[:-1] for name, text in texts.items() if _TIMESTAMP.fullmatch(text) and "." in text}


def _date_at_local_midnight(row: Row) -> Row:
    return {"date": shift_timestamp(row["date"], -7_200)}


def _created_on_with_local_offset(row: Row) -> Row:
    """Write the same instants with the offset of summer in Norway."""
    return {"createdOn": shift_timestamp(row["createdOn"], 7_200).replace("Z", "+02:00")}


MUTANTS = (
    Mutant(
        "shp-naive-with-fraction",
        ("SHP-005",),
        "Timestamps with milliseconds have no offset",
        fault=set_members(_without_offset, "listPointGuardCycles", "listMovements", "getMovementSignature"),
        probes=(Probe(f"{CYCLES}?{WINDOW}&pageSize=500"), Probe(f"{MOVEMENTS}?{WINDOW}&pageSize=500")),
    ),
    Mutant(
        "shp-local-offset",
        ("SHP-014",),
        "createdOn of incidents has the offset of local time",
        subtle=False,
        fault=set_members(_created_on_with_local_offset, "listIncidents"),
        probes=(Probe("/incidents"),),
    ),
    Mutant(
        "shp-day-at-local-midnight",
        ("SHP-017",),
        "Days begin at midnight of local time",
        fault=set_members(_date_at_local_midnight, "getTelemetryDaily"),
        probes=(Probe(DAYS),),
    ),
    Mutant(
        "shp-windows-time-zone",
        ("SHP-020",),
        "timeZone of appointments is a name of Windows",
        fault=set_members(lambda row: {"timeZone": row["timeZone"] and _WINDOWS_ZONE}, "listAppointments"),
        probes=(Probe(f"/appointments?{WINDOW}"),),
    ),
)
