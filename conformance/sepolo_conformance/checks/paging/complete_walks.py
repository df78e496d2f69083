"""Walks through all pages of a list: every row is returned once with the same values, and the walk ends."""

from collections.abc import Iterable

from sepolo_conformance.api.calls import Call, paged_lists
from sepolo_conformance.api.filter_rules import rules_of, trials
from sepolo_conformance.api.row_times import row_times
from sepolo_conformance.api.timestamps import stamp
from sepolo_conformance.checks.common.clauses import CONSISTENT_PAGING
from sepolo_conformance.checks.common.list_changes import CHANGED
from sepolo_conformance.checks.common.list_walks import (
    MAX_PAGE_SIZE,
    filterable_list,
    long_walks,
    pages_of,
    short_walks,
    walk_again,
    walk_once,
)
from sepolo_conformance.checks.paging.list_selection import short_list_walks, short_lists
from sepolo_conformance.compare.sequences import RowId, changed_values, describe_rows, missing_rows, repeated_rows
from sepolo_conformance.engine import MUST, SHOULD, Case, Walk, requirement

_SHARE = 0.75
"""Share of the time span of three pages of 500 rows, so that three pages reach the end of the shortened window."""


@requirement(
    "PAG-003", MUST, clause=CONSISTENT_PAGING, title="A walk returns every row exactly once, at every page size"
)
def short_walk_is_complete(case: Case) -> None:
    """Walks a short list of each operation with pages of 1, 2 and 3 rows, of half the rows, of all but one and of all,
    and compares the rows with one page of 500. Differences are confirmed by a second walk, so that rows that moved
    in between are not reported as lost."""
    for listing in short_lists(case):
        for size, _ in short_walks(case, listing):
            with case.part(listing.operation.operation_id):
                _expect_same_rows(case, listing.call, size)


@requirement(
    "PAG-013",
    MUST,
    clause=CONSISTENT_PAGING,
    title="The first pages of a long list contain every row exactly once, at every page size",
)
def long_walk_is_complete(case: Case) -> None:
    """Walks the beginning of each long list: six pages of 97 rows, three of 499 and of 500, and pages without pageSize.
    A list whose end is known is walked in two halves."""
    for operation in paged_lists(case.contract):
        with case.part(operation.operation_id):
            for size, walk in long_walks(case, operation):
                _expect_same_rows(case, walk.call.having(pageSize=None), size)


