"""pageSize: which values are accepted, and how many rows a page contains."""

from sepolo_conformance.api.calls import Call, Listing, paged_lists
from sepolo_conformance.checks.common.list_walks import MAX_PAGE_SIZE, short_list, walk_once
from sepolo_conformance.checks.common.response_checks import expect_accepted, expect_rejected, outcome
from sepolo_conformance.checks.common.window_calls import any_list_call
from sepolo_conformance.checks.paging.list_selection import short_list_walks, short_lists
from sepolo_conformance.engine import MUST, SANDBOX, SHOULD, Case, Exchange, Vacuous, describe, fetch_once, requirement
from sepolo_openapi.contract import Operation

_MAXIMUM = 'Published page: "Page size, maximum 500."'
_INTEGER = 'Published page: "validation errors return 400", and pageSize is an integer.'

_HUGE = 2**31 - 1
_BELOW_ONE = ("0", "-1")
_NOT_A_NUMBER = "abc"
_ODD_NUMBERS = ("2147483648", "1.5", "", "1e2", " 5", "+5", "0x10", "\N{ARABIC-INDIC DIGIT THREE}", "5,5", "-0")


def _first_page(case: Case, call: Call | Listing, size: object) -> Exchange:
    """Read the first page with a pageSize, once in a run; None leaves pageSize out."""
    call = call.call if isinstance(call, Listing) else call
    return fetch_once(case, call.having(pageSize=size))


def _accepted_call(case: Case, operation: Operation) -> Call:
    """Return the call of a short list, or any valid call where no short list was found."""
    try:
        return short_list(case, operation).call
    except Vacuous:
        return any_list_call(case, operation)


@requirement("PAG-002", MUST, clause=_MAXIMUM, title="A page never contains more rows than pageSize")
def rows_within_page_size(case: Case) -> None:
    """Counts the rows on every page of walks with small, medium and the largest page sizes."""
    for operation, size, walk in short_list_walks(case):
        for page in walk.pages:
            rows, most = len(page.rows), size or MAX_PAGE_SIZE
            case.expect(rows <= most, f"{operation.operation_id}: at most {most} rows", f"{rows} rows", page)


@requirement(
    "PAG-036",
    MUST,
    clause=f"{_MAXIMUM} Each request has its own pageSize.",
    title="A later page never contains more rows than its own pageSize, if that is smaller than the first page's",
)
def rows_within_changed_page_size(case: Case) -> None:
    """Reads a first page of 3 rows of each list, and the next page with pageSize=1. A deployment may reject the change
    of pageSize. FLT-033 crosses page sizes with filters, windows, keys and headers."""
    for listing in short_lists(case):
        name = listing.operation.operation_id
        with case.part(name):
            first = walk_once(case, listing.call, 3).pages[0]
            cursor = first.member("nextCursor")
            if not isinstance(cursor, str) or not cursor:
                case.vacuous("the list has no second page")
            page = case.call(listing.call.having(pageSize=1, cursor=cursor), follows=first)
            good = len(page.rows) <= 1 if page.ok else page.status == 400
            case.expect(good, f"{name}: at most 1 row with pageSize=1, or 400", outcome(page), page)


@requirement("PAG-006", MUST, clause=_MAXIMUM, title="Page sizes from 1 to 500 are accepted, both ends included")
def sizes_up_to_maximum_are_accepted(case: Case) -> None:
    """Reads a first page of 1, 2, 499 and 500 rows from each operation."""
    for operation in paged_lists(case.contract):
        with case.part(operation.operation_id):
            call = _accepted_call(case, operation)
            for size in (1, 2, MAX_PAGE_SIZE - 1, MAX_PAGE_SIZE):
                # The walks have read most of these pages already.
                page = (
                    walk_once(case, call, size).pages[0] if size != MAX_PAGE_SIZE - 1 else _first_page(case, call, size)
                )
                expect_accepted(case, f"{operation.operation_id} with pageSize={size}", page)


