"""Mutants that the checks of `consistency/timestamp_order.py` catch."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.mutants.harness.alterations import Row, set_members
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import CYCLES, MOVEMENTS, SUMMARY, WINDOW
from tests.mutants.harness.request_windows import parse_timestamp, shift_timestamp

__all__ = ["MUTANTS"]

_Change = Callable[[Row], Mapping[str, Any]]
_NORWAY = 2 * 3_600
"""The offset of Norway in summer, in seconds."""


def _day_as_month(value: Any) -> Any:
    """A timestamp whose day and month are swapped, where both orders are dates."""
    found = parse_timestamp(value)
    if found is None or found.day > 12:
        return value
    return f"{value[:5]}{value[8:10]}-{value[5:7]}{value[10:]}"


def _local(*members: str) -> _Change:
    return lambda row: {name: row[name] and shift_timestamp(row[name], _NORWAY) for name in members}


def _swapped(*members: str) -> _Change:
    return lambda row: {name: _day_as_month(row[name]) for name in members}


_OFFICE = ("createdOn", "updatedOn")
_EACH = Probe(f"{MOVEMENTS}/{{id}}/signature", each=(f"{MOVEMENTS}?{WINDOW}&pageSize=500", "id"))
_FUTURE: tuple[tuple[str, Probe, _Change], ...] = (
    ("listAssets", Probe("/assets"), _swapped(*_OFFICE)),
    ("listDevices", Probe("/devices"), _local("lastSeen")),
    ("listPointGuardCycles", Probe(f"{CYCLES}?{WINDOW}"), _swapped("start", "stop")),
    ("listMovements", Probe(f"{MOVEMENTS}?{WINDOW}"), _swapped("start", "stop")),
    ("getMovementSignature", _EACH, _swapped("calculatedOn")),
    ("listIncidents", Probe("/incidents"), _swapped("createdOn", "acknowledgedOn", "resolvedOn", "updatedOn")),
    ("listServiceReports", Probe("/service-reports"), _swapped(*_OFFICE)),
    ("listServiceVisits", Probe(f"/service-visits?{WINDOW}"), _swapped("actualStart", "actualEnd", *_OFFICE)),
    ("listAppointments", Probe(f"/appointments?{WINDOW}"), _swapped(*_OFFICE)),
    ("listInventoryParts", Probe("/inventory/parts"), _swapped("updatedOn")),
    ("getAssetsSummary", Probe(SUMMARY), _local("generatedOn")),
)
"""Operation, a request of it, and the change of its rows: local time shown as UTC, or day and month swapped."""


MUTANTS = (
    Mutant(
        "con-created-after-update",
        ("CON-040",),
        "createdOn and updatedOn of customers are swapped",
        fault=set_members(lambda row: {"createdOn": row["updatedOn"], "updatedOn": row["createdOn"]}, "listCustomers"),
        probes=(Probe("/customers"),),
    ),
    *(
        Mutant(
            f"con-future-{name}",
            ("CON-047",),
            f"Past instants of {name} are in the future: local time as UTC, or day and month swapped",
            fault=set_members(change, name),
            probes=(probe,),
        )
        for name, probe, change in _FUTURE
    ),
)
