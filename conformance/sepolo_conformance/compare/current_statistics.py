"""Statistics of the current during a cycle, as the contract defines them. Pure functions."""

from collections.abc import Sequence
from math import sqrt


def between(values: Sequence[float], share: float) -> float:
    """Return the value at a `share` of a series, from 0 to 1, interpolated linearly between neighbours.

    In ascending order, that is a percentile.
    """
    place = share * (len(values) - 1)
    below = int(place)
    above = min(below + 1, len(values) - 1)
    return values[below] + (values[above] - values[below]) * (place - below)


def statistics_of(currents: Sequence[float]) -> dict[str, float]:
    """Return the members of a signature for one or more currents in A."""
    ordered, count = sorted(currents), len(currents)
    mean = sum(currents) / count
    return {
        "sampleCount": count,
        "currentRms": sqrt(sum(current * current for current in currents) / count),
        "currentP10": between(ordered, 0.1),
        "currentP50": between(ordered, 0.5),
        "currentP90": between(ordered, 0.9),
        "currentMin": ordered[0],
        "currentMax": ordered[-1],
        "currentMean": mean,
        "currentStdDev": sqrt(sum((current - mean) * (current - mean) for current in currents) / count),
    }


def half_unit(value: float) -> float:
    """Return the largest rounding error of a number: half a unit of its last decimal."""
    text = repr(float(value))
    if "e" in text:
        return 0.0
    digits = text.partition(".")[2].rstrip("0")
    return 0.5 * 10.0 ** -len(digits) + 1e-9
