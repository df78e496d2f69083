"""Mutants that the checks of `waveforms/movement_values.py` catch."""

from tests.mutants.harness.alterations import set_members
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import MOVEMENTS, WINDOW

__all__ = ["MUTANTS"]


MUTANTS = (
    Mutant(
        "con-duration-in-ms",
        ("WAV-018",),
        "duration of movements is in milliseconds",
        subtle=False,
        fault=set_members(lambda row: {"duration": row["duration"] * 1000}, "listMovements"),
        probes=(Probe(f"{MOVEMENTS}?{WINDOW}"),),
    ),
    Mutant(
        "wav-movement-peak",
        ("WAV-009",),
        "averageCurrent and peakCurrent of movements are swapped",
        subtle=False,
        fault=set_members(
            lambda row: {"averageCurrent": row["peakCurrent"], "peakCurrent": row["averageCurrent"]}, "listMovements"
        ),
        probes=(Probe(f"{MOVEMENTS}?{WINDOW}"),),
    ),
)
