"""The envelope of a list: data, nextCursor and hasMore, also of lists without page parameters."""

import re
from collections.abc import Iterator, Mapping

from sepolo_conformance.checks.common.clauses import CONSISTENT_PAGING, PREVIOUS_CURSOR
from sepolo_conformance.checks.paging.list_selection import short_list_walks, unpaged_lists
from sepolo_conformance.compare.sequences import Reading, describe_rows, repeated_rows
from sepolo_conformance.engine import MUST, SHOULD, Case, Exchange, requirement
from sepolo_openapi.contract import Operation

_ENVELOPE = 'Published page: "List endpoints use the same envelope": data, nextCursor, hasMore.'
_MEMBERS: Mapping[str, tuple[type, ...]] = {"data": (list,), "nextCursor": (str, type(None)), "hasMore": (bool,)}
_URL_SAFE = re.compile(r"[A-Za-z0-9._~-]+", re.ASCII)


def _pages(case: Case) -> Iterator[tuple[Operation, Exchange]]:
    """Yield every 200 page of the walks through short lists, and the only page of each list without page parameters."""
    for operation, _, walk in short_list_walks(case):
        yield from ((operation, page) for page in walk.pages if page.status == 200)
    for listing in case.listings(unpaged_lists(case)):
        yield listing.operation, listing.exchange


@requirement("PAG-001", MUST, clause=_ENVELOPE, title="nextCursor is a non-empty string while hasMore is true")
def cursor_follows_has_more(case: Case) -> None:
    """Walks a short list of each operation at several page sizes and checks nextCursor on each page with hasMore."""
    for operation, page in _pages(case):
        if page.member("hasMore") is True:
            cursor = page.member("nextCursor")
            good = isinstance(cursor, str) and cursor != ""
            expected = f"{operation.operation_id}: nextCursor is a non-empty string, as hasMore is true"
            case.expect(good, expected, f"nextCursor {cursor!r}", page)


@requirement(
    "PAG-004",
    MUST,
    clause=_ENVELOPE,
    title="Every page of every list contains data (array), nextCursor (string or null) and hasMore (boolean)",
)
def envelope_members(case: Case) -> None:
    """Checks the three members on every page of the walks, and on lists without page parameters."""
    for operation, page in _pages(case):
        body = page.data if page.fault is None and isinstance(page.data, dict) else {}
        wrong = [name for name, kinds in _MEMBERS.items() if name not in body or not isinstance(body[name], kinds)]
        shown = ", ".join(f"{name} {str(body[name])[:80]!r}" if name in body else f"no {name}" for name in wrong)
        expected = f"{operation.operation_id}: data is an array, nextCursor a string or null, hasMore true or false"
        case.expect(not wrong, expected, shown, page)


@requirement(
    "PAG-005",
    SHOULD,
    clause="Published page: its example of a last page has nextCursor null and hasMore false.",
    title="nextCursor is null where hasMore is false",
)
def last_page_has_no_cursor(case: Case) -> None:
    """Checks nextCursor on the last page of each walk, and on lists without page parameters."""
    for operation, page in _pages(case):
        if page.member("hasMore") is False:
            cursor = page.member("nextCursor")
            expected = f"{operation.operation_id}: nextCursor is null, as hasMore is false"
            case.expect(cursor is None, expected, f"nextCursor {cursor!r}", page)


@requirement(
    "PAG-022",
    SHOULD,
    clause=f"{PREVIOUS_CURSOR} Clients put it into a URL, often without percent-encoding: curl, Excel, Power Query.",
    title="A cursor contains only characters that need no percent-encoding",
)
def cursors_are_url_safe(case: Case) -> None:
    """Checks the characters of every cursor of the walks through short lists."""
    for operation, _, walk in short_list_walks(case):
        for page in walk.pages:
            cursor = page.member("nextCursor")
            if isinstance(cursor, str) and cursor:
                good = _URL_SAFE.fullmatch(cursor) is not None
                expected = f"{operation.operation_id}: a cursor of letters, digits and - . _ ~ only"
                case.expect(good, expected, f"nextCursor {cursor!r}", page)


@requirement("PAG-014", MUST, clause=CONSISTENT_PAGING, title="A list without page parameters contains no row twice")
def no_row_twice(case: Case) -> None:
    """Looks for ids that occur twice in service visits, appointments and vendors."""
    for listing in case.listings(unpaged_lists(case)):
        double = repeated_rows(Reading.of_listing(listing))
        name = listing.operation.operation_id
        case.expect(not double, f"{name}: no row twice", describe_rows(listing.operation, double), listing.exchange)


@requirement(
    "PAG-030",
    SHOULD,
    clause="Published page: service visits, appointments and vendors have no page parameters.",
    title="A list without page parameters is complete on one page",
)
def one_page_is_complete(case: Case) -> None:
    """Checks that hasMore is not true in service visits, appointments and vendors."""
    for listing in case.listings(unpaged_lists(case)):
        more = listing.exchange.member("hasMore")
        expected = f"{listing.operation.operation_id} has no page parameters: hasMore is false"
        case.expect(more is not True, expected, f"hasMore is {more}", listing.exchange)
