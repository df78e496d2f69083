"""Paging: the envelope, sizes, walks, order and cursors."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sepolo_conformance.api.calls import Call, Listing, is_paged, lists, paged_lists
from sepolo_conformance.api.filter_rules import rules_of, trials
from sepolo_conformance.api.row_identity import complete_identity
from sepolo_conformance.api.row_times import row_time
from sepolo_conformance.api.timestamps import stamp
from sepolo_conformance.checks.common.list_walks import (
    LARGEST,
    filterable,
    long_walks,
    pages_of,
    short,
    short_walks,
    walked,
)
from sepolo_conformance.checks.common.window_calls import any_call
from sepolo_conformance.checks.paging import cursor_uses
from sepolo_conformance.checks.paging.agreement import begins_alike, first_page, same_order, same_rows, same_values
from sepolo_conformance.compare.ordering import out_of_order
from sepolo_conformance.compare.sequences import Reading, show, twice
from sepolo_conformance.engine.case import Case, describe, requirement
from sepolo_conformance.engine.shared_responses import fetch_once
from sepolo_conformance.engine.walk import Walk
from sepolo_conformance.model.outcomes import Vacuous
from sepolo_conformance.model.requirement import MUST, SANDBOX, SHOULD
from sepolo_conformance.transport.exchange import Exchange
from sepolo_openapi.contract import Operation

_ENVELOPE = 'The page: "List endpoints use the same envelope": data, nextCursor, hasMore.'
_MAXIMUM = 'The page: "Page size, maximum 500."'
_CONSISTENT = 'The page promises that clients can "handle paging consistently".'
_CURSOR = 'The page: "Cursor returned by the previous page."'
_ISOLATION = 'The page: "Every request is scoped to the organization that owns the API key."'
_REFUSAL = 'The page: "validation errors return 400", and pageSize is an integer.'
_OWN = "Our own choice"

_OUTSIDE = ("0", "-1")
_NO_NUMBER = "abc"
_ODD = ("2147483648", "1.5", "", "1e2", " 5", "+5", "0x10", "٣", "5,5", "-0")
_SHARE = 0.75
"""Of the span of three pages of 500, so that a walk of three comes to the end."""
_URL_SAFE = re.compile(r"[A-Za-z0-9._~-]+", re.ASCII)


def _shorts(case: Case) -> Iterator[Listing]:
    """Yield a short list with rows of each operation that pages."""
    for operation in paged_lists(case.contract):
        found = None
        with case.part(operation.operation_id):
            found = short(case, operation)
        if found is not None:
            yield found


def _walks(case: Case) -> Iterator[tuple[Operation, int | None, Walk]]:
    """Yield walks through a short list of each operation, at every size."""
    for listing in _shorts(case):
        for size, walk in short_walks(case, listing):
            yield listing.operation, size, walk


def _pages(case: Case) -> Iterator[tuple[Operation, Exchange]]:
    """Yield pages of all lists that came as lists: those of the walks, and those that come whole."""
    for operation, _, walk in _walks(case):
        yield from ((operation, page) for page in walk.pages if page.status == 200)
    for listing in case.listings(_unpaged(case)):
        yield listing.operation, listing.exchange


def _unpaged(case: Case) -> list[Operation]:
    return [operation for operation in lists(case.contract) if not is_paged(operation)]


def _call(case: Case, operation: Operation) -> Call:
    """Return the call of a short list, or one without rows, should no list be found for want of a page size."""
    try:
        return short(case, operation).call
    except Vacuous:
        return any_call(case, operation)


def _first(case: Case, call: Call, size: object) -> Exchange:
    """Ask for the first page with any pageSize, once a run; None leaves it out."""
    return fetch_once(case, call.having(pageSize=size))


def _sized(case: Case, listing: Listing, size: object) -> Exchange:
    return _first(case, listing.call, size)


# -- The envelope ---------------------------------------------------------------------------------------------


@requirement(
    "PAG-001",
    MUST,
    clause=_ENVELOPE,
    title="While hasMore is true there is a cursor to go on with",
)
def more_has_cursor(case: Case) -> None:
    """Walks a short list of each operation at several sizes, and looks at every page that has more to follow."""
    for operation, page in _pages(case):
        if page.member("hasMore") is True:
            cursor = page.member("nextCursor")
            good = isinstance(cursor, str) and cursor != ""
            case.expect(good, f"{operation.operation_id}: nextCursor is a text, as hasMore is true", repr(cursor), page)


@requirement(
    "PAG-004",
    MUST,
    clause=_ENVELOPE,
    title="Every page of every list has data (array), nextCursor (text or null) and hasMore (boolean)",
)
def envelope(case: Case) -> None:
    """Looks for the three members on every page of the walks, first and last, and on lists that come whole."""
    wanted: Mapping[str, tuple[type, ...]] = {"data": (list,), "nextCursor": (str, type(None)), "hasMore": (bool,)}
    for operation, page in _pages(case):
        body = page.data if page.fault is None and isinstance(page.data, dict) else {}
        wrong = [name for name, kinds in wanted.items() if name not in body or not isinstance(body[name], kinds)]
        shown = ", ".join(f"{name} {str(body[name])[:80]!r}" if name in body else f"no {name}" for name in wrong)
        expected = f"{operation.operation_id}: data an array, nextCursor a text or null, hasMore true or false"
        case.expect(not wrong, expected, shown, page)


@requirement(
    "PAG-005",
    SHOULD,
    clause="The page shows the last page with nextCursor null and hasMore false.",
    title="Where hasMore is false, nextCursor is null",
)
def end_has_no_cursor(case: Case) -> None:
    """Looks at the last page of each walk, and at lists that come whole."""
    for operation, page in _pages(case):
        if page.member("hasMore") is False:
            cursor = page.member("nextCursor")
            case.expect(
                cursor is None, f"{operation.operation_id}: nextCursor null, as hasMore is false", repr(cursor), page
            )


# -- Sizes ----------------------------------------------------------------------------------------------------


@requirement(
    "PAG-002",
    MUST,
    clause=_MAXIMUM,
    title="A page never holds more rows than asked for",
)
def never_more_than_asked(case: Case) -> None:
    """Counts the rows of every page of walks with small, fitting and the largest pages."""
    for operation, size, walk in _walks(case):
        for page in walk.pages:
            rows, most = len(page.rows), size or LARGEST
            case.expect(rows <= most, f"{operation.operation_id}: at most {most} rows", f"{rows} rows", page)


@requirement(
    "PAG-006",
    MUST,
    clause=_MAXIMUM,
    title="Page sizes from 1 to 500 are accepted, both ends included",
)
def sizes_accepted(case: Case) -> None:
    """Asks each operation for a first page of 1, 2, 499 and 500 rows."""
    for operation in paged_lists(case.contract):
        with case.part(operation.operation_id):
            call = _call(case, operation)
            for size in (1, 2, LARGEST - 1, LARGEST):
                # The walks have asked for most of them already.
                page = walked(case, call, size).pages[0] if size != LARGEST - 1 else _first(case, call, size)
                expected = f"{operation.operation_id} takes pageSize={size}: status 200"
                case.expect(page.status == 200, expected, describe(page), page)


@requirement(
    "PAG-007",
    MUST,
    clause=_MAXIMUM,
    title="No page holds more than 500 rows, whatever is asked for or if nothing is",
)
def never_more_than_the_maximum(case: Case) -> None:
    """Asks lists of more than 500 rows for 501 and for two thousand million, and leaves pageSize out."""
    long = [listing for listing in case.listings(paged_lists(case.contract)) if not listing.complete]
    for listing in long:
        for size in (LARGEST + 1, 2_147_483_647, None):
            page = _sized(case, listing, size)
            rows = len(page.rows)
            asked = "without pageSize" if size is None else f"pageSize={size}"
            expected = f"{listing.operation.operation_id} {asked}: 400, or at most {LARGEST} rows"
            good = rows <= LARGEST if page.ok else page.status == 400 and size is not None
            case.expect(good, expected, f"{rows} rows" if page.ok else describe(page), page)
    if not long:
        case.vacuous(f"no list has more than {LARGEST} rows")


@requirement(
    "PAG-008",
    SHOULD,
    clause=f'{_MAXIMUM} And: "validation errors return 400".',
    title="pageSize 501 is refused with 400",
)
def beyond_the_maximum(case: Case) -> None:
    """Asks each operation for a page of 501 rows."""
    for listing in case.listings(paged_lists(case.contract)):
        page = _sized(case, listing, LARGEST + 1)
        expected = f"{listing.operation.operation_id} refuses pageSize={LARGEST + 1}: status 400"
        case.expect(page.status == 400, expected, _served(page), page)


@requirement(
    "PAG-009",
    MUST,
    clause=f"{_REFUSAL} Nobody can want a page of no rows.",
    title="pageSize 0 or less is refused with 400, or answered with a page like any other",
)
def no_rows_wanted(case: Case) -> None:
    """Asks each operation for pages of 0 and -1 rows."""
    for listing in _shorts(case):
        for size in _OUTSIDE:
            page = _sized(case, listing, size)
            legal = page.ok and isinstance(page.member("data"), list) and len(page.rows) <= LARGEST
            expected = f"{listing.operation.operation_id} pageSize={size}: status 400, or a page of at most {LARGEST}"
            case.expect(page.status == 400 or legal, expected, _served(page), page)


@requirement(
    "PAG-010",
    MUST,
    clause=_REFUSAL,
    title="A pageSize that is no number is refused with 400",
)
def no_number(case: Case) -> None:
    """Asks each operation for a page of abc rows."""
    for listing in _shorts(case):
        page = _sized(case, listing, _NO_NUMBER)
        expected = f"{listing.operation.operation_id} refuses pageSize={_NO_NUMBER}: status 400"
        case.expect(page.status == 400, expected, _served(page), page)


@requirement(
    "PAG-011",
    SANDBOX,
    clause=f"{_OWN}: only plain integers from 1 to 500, given once.",
    title="Any other pageSize is refused with 400",
)
def odd_sizes(case: Case) -> None:
    """Asks each operation for 0, -1 and 501 rows, twice for 5, and for some of a table of numbers oddly written."""
    for place, listing in enumerate(_shorts(case)):
        name = listing.operation.operation_id
        odd = [_ODD[(2 * place + step) % len(_ODD)] for step in range(2)]
        for size in (*_OUTSIDE, str(LARGEST + 1), *odd):
            page = _sized(case, listing, size)
            case.expect(page.status == 400, f"{name} refuses pageSize={size!r}: status 400", _served(page), page)
        query = [*listing.call.query.items(), ("pageSize", 5), ("pageSize", 5)]
        page = case.get(listing.operation, listing.call.ids, query)
        case.expect(page.status == 400, f"{name} refuses pageSize given twice: status 400", _served(page), page)


def _served(page: Exchange) -> str:
    return f"200 with {len(page.rows)} rows" if page.ok else describe(page)


# -- Walks ----------------------------------------------------------------------------------------------------


@requirement(
    "PAG-003",
    MUST,
    clause=_CONSISTENT,
    title="A walk brings no row twice and loses none, whatever the page size",
)
def walk_is_whole(case: Case) -> None:
    """Walks a short list of each operation with pages of 1, 2 and 3 rows, half, all but one and all of them, and
    compares with one page of 500. What differs is read once more, so that rows that moved aren't taken for lost.
    """
    for listing in _shorts(case):
        for size, _ in short_walks(case, listing):
            with case.part(listing.operation.operation_id):
                same_rows(case, listing.call, size)


@requirement(
    "PAG-013",
    MUST,
    clause=_CONSISTENT,
    title="The beginning of a long list brings no row twice and loses none, whatever the page size",
)
def long_walk_is_whole(case: Case) -> None:
    """Walks the beginning of each long list, six pages of 97 rows, three of 499 and of 500, and without pageSize; a
    list that is known to its end in two halves.
    """
    for operation in paged_lists(case.contract):
        with case.part(operation.operation_id):
            for size, walk in long_walks(case, operation):
                same_rows(case, walk.call.having(pageSize=None), size)


@requirement(
    "PAG-035",
    MUST,
    clause=_CONSISTENT,
    title="A long walk through a window doesn't end before the window does",
)
def walk_ends_with_its_window(case: Case) -> None:
    """Walks windows of more than a page of 500 to their end, cut so that they hold some thousand rows, and asks for
    what is left of each before the first and after the last instant that the walk brought: a limit that nobody tells
    of cuts there.
    """
    for operation in paged_lists(case.contract):
        with case.part(operation.operation_id):
            call = case.home.listing(operation.operation_id).call
            walk = walked(case, call, LARGEST)
            times = _times(operation, walk.rows)
            if call.window is not None and not walk.ended and len(times) > 1:
                call = call.within(times[0], min(call.window[1], times[0] + _SHARE * (times[-1] - times[0])))
                walk = walked(case, call, LARGEST)
                times = _times(operation, walk.rows)
            if call.window is None or len(walk.pages) < 2 or not walk.ended or not times:
                case.vacuous("no window of more than a page that can be walked to its end")
            start, stop = call.window
            for rest in ((start, times[0]), (times[-1], stop)):
                page = case.call(call.within(*rest).having(pageSize=LARGEST))
                new = [time for time in _times(operation, page.rows) if rest[0] < time < rest[1]]
                expected = f"{operation.operation_id}: nothing beyond the {len(walk.rows)} rows of the walk"
                actual = f"{len(new)} rows between {stamp(rest[0])} and {stamp(rest[1])}"
                case.expect(not new, expected, actual, (walk.last, page))


def _times(operation: Operation, rows: Iterable[Mapping[str, Any]]) -> list[datetime]:
    return sorted(time for row in rows if (time := row_time(operation, row)))


@requirement(
    "PAG-023",
    MUST,
    clause=_CONSISTENT,
    title="A filtered list, walked with its filters repeated, brings what one page of it holds",
)
def filters_kept(case: Case) -> None:
    """Walks lists that one filter or a window narrows, in two pages or more, and compares as in PAG-003."""
    for listing in _shorts(case):
        operation = listing.operation
        if operation.window is not None and len(listing.rows) > 2:
            with case.part(f"{operation.operation_id} window"):
                same_rows(case, listing.call, -(-len(listing.rows) // 2))
        for rule in rules_of(operation.operation_id):
            with case.part(f"{operation.operation_id} {rule.name}"):
                found = [one for one in trials(filterable(case, operation), rule) if one.fitting > 1]
                if not found:
                    case.vacuous("no value that some rows have and others haven't")
                # Where the list isn't known to its end, more may fit: a few pages are enough.
                same_rows(case, found[0].call, -(-found[0].fitting // 2), pages=4)


@requirement(
    "PAG-012",
    MUST,
    clause=_CONSISTENT,
    title="A walk never meets the same cursor again, so that it ends",
)
def cursors_differ(case: Case) -> None:
    """Looks for a cursor that comes a second time in any walk."""
    for operation, size, walk in _walks(case):
        found = [page.member("nextCursor") for page in walk.pages if page.member("hasMore") is True]
        double = [cursor for place, cursor in enumerate(found) if cursor in found[:place]]
        expected = f"{operation.operation_id}: each cursor once in a walk with {pages_of(size)}"
        case.expect(not double, expected, f"again: {double[:1]}", walk.last)


@requirement(
    "PAG-014",
    MUST,
    clause=_CONSISTENT,
    title="A list without page parameters shows no row twice",
)
def whole_list_has_no_double(case: Case) -> None:
    """Looks for ids that come twice in service visits, appointments and vendors."""
    for listing in case.listings(_unpaged(case)):
        double = twice(Reading(listing.operation, listing.rows, listing.complete))
        name = listing.operation.operation_id
        case.expect(not double, f"{name}: no row twice", show(listing.operation, double), listing.exchange)


@requirement(
    "PAG-015",
    SHOULD,
    clause="hasMore tells that there are more rows.",
    title="The last page of a walk has rows, unless the list has none",
)
def last_page_has_rows(case: Case) -> None:
    """Looks at the last page of each walk that came to its end, also where the size divides the number of rows."""
    for operation, size, walk in _walks(case):
        if walk.ended and len(walk.pages) > 1 and walk.rows:
            expected = f"{operation.operation_id}: rows on the last page, as the page before said hasMore"
            case.expect(bool(walk.last.rows), expected, f"an empty page after {pages_of(size)}", walk.last)


@requirement(
    "PAG-030",
    SHOULD,
    clause="The page gives service visits, appointments and vendors no page parameters.",
    title="A list without page parameters comes whole, on one page",
)
def whole_lists_are_whole(case: Case) -> None:
    """Looks for more to follow in service visits, appointments and vendors."""
    for listing in case.listings(_unpaged(case)):
        more = listing.exchange.member("hasMore")
        expected = f"{listing.operation.operation_id} has no page parameters: hasMore false"
        case.expect(more is not True, expected, f"hasMore {more}", listing.exchange)


# -- Order ----------------------------------------------------------------------------------------------------


@requirement(
    "PAG-016",
    SHOULD,
    clause=_CONSISTENT,
    title="A list has the same order when it is read again",
)
def same_order_again(case: Case) -> None:
    """Reads the first page of each list a second time and compares the order of the rows that both show."""
    for listing in case.listings([operation for operation in case.contract.operations.values() if operation.order]):
        call = listing.call.having(pageSize=LARGEST) if is_paged(listing.operation) else listing.call
        page = case.call(call)
        first = Reading(listing.operation, listing.rows, listing.complete)
        readings = first, first_page(listing.operation, page)
        with case.part(listing.operation.operation_id):
            same_order(case, "a second reading", None, readings, (listing.exchange, page))


@requirement(
    "PAG-017",
    SHOULD,
    clause=_CONSISTENT,
    title="A walk brings the rows in the same order at every page size",
)
def same_order_at_every_size(case: Case) -> None:
    """Compares the order of rows in walks of all sizes, of short lists and of long ones."""
    for listing in _shorts(case):
        with case.part(listing.operation.operation_id):
            _same_as_one_page(case, short_walks(case, listing))
        with case.part(listing.operation.operation_id):
            _same_as_one_page(case, long_walks(case, listing.operation))


def _same_as_one_page(case: Case, walks: Iterator[tuple[int | None, Walk]]) -> None:
    for size, walk in walks:
        call = walk.call.having(pageSize=None)
        one = walked(case, call, LARGEST)
        readings, shown = (one.reading, walk.reading), (one.last, walk.last)
        same_order(case, f"a walk with {pages_of(size)}", call, readings, shown)


@requirement(
    "PAG-018",
    SHOULD,
    clause=_CONSISTENT,
    title="A shorter first page is the beginning of a longer one",
)
def first_pages_begin_alike(case: Case) -> None:
    """Compares the first pages of all sizes: the rows of a shorter one are the first rows of a longer one."""
    for listing in _shorts(case):
        longest = walked(case, listing.call, LARGEST).pages[0]
        with case.part(listing.operation.operation_id):
            for size, walk in short_walks(case, listing):
                begins_alike(case, listing.call, size, walk.pages[0], longest)


@requirement(
    "PAG-019",
    SHOULD,
    clause=_CONSISTENT,
    title="A row has the same values on whatever page it comes",
)
def same_values_on_any_page(case: Case) -> None:
    """Compares each row of the walks with the same row on a page of 500. Where they differ, both are read again, so
    that a value that changed meanwhile isn't taken for a fault.
    """
    for listing in _shorts(case):
        operation = listing.operation
        with case.part(operation.operation_id):
            same_values(case, short_walks(case, listing))
        with case.part(operation.operation_id):
            same_values(case, long_walks(case, operation))


@requirement(
    "PAG-033",
    SANDBOX,
    clause=f"{_OWN}: the contract's x-sepolo-order.",
    title="The rows of a list come in the order that the contract gives",
)
def contract_order(case: Case) -> None:
    """Compares each row of a page of 500 with the one before, by the members of x-sepolo-order."""
    for listing in case.listings([operation for operation in case.contract.operations.values() if operation.order]):
        order = listing.operation.order
        wrong = out_of_order(listing.rows, order)
        actual = f"row {wrong} comes before row {wrong - 1}" if wrong else ""
        expected = f"{listing.operation.operation_id}: sorted by {', '.join(order)}"
        case.expect(wrong is None, expected, actual, listing.exchange)


@requirement(
    "PAG-034",
    SHOULD,
    clause="Samples are a series in time, paged through for analytics.",
    title="Telemetry comes in the order of its stamps, rising or falling",
)
def telemetry_in_time(case: Case) -> None:
    """Looks at the stamps of long walks through telemetry: they only rise, or only fall."""
    for size, walk in long_walks(case, case.operation("listDeviceTelemetry")):
        rising, falling = (out_of_order(walk.rows, order) for order in (("stamp",), ("-stamp",)))
        actual = f"rows {rising} and {falling} of a walk with {pages_of(size)} go different ways"
        case.expect(rising is None or falling is None, "stamps in order of time, either way", actual, walk.last)


# -- Cursors --------------------------------------------------------------------------------------------------


@requirement(
    "PAG-020",
    SHOULD,
    clause=f"{_CURSOR} A GET may be repeated (RFC 9110), as after a lost answer.",
    title="A cursor gives its page again, in whatever order pages are asked for",
)
def cursors_repeat(case: Case) -> None:
    """Reads the first page and a later one of each list again, then wanders through all lists at once: on, again and
    back, as Hypothesis decides.
    """
    cursor_uses.repeat(case, list(_shorts(case)))
    cursor_uses.wander(case, list(_shorts(case)), resize=False)


@requirement(
    "PAG-021",
    SANDBOX,
    clause=f"{_OWN}: a cursor says where to go on, pageSize how far.",
    title="The page size may change in the middle of a walk",
)
def size_may_change(case: Case) -> None:
    """Walks each list with pages of growing and shrinking sizes, then wanders as in PAG-020 with any sizes."""
    cursor_uses.resize(case, list(_shorts(case)))
    cursor_uses.wander(case, list(_shorts(case)), resize=True)


@requirement(
    "PAG-022",
    SHOULD,
    clause=f"{_CURSOR} It travels in a URL, through curl, Excel and Power Query.",
    title="A cursor needs no percent-encoding",
)
def cursors_are_url_safe(case: Case) -> None:
    """Looks at every cursor of the walks."""
    for operation, _, walk in _walks(case):
        for page in walk.pages:
            cursor = page.member("nextCursor")
            if isinstance(cursor, str) and cursor:
                good = _URL_SAFE.fullmatch(cursor) is not None
                case.expect(good, f"{operation.operation_id}: letters, digits, - . _ ~ in a cursor", cursor, page)


@requirement(
    "PAG-024",
    MUST,
    clause=_ISOLATION,
    title="An altered, cut or made-up cursor brings no 5xx and no row that isn't in the list",
)
def spoilt_cursors_show_nothing_else(case: Case) -> None:
    """Alters, cuts and makes up cursors of each list, and looks for rows that the list doesn't hold."""
    for listing in _shorts(case):
        with case.part(listing.operation.operation_id):
            tried = (
                *cursor_uses.made_up(case, listing),
                cursor_uses.odd(case, listing),
                *cursor_uses.spoilt(case, listing),
            )
            for cursor, page in tried:
                cursor_uses.expect_own_rows(case, cursor, page, listing.call)


