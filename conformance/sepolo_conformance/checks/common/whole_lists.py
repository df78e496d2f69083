"""The longest list of each kind, read to its end once in a run for all checks that look at many rows.

Discovery reads a first page of at most 500 rows. A limit on the number of rows, and rows that come late in a list, show
only further on.
"""

from datetime import timedelta

from sepolo_conformance.api.calls import Call, Listing, is_paged
from sepolo_conformance.engine import Case, NotTested, Vacuous, Walk, once_in_run

MAX_PAGES = 41
"""Pages of the largest size after which a walk is abandoned: 20,500 rows, so that usual limits such as 10,000 show."""
_SHARE_OF_BUDGET = 0.04
"""Share of the time budget of the run after which a walk is abandoned."""
_YEAR, _HALF_YEAR, _DAY = timedelta(days=366), timedelta(days=183), timedelta(days=1)
_LARGEST_ARRAY = 9_000
"""The most daily rows of all devices that are requested together; of more than 10,000 not all are kept."""


def whole_list(case: Case, operation_id: str) -> Listing:
    """Return the longest list of an operation with the rows of all pages; raises as `Discovery.listing`.

    `complete` is False if the end was not reached. `exchange` is the last page, which follows the other pages.
    """
    walk = whole_walk(case, operation_id)
    reader = case.home.listing(operation_id).reader
    return Listing(walk.call, reader, tuple(walk.rows), walk.ended, walk.last)


@once_in_run
def whole_walk(case: Case, operation_id: str) -> Walk:
    """Return the walk over the longest list of an operation, made once in a run; raises as `Discovery.listing`."""
    return longest_walk(case, operation_id)


def longest_walk(case: Case, operation_id: str) -> Walk:
    """Make the walk of `whole_walk` now."""
    listing = case.home.listing(operation_id)
    call = _longest(case, listing)
    if call.target == listing.call.target:
        return _walk(case, listing)
    walk = case.walk(call.with_page_size(), key=listing.reader, pages=MAX_PAGES, share=_SHARE_OF_BUDGET)
    # A deployment may allow only shorter windows than the contract.
    return walk if walk.pages[0].rows else _walk(case, listing)


def _walk(case: Case, listing: Listing) -> Walk:
    """Continue the first page of a list."""
    call = listing.call.with_page_size()
    return case.walk(call, key=listing.reader, pages=MAX_PAGES, share=_SHARE_OF_BUDGET, first=listing.exchange)


def _longest(case: Case, listing: Listing) -> Call:
    """Return the call with the longest window that the contract allows; windows of devices of a month are kept."""
    operation, call, now = listing.operation, listing.call, case.target.now()
    window = operation.window
    if window is None or case.settings.window is not None or window.max_days == 31:
        return call
    if not is_paged(operation) and operation.page is None:
        return _days(case, call)
    if window.max_days is not None:
        return call.within(now - _HALF_YEAR, now + _HALF_YEAR)
    return call.within(now + _DAY - _YEAR, now + _DAY)


def _days(case: Case, call: Call) -> Call:
    """Return the call of the daily rows of all devices, of as many days as are not too many rows, or of one device."""
    now = case.target.now()
    try:
        devices = case.home.listing("listDevices")
    except (NotTested, Vacuous):
        devices = None
    if devices is None or not devices.complete:
        return call.within(now - _YEAR, now)
    days = max(1, min(366, _LARGEST_ARRAY // len(devices.rows)))
    return call.within(now - timedelta(days=days), now).having(deviceId=None)
