"""Windows split in two: the parts contain the rows of the whole, and the sums of service performance add up."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sepolo_conformance.api.calls import Call, Listing
from sepolo_conformance.api.row_times import extent, row_times
from sepolo_conformance.api.timestamps import LAST, stamp
from sepolo_conformance.checks.common.clauses import WINDOW_ENDS
from sepolo_conformance.checks.common.list_changes import end_if_listing_changed
from sepolo_conformance.checks.common.window_calls import (
    base_list,
    call_without_window,
    fractional_window,
    ids_across,
    read_once,
    windowed_lists,
)
from sepolo_conformance.compare.sequences import Reading, changed_values, describe_rows
from sepolo_conformance.engine import SHOULD, Case, Exchange, Vacuous, describe, requirement

_DISTANCES = (timedelta(), timedelta(milliseconds=1), timedelta(milliseconds=-1), timedelta(milliseconds=500))
"""Distances from the time of a row at which a window is split."""


@requirement(
    "WIN-013",
    SHOULD,
    clause=WINDOW_ENDS,
    title="A window split in two at any instant contains the same rows as the whole",
)
def split_anywhere(case: Case) -> None:
    """Splits windows at instants drawn by Hypothesis, at the time of a row, beside it or between two rows, and compares
    both parts with the whole. Rows that overlap the split are not judged. The instants are whole seconds where
    fractions of a second are rejected, which WIN-018 reports."""
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
            # Hypothesis tries 0 first: the place is shifted per list, so that not every list is split at its first row.
            place = int((share + 0.37 * (step + 1)) % 1 * (len(times) - 2))
            if distance < len(_DISTANCES):
                instant = times[place] + _DISTANCES[distance]
            else:
                instant = times[place] + (times[place + 1] - times[place]) / 2
            instant = instant.replace(microsecond=0) if whole_seconds else instant
            start, stop = listing.call.window or (instant, instant)
            _expect_whole(case, listing, min(max(instant, start), stop))

    case.forall(st.tuples(st.floats(0, 1), st.integers(0, len(_DISTANCES))), judge, examples=3)


@requirement(
    "WIN-014", SHOULD, clause=WINDOW_ENDS, title="A row exactly where two windows meet is in at least one of them"
)
def split_at_a_row(case: Case) -> None:
    """Splits the window of each list exactly at the time of a row in its middle, and looks for it in both parts."""
    for operation in windowed_lists(case):
        with case.part(operation.operation_id):
            listing = base_list(case, operation)
            times = row_times(operation, listing.rows)
            _expect_whole(case, listing, times[len(times) // 2])


@requirement(
    "WIN-036",
    SHOULD,
    clause="A row describes the same cycle, movement or record, whichever window lists it.",
    title="A row that overlaps an end of the window has the same members as in a longer window",
)
def overlapping_row_is_whole(case: Case) -> None:
    """Splits the window of each list within a row, and compares the members of rows that the whole and a part list.

    Daily telemetry is left out, because its rows are aggregates of a day, which a window may cut.
    """
    for operation in windowed_lists(case):
        if operation.operation_id == "getTelemetryDaily":
            continue
        with case.part(operation.operation_id):
            listing = base_list(case, operation)
            window, whole = listing.call.window, Reading.of_listing(listing)
            instant = _within_a_row(listing)
            if window is None or not window[0] < instant < window[1]:
                case.vacuous("no row lies within the window")
            for start, stop in ((window[0], instant), (instant, window[1])):
                page, part = read_once(case, listing.call.within(start, stop))
                changed = changed_values(whole, part)
                if changed:
                    end_if_listing_changed(case, listing)
                text = "; ".join(f"{name} {two!r} instead of {one!r}" for _, name, one, two in changed[:3])
                expected = (
                    f"{operation.operation_id} from {stamp(start)} to {stamp(stop)}: members as in a longer window"
                )
                case.expect(not changed, expected, text, (listing.exchange, page))


def _within_a_row(listing: Listing) -> datetime:
    """Return an instant within a row in the middle of the list; raise Vacuous if no row has a duration."""
    spans = [span for row in listing.rows if (span := extent(listing.operation, row)) is not None]
    lasting = [(start, stop) for start, stop in spans if start < stop != LAST]
    if not lasting:
        raise Vacuous("the rows have no duration")
    start, stop = lasting[len(lasting) // 2]
    return start + (stop - start) / 2


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


_SUMS = ("totalVisits", "completedVisits", "estimatedCost", "actualCost")
_CENT = 0.011
"""Tolerance of costs, a little more than one cent."""


@requirement(
    "WIN-030",
    SHOULD,
    clause='Published page: "visit counts and cost totals for a reporting window".',
    title="Counts and costs in a part of a window do not exceed the whole, and those of two parts are not less",
)
def performance_adds_up(case: Case) -> None:
    """Compares counts and costs of sixty days with those of two parts of them, for two splits: each part is at most
    the whole, and both together are at least the whole, as a visit may overlap the split."""
    call = call_without_window(case, case.operation("getServicePerformance"))
    stop = case.target.now()
    start = stop - timedelta(days=60)
    page, whole = _sums(case, call.within(start, stop))
    if not any(whole.values()):
        case.vacuous("no visits in the last 60 days")
    for days in (20, 43):
        # A split that is not at a full minute, so that no visit begins exactly there.
        split = start + timedelta(days=days, hours=7, seconds=1_237)
        (first, left), (second, right) = (_sums(case, call.within(start, split)), _sums(case, call.within(split, stop)))
        wrong = _unequal(whole, left, right)
        if wrong and _sums(case, call.within(start, stop))[1] != whole:
            case.vacuous("the sums changed while they were read")
        text = "; ".join(f"{name}: {a} in the whole, {b} and {c} in the parts" for name, a, b, c in wrong)
        expected = f"sums from {stamp(start)} to {stamp(stop)}, split at {stamp(split)}: the parts add up to the whole"
        case.expect(not wrong, expected, text, (page, first, second))


def _sums(case: Case, call: Call) -> tuple[Exchange, dict[str, float]]:
    """Return the response to a call and the sums that it shows as numbers."""
    page = case.call(call)
    case.need(page.status == 200, "status 200", describe(page), page)
    return page, {name: value for name in _SUMS if isinstance(value := page.member(name), int | float)}


def _unequal(
    whole: Mapping[str, float], left: Mapping[str, float], right: Mapping[str, float]
) -> list[tuple[str, float, float, float]]:
    """Return the sums of which a part exceeds the whole, or both parts together are less than the whole."""
    known = [(name, whole[name], left[name], right[name]) for name in whole if name in left and name in right]
    return [one for one in known if max(one[2], one[3]) > one[1] + _CENT or one[2] + one[3] < one[1] - _CENT]