@requirement(
    "PAG-025",
    SHOULD,
    clause=f'{_CURSOR} And: "validation errors return 400".',
    title="A made-up cursor is refused with 400",
)
def made_up_cursors_refused(case: Case) -> None:
    """Makes up cursors for each list."""
    for listing in _shorts(case):
        for cursor, page in cursor_uses.made_up(case, listing):
            expected = f"{listing.operation.operation_id} refuses cursor={cursor}: status 400"
            case.expect(page.status == 400, expected, _served(page), page)


@requirement(
    "PAG-026",
    SANDBOX,
    clause=f"{_OWN}: cursors are signed.",
    title="A cursor changed in any place, cut or prolonged is refused with 400",
)
def spoilt_cursors_refused(case: Case) -> None:
    """Changes cursors of each list at their beginning, middle and end, then anywhere, as Hypothesis decides."""
    for listing in _shorts(case):
        with case.part(listing.operation.operation_id):
            for cursor, page in cursor_uses.spoilt(case, listing):
                expected = f"{listing.operation.operation_id} refuses an altered cursor, {cursor}: status 400"
                case.expect(page.status == 400, expected, _served(page), page)
    cursor_uses.spoil_anywhere(case, list(_shorts(case)))


@requirement(
    "PAG-027",
    MUST,
    clause=_ISOLATION,
    title="A cursor of another organisation brings none of its rows and no 5xx",
)
def strange_cursors_show_nothing(case: Case) -> None:
    """Uses cursors of a second organisation's lists in the first's, and looks for ids that only the second has."""
    for listing in _shorts(case):
        with case.part(listing.operation.operation_id):
            page, strange = cursor_uses.stranger(case, listing)
            home = case.home.listing(listing.operation.operation_id)
            own = {complete_identity(listing.operation, row) for row in home.rows}
            found = [row for row in page.rows if complete_identity(listing.operation, row) in strange - own]
            if found and not home.complete and _may_be_shared(listing.operation):
                case.vacuous("the list is too long to tell its own ids from those of others")
            expected = f"{listing.operation.operation_id}: no rows of the organisation whose cursor was used"
            case.expect(page.status < 500 and not found, expected, f"{_served(page)}: {found[:1]}", page)


