"""Mutants of the area `waveforms`."""

import json

from tests.mutants.harness.alterations import Row, Rows, data, each, numbered, rows
from tests.mutants.harness.mutant import Look, Mutant
from tests.mutants.harness.request_windows import moved
from tests.mutants.harness.wrapper import Ask

__all__ = ["MUTANTS"]

_DEVICE = "/devices/{home.device}"
_SAMPLES = f"{_DEVICE}/pointguard/cycles/{{home.cycle}}/samples?pageSize=500"
_SIGNATURE = f"{_DEVICE}/movements/{{home.movement}}/signature"
_CYCLES = f"{_DEVICE}/pointguard/cycles?from=2026-05-20T00:00:00Z&to=2026-06-10T00:00:00Z"
_MOVEMENTS = f"{_DEVICE}/movements?from=2026-05-20T00:00:00Z&to=2026-06-10T00:00:00Z"


def _skipping(row: Row) -> Row:
    """From the 50th on, indices are one too high."""
    return {"cycleSampleIndex": row["cycleSampleIndex"] + 1} if row["cycleSampleIndex"] >= 50 else {}


def _stuttering(row: Row) -> Row:
    """The 70th sample is stamped before the 69th."""
    return {"cycleSampleOffsetMs": row["cycleSampleOffsetMs"] - 15} if row["cycleSampleIndex"] == 70 else {}


def _twice_as_long(row: Row) -> Row:
    stop = moved(row["start"], row["durationMs"] / 500)
    return {"durationMs": row["durationMs"] * 2, "stop": stop}


def _swapped(signature: Row, one: str, other: str) -> Row:
    return {one: signature[other], other: signature[one]}


def _points(signature: Row) -> Row:
    """The shape has one current less than instants."""
    shape = json.loads(signature["shapeJson"])
    return {"shapeJson": json.dumps({**shape, "current": shape["current"][:-1]})}


def _stretched(signature: Row) -> Row:
    """The shape has all its points, and they are twice as high."""
    shape = json.loads(signature["shapeJson"])
    return {"shapeJson": json.dumps({**shape, "current": [2 * value for value in shape["current"]]})}


def _embedded(_ask: Ask, found: Rows) -> Rows:
    """rms below the median, in the list alone."""
    return [
        {**row, "currentSignature": {**row["currentSignature"], "currentRms": 0.1}} if row["currentSignature"] else row
        for row in found
    ]


def _score_as_text(row: Row) -> Row:
    """The score of suggested anomalies is written for people."""
    return {"anomalyScore": f"{row['anomalyScore']} sigma"} if row["anomalyScore"] else {}