@requirement(
    "PAG-023",
    MUST,
    clause=CONSISTENT_PAGING,
    title="A walk through a filtered list returns the rows that one page of 500 returns",
)
def filtered_walk_is_complete(case: Case) -> None:
    """Walks lists that a filter or a window narrows, in two pages or more, repeating the filter with each cursor, and
    compares the rows as in PAG-003."""
    for listing in short_lists(case):
        operation = listing.operation
        if operation.window is not None and len(listing.rows) > 2:
            with case.part(f"{operation.operation_id} window"):
                _expect_same_rows(case, listing.call, -(-len(listing.rows) // 2))
        for rule in rules_of(operation.operation_id):
            with case.part(f"{operation.operation_id} {rule.name}"):
                found = [one for one in trials(filterable_list(case, operation), rule) if one.matching > 1]
                if not found:
                    case.vacuous("no filter value that some rows have and others don't")
                # A list whose end is unknown may contain more matching rows, so the number of pages is limited.
                _expect_same_rows(case, found[0].call, -(-found[0].matching // 2), pages=4)


@requirement(
    "PAG-035",
    MUST,
    clause=CONSISTENT_PAGING,
    title="A long walk through a window returns all rows up to the end of the window",
)
def walk_reaches_end_of_window(case: Case) -> None:
    """Walks windows of more than one page of 500 rows to their end, then reads what is left of the window before the
    first and after the last row of the walk: an undocumented limit on the number of rows would hide rows there."""
    for operation in paged_lists(case.contract):
        with case.part(operation.operation_id):
            call = case.home.listing(operation.operation_id).call
            walk = walk_once(case, call, MAX_PAGE_SIZE)
            times = row_times(operation, walk.rows)
            if call.window is not None and not walk.ended and len(times) > 1:
                call = call.within(times[0], min(call.window[1], times[0] + _SHARE * (times[-1] - times[0])))
                walk = walk_once(case, call, MAX_PAGE_SIZE)
                times = row_times(operation, walk.rows)
            if call.window is None or len(walk.pages) < 2 or not walk.ended or not times:
                case.vacuous("no window of more than one page that can be walked to its end")
            start, stop = call.window
            for rest in ((start, times[0]), (times[-1], stop)):
                page = case.call(call.within(*rest).having(pageSize=MAX_PAGE_SIZE))
                new = [time for time in row_times(operation, page.rows) if rest[0] < time < rest[1]]
                expected = f"{operation.operation_id}: no rows beyond the {len(walk.rows)} rows of the walk"
                actual = f"{len(new)} rows between {stamp(rest[0])} and {stamp(rest[1])}"
                case.expect(not new, expected, actual, (walk.last, page))


@requirement("PAG-012", MUST, clause=CONSISTENT_PAGING, title="A walk ends: no cursor is returned twice")
def cursors_are_not_repeated(case: Case) -> None:
    """Looks for a cursor that is returned a second time within a walk."""
    for operation, size, walk in short_list_walks(case):
        found = [page.member("nextCursor") for page in walk.pages if page.member("hasMore") is True]
        double = [cursor for place, cursor in enumerate(found) if cursor in found[:place]]
        expected = f"{operation.operation_id}: each cursor only once in a walk with {pages_of(size)}"
        case.expect(not double, expected, f"returned again: {double[:1]}", walk.last)


@requirement(
    "PAG-015",
    SHOULD,
    clause="hasMore states that more rows follow.",
    title="The last page of a walk contains rows, unless the list is empty",
)
def last_page_has_rows(case: Case) -> None:
    """Looks at the last page of each walk that reached the end, also where pageSize divides the number of rows."""
    for operation, size, walk in short_list_walks(case):
        if walk.ended and len(walk.pages) > 1 and walk.rows:
            expected = f"{operation.operation_id}: rows on the last page, as hasMore was true on the page before"
            case.expect(bool(walk.last.rows), expected, f"an empty page at the end of {pages_of(size)}", walk.last)


def _expect_same_rows(case: Case, call: Call, size: int | None, pages: int | None = None) -> None:
    """Expect a walk of at most `pages` pages to return the rows that pages of 500 return.

    Ends the part without a verdict if the list changed, or if a second walk doesn't show the same differences.
    """
    name = call.operation.operation_id
    one, parts = walk_once(case, call, MAX_PAGE_SIZE), walk_once(case, call, size, pages)
    for walk in (one, parts):
        # Faults of cursors have requirements of their own.
        broken = walk.problem is not None and "cursor" not in walk.problem.lower()
        case.need(not broken, f"{name}: every page of the walk is returned", walk.problem, walk.last)
    differences = _differences(one, parts)
    if any(differences):
        fresh, second = walk_again(case, call, MAX_PAGE_SIZE), walk_again(case, call, size, pages)
        if set(fresh.reading.row_ids) != set(one.reading.row_ids):
            case.vacuous(CHANGED)
        if not parts.ended and fresh.reading.row_ids != one.reading.row_ids:
            case.vacuous("the order changes from walk to walk, so the beginnings of two walks can't be compared")
        if _differences(fresh, second) != differences:
            case.vacuous("a second walk did not show the differences of the first")
    missing, extra, double = differences
    shown = (one.last, parts.last)
    expected = f"{name}: {pages_of(size)} return the rows that pages of {MAX_PAGE_SIZE} return"
    case.expect(
        not missing, expected, f"missing from {pages_of(size)}: {describe_rows(call.operation, missing)}", shown
    )
    case.expect(not extra, expected, f"only in {pages_of(size)}: {describe_rows(call.operation, extra)}", shown)
    once = f"{name}: no row twice in a walk with {pages_of(size)}"
    case.expect(not double, once, f"twice: {describe_rows(call.operation, double)}", parts.last)


def _differences(one: Walk, parts: Walk) -> tuple[list[RowId], list[RowId], list[RowId]]:
    """Return the rows that are missing from `parts`, those that only `parts` has, and those it has twice."""
    first, second = one.reading, parts.reading
    extra = [row_id for row_id in missing_rows(second, first) if not (row_id.sure and row_id.nth > 1)]
    return missing_rows(first, second), extra, repeated_rows(second)


@requirement(
    "PAG-019", SHOULD, clause=CONSISTENT_PAGING, title="A row has the same values on every page that contains it"
)
def same_values_on_every_page(case: Case) -> None:
    """Compares each row of the walks with the same row on a page of 500. Differences are confirmed by a second
    reading, so that a value that was updated in between is not reported."""
    for listing in short_lists(case):
        operation = listing.operation
        with case.part(operation.operation_id):
            _expect_same_values(case, short_walks(case, listing))
        with case.part(operation.operation_id):
            _expect_same_values(case, long_walks(case, operation))


def _expect_same_values(case: Case, walks: Iterable[tuple[int | None, Walk]]) -> None:
    """Expect the rows of walks to have the values of pages of 500."""
    for size, walk in walks:
        call = walk.call.having(pageSize=None)
        one = walk_once(case, call, MAX_PAGE_SIZE)
        found = changed_values(one.reading, walk.reading)
        if found:
            again = walk_again(case, call, MAX_PAGE_SIZE).reading
            confirmed = {entry[:2] for entry in changed_values(again, walk_again(case, call, size).reading)}
            confirmed -= {entry[:2] for entry in changed_values(one.reading, again)}
            found = [entry for entry in found if entry[:2] in confirmed]
        expected = f"{call.operation.operation_id}: the same values in {pages_of(size)} as in pages of {MAX_PAGE_SIZE}"
        texts = [
            f"{describe_rows(call.operation, [row_id])}: {name} {b!r} instead of {a!r}"
            for row_id, name, a, b in found[:2]
        ]
        case.expect(not found, expected, "; ".join(texts), (one.last, walk.last))