def _may_be_shared(operation: Operation) -> bool:
    """Return whether two organisations may have rows of the same id: customer numbers, say, unlike a uuid."""
    return operation.page is not None and operation.page.identity in (("customerId",), ("deviceId",))


@requirement(
    "PAG-028",
    SANDBOX,
    clause=f"{_OWN}: a cursor belongs to its operation, path, filters and key.",
    title="A cursor used elsewhere than where it came from is refused with 400",
)
def borrowed_cursors_refused(case: Case) -> None:
    """Uses a cursor of each list with another operation, path, filter, key and organisation."""
    for listing in _shorts(case):
        with case.part(listing.operation.operation_id):
            for where, page, _ in cursor_uses.borrowed(case, listing):
                expected = f"{listing.operation.operation_id} refuses a cursor {where}: status 400"
                case.expect(page.status == 400, expected, _served(page), page)
        with case.part(listing.operation.operation_id):
            page, _ = cursor_uses.stranger(case, listing)
            expected = f"{listing.operation.operation_id} refuses a cursor of another organisation: status 400"
            case.expect(page.status == 400, expected, _served(page), page)


@requirement(
    "PAG-029",
    MUST,
    clause=_ISOLATION,
    title="A cursor of another list or filter brings no 5xx and no row of neither list",
)
def borrowed_cursors_show_nothing_else(case: Case) -> None:
    """Uses cursors as in PAG-028 and looks for rows that neither list holds."""
    for listing in _shorts(case):
        with case.part(listing.operation.operation_id):
            for where, page, sources in cursor_uses.borrowed(case, listing):
                cursor_uses.expect_own_rows(case, where, page, *sources)


# -- Our own choices ------------------------------------------------------------------------------------------


@requirement(
    "PAG-031",
    SANDBOX,
    clause=_OWN,
    title="Without pageSize a page has up to 100 rows",
)
def default_size(case: Case) -> None:
    """Reads lists without pageSize and counts rows where there are more than the default."""
    for listing in case.listings(paged_lists(case.contract)):
        default = listing.operation.page.default if listing.operation.page else None
        rows = len(_sized(case, listing, None).rows)
        wanted = min(default or LARGEST, len(listing.rows))
        expected = f"{listing.operation.operation_id} without pageSize: {wanted} rows"
        case.expect(rows == wanted, expected, f"{rows} rows", _sized(case, listing, None))
