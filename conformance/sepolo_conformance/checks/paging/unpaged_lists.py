"""Lists without page parameters: service visits, appointments and vendors come complete on one page."""

from sepolo_conformance.checks.paging.clauses import CONSISTENT
from sepolo_conformance.checks.paging.list_selection import unpaged_lists
from sepolo_conformance.compare.sequences import Reading, describe_rows, repeated_rows
from sepolo_conformance.engine import MUST, SHOULD, Case, requirement


@requirement("PAG-014", MUST, clause=CONSISTENT, title="A list without page parameters contains no row twice")
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
