"""Cursors used again: the same cursor returns the same rows, also in another order of requests or at another size."""

from collections.abc import Sequence

from sepolo_conformance.api.calls import Listing
from sepolo_conformance.checks.common.clauses import PREVIOUS_CURSOR
from sepolo_conformance.checks.common.list_changes import end_if_changed
from sepolo_conformance.checks.common.list_walks import MAX_PAGE_SIZE, walk_once
from sepolo_conformance.checks.common.response_checks import outcome
from sepolo_conformance.checks.paging.list_selection import short_lists
from sepolo_conformance.compare.sequences import Reading, same_rows
from sepolo_conformance.engine import SANDBOX, SHOULD, Case, requirement

_SIZES = (1, 3, 2, MAX_PAGE_SIZE)


@requirement(
    "PAG-020",
    SHOULD,
    clause=f"{PREVIOUS_CURSOR} A GET may be repeated (RFC 9110), for example after a lost response.",
    title="A cursor returns the same page again, also after other pages were read",
)
def cursors_can_be_repeated(case: Case) -> None:
    """Reads the first page and the last page of a walk through each list again. Then a Hypothesis state machine reads
    pages of all lists forward, back and repeatedly."""
    listings = list(short_lists(case))
    _expect_pages_again(case, listings)
    _run_state_machine(case, listings, resize=False)


@requirement(
    "PAG-021",
    SANDBOX,
    clause="Our own choice: a cursor states where the page begins, pageSize how many rows it has.",
    title="pageSize may change in the middle of a walk",
)
def page_size_may_change(case: Case) -> None:
    """Walks each list with growing and shrinking page sizes, then runs the state machine of PAG-020 with any sizes."""
    listings = list(short_lists(case))
    _expect_rows_at_changing_sizes(case, listings)
    _run_state_machine(case, listings, resize=True)


def _expect_pages_again(case: Case, listings: Sequence[Listing]) -> None:
    """Expect the first and the last page of a walk with pages of 2 to contain the same rows when read again."""
    for listing in listings:
        with case.part(listing.operation.operation_id):
            walk = walk_once(case, listing.call, 2)
            for page in {0: walk.pages[0], 1: walk.pages[-1]}.values():
                second = case.send(page.request, page.follows)
                before, now = (Reading(listing.operation, tuple(one.rows), ended=False) for one in (page, second))
                if page.rows != second.rows:
                    end_if_changed(case, listing.call, before, now)
                expected = f"{listing.operation.operation_id}: the same rows for the same cursor"
                case.expect(same_rows(before, now), expected, f"other rows: {outcome(second)}", (page, second))


def _expect_rows_at_changing_sizes(case: Case, listings: Sequence[Listing]) -> None:
    """Expect a walk whose page size changes with each page to return the rows of one page of 500."""
    for listing in listings:
        with case.part(listing.operation.operation_id):
            rows, cursor, page = [], None, None
            for size in _SIZES:
                page = case.call(listing.call.having(pageSize=size, cursor=cursor), follows=page)
                rows += case.rows(page)
                cursor = page.member("nextCursor")
                if not cursor:
                    break
            want = walk_once(case, listing.call, MAX_PAGE_SIZE).reading
            got = Reading(listing.operation, tuple(rows), ended=not cursor)
            same = same_rows(got, want) if got.ended else set(got.row_ids) <= set(want.row_ids)
            expected = (
                f"{listing.operation.operation_id}: pages of {_SIZES} return the rows of a page of {MAX_PAGE_SIZE}"
            )
            case.expect(same, expected, f"{len(rows)} rows that differ from those of one page", page)


def _run_state_machine(case: Case, listings: Sequence[Listing], *, resize: bool) -> None:
    known = [
        listing for listing in listings if walk_once(case, listing.call, MAX_PAGE_SIZE).ended and len(listing.rows) > 2
    ]
    if not known:
        case.vacuous("no list of at least three rows that was read to its end")
    from sepolo_conformance.checks.paging.page_state_machine import page_machine  # noqa: PLC0415 - imports Hypothesis

    case.machine(page_machine(case, known, resize=resize), examples=3, steps=10)
