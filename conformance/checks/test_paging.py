"""Paging: sizes, cursors, walks."""

from conformance.calls import is_paged, lists, paged_lists
from conformance.case import Case, requirement


@requirement("PAG-001")
def more_has_cursor(case: Case) -> None:
    """Reads the first page of each list, as small as can be."""
    for listing in case.listings(lists(case.contract)):
        call = listing.call.having(pageSize=1) if is_paged(listing.operation) else listing.call
        exchange = case.call(call)
        case.rows(exchange)
        if exchange.member("hasMore") is True:
            cursor = exchange.member("nextCursor")
            case.expect(isinstance(cursor, str) and cursor != "", "nextCursor to be a text", repr(cursor))


@requirement("PAG-002")
def never_more_than_asked(case: Case) -> None:
    """Reads pages of 1, 2 and 7 rows of each list."""
    for listing in case.listings(paged_lists(case.contract)):
        with case.part(listing.operation.operation_id):
            for size in (1, 2, 7):
                rows = case.rows(case.call(listing.call.having(pageSize=size)))
                case.expect(len(rows) <= size, f"at most {size} rows of {listing.operation.operation_id}", len(rows))


@requirement("PAG-003")
def walk_is_whole(case: Case) -> None:
    """Walks a short list of each operation row by row and compares with one page of all of it."""
    for listing in case.listings(paged_lists(case.contract), small=True):
        with case.part(listing.operation.operation_id):
            if not listing.complete or len(listing.rows) < 2:
                case.vacuous("no short list of several rows")
            whole = case.walk(listing.call.having(pageSize=500))
            parts = case.walk(listing.call.having(pageSize=2), pages=30)
            if not (whole.ended and parts.ended):
                case.need(parts.problem is None, "a walk that ends", parts.problem, parts.last)
                case.vacuous("the walk was broken off")
            again = case.walk(listing.call.having(pageSize=500))
            if again.ids != whole.ids:
                case.vacuous("the data moved")
            lost = [name for name in whole.ids if name not in parts.ids]
            twice = sorted({str(name) for name in parts.ids if parts.ids.count(name) > 1})
            case.expect(not lost, "no row lost", f"lost in pages of 2: {lost[:3]}", (whole.last, parts.last))
            case.expect(not twice, "no row twice", f"twice in pages of 2: {twice[:3]}", parts.last)
