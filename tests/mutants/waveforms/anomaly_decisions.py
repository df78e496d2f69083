"""Mutants that the checks of `waveforms/anomaly_decisions.py` catch."""

from tests.mutants.harness.alterations import Row, set_members
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import MOVEMENTS, WINDOW

__all__ = ["MUTANTS"]


def _score_as_text(row: Row) -> Row:
    return {"anomalyScore": f"{row['anomalyScore']} sigma"} if row["anomalyScore"] else {}


MUTANTS = (
    Mutant(
        "wav-score-as-text",
        ("WAV-015",),
        "anomalyScore of movements is text",
        subtle=False,
        fault=set_members(_score_as_text, "listMovements"),
        probes=(Probe(f"{MOVEMENTS}?{WINDOW}"),),
    ),
    Mutant(
        "wav-direction-word",
        ("WAV-016",),
        "direction of movements is in upper case",
        subtle=False,
        fault=set_members(lambda row: {"direction": row["direction"] and row["direction"].upper()}, "listMovements"),
        probes=(Probe(f"{MOVEMENTS}?{WINDOW}"),),
    ),
    Mutant(
        "wav-decision-by-nobody",
        ("WAV-017",),
        "Movements without a decision have anomalyDecisionBy",
        fault=set_members(lambda row: {"anomalyDecisionBy": row["anomalyDecisionBy"] or "System"}, "listMovements"),
        probes=(Probe(f"{MOVEMENTS}?{WINDOW}"),),
    ),
)
