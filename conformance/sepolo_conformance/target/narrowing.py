"""Calls that return only some rows of a list, by a shorter window or a filter. No I/O."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import datetime

from sepolo_conformance.api.calls import Call, Listing
from sepolo_conformance.api.filter_rules import equality_filters
from sepolo_conformance.api.row_times import row_times


def narrower_calls(listing: Listing, at_least: int, at_most: int) -> Iterator[Call]:
    """Yield calls that return `at_least` to `at_most` of the known rows of a list, windows first."""
    yield from _by_window(listing, at_least, at_most)
    yield from _by_filter(listing, at_least, at_most)


def _by_window(listing: Listing, at_least: int, at_most: int) -> Iterator[Call]:
    """Yield windows whose ends are times of rows."""
    if listing.call.operation.window is None:
        return
    times = row_times(listing.operation, listing.rows)
    # Several rows may have the same time, so the rows between two times have to be counted.
    spans = [
        (start, times[first + at_least - 1])
        for first, start in enumerate(times[: 1 - at_least])
        if at_least <= bisect_right(times, times[first + at_least - 1]) - bisect_left(times, start) <= at_most
    ]
    # From the middle, because a running system changes rows at the ends of the data.
    for divisor in (2, 4, 3):
        if spans:
            yield listing.call.within(*_widened(times, *spans[len(spans) // divisor], at_most))


def _widened(times: list[datetime], start: datetime, stop: datetime, at_most: int) -> tuple[datetime, datetime]:
    """Return the window with its end moved as far as `at_most` rows allow."""
    first, after = bisect_left(times, start), bisect_right(times, stop)
    while after < len(times) and bisect_right(times, times[after]) - first <= at_most:
        after = bisect_right(times, times[after])
    return start, times[after - 1]


def _by_filter(listing: Listing, at_least: int, at_most: int) -> Iterator[Call]:
    """Yield calls with one filter that enough rows match, two values of each filter at most."""
    for name in equality_filters(listing.operation.operation_id):
        counts = {value: sum(row.get(name) == value for row in listing.rows) for value in listing.values(name)}
        fitting = [value for value, count in counts.items() if at_least <= count <= at_most]
        yield from (listing.call.having({name: value}) for value in fitting[:2])
