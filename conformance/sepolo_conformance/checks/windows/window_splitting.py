"""Windows cut out of a list, and cut in two: what is in the parts must be in the whole, and the other way round."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

from sepolo_conformance.api.calls import Call, Listing
from sepolo_conformance.api.row_times import row_time
from sepolo_conformance.api.timestamps import stamp
from sepolo_conformance.checks.common.window_calls import (
    MARGIN,
    base_list,
    fractional_window,
    ids_across,
    narrowed,
    read_once,
    span_text,
    windowed_lists,
)
from sepolo_conformance.compare.sequences import Reading, RowId, describe_rows
from sepolo_conformance.engine.case import Case, describe
from sepolo_conformance.model.outcomes import Vacuous
from sepolo_conformance.transport.exchange import Exchange
from sepolo_openapi.contract import Operation, WindowRule

__all__ = [
    "cut_anywhere",
    "expect_closed",
    "expect_held",
    "expect_sums",
    "expect_whole",
    "half_open",
    "names",
    "parts",
    "rewritten",
    "still",
]

_SHARES = ((0.2, 0.55, MARGIN), (0.45, 0.9, -MARGIN), (0.3, 0.8, MARGIN))
"""Where windows are cut out of a list, and on which side of a row."""
_BESIDE = (timedelta(), timedelta(milliseconds=1), timedelta(milliseconds=-1), timedelta(milliseconds=500))
_OFFSETS = (120, -330, 0, 845, None)
"""Minutes east of UTC, None for UTC in lower case."""
_MILLISECOND = timedelta(milliseconds=1)
_SUMS = ("totalVisits", "completedVisits", "estimatedCost", "actualCost")
_CENT = 0.011


def parts(case: Case, operation: Operation) -> list[Call]:
    """Return windows cut out of the one of `base`, with rows on both sides of them."""
    listing = base_list(case, operation)
    return [narrowed(listing, *shares) for shares in _SHARES]


def still(case: Case, listing: Listing) -> bool:
    """Return whether a list, read again now, has the rows that it had."""
    call = listing.call.with_page_size()
    now = Reading(listing.operation, tuple(case.rows(case.call(call))), ended=True)
    return set(now.row_ids) == set(_known(listing).row_ids)


def _known(listing: Listing) -> Reading:
    return Reading(listing.operation, listing.rows, ended=True)


def expect_held(case: Case, listing: Listing, call: Call) -> None:
    """Expect a narrower window to hold no row that the list lacks."""
    page, reading = read_once(case, call)
    known = set(_known(listing).row_ids)
    strange = [row_id for row_id in reading.row_ids if row_id not in known]
    if strange and not still(case, listing):
        case.vacuous("the rows of the list changed while it was read")
    expected = f"{call.operation.operation_id}: no row in a part of a window that the whole doesn't hold"
    case.expect(
        not strange, expected, f"only in the part: {describe_rows(call.operation, strange)}", (listing.exchange, page)
    )


def expect_whole(case: Case, listing: Listing, cut: datetime) -> None:
    """Expect the two parts of a list's window to hold together what the whole holds, but for rows across the cut."""
    window = listing.call.window
    if window is None or not window[0] <= cut <= window[1]:
        raise Vacuous("the cut lies outside the window")
    operation, known = listing.operation, _known(listing)
    answers = [
        read_once(case, listing.call.within(window[0], cut)),
        read_once(case, listing.call.within(cut, window[1])),
    ]
    got = {row_id for _, reading in answers for row_id in reading.row_ids}
    missing = [row_id for row_id in known.row_ids if row_id not in got and row_id not in ids_across(known, cut)]
    strange = [row_id for row_id in got if row_id not in set(known.row_ids)]
    if not all(reading.ended for _, reading in answers):
        missing = []
    if (missing or strange) and not still(case, listing):
        case.vacuous("the rows of the list changed while it was read")
    shown: list[Exchange] = [listing.exchange, *(page for page, _ in answers)]
    expected = f"{operation.operation_id}: the {len(known.row_ids)} rows of the window, cut in two at {stamp(cut)}"
    case.expect(not missing, expected, f"in neither part: {describe_rows(operation, missing)}", shown)
    case.expect(not strange, expected, f"in a part, not in the whole: {describe_rows(operation, strange)}", shown)


def cut_anywhere(case: Case) -> None:
    """Cut the windows of all lists in two where Hypothesis says: on a row, beside one, or between two.

    At whole seconds where fractions of them are refused, which has a requirement of its own.
    """
    from hypothesis import strategies as st  # noqa: PLC0415 - Hypothesis is slow to import

    known: list[tuple[Listing, list[datetime], bool]] = []
    for operation in windowed_lists(case):
        with case.part(operation.operation_id):
            listing = base_list(case, operation)
            times = {time for row in listing.rows if (time := row_time(operation, row)) is not None}
            known.append((listing, sorted(times), fractional_window(case, operation)[1].status == 400))
    if not known:
        return

    def judge(drawn: tuple[float, int]) -> None:
        share, beside = drawn
        for step, (listing, times, whole) in enumerate(known):
            # Each list in another place, as Hypothesis begins with zero.
            place = int((share + 0.37 * (step + 1)) % 1 * (len(times) - 2))
            if beside < len(_BESIDE):
                cut = times[place] + _BESIDE[beside]
            else:
                cut = times[place] + (times[place + 1] - times[place]) / 2
            cut = cut.replace(microsecond=0) if whole else cut
            start, stop = listing.call.window or (cut, cut)
            expect_whole(case, listing, min(max(cut, start), stop))

    case.forall(st.tuples(st.floats(0, 1), st.integers(0, len(_BESIDE))), judge, examples=3)


