"""Lists to test paging with, and walks over them, which are made once in a run. Nothing here judges a walk."""

from collections.abc import Iterator
from datetime import timedelta

from sepolo_conformance.api.calls import Call, Listing
from sepolo_conformance.api.filter_rules import rules_of
from sepolo_conformance.api.row_times import row_times
from sepolo_conformance.engine import Case, Vacuous, Walk
from sepolo_openapi.contract import Operation

MAX_PAGE_SIZE = 500
"""The largest page size of every paged operation. A test compares it with the contract, which is slow to load."""
_SHORT_LIST = (5, 12)
"""The least and the most rows of a short list."""
_LONG_LIST = 40
"""Lists of more rows are also walked without a page size, and with the sizes below."""
_SIZES_OF_LONG_LISTS = (97, 499, 500, None)
_SIZE_OF_OPEN_LISTS = 7
"""A page size for lists whose number of rows is unknown."""
_WALK_ROWS = 1_010
"""Rows of a long list that are walked: more than two of the largest pages."""
_MOST_PAGES = 6
_PAGES_OF_SMALL_SIZES = {1: 4, 2: 6, 3: 4, _SIZE_OF_OPEN_LISTS: 3}
"""Pages to walk by page size: to the end of a short list, except with one row a page."""
_PAGES_OF_OTHER_SIZES = 8


def short_list(case: Case, operation: Operation) -> Listing:
    """Return a list of five to twelve rows, or the list that comes nearest."""
    return case.home.small(operation.operation_id, *_SHORT_LIST)


def page_sizes(listing: Listing) -> tuple[int | None, ...]:
    """Return the page sizes to walk a list with.

    These are small sizes, the largest one, and for a complete list half of its rows, all but one and all of them. None,
    which leaves pageSize out, is added for a longer list.
    """
    rows = len(listing.rows)
    fitting = {-(-rows // 2), rows - 1, rows} if listing.complete else {_SIZE_OF_OPEN_LISTS}
    chosen = sorted({1, 2, 3, MAX_PAGE_SIZE, *(size for size in fitting if 1 <= size < MAX_PAGE_SIZE)})
    return (*chosen, None) if rows > _LONG_LIST else tuple(chosen)


def walk_once(case: Case, call: Call, size: int | None, pages: int | None = None) -> Walk:
    """Return a walk with a page size, made once in a run. A long list is not walked to its end."""
    return case.once(("walk", call.target, size, pages), lambda: walk_again(case, call, size, pages))


def walk_again(case: Case, call: Call, size: int | None, pages: int | None = None) -> Walk:
    """Make the walk of `walk_once` now, even if it was made before."""
    return case.walk(call.having(pageSize=size), pages=pages or _page_count(size))


def _page_count(size: int | None) -> int:
    """Return how many pages of a size are walked."""
    if size is None or size < _SHORT_LIST[1]:
        return _PAGES_OF_SMALL_SIZES.get(size or 0, _PAGES_OF_OTHER_SIZES)
    return min(_MOST_PAGES, max(3, -(-_WALK_ROWS // size)))


def pages_of(size: int | None) -> str:
    """Return a phrase for pages of a size."""
    return "pages without pageSize" if size is None else f"pages of {size}"


def short_walks(case: Case, listing: Listing) -> Iterator[tuple[int | None, Walk]]:
    """Yield a walk of a short list at each size."""
    for size in page_sizes(listing):
        yield size, walk_once(case, listing.call, size)


def long_walks(case: Case, operation: Operation) -> Iterator[tuple[int | None, Walk]]:
    """Yield walks over the beginning of a long list, or over its halves; raise Vacuous if the list is short."""
    listing = case.home.listing(operation.operation_id)
    if len(listing.rows) <= _SHORT_LIST[1]:
        raise Vacuous(f"no list of more than {_SHORT_LIST[1]} rows")
    for size in _SIZES_OF_LONG_LISTS if len(listing.rows) > _LONG_LIST else ():
        yield size, walk_once(case, listing.call, size)
    if listing.complete:
        half = -(-len(listing.rows) // 2)
        yield half, walk_once(case, listing.call, half)


def second_page_cursor(case: Case, listing: Listing) -> str:
    """Return the cursor of the second page of a list, in pages of one or two rows; raise Vacuous if all fit on one."""
    for size in (2, 1):
        cursor = walk_once(case, listing.call, size).pages[0].member("nextCursor")
        if isinstance(cursor, str) and cursor:
            return cursor
    raise Vacuous("the list has no second page")


def filterable_list(case: Case, operation: Operation) -> Listing:
    """Return a list whose rows differ in the members that its filters compare, if there is one."""
    listing = case.home.listing(operation.operation_id)
    rules = rules_of(operation.operation_id)
    if all(len(rule.values(listing.rows)) > 1 for rule in rules):
        return listing
    match operation.operation_id:
        case "listDeviceTelemetry":
            call = telemetry_around_cycle(case, listing)
        case "getTelemetryDaily" if case.home.listing("listDevices").complete:
            call = _one_day(listing)
        case _:
            return listing
    return listing if call is None else case.once(("filterable", call.target), lambda: relisted(case, listing, call))


def telemetry_around_cycle(case: Case, listing: Listing) -> Call | None:
    """Return a call of the telemetry in the hour around a cycle, which has samples of the cycle and others."""
    cycles = case.home.listing("listPointGuardCycles")
    times = row_times(cycles.operation, cycles.rows)
    if not times or cycles.call.ids != listing.call.ids:
        return None
    middle = times[len(times) // 2]
    return listing.call.within(middle - timedelta(minutes=30), middle + timedelta(minutes=30))


def _one_day(listing: Listing) -> Call | None:
    """Return a call of the daily rows of all devices on one day."""
    days = row_times(listing.operation, listing.rows)
    if not days:
        return None
    day = days[len(days) // 2]
    return listing.call.within(day, day + timedelta(hours=23, minutes=59, seconds=59)).having(deviceId=None)


def relisted(case: Case, listing: Listing, call: Call) -> Listing:
    """Return the listing of another call, or the given listing if the response has no rows."""
    exchange = case.call(call.with_page_size())
    if not exchange.ok or not exchange.rows:
        return listing
    complete = not exchange.has_more
    return Listing(call, listing.reader, tuple(exchange.rows), complete, exchange)
