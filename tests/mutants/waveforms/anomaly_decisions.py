"""Mutants that the checks of `waveforms/anomaly_decisions.py` catch."""

from tests.mutants.harness.alterations import Row, set_members
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import CYCLES, MOVEMENTS, SAMPLES, TELEMETRY, WINDOW

__all__ = ["MUTANTS"]


def _score_as_text(row: Row) -> Row:
    return {"anomalyScore": f"{row['anomalyScore']} sigma"} if row["anomalyScore"] else {}


def _score_in_percent(row: Row) -> Row:
    return {} if row["isAnomalySuggested"] else {"anomalyScore": row["anomalyScore"] and row["anomalyScore"] * 100}


def _direction_as_number(row: Row) -> Row:
    number = {"NormalToReverse": "0", "ReverseToNormal": "1"}.get(row.get("direction") or "")
    return {"direction": number} if number else {}


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
    *(
        Mutant(
            f"wav-direction-number-{name}",
            caught_by,
            f"direction of {name} is the number of an enumeration, as text",
            fault=set_members(_direction_as_number, name),
            probes=(Probe(target),),
        )
        for name, caught_by, target in (
            ("listMovements", ("WAV-016", "CON-022"), f"{MOVEMENTS}?{WINDOW}"),
            ("listPointGuardCycles", ("WAV-016", "WAV-014", "CON-022"), f"{CYCLES}?{WINDOW}"),
            ("listPointGuardCycleSamples", ("WAV-016", "WAV-014"), SAMPLES),
            ("listDeviceTelemetry", ("WAV-016",), f"{TELEMETRY}?{WINDOW}&telemetryType=1"),
        )
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
