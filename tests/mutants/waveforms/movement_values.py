"""Mutants that the checks of `waveforms/movement_values.py` catch."""

from tests.mutants.harness.alterations import Row, Rows, change_rows, set_members
from tests.mutants.harness.messages import Request
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import MOVEMENTS, SIGNATURE, WINDOW

__all__ = ["MUTANTS"]


def _swap(signature: Row, one: str, other: str) -> Row:
    return {one: signature[other], other: signature[one]}


def _with_low_embedded_rms(_request: Request, found: Rows) -> Rows:
    """Set the rms in the list of movements below every quantile."""
    return [
        {**row, "currentSignature": {**row["currentSignature"], "currentRms": 0.1}} if row["currentSignature"] else row
        for row in found
    ]


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
    Mutant(
        "wav-quantiles-swapped",
        ("WAV-007",),
        "currentP50 and currentP90 of signatures are swapped",
        subtle=False,
        fault=set_members(lambda row: _swap(row, "currentP50", "currentP90"), "getMovementSignature"),
        probes=(Probe(SIGNATURE),),
    ),
    Mutant(
        "wav-rms-below-mean",
        ("WAV-008",),
        "currentRms of signatures is below currentMean",
        subtle=False,
        fault=set_members(lambda row: {"currentRms": round(row["currentMean"] * 0.9, 2)}, "getMovementSignature"),
        probes=(Probe(SIGNATURE),),
    ),
    Mutant(
        "wav-embedded-rms",
        ("WAV-008",),
        "currentRms in listMovements is below the lowest current",
        subtle=False,
        fault=change_rows(_with_low_embedded_rms, "listMovements"),
        probes=(Probe(f"{MOVEMENTS}?{WINDOW}"),),
    ),
    Mutant(
        "wav-largest-below-p90",
        ("WAV-007",),
        "currentMax of signatures is below currentP90",
        subtle=False,
        fault=set_members(lambda row: {"currentMax": round(row["currentP90"] * 0.9, 2)}, "getMovementSignature"),
        probes=(Probe(SIGNATURE),),
    ),
)
