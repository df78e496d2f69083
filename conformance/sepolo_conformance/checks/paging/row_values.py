"""The values of a row: the same on every page that contains the row."""

from collections.abc import Iterable

from sepolo_conformance.checks.common.list_walks import (
    MAX_PAGE_SIZE,
    long_walks,
    pages_of,
    short_walks,
    walk_again,
    walk_once,
)
from sepolo_conformance.checks.paging.clauses import CONSISTENT
from sepolo_conformance.checks.paging.list_selection import short_lists
from sepolo_conformance.compare.sequences import changed_values, describe_rows
from sepolo_conformance.engine import SHOULD, Case, Walk, requirement


@requirement("PAG-019", SHOULD, clause=CONSISTENT, title="A row has the same values on every page that contains it")
def same_values_on_every_page(case: Case) -> None:
    """Compares each row of the walks with the same row on a page of 500. Differences are confirmed by a second
    reading, so that a value that was updated in between is not reported.
    """
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
            second = changed_values(walk_again(case, call, MAX_PAGE_SIZE).reading, walk_again(case, call, size).reading)
            confirmed = {entry[:2] for entry in second}
            found = [entry for entry in found if entry[:2] in confirmed]
        expected = f"{call.operation.operation_id}: the same values in {pages_of(size)} as in pages of {MAX_PAGE_SIZE}"
        texts = [
            f"{describe_rows(call.operation, [row_id])}: {name} {b!r} instead of {a!r}"
            for row_id, name, a, b in found[:2]
        ]
        case.expect(not found, expected, "; ".join(texts), (one.last, walk.last))
