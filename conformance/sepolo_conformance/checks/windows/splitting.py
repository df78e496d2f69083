"""Windows split in two: together the parts contain the rows of the whole window."""

from datetime import datetime, timedelta

from sepolo_conformance.api.calls import Listing
from sepolo_conformance.api.row_times import row_times
from sepolo_conformance.api.timestamps import stamp
from sepolo_conformance.checks.common.list_changes import end_if_listing_changed
from sepolo_conformance.checks.common.window_calls import (
    base_list,
    fractional_window,
    ids_across,
    read_once,
    windowed_lists,
)
from sepolo_conformance.checks.windows.clauses import BOUNDS
from sepolo_conformance.compare.sequences import Reading, describe_rows
from sepolo_conformance.engine import SHOULD, Case, Exchange, Vacuous, requirement

_DISTANCES = (timedelta(), timedelta(milliseconds=1), timedelta(milliseconds=-1), timedelta(milliseconds=500))
"""Distances from the time of a row at which a window is split."""


@requirement(
    "WIN-013", SHOULD, clause=BOUNDS, title="A window split in two at any instant contains the same rows as the whole"
)
def split_anywhere(case: Case) -> None:
    """Splits windows at instants drawn by Hypothesis, at the time of a row, beside it or between two rows, and compares
    both parts with the whole. Rows that overlap the split are not judged. The instants are whole seconds where
    fractions of a second are rejected, which WIN-018 reports.
    """
    from hypothesis import strategies as st  # noqa: PLC0415 - Hypothesis is slow to import

    known: list[tuple[Listing, list[datetime], bool]] = []
    for operation in windowed_lists(case):
        with case.part(operation.operation_id):
            listing = base_list(case, operation)
            times = sorted(set(row_times(operation, listing.rows)))
            known.append((listing, times, fractional_window(case, operation)[1].status == 400))
    if not known:
        return

    def judge(drawn: tuple[float, int]) -> None:
        share, distance = drawn
        for step, (listing, times, whole_seconds) in enumerate(known):
            # Another place in each list, as Hypothesis begins with zero.
            place = int((share + 0.37 * (step + 1)) % 1 * (len(times) - 2))
            if distance < len(_DISTANCES):
                instant = times[place] + _DISTANCES[distance]
            else:
                instant = times[place] + (times[place + 1] - times[place]) / 2
            instant = instant.replace(microsecond=0) if whole_seconds else instant
            start, stop = listing.call.window or (instant, instant)
            _expect_whole(case, listing, min(max(instant, start), stop))

    case.forall(st.tuples(st.floats(0, 1), st.integers(0, len(_DISTANCES))), judge, examples=3)


@requirement("WIN-014", SHOULD, clause=BOUNDS, title="A row exactly where two windows meet is in at least one of them")
def split_at_a_row(case: Case) -> None:
    """Splits the window of each list exactly at the time of a row in its middle, and looks for it in both parts."""
    for operation in windowed_lists(case):
        with case.part(operation.operation_id):
            listing = base_list(case, operation)
            times = row_times(operation, listing.rows)
            _expect_whole(case, listing, times[len(times) // 2])


def _expect_whole(case: Case, listing: Listing, instant: datetime) -> None:
    """Expect the two parts of a window to contain all rows of the whole, except those that overlap the split."""
    window = listing.call.window
    if window is None or not window[0] <= instant <= window[1]:
        raise Vacuous("the split lies outside the window")
    operation, whole = listing.operation, Reading.of_listing(listing)
    parts = [
        read_once(case, listing.call.within(window[0], instant)),
        read_once(case, listing.call.within(instant, window[1])),
    ]
    found = {row_id for _, reading in parts for row_id in reading.row_ids}
    missing = [row_id for row_id in whole.row_ids if row_id not in found and row_id not in ids_across(whole, instant)]
    extra = [row_id for row_id in found if row_id not in set(whole.row_ids)]
    if not all(reading.ended for _, reading in parts):
        missing = []
    if missing or extra:
        end_if_listing_changed(case, listing)
    shown: list[Exchange] = [listing.exchange, *(page for page, _ in parts)]
    expected = (
        f"{operation.operation_id}: the {len(whole.row_ids)} rows of the window in two parts, split at {stamp(instant)}"
    )
    case.expect(not missing, expected, f"in neither part: {describe_rows(operation, missing)}", shown)
    case.expect(not extra, expected, f"in a part but not in the whole: {describe_rows(operation, extra)}", shown)
