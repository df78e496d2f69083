"""Windows beside rows of summer and of winter: a server that converts times to local ones is an hour off in one."""

from collections.abc import Iterator
from datetime import timedelta

from sepolo_conformance.api.calls import Listing
from sepolo_conformance.api.row_times import Extent, extent
from sepolo_conformance.api.timestamps import LAST, stamp
from sepolo_conformance.checks.common.clauses import WINDOW_ENDS
from sepolo_conformance.checks.common.list_changes import end_if_changed
from sepolo_conformance.checks.common.whole_lists import MAX_PAGES, whole_list
from sepolo_conformance.checks.common.window_calls import read_once, rows_outside, span_text, windowed_lists
from sepolo_conformance.compare.sequences import Reading, RowId
from sepolo_conformance.engine import SHOULD, Case, requirement

_SEASONS = ((6, 7, 8), (12, 1, 2))
"""Months of summer time and of winter time in Europe."""
_NEAR, _HOUR = timedelta(minutes=10), timedelta(hours=1)
_LONGEST = timedelta(days=90)
"""The longest row whose window every list allows."""


@requirement(
    "CON-054",
    SHOULD,
    clause=WINDOW_ENDS,
    title="Rows of summer and of winter are listed in a window around their times, and not in the hours beside them",
)
def rows_of_both_seasons(case: Case) -> None:
    """Reads windows around a row of summer and a row of winter, and an hour that ends before the row begins, and one
    that begins after it ends, ten minutes beside it."""
    for operation in windowed_lists(case):
        with case.part(operation.operation_id):
            telemetry = operation.operation_id == "listDeviceTelemetry"
            listing = (
                case.home.listing(operation.operation_id) if telemetry else whole_list(case, operation.operation_id)
            )
            found = list(_one_of_each_season(listing))
            if not found:
                case.vacuous("no row of summer or winter shows its times")
            for row_id, span in found:
                _expect_in_its_window(case, listing, row_id, span)


def _one_of_each_season(listing: Listing) -> Iterator[tuple[RowId, Extent]]:
    """Yield the row in the middle of the rows of each season that have ended, with its times."""
    pairs = zip(Reading.of_listing(listing).row_ids, listing.rows, strict=True)
    spans = [(row_id, span) for row_id, row in pairs if (span := extent(listing.operation, row)) is not None]
    for months in _SEASONS:
        some = [one for one in spans if one[0].sure and one[1][0].month in months and _is_short(one[1])]
        yield from some[len(some) // 2 :][:1]


def _is_short(span: Extent) -> bool:
    return span[1] != LAST and span[1] - span[0] <= _LONGEST


def _expect_in_its_window(case: Case, listing: Listing, row_id: RowId, span: Extent) -> None:
    operation, (first, last) = listing.operation, span
    around = (first - _NEAR, last + _NEAR)
    for window in (around, (first - _NEAR - _HOUR, first - _NEAR), (last + _NEAR, last + _NEAR + _HOUR)):
        page, reading = read_once(case, listing.call.within(*window))
        outside = rows_outside(operation, reading.rows, window)
        lost = window == around and reading.ended and row_id not in reading.row_ids
        if outside or lost:
            end_if_changed(case, listing.call, Reading.of_listing(listing), pages=MAX_PAGES)
        name = f"{operation.operation_id} from {stamp(window[0])} to {stamp(window[1])}"
        case.expect(not outside, f"{name}: no row outside", f"outside: {span_text(operation, outside)}", page)
        expected = f"{name}: the row from {stamp(first)} to {stamp(last)}"
        case.expect(not lost, expected, f"{len(reading.rows)} other rows", (listing.exchange, page))
