"""Current and duration of movements."""

from sepolo_conformance.api.timestamps import parse_instant
from sepolo_conformance.checks.common.clauses import OURS
from sepolo_conformance.checks.common.cycles import movements
from sepolo_conformance.checks.waveforms.clauses import STATISTICS
from sepolo_conformance.compare.rows import is_close, number
from sepolo_conformance.engine import SANDBOX, SHOULD, Case, requirement

_IN_SIGNATURE = {"averageCurrent": "currentMean", "peakCurrent": "currentMax", "duration": "duration"}
"""Member of a movement to the member of its signature with the same value."""


@requirement(
    "WAV-009", SHOULD, clause=STATISTICS, title="The peak current of a movement is at least its average current"
)
def peak_is_at_least_average(case: Case) -> None:
    """Compares peakCurrent with averageCurrent in every listed movement."""
    listing = case.home.listing("listMovements")
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
    listing = case.home.listing("listMovements")
    for row in listing.rows:
        start, stop = parse_instant(row.get("start")), parse_instant(row.get("stop"))
        duration_s = number(row.get("duration"))
        if start is not None and stop is not None and duration_s is not None:
            wanted_s = (stop - start).total_seconds()
            expected = f"duration {wanted_s:g} s of movement {row.get('id')}, from start to stop"
            case.expect(is_close(wanted_s, duration_s), expected, duration_s, listing.exchange)
