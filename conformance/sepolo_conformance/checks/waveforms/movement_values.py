"""Current and duration of movements, and the statistics in their signatures, which are possible for one series."""

from collections.abc import Iterator
from itertools import pairwise
from math import sqrt

from sepolo_conformance.api.timestamps import parse_instant
from sepolo_conformance.checks.common.clauses import OURS, SAME_SERIES
from sepolo_conformance.checks.common.cycles import movements
from sepolo_conformance.checks.common.whole_lists import whole_list
from sepolo_conformance.compare.rows import Row, is_close, number
from sepolo_conformance.engine import SANDBOX, SHOULD, Case, Exchange, requirement

_IN_SIGNATURE = {"averageCurrent": "currentMean", "peakCurrent": "currentMax", "duration": "duration"}
"""Member of a movement to the member of its signature with the same value."""


@requirement(
    "WAV-009", SHOULD, clause=SAME_SERIES, title="The peak current of a movement is at least its average current"
)
def peak_is_at_least_average(case: Case) -> None:
    """Compares peakCurrent with averageCurrent in every listed movement."""
    listing = whole_list(case, "listMovements")
    for row in listing.rows:
        average, peak = number(row.get("averageCurrent")), number(row.get("peakCurrent"))
        if average is not None and peak is not None:
            expected = f"peakCurrent of at least the average {average:g} A in movement {row.get('id')}"
            case.expect(peak >= average, expected, f"{peak:g} A", listing.exchange)


@requirement(
    "WAV-018",
    SANDBOX,
    clause=OURS,
    title="Current and duration of a movement are those of its signature, and of its start and stop",
)
def movement_fits_signature(case: Case) -> None:
    """Compares average, peak and duration of a few movements with their signatures, and the duration of every listed
    movement with its start and stop."""
    for movement in movements(case):
        for name, source in _IN_SIGNATURE.items():
            shown, wanted = number(movement.row.get(name)), number(movement.signature.member(source))
            if shown is not None and wanted is not None:
                expected = f"{name} {wanted:g} of movement {movement.row['id']}, {source} of its signature"
                exchanges = (movement.listed, movement.signature)
                case.expect(is_close(shown, wanted, absolute=0.01), expected, shown, exchanges)
    listing = whole_list(case, "listMovements")
    for row in listing.rows:
        start, stop = parse_instant(row.get("start")), parse_instant(row.get("stop"))
        duration_s = number(row.get("duration"))
        if start is not None and stop is not None and duration_s is not None:
            wanted_s = (stop - start).total_seconds()
            expected = f"duration {wanted_s:g} s of movement {row.get('id')}, from start to stop"
            case.expect(is_close(wanted_s, duration_s), expected, duration_s, listing.exchange)


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
    clause=SAME_SERIES,
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
    clause=SAME_SERIES,
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
    listing = whole_list(case, "listMovements")
    for row in listing.rows:
        if isinstance(row.get("currentSignature"), dict):
            yield f"movement {row.get('id')}", row["currentSignature"], listing.exchange
    for movement in movements(case):
        if movement.signature.ok and isinstance(movement.signature.data, dict):
            yield f"signature {movement.row['id']}", movement.signature.data, movement.signature


def _least_rms(signature: Row) -> float:
    """Return the least possible RMS in A, given the other statistics of a signature."""
    return max(0.0, *(sqrt(share) * (number(signature.get(name)) or 0.0) for name, share in _SHARES.items()))
