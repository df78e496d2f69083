"""Mutants of the area `waveforms`."""

import json

from tests.mutants.faults import Row, Rows, data, each, rows
from tests.mutants.mutant import Look, Mutant
from tests.mutants.wrapper import Ask

__all__ = ["MUTANTS"]

_DEVICE = "/devices/{home.device}"
_SAMPLES = f"{_DEVICE}/pointguard/cycles/{{home.cycle}}/samples?pageSize=500"
_SIGNATURE = f"{_DEVICE}/movements/{{home.movement}}/signature"
_MOVEMENTS = f"{_DEVICE}/movements?from=2026-05-20T00:00:00Z&to=2026-06-10T00:00:00Z"


def _skipping(row: Row) -> Row:
    """From the 50th on, indices are one too high."""
    return {"cycleSampleIndex": row["cycleSampleIndex"] + 1} if row["cycleSampleIndex"] >= 50 else {}


def _stuttering(row: Row) -> Row:
    """The 70th sample is stamped before the 69th."""
    return {"cycleSampleOffsetMs": row["cycleSampleOffsetMs"] - 15} if row["cycleSampleIndex"] == 70 else {}


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


MUTANTS = (
    Mutant(
        "wav-index-skips",
        "waveforms",
        (),
        "Indices of samples skip one",
        subtle=True,
        fault=each(_skipping, "listPointGuardCycleSamples"),
        shows=(Look(_SAMPLES),),
    ),
    Mutant(
        "wav-offset-goes-back",
        "waveforms",
        (),
        "One offset is before the one before it",
        subtle=True,
        fault=each(_stuttering, "listPointGuardCycleSamples"),
        shows=(Look(_SAMPLES),),
    ),
    Mutant(
        "wav-duration-short",
        "waveforms",
        (),
        "Samples go on after the cycle's own duration",
        subtle=True,
        fault=each(lambda row: {"cycleDurationMs": row["cycleDurationMs"] // 2}, "listPointGuardCycleSamples"),
        shows=(Look(_SAMPLES),),
    ),
    Mutant(
        "wav-count-in-samples",
        "waveforms",
        (),
        "cycleSampleCount of samples is one less than there are",
        subtle=True,
        fault=each(lambda row: {"cycleSampleCount": row["cycleSampleCount"] - 1}, "listPointGuardCycleSamples"),
        shows=(Look(_SAMPLES),),
    ),
    Mutant(
        "wav-quantiles-swapped",
        "waveforms",
        (),
        "P50 and P90 of signatures are swapped",
        subtle=False,
        fault=each(lambda row: _swapped(row, "currentP50", "currentP90"), "getMovementSignature"),
        shows=(Look(_SIGNATURE),),
    ),
    Mutant(
        "wav-rms-below-mean",
        "waveforms",
        (),
        "The rms of signatures is below the mean",
        subtle=False,
        fault=each(lambda row: {"currentRms": round(row["currentMean"] * 0.9, 2)}, "getMovementSignature"),
        shows=(Look(_SIGNATURE),),
    ),
    Mutant(
        "wav-embedded-rms",
        "waveforms",
        (),
        "The rms in the list of movements is below the smallest current",
        subtle=False,
        fault=rows(_embedded, "listMovements"),
        shows=(Look(_MOVEMENTS),),
    ),
    Mutant(
        "wav-shape-cut",
        "waveforms",
        (),
        "shapeJson is cut after 255 characters",
        subtle=False,
        fault=data(lambda _ask, found: {**found, "shapeJson": found["shapeJson"][:255]}, "getMovementSignature"),
        shows=(Look(_SIGNATURE),),
    ),
    Mutant(
        "wav-shape-uneven",
        "waveforms",
        (),
        "The shape has one current less than instants",
        subtle=True,
        fault=each(_points, "getMovementSignature"),
        shows=(Look(_SIGNATURE),),
    ),
    Mutant(
        "wav-shape-scaled",
        "waveforms",
        (),
        "The shape is twice as high as the samples",
        subtle=True,
        fault=each(_stretched, "getMovementSignature"),
        shows=(Look(_SIGNATURE),),
    ),
    Mutant(
        "wav-largest-below-p90",
        "waveforms",
        (),
        "The largest current is below the 90th percentile",
        subtle=False,
        fault=each(lambda row: {"currentMax": round(row["currentP90"] * 0.9, 2)}, "getMovementSignature"),
        shows=(Look(_SIGNATURE),),
    ),
)
