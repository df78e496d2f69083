"""The order of rows: the same at every reading and page size, and the order that the contract states."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sepolo_conformance.api.calls import Call
from sepolo_conformance.checks.common.clauses import CONSISTENT_PAGING
from sepolo_conformance.checks.common.list_changes import CHANGED, end_if_changed
from sepolo_conformance.checks.common.list_walks import MAX_PAGE_SIZE, long_walks, pages_of, short_walks, walk_once
from sepolo_conformance.checks.common.whole_lists import whole_list
from sepolo_conformance.checks.paging.list_selection import short_lists
from sepolo_conformance.compare.ordering import out_of_order
from sepolo_conformance.compare.sequences import Reading, changed_values, describe_rows, reordered
from sepolo_conformance.engine import SANDBOX, SHOULD, Case, Exchange, Walk, requirement
from sepolo_openapi.contract import Operation


@requirement("PAG-016", SHOULD, clause=CONSISTENT_PAGING, title="A list has the same order when it is read again")
def same_order_when_read_again(case: Case) -> None:
    """Reads the first page of each list a second time and compares the order of the rows that both readings have."""
    for listing in case.listings(_ordered_lists(case)):
        call = listing.call.with_page_size()
        page = case.call(call)
        first, second = Reading.of_listing(listing), _reading(listing.operation, page)
        with case.part(listing.operation.operation_id):
            if reordered(first, second) and changed_values(first, second):
                case.vacuous(CHANGED)
            _expect_same_order(case, "a second reading", (first, second), (listing.exchange, page))


@requirement(
    "PAG-017", SHOULD, clause=CONSISTENT_PAGING, title="A walk returns the rows in the same order at every page size"
)
def same_order_at_every_page_size(case: Case) -> None:
    """Compares the order of rows in walks of all page sizes, through short lists and long ones."""
    for listing in short_lists(case):
        with case.part(listing.operation.operation_id):
            _expect_order_of_one_page(case, short_walks(case, listing))
        with case.part(listing.operation.operation_id):
            _expect_order_of_one_page(case, long_walks(case, listing.operation))


@requirement(
    "PAG-018",
    SHOULD,
    clause=CONSISTENT_PAGING,
    title="A first page with a smaller pageSize is the beginning of a larger first page",
)
def first_pages_begin_alike(case: Case) -> None:
    """Compares the first pages of all page sizes with the first page of 500 rows, row by row."""
    for listing in short_lists(case):
        longest = walk_once(case, listing.call, MAX_PAGE_SIZE).pages[0]
        with case.part(listing.operation.operation_id):
            for size, walk in short_walks(case, listing):
                _expect_beginning(case, listing.call, size, walk.pages[0], longest)


@requirement(
    "PAG-033",
    SANDBOX,
    clause="Our own choice: the contract's x-sepolo-order.",
    title="The rows of a list are sorted as the contract states",
)
def contract_order(case: Case) -> None:
    """Compares each row of a list with the row above, by the members that x-sepolo-order names. Lists are read to their
    end, except for telemetry, of which 500 rows are read."""
    for operation in _ordered_lists(case):
        with case.part(operation.operation_id):
            name, order = operation.operation_id, operation.order
            listing = case.home.listing(name) if name == "listDeviceTelemetry" else whole_list(case, name)
            wrong = out_of_order(listing.rows, order)
            actual = f"row {wrong} should come before row {wrong - 1}" if wrong else ""
            case.expect(wrong is None, f"{name}: sorted by {', '.join(order)}", actual, listing.exchange)


@requirement(
    "PAG-034",
    SHOULD,
    clause="Telemetry is a time series that clients page through for analytics.",
    title="Telemetry is sorted by stamp, ascending or descending",
)
def telemetry_is_sorted_by_stamp(case: Case) -> None:
    """Checks the stamps on the first page of telemetry, then in long walks through it: all ascend, or all descend."""
    listing = case.home.listing("listDeviceTelemetry")
    if len(listing.values("stamp")) > 1:
        _expect_sorted_by_stamp(case, f"a page of {MAX_PAGE_SIZE}", listing.rows, listing.exchange)
    with case.part("walks"):
        for size, walk in long_walks(case, listing.operation):
            _expect_sorted_by_stamp(case, f"a walk with {pages_of(size)}", walk.rows, walk.last)


def _ordered_lists(case: Case) -> list[Operation]:
    """Return the operations whose order the contract states."""
    return [operation for operation in case.contract.operations.values() if operation.order]


def _reading(operation: Operation, page: Exchange) -> Reading:
    return Reading(operation, tuple(page.rows), ended=not page.has_more)


def _expect_order_of_one_page(case: Case, walks: Iterator[tuple[int | None, Walk]]) -> None:
    """Expect the rows of each walk in the order of pages of 500; end the part where the list changed."""
    for size, walk in walks:
        call = walk.call.having(pageSize=None)
        one = walk_once(case, call, MAX_PAGE_SIZE)
        if reordered(one.reading, walk.reading):
            # A row that is updated may move.
            end_if_changed(case, call, one.reading, walk.reading, additions=False)
        _expect_same_order(case, f"a walk with {pages_of(size)}", (one.reading, walk.reading), (one.last, walk.last))


def _expect_same_order(
    case: Case, where: str, readings: tuple[Reading, Reading], shown: tuple[Exchange, Exchange]
) -> None:
    """Expect the rows that two readings have in common to come in the same order."""
    operation, pair = readings[0].operation, reordered(*readings)
    actual = f"the reverse order in {where}: {describe_rows(operation, pair or ())}"
    case.expect(pair is None, f"{operation.operation_id}: the same order in {where}", actual, shown)


def _expect_beginning(case: Case, call: Call, size: int | None, shorter: Exchange, longest: Exchange) -> None:
    """Expect a shorter first page to be the beginning of the longest; end the part where the list changed."""
    operation, readings = call.operation, [_reading(call.operation, page) for page in (shorter, longest)]
    first, second = (reading.row_ids for reading in readings)
    differ = next((place for place, pair in enumerate(zip(first, second, strict=False)) if pair[0] != pair[1]), None)
    if differ is not None:
        end_if_changed(case, call, *readings, additions=False)
    rows = () if differ is None else (first[differ], second[differ])
    expected = f"{operation.operation_id}: in {pages_of(size)}, the first is the beginning of a page of {MAX_PAGE_SIZE}"
    actual = f"row {(differ or 0) + 1} differs: {describe_rows(operation, rows)}"
    case.expect(differ is None, expected, actual, (shorter, longest))


def _expect_sorted_by_stamp(case: Case, where: str, rows: Sequence[Mapping[str, Any]], shown: Exchange) -> None:
    ascending, descending = (out_of_order(rows, order) for order in (("stamp",), ("-stamp",)))
    expected = f"{where}: stamps in ascending or in descending order"
    actual = f"row {ascending} breaks the ascending order, row {descending} the descending order"
    case.expect(ascending is None or descending is None, expected, actual, shown)
