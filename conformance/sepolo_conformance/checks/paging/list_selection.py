"""The lists that checks of this area read, and the walks through them."""

from collections.abc import Iterator

from sepolo_conformance.api.calls import Listing, is_paged, lists, paged_lists
from sepolo_conformance.checks.common.list_walks import short_list, short_walks
from sepolo_conformance.engine import Case, Walk
from sepolo_openapi.contract import Operation


def short_lists(case: Case) -> Iterator[Listing]:
    """Yield a short list with rows for each operation with page parameters."""
    for operation in paged_lists(case.contract):
        found = None
        with case.part(operation.operation_id):
            found = short_list(case, operation)
        if found is not None:
            yield found


def short_list_walks(case: Case) -> Iterator[tuple[Operation, int | None, Walk]]:
    """Yield walks through a short list of each operation: the operation, the page size and the walk."""
    for listing in short_lists(case):
        for size, walk in short_walks(case, listing):
            yield listing.operation, size, walk


def unpaged_lists(case: Case) -> list[Operation]:
    """Return the list operations without page parameters: service visits, appointments and vendors."""
    return [operation for operation in lists(case.contract) if not is_paged(operation)]