@requirement(
    "PAG-007", MUST, clause=_MAXIMUM, title="No page contains more than 500 rows, with any pageSize or without one"
)
def rows_within_maximum(case: Case) -> None:
    """Reads lists of more than 500 rows with pageSize 501, with 2147483647 and without pageSize."""
    long = [listing for listing in case.listings(paged_lists(case.contract)) if not listing.complete]
    for listing in long:
        for size in (MAX_PAGE_SIZE + 1, _HUGE, None):
            page = _first_page(case, listing, size)
            rows = len(page.rows)
            given = "without pageSize" if size is None else f"with pageSize={size}"
            expected = f"{listing.operation.operation_id} {given}: 400, or at most {MAX_PAGE_SIZE} rows"
            good = rows <= MAX_PAGE_SIZE if page.ok else page.status == 400 and size is not None
            case.expect(good, expected, f"{rows} rows" if page.ok else describe(page), page)
    if not long:
        case.vacuous(f"no list has more than {MAX_PAGE_SIZE} rows")


@requirement(
    "PAG-008",
    SHOULD,
    clause=f'{_MAXIMUM} And: "validation errors return 400".',
    title="pageSize 501 is rejected with 400",
)
def size_above_maximum_is_rejected(case: Case) -> None:
    """Reads a page of 501 rows from each operation."""
    for listing in case.listings(paged_lists(case.contract)):
        page = _first_page(case, listing, MAX_PAGE_SIZE + 1)
        expect_rejected(case, f"{listing.operation.operation_id} with pageSize={MAX_PAGE_SIZE + 1}", page)


@requirement(
    "PAG-009",
    MUST,
    clause=f"{_INTEGER} A page size must be at least 1.",
    title="pageSize 0 or less is rejected with 400, or returns an ordinary page",
)
def size_below_one(case: Case) -> None:
    """Reads pages of 0 and -1 rows from each operation."""
    for listing in short_lists(case):
        for size in _BELOW_ONE:
            page = _first_page(case, listing, size)
            ordinary = page.ok and isinstance(page.member("data"), list) and len(page.rows) <= MAX_PAGE_SIZE
            expected = f"{listing.operation.operation_id} with pageSize={size}: 400, or at most {MAX_PAGE_SIZE} rows"
            case.expect(page.status == 400 or ordinary, expected, outcome(page), page)


@requirement("PAG-010", MUST, clause=_INTEGER, title="A pageSize that is not a number is rejected with 400")
def non_numeric_size_is_rejected(case: Case) -> None:
    """Sends pageSize=abc to each operation."""
    for listing in short_lists(case):
        page = _first_page(case, listing, _NOT_A_NUMBER)
        expect_rejected(case, f"{listing.operation.operation_id} with pageSize={_NOT_A_NUMBER}", page)


@requirement(
    "PAG-011",
    SANDBOX,
    clause="Our own choice: pageSize is a plain integer from 1 to 500, given once.",
    title="Any other pageSize is rejected with 400",
)
def odd_sizes_are_rejected(case: Case) -> None:
    """Sends pageSize 0, -1 and 501, two numbers in unusual notation, and pageSize twice, to each operation."""
    for place, listing in enumerate(short_lists(case)):
        name = listing.operation.operation_id
        odd = [_ODD_NUMBERS[(2 * place + step) % len(_ODD_NUMBERS)] for step in range(2)]
        for size in (*_BELOW_ONE, str(MAX_PAGE_SIZE + 1), *odd):
            expect_rejected(case, f"{name} with pageSize={size!r}", _first_page(case, listing, size))
        query = [*listing.call.query.items(), ("pageSize", 5), ("pageSize", 5)]
        page = case.get(listing.operation, listing.call.ids, query)
        expect_rejected(case, f"{name} with pageSize given twice", page)


@requirement(
    "PAG-031",
    SANDBOX,
    clause="Our own choice: the published page names no default.",
    title="A page contains up to 100 rows if pageSize is left out",
)
def default_size(case: Case) -> None:
    """Reads each list without pageSize and counts the rows, where the list has more rows than the default."""
    for listing in case.listings(paged_lists(case.contract)):
        default = listing.operation.page.default if listing.operation.page else None
        page = _first_page(case, listing, None)
        rows, wanted = len(page.rows), min(default or MAX_PAGE_SIZE, len(listing.rows))
        expected = f"{listing.operation.operation_id} without pageSize: {wanted} rows"
        case.expect(rows == wanted, expected, f"{rows} rows", page)