def expect_closed(case: Case, listing: Listing) -> None:
    """Expect rows at both ends of a window to be in it, and not in one a millisecond shorter at each end."""
    operation, rows = listing.operation, listing.rows
    times = sorted({time for row in rows if (time := row_time(operation, row)) is not None})
    if len(times) < 4:
        raise Vacuous("too few instants")
    first, last = times[len(times) // 3], times[2 * len(times) // 3]
    for start, stop in ((first, last), (first + _MILLISECOND, last - _MILLISECOND)):
        page, reading = read_once(case, listing.call.within(start, stop))
        want = [row_id for row_id, time in _timed(_known(listing)) if start <= time <= stop]
        expected = f"{operation.operation_id} from {stamp(start)} to {stamp(stop)}: {len(want)} rows"
        good = set(reading.row_ids) == set(want)
        case.expect(good, expected, span_text(operation, reading.rows), (listing.exchange, page))


def _timed(reading: Reading) -> Iterator[tuple[RowId, datetime]]:
    for row_id, row in zip(reading.row_ids, reading.rows, strict=True):
        time = row_time(reading.operation, row)
        if time is not None:
            yield row_id, time


def names(call: Call) -> tuple[str, str]:
    """Return what the ends of a call's window are called."""
    window = call.operation.window
    return (window.start, window.end) if window else ("", "")


def rewritten(call: Call, form: int) -> Call:
    """Return a call with its window written with another offset."""
    minutes = _OFFSETS[form % len(_OFFSETS)]
    window = call.window
    if window is None:
        raise Vacuous("the list was found without a window")
    if minutes is None:
        texts = [stamp(instant).lower() for instant in window]
    else:
        zone = timezone(timedelta(minutes=minutes))
        texts = [instant.astimezone(zone).isoformat(timespec="milliseconds") for instant in window]
    return call.having(dict(zip(names(call), texts, strict=True)))


def half_open(case: Case, operation: Operation, window: WindowRule) -> Iterator[tuple[Call, str]]:
    """Yield calls with one end only, which leaves few of the known rows inside, and the name of that end."""
    listing = case.home.listing(operation.operation_id)
    times = sorted(time for row in listing.rows if (time := row_time(operation, row)) is not None)
    if len(times) < 3:
        raise Vacuous("too few rows that show their times")
    few = min(5, len(times) // 2)
    plain = listing.call.having({window.start: None, window.end: None})
    yield plain.having({window.start: stamp(times[-few])}), window.start
    yield plain.having({window.end: stamp(times[few - 1])}), window.end


def expect_sums(case: Case, call: Call) -> None:
    """Expect each sum over a window to be at least that of either of its parts, and at most that of both."""
    stop = case.target.now()
    start = stop - timedelta(days=60)
    whole = _sums(case, call.within(start, stop))
    if not any(whole[1].values()):
        case.vacuous("no visits in the last 60 days")
    for days in (20, 43):
        # Odd seconds, as visits begin at even ones.
        cut = start + timedelta(days=days, hours=7, seconds=1_237)
        both = [_sums(case, call.within(start, cut)), _sums(case, call.within(cut, stop))]
        wrong = _unequal(whole[1], both[0][1], both[1][1])
        if wrong and _sums(case, call.within(start, stop))[1] != whole[1]:
            case.vacuous("the sums changed while they were read")
        text = "; ".join(f"{name}: {a} in the whole, {b} and {c} in the parts" for name, a, b, c in wrong)
        expected = f"sums of {stamp(start)} to {stamp(stop)}, cut at {stamp(cut)}: parts that make up the whole"
        case.expect(not wrong, expected, text, (whole[0], both[0][0], both[1][0]))


def _sums(case: Case, call: Call) -> tuple[Exchange, dict[str, Any]]:
    page = case.call(call)
    case.need(page.status == 200, "status 200", describe(page), page)
    return page, {name: page.member(name) for name in _SUMS if isinstance(page.member(name), int | float)}


def _unequal(
    whole: dict[str, Any], left: dict[str, Any], right: dict[str, Any]
) -> list[tuple[str, float, float, float]]:
    """Return the sums whose parts exceed the whole, or don't make it up."""
    known = [(name, whole[name], left[name], right[name]) for name in whole if name in left and name in right]
    return [one for one in known if max(one[2], one[3]) > one[1] + _CENT or one[2] + one[3] < one[1] - _CENT]
