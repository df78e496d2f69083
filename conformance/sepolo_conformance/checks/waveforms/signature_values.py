"""The statistics in a signature are possible for one series of currents."""

from collections.abc import Iterator
from itertools import pairwise
from math import sqrt

from sepolo_conformance.checks.common.cycles import movements
from sepolo_conformance.checks.waveforms.clauses import STATISTICS
from sepolo_conformance.compare.rows import Row, number
from sepolo_conformance.engine import SHOULD, Case, Exchange, requirement

_ROUNDING_A = 0.02
"""Largest difference in A between two values that are equal before both are rounded."""
_ASCENDING = ("currentMin", "currentP10", "currentP50", "currentP90", "currentMax")
_SHARES = {"currentMean": 1.0, "currentMin": 1.0, "currentP50": 0.5, "currentP90": 0.09}
"""Share of the samples that are at least as large as a statistic.

A little less than a tenth for P90: percentiles are interpolated, which counts with few samples.
"""


@requirement(
    "WAV-007",
    SHOULD,
    clause=STATISTICS,
    title="Percentiles of a current are in ascending order between minimum and maximum",
)
def percentiles_are_in_order(case: Case) -> None:
    """Compares the percentiles in the signature of every listed movement, and in a few signatures read by id."""
    for name, signature, exchange in _signatures(case):
        shown = [(member, value) for member in _ASCENDING if (value := number(signature.get(member))) is not None]
        wrong = [(one, two) for one, two in pairwise(shown) if two[1] < one[1] - _ROUNDING_A / 2][:1]
        if len(shown) > 1:
            expected = f"{', '.join(member for member, _ in shown)} of {name} in ascending order"
            actual = "; ".join(f"{one[0]} {one[1]:g}, {two[0]} {two[1]:g}" for one, two in wrong)
            case.expect(not wrong, expected, actual, exchange)


@requirement(
    "WAV-008",
    SHOULD,
    clause=STATISTICS,
    title="The RMS current is not negative, not below the mean and not above the maximum",
)
def rms_is_between_mean_and_maximum(case: Case) -> None:
    """Compares currentRms in every listed signature, and in a few read by id, with maximum and lower bounds.

    Lower bounds are the mean, the minimum, and the RMS that the samples above P50 or P90 give if all others are 0.
    """
    for name, signature, exchange in _signatures(case):
        rms = number(signature.get("currentRms"))
        if rms is None:
            continue
        least, most = _least_rms(signature), number(signature.get("currentMax"))
        fits = rms >= least - _ROUNDING_A and rms >= 0 and (most is None or rms <= most + _ROUNDING_A)
        expected = f"currentRms of {name} from {least:.4g}{'' if most is None else f' to {most:g}'} A"
        case.expect(fits, expected, f"{rms:g} A", exchange)


def _signatures(case: Case) -> Iterator[tuple[str, Row, Exchange]]:
    """Yield the signatures in listed movements, then those read by id, each with a name and its exchange."""
    listing = case.home.listing("listMovements")
    for row in listing.rows:
        if isinstance(row.get("currentSignature"), dict):
            yield f"movement {row.get('id')}", row["currentSignature"], listing.exchange
    for movement in movements(case):
        if movement.signature.ok and isinstance(movement.signature.data, dict):
            yield f"signature {movement.row['id']}", movement.signature.data, movement.signature


def _least_rms(signature: Row) -> float:
    """Return the least possible RMS in A, given the other statistics of a signature."""
    return max(0.0, *(sqrt(share) * (number(signature.get(name)) or 0.0) for name, share in _SHARES.items()))
