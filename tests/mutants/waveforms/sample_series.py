"""Mutants that the checks of `waveforms/sample_series.py` catch."""

from tests.mutants.harness.alterations import Row, add_to_member, set_members
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import CYCLES, SAMPLES, WINDOW
from tests.mutants.harness.request_windows import shift_timestamp

__all__ = ["MUTANTS"]


def _skip_index_50(row: Row) -> Row:
    """Add one to the index of every sample from the 50th on."""
    return {"cycleSampleIndex": row["cycleSampleIndex"] + 1} if row["cycleSampleIndex"] >= 50 else {}


def _earlier_offset_of_70th(row: Row) -> Row:
    """Give the 70th sample an offset before that of the 69th."""
    return {"cycleSampleOffsetMs": row["cycleSampleOffsetMs"] - 15} if row["cycleSampleIndex"] == 70 else {}


def _double_duration(row: Row) -> Row:
    stop = shift_timestamp(row["start"], row["durationMs"] / 500)
    return {"durationMs": row["durationMs"] * 2, "stop": stop}


MUTANTS = (
    Mutant(
        "wav-index-skips",
        ("WAV-001",),
        "cycleSampleIndex skips 50",
        fault=set_members(_skip_index_50, "listPointGuardCycleSamples"),
        probes=(Probe(f"{SAMPLES}?pageSize=500"),),
    ),
    Mutant(
        "wav-offset-goes-back",
        ("WAV-002",),
        "One cycleSampleOffsetMs is lower than the one before",
        fault=set_members(_earlier_offset_of_70th, "listPointGuardCycleSamples"),
        probes=(Probe(f"{SAMPLES}?pageSize=500"),),
    ),
    Mutant(
        "wav-duration-short",
        ("WAV-004",),
        "cycleDurationMs of samples is half of the cycle's duration",
        fault=set_members(lambda row: {"cycleDurationMs": row["cycleDurationMs"] // 2}, "listPointGuardCycleSamples"),
        probes=(Probe(f"{SAMPLES}?pageSize=500"),),
    ),
    Mutant(
        "wav-count-in-samples",
        ("WAV-005",),
        "cycleSampleCount of samples is one too low",
        fault=set_members(lambda row: {"cycleSampleCount": row["cycleSampleCount"] - 1}, "listPointGuardCycleSamples"),
        probes=(Probe(f"{SAMPLES}?pageSize=500"),),
    ),
    Mutant(
        "wav-steps-uneven",
        ("WAV-003",),
        "Every tenth cycleSampleOffsetMs is two milliseconds late",
        fault=set_members(
            lambda row: add_to_member(row, "cycleSampleOffsetMs", 2) if row["cycleSampleIndex"] % 10 == 9 else {},
            "listPointGuardCycleSamples",
        ),
        probes=(Probe(f"{SAMPLES}?pageSize=500"),),
    ),
    Mutant(
        "wav-cycle-longer",
        ("WAV-006",),
        "durationMs of cycles is doubled",
        fault=set_members(_double_duration, "listPointGuardCycles"),
        probes=(Probe(f"{CYCLES}?{WINDOW}"),),
    ),
    Mutant(
        "wav-rate-of-cycle",
        ("WAV-014",),
        "sampleRateHz of cycles is halved",
        fault=set_members(lambda row: {"sampleRateHz": row["sampleRateHz"] / 2}, "listPointGuardCycles"),
        probes=(Probe(f"{CYCLES}?{WINDOW}"),),
    ),
)
