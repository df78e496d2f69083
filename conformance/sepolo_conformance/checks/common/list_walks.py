"""Lists that checks walk through, and the walks themselves, each made once a run and shared.

What is wrong with a walk is said by `sequences`; here is only what is read, and how much of it.
"""

from collections.abc import Iterator
from datetime import timedelta

from sepolo_conformance.api.calls import Call, Listing
from sepolo_conformance.api.filter_rules import rules_of
from sepolo_conformance.api.row_times import row_time
from sepolo_conformance.engine.case import Case
from sepolo_conformance.engine.walk import Walk
from sepolo_conformance.model.outcomes import Vacuous
from sepolo_openapi.contract import Operation

__all__ = [
    "MAX_PAGE_SIZE",
    "filterable_list",
    "long_walks",
    "page_sizes",
    "pages_of",
    "relisted",
    "second_page_cursor",
    "short_list",
    "short_walks",
    "telemetry_around_cycle",
    "walk_again",
    "walk_once",
]

MAX_PAGE_SIZE = 500
_REACH = 1_010
"""Rows of a long list that are walked: more than two of the largest pages."""
_SEVEN = 7
_PAGES = {1: 4, 2: 6, 3: 4, _SEVEN: 3}
"""Pages of small sizes that are walked: a short list to its end, but one by one."""
_SOME_PAGES, _MOST_PAGES = 8, 6
_LONG = 40
_LONG_SIZES = (97, 499, 500, None)
_FEW, _SOME = 5, 12


def short_list(case: Case, operation: Operation) -> Listing:
    """Return a list of some five to twelve rows, or what comes nearest."""
    return case.home.small(operation.operation_id, _FEW, _SOME)


def page_sizes(listing: Listing) -> tuple[int | None, ...]:
    """Return page sizes to walk a list with: small ones, the largest, and half of it, all but one and all of it.

    A longer list is walked without a size too.
    """
    rows = len(listing.rows)
    fitting = {-(-rows // 2), rows - 1, rows} if listing.complete else {_SEVEN}
    chosen = sorted({1, 2, 3, MAX_PAGE_SIZE, *(size for size in fitting if 1 <= size < MAX_PAGE_SIZE)})
    return (*chosen, None) if rows > _LONG else tuple(chosen)


def walk_once(case: Case, call: Call, size: int | None, pages: int | None = None) -> Walk:
    """Return a walk with pages of a size, made when it is first asked for; broken off where it would be long."""
    return case.once(("walk", call.target, size, pages), lambda: walk_again(case, call, size, pages))


def walk_again(case: Case, call: Call, size: int | None, pages: int | None = None) -> Walk:
    """Make the walk of `walked` now, whether it was made before or not. None leaves pageSize out."""
    return case.walk(call.having(pageSize=size), pages=pages or _enough(size))


def _enough(size: int | None) -> int:
    """Return how many pages of a size are walked."""
    if size is None or size < _SOME:
        return _PAGES.get(size or 0, _SOME_PAGES)
    return min(_MOST_PAGES, max(3, -(-_REACH // size)))


def pages_of(size: int | None) -> str:
    """Return what pages of a size are called."""
    return "pages without pageSize" if size is None else f"pages of {size}"


def short_walks(case: Case, listing: Listing) -> Iterator[tuple[int | None, Walk]]:
    """Yield a walk of a short list at each size."""
    for size in page_sizes(listing):
        yield size, walk_once(case, listing.call, size)


def long_walks(case: Case, operation: Operation) -> Iterator[tuple[int | None, Walk]]:
    """Yield walks through the beginning of a long list, or its halves; raise Vacuous where the list is short."""
    listing = case.home.listing(operation.operation_id)
    if len(listing.rows) <= _SOME:
        raise Vacuous(f"no list of more than {_SOME} rows")
    for size in _LONG_SIZES if len(listing.rows) > _LONG else ():
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
    """Return a list whose rows differ in what its filters compare, so that a filter can show."""
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
    """Return the telemetry of the hour round a cycle: samples of it, and others."""
    cycles = case.home.listing("listPointGuardCycles")
    times = [time for row in cycles.rows if (time := row_time(cycles.operation, row)) is not None]
    if not times or cycles.call.ids != listing.call.ids:
        return None
    middle = sorted(times)[len(times) // 2]
    return listing.call.within(middle - timedelta(minutes=30), middle + timedelta(minutes=30))


def _one_day(listing: Listing) -> Call | None:
    """Return the daily rows of all devices on one day."""
    days = [day for row in listing.rows if (day := row_time(listing.operation, row)) is not None]
    if not days:
        return None
    day = sorted(days)[len(days) // 2]
    return listing.call.within(day, day + timedelta(hours=23, minutes=59, seconds=59)).having(deviceId=None)


def relisted(case: Case, listing: Listing, call: Call) -> Listing:
    """Return the listing of another call, or the one there was where that shows no rows."""
    exchange = case.call(call.with_page_size())
    if not exchange.ok or not exchange.rows:
        return listing
    complete = exchange.member("hasMore") is not True
    return Listing(call, listing.reader, tuple(exchange.rows), complete, exchange)
