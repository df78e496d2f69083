"""Mutants that the checks of `waveforms/anomaly_decisions.py` catch."""

from tests.mutants.harness.alterations import Row, set_members
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import MOVEMENTS, WINDOW

__all__ = ["MUTANTS"]


def _score_as_text(row: Row) -> Row:
    return {"anomalyScore": f"{row['anomalyScore']} sigma"} if row["anomalyScore"] else {}


def _score_in_percent(row: Row) -> Row:
    return {} if row["isAnomalySuggested"] else {"anomalyScore": row["anomalyScore"] and row["anomalyScore"] * 100}


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
        "wav-score-in-percent",
        ("WAV-019",),
        "anomalyScore of movements without a suggestion is in percent",
        fault=set_members(_score_in_percent, "listMovements"),
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