MUTANTS = (
    Mutant(
        "wav-index-skips",
        "waveforms",
        ("WAV-001",),
        "Indices of samples skip one",
        subtle=True,
        fault=each(_skipping, "listPointGuardCycleSamples"),
        shows=(Look(_SAMPLES),),
    ),
    Mutant(
        "wav-offset-goes-back",
        "waveforms",
        ("WAV-002",),
        "One offset is before the one before it",
        subtle=True,
        fault=each(_stuttering, "listPointGuardCycleSamples"),
        shows=(Look(_SAMPLES),),
    ),
    Mutant(
        "wav-duration-short",
        "waveforms",
        ("WAV-004",),
        "Samples go on after the cycle's own duration",
        subtle=True,
        fault=each(lambda row: {"cycleDurationMs": row["cycleDurationMs"] // 2}, "listPointGuardCycleSamples"),
        shows=(Look(_SAMPLES),),
    ),
    Mutant(
        "wav-count-in-samples",
        "waveforms",
        ("WAV-005",),
        "cycleSampleCount of samples is one less than there are",
        subtle=True,
        fault=each(lambda row: {"cycleSampleCount": row["cycleSampleCount"] - 1}, "listPointGuardCycleSamples"),
        shows=(Look(_SAMPLES),),
    ),
    Mutant(
        "wav-quantiles-swapped",
        "waveforms",
        ("WAV-007",),
        "P50 and P90 of signatures are swapped",
        subtle=False,
        fault=each(lambda row: _swapped(row, "currentP50", "currentP90"), "getMovementSignature"),
        shows=(Look(_SIGNATURE),),
    ),
    Mutant(
        "wav-rms-below-mean",
        "waveforms",
        ("WAV-008",),
        "The rms of signatures is below the mean",
        subtle=False,
        fault=each(lambda row: {"currentRms": round(row["currentMean"] * 0.9, 2)}, "getMovementSignature"),
        shows=(Look(_SIGNATURE),),
    ),
    Mutant(
        "wav-embedded-rms",
        "waveforms",
        ("WAV-008",),
        "The rms in the list of movements is below the smallest current",
        subtle=False,
        fault=rows(_embedded, "listMovements"),
        shows=(Look(_MOVEMENTS),),
    ),
    Mutant(
        "wav-shape-cut",
        "waveforms",
        ("WAV-011",),
        "shapeJson is cut after 255 characters",
        subtle=False,
        fault=data(lambda _ask, found: {**found, "shapeJson": found["shapeJson"][:255]}, "getMovementSignature"),
        shows=(Look(_SIGNATURE),),
    ),
    Mutant(
        "wav-shape-uneven",
        "waveforms",
        ("WAV-012",),
        "The shape has one current less than instants",
        subtle=True,
        fault=each(_points, "getMovementSignature"),
        shows=(Look(_SIGNATURE),),
    ),
    Mutant(
        "wav-shape-scaled",
        "waveforms",
        ("WAV-013",),
        "The shape is twice as high as the samples",
        subtle=True,
        fault=each(_stretched, "getMovementSignature"),
        shows=(Look(_SIGNATURE),),
    ),
    Mutant(
        "wav-largest-below-p90",
        "waveforms",
        ("WAV-007",),
        "The largest current is below the 90th percentile",
        subtle=False,
        fault=each(lambda row: {"currentMax": round(row["currentP90"] * 0.9, 2)}, "getMovementSignature"),
        shows=(Look(_SIGNATURE),),
    ),
    Mutant(
        "wav-score-as-text",
        "waveforms",
        ("WAV-015",),
        "The score of movements is text",
        subtle=False,
        fault=each(_score_as_text, "listMovements"),
        shows=(Look(_MOVEMENTS),),
    ),
    Mutant(
        "wav-steps-uneven",
        "waveforms",
        ("WAV-003",),
        "Every tenth offset is two milliseconds late",
        subtle=True,
        fault=each(
            lambda row: numbered(row, "cycleSampleOffsetMs", 2) if row["cycleSampleIndex"] % 10 == 9 else {},
            "listPointGuardCycleSamples",
        ),
        shows=(Look(_SAMPLES),),
    ),
    Mutant(
        "wav-cycle-longer",
        "waveforms",
        ("WAV-006",),
        "A cycle lasts twice as long as its samples",
        subtle=True,
        fault=each(_twice_as_long, "listPointGuardCycles"),
        shows=(Look(_CYCLES),),
    ),
    Mutant(
        "wav-movement-peak",
        "waveforms",
        ("WAV-009",),
        "The peak of movements is below the average",
        subtle=False,
        fault=each(
            lambda row: {"averageCurrent": row["peakCurrent"], "peakCurrent": row["averageCurrent"]}, "listMovements"
        ),
        shows=(Look(_MOVEMENTS),),
    ),
    Mutant(
        "wav-rate-of-cycle",
        "waveforms",
        ("WAV-014",),
        "The sample rate of cycles is half of what it is",
        subtle=True,
        fault=each(lambda row: {"sampleRateHz": row["sampleRateHz"] / 2}, "listPointGuardCycles"),
        shows=(Look(_CYCLES),),
    ),
    Mutant(
        "wav-direction-word",
        "waveforms",
        ("WAV-016",),
        "Directions are written in another way",
        subtle=False,
        fault=each(lambda row: {"direction": row["direction"] and row["direction"].upper()}, "listMovements"),
        shows=(Look(_MOVEMENTS),),
    ),
    Mutant(
        "wav-decision-by-nobody",
        "waveforms",
        ("WAV-017",),
        "Movements that nobody judged say who judged them",
        subtle=True,
        fault=each(lambda row: {"anomalyDecisionBy": row["anomalyDecisionBy"] or "System"}, "listMovements"),
        shows=(Look(_MOVEMENTS),),
    ),
)
