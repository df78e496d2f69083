"""Narrower and wider windows: each contains the rows of the other that lie inside both."""

from datetime import UTC, datetime, timedelta

from sepolo_conformance.api.calls import Call, Listing
from sepolo_conformance.checks.common.clauses import WINDOW_ENDS
from sepolo_conformance.checks.common.list_changes import end_if_listing_changed
from sepolo_conformance.checks.common.window_calls import (
    QUIET_DAY,
    base_list,
    ids_inside,
    known_list,
    read_once,
    windowed_lists,
)
from sepolo_conformance.checks.windows.windowed_calls import narrower_windows
from sepolo_conformance.compare.sequences import Reading, describe_rows
from sepolo_conformance.engine import SHOULD, Case, requirement

_DAY = timedelta(days=1)


@requirement("WIN-011", SHOULD, clause=WINDOW_ENDS, title="A wider window contains all rows of a narrower one")
def wider_contains_narrower(case: Case) -> None:
    """Reads windows cut out of a list's window and looks for rows that the list does not contain."""
    for operation in windowed_lists(case):
        with case.part(operation.operation_id):
            listing = base_list(case, operation)
            for call in narrower_windows(case, operation):
                _expect_contained(case, listing, call)


@requirement(
    "WIN-012", SHOULD, clause=WINDOW_ENDS, title="A narrower window contains all rows of a wider one that lie inside it"
)
def narrower_leaves_out_nothing(case: Case) -> None:
    """Reads windows cut out of a list's window and looks for each row of the list that lies wholly inside them."""
    for operation in windowed_lists(case):
        with case.part(operation.operation_id):
            listing = known_list(case, operation)
            want = Reading.of_listing(listing)
            for call in narrower_windows(case, operation):
                page, reading = read_once(case, call)
                found = set(reading.row_ids)
                missing = [
                    row_id for row_id in ids_inside(want, call.window or (QUIET_DAY, QUIET_DAY)) if row_id not in found
                ]
                if missing and reading.ended:
                    end_if_listing_changed(case, listing)
                expected = f"{operation.operation_id}: all rows that lie inside the narrower window"
                good = not missing or not reading.ended
                case.expect(good, expected, f"missing: {describe_rows(operation, missing)}", (listing.exchange, page))


@requirement(
    "WIN-034", SHOULD, clause=WINDOW_ENDS, title="A window across the end of a month or year contains the rows after it"
)
def window_across_month_or_year(case: Case) -> None:
    """Compares the later half of the window of each list, and of a window across the last New Year, with the whole
    window. Data are often stored by month or year, and a query may read only the first part."""
    year = case.target.now().year
    for operation in windowed_lists(case):
        with case.part(operation.operation_id):
            _expect_later_half(case, case.home.listing(operation.operation_id))
        if "{deviceId}" in operation.path:
            with case.part(f"{operation.operation_id} across New Year"):
                around = case.home.listing(operation.operation_id)
                border = datetime(year, 1, 1, tzinfo=UTC)
                for reach in (15 * _DAY, _DAY / 2):
                    call = around.call.within(border - reach, border + reach)
                    page, reading = read_once(case, call)
                    if reading.ended:
                        break
                _expect_later_half(case, Listing(call, around.reader, tuple(page.rows), reading.ended, page))


def _expect_later_half(case: Case, listing: Listing) -> None:
    """Expect the later half of a window to contain no row that the whole window lacks."""
    if listing.call.window is None or not listing.complete:
        case.vacuous("no window whose rows are all known")
    start, stop = listing.call.window
    _expect_contained(case, listing, listing.call.within(start + (stop - start) / 2, stop))


def _expect_contained(case: Case, listing: Listing, call: Call) -> None:
    """Expect a narrower window to contain no row that the list lacks."""
    page, reading = read_once(case, call)
    known = set(Reading.of_listing(listing).row_ids)
    extra = [row_id for row_id in reading.row_ids if row_id not in known]
    if extra:
        end_if_listing_changed(case, listing)
    expected = f"{call.operation.operation_id}: no row in a part of a window that the whole window lacks"
    case.expect(
        not extra, expected, f"only in the part: {describe_rows(call.operation, extra)}", (listing.exchange, page)
    )
