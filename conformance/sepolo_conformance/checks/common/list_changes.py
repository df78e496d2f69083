"""Whether a list changed while it was read.

A deployment in use adds, removes and updates rows at any time. A check that finds a difference between two readings
of a list reads the list again before it reports a finding, and gives no verdict if the rows changed in between.
"""

from sepolo_conformance.api.calls import Call, Listing, is_paged
from sepolo_conformance.checks.common.list_walks import MAX_PAGE_SIZE, walk_again
from sepolo_conformance.compare.sequences import Reading, changed_values
from sepolo_conformance.engine import Case, Exchange

CHANGED = "rows of the list changed while it was read"
"""The reason why a part of a check ends without a verdict."""


def list_changed(case: Case, call: Call, *readings: Reading, pages: int | None = None, additions: bool = True) -> bool:
    """Read a list again and return whether its rows were added, removed or updated since the given readings.

    `pages` limits how many pages of 500 are read, and has to cover what the readings cover. Rows were added only if a
    reading that reached the end of the list lacks them; `additions=False` ignores them, for comparisons of order.
    """
    first, *others = readings
    if any(changed_values(first, other) for other in others):
        return True
    fresh = walk_again(case, call, MAX_PAGE_SIZE if is_paged(call.operation) else None, pages).reading
    now = set(fresh.row_ids)
    for reading in readings:
        before = set(reading.row_ids)
        if before - now or changed_values(reading, fresh):
            return True
        if additions and reading.ended and now - before:
            return True
    return False


def data_changed(case: Case, call: Call, before: Exchange) -> bool:
    """Make a call again with the key of an earlier response, and return whether its data changed since."""
    now = case.call(call, key=before.request.key)
    return now.fault is None and before.fault is None and now.data != before.data


def end_if_changed(
    case: Case, call: Call, *readings: Reading, pages: int | None = None, additions: bool = True
) -> None:
    """End the part without a verdict if the list changed since it was read, see `list_changed`."""
    if list_changed(case, call, *readings, pages=pages, additions=additions):
        case.vacuous(CHANGED)


def end_if_listing_changed(case: Case, listing: Listing) -> None:
    """End the part without a verdict if the first page of a listing changed since it was read."""
    end_if_changed(case, listing.call, Reading.of_listing(listing), pages=1)
