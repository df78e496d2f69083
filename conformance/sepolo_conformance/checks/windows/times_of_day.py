"""The time of day of a window's ends: a server that compares dates only loses or gains the rows of a day."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sepolo_conformance.api.calls import Call, Listing
from sepolo_conformance.api.row_times import extent, row_time, row_times, shown_times
from sepolo_conformance.api.timestamps import LAST, TOLERANCE, stamp
from sepolo_conformance.checks.common.list_changes import data_changed, end_if_listing_changed
from sepolo_conformance.checks.common.window_calls import (
    MARGIN,
    call_without_window,
    known_list,
    read_once,
    span_text,
    windowed_lists,
)
from sepolo_conformance.checks.windows.windowed_calls import midnight_after
from sepolo_conformance.compare.rows import Row
from sepolo_conformance.engine import SHOULD, Case, Exchange, fetch_once, requirement
from sepolo_openapi.contract import Operation

_CLAUSE = "Published page: both ends have the type date-time, not date."
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_ROWS = 100
"""How many rows of a list a window has at most on either side of midnight, so that it fits on a page."""
_TRIED = 40
"""How many midnights are tried to find one with rows on both days."""
_BOTH = 3
"""Rows on both days: 1 stands for the day before midnight, 2 for the day after it."""


@dataclass(frozen=True, slots=True)
class _Night:
    """A quiet time: no row of a list shows a time from `quiet` to `stop`, which is a midnight or lies after it.

    `first` and `last` are the ends of a window around it, with rows of the days before and after it.
    """

    quiet: datetime
    stop: datetime
    first: datetime
    last: datetime

    def windows(self) -> Iterator[tuple[str, tuple[datetime, datetime], tuple[datetime, datetime]]]:
        """Yield two pairs of windows that differ in one end, which lies at either end of the quiet time."""
        yield "end", (self.first, self.quiet), (self.first, self.stop)
        yield "start", (self.quiet, self.last), (self.stop, self.last)

    def is_beside(self, times: list[datetime]) -> bool:
        """Return whether none of some times lies in the quiet time."""
        return not any(self.quiet - TOLERANCE <= time <= self.stop + TOLERANCE for time in times)


@requirement(
    "WIN-035",
    SHOULD,
    clause=_CLAUSE,
    title="Moving an end of a window within a day, over a time without rows, changes neither rows nor sums",
)
def time_of_day_counts(case: Case) -> None:
    """Compares windows that end, and windows that start, at the last time of a day's rows and at the midnight after it.

    A server that drops the time of day reads one of the two as a day earlier or later. Rows with a time in between are
    not judged, nor are those that show no end. Service performance is compared where the listed visits show no time in
    between, also with the first time of the next day. Daily rows belong to whole days, see WIN-028.
    """
    for operation in windowed_lists(case):
        if operation.operation_id != "getTelemetryDaily":
            with case.part(operation.operation_id):
                listing, nights = _known_nights(case, operation)
                if not nights:
                    case.vacuous("no row lies on a day whose midnight is in the window")
                for night, _ in nights:
                    _expect_same_rows(case, listing, night)
    with case.part("getServicePerformance"):
        visits = known_list(case, case.operation("listServiceVisits"))
        for night, resumed in _nights(visits):
            _expect_same_sums(case, visits, night)
            _expect_same_sums(case, visits, replace(night, stop=resumed))


def _expect_same_rows(case: Case, listing: Listing, night: _Night) -> None:
    """Expect two windows to contain the same rows, except those with a time between the ends that differ."""
    operation = listing.operation
    for name, *windows in night.windows():
        (page, one), (other_page, other) = (read_once(case, listing.call.within(*window)) for window in windows)
        wrong: list[Row] = []
        for reading, against in ((one, other), (other, one)):
            known = set(against.row_ids)
            rows = zip(reading.row_ids, reading.rows, strict=True) if against.ended else ()
            wrong += [row for row_id, row in rows if row_id not in known and _is_judged(listing, row, night)]
        if wrong:
            end_if_listing_changed(case, listing)
        expected = (
            f"{operation.operation_id} with its {name} at {stamp(night.quiet)} and at {stamp(night.stop)}: "
            "the same rows, as they show no time in between"
        )
        case.expect(not wrong, expected, f"only in one of both: {span_text(operation, wrong)}", (page, other_page))


def _expect_same_sums(case: Case, visits: Listing, night: _Night) -> None:
    """Expect the service performance of two windows to be the same, as no visit has a time between the two ends."""
    plain = call_without_window(case, case.operation("getServicePerformance"))
    for name, *windows in night.windows():
        calls = [plain.within(*window) for window in windows]
        one, other = (fetch_once(case, call) for call in calls)
        sums = [_sums(page) for page in (one, other)]
        same = sums[0] == sums[1]
        if not same:
            _end_if_explained(case, visits, night, calls, (one, other))
        expected = (
            f"service performance with its {name} at {stamp(night.quiet)} and at {stamp(night.stop)}: "
            "the same, as no visit shows a time in between"
        )
        case.expect(same, expected, f"{sums[0]} and {sums[1]}", (visits.exchange, one, other))


def _end_if_explained(
    case: Case, visits: Listing, night: _Night, calls: list[Call], before: tuple[Exchange, Exchange]
) -> None:
    """End the part if the sums changed meanwhile, or if a visit that was not known has a time between the ends."""
    if any(data_changed(case, call, page) for call, page in zip(calls, before, strict=True)):
        case.vacuous("the sums changed while they were read")
    page, _ = read_once(case, visits.call.within(night.quiet, night.stop))
    if not all(night.is_beside(shown_times(visits.operation, row)) for row in page.rows):
        case.vacuous("a visit has a time between the ends")


def _sums(page: Exchange) -> dict[str, object]:
    names = ("totalVisits", "completedVisits", "openVisits", "estimatedCost", "actualCost")
    return {name: page.member(name) for name in names}


def _is_judged(listing: Listing, row: Row, night: _Night) -> bool:
    """Return whether a row has ended, as far as it shows, and has no time between the ends."""
    span = extent(listing.operation, row)
    return span is not None and span[1] != LAST and night.is_beside(shown_times(listing.operation, row))


def _known_nights(case: Case, operation: Operation) -> tuple[Listing, list[tuple[_Night, datetime]]]:
    """Return a list and the nights to judge it at."""
    listing = known_list(case, operation)
    nights = _nights(listing)
    if not nights and operation.operation_id == "listDeviceTelemetry":
        # The known telemetry is that of an hour around a cycle, and a page of telemetry may end on its first day.
        cycles = known_list(case, case.operation("listPointGuardCycles"))
        if cycles.call.ids == listing.call.ids:
            nights = [
                (replace(night, first=night.quiet - _HOUR, last=resumed + _HOUR), resumed)
                for night, resumed in _nights(cycles)
            ]
    return (listing, nights) if nights else (found := case.home.listing(operation.operation_id), _nights(found))


def _nights(listing: Listing) -> list[tuple[_Night, datetime]]:
    """Return nights, each with the end of its quiet time: one with rows on the days before and after it, or else one
    with rows before and one with rows after it.

    The ends of months come first, then nights in the middle of the rows.
    """
    starts = row_times(listing.operation, listing.rows)
    every = sorted(time for row in listing.rows for time in shown_times(listing.operation, row))
    rows = [(time, row) for row in listing.rows if (time := row_time(listing.operation, row)) is not None]
    days = {midnight_after(start) - step for start in starts for step in (timedelta(), _DAY)}
    middle = starts[len(starts) // 2] if starts else LAST
    found: dict[int, tuple[_Night, datetime]] = {}
    for midnight in sorted(days, key=lambda day: (day.day != 1, abs(day - middle), day))[:_TRIED]:
        night = _night(listing, midnight, starts, every)
        if night is not None:
            near = [time for time, row in rows if abs(time - midnight) < _DAY and _is_judged(listing, row, night[0])]
            sides = any(time < midnight for time in near) + 2 * any(time > midnight for time in near)
            found.setdefault(sides, night)
            if sides == _BOTH:
                return [night]
    return [night for sides, night in sorted(found.items(), key=lambda one: one[0]) if sides]


def _night(
    listing: Listing, midnight: datetime, starts: list[datetime], every: list[datetime]
) -> tuple[_Night, datetime] | None:
    """Return the night of a midnight, whose quiet time is half a day at most; None if the list's window ends there.

    `starts` and `every` are the times by which the rows are placed and all their times, in ascending order.
    """
    before = bisect_left(every, midnight - 2 * MARGIN)
    at = bisect_left(starts, midnight)
    first, last = midnight - _DAY - MARGIN, midnight + _DAY + MARGIN
    if at > _ROWS:
        first = max(first, starts[at - _ROWS] - MARGIN)
    if at + _ROWS < len(starts):
        last = min(last, starts[at + _ROWS] + MARGIN)
    if listing.call.window is not None:
        first, last = max(first, listing.call.window[0]), min(last, listing.call.window[1])
    quiet = max([midnight - _DAY / 2, *(time + MARGIN for time in every[before - 1 : before])])
    resumed = min([last, *every[before : before + 1]]) - MARGIN
    if not first < quiet < midnight < last:
        return None
    return _Night(quiet, midnight, first, last), max(midnight, resumed)
