"""Calls with windows, and the position of rows relative to a window.

A row may have several times, and the contract states only for few lists which of them the window refers to. The
position of a row is therefore its `extent`, which covers all of its times, and rows that overlap an end of a window
are not judged.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sepolo_conformance.api.calls import Call, Listing, is_paged
from sepolo_conformance.api.row_times import Extent, extent, row_times
from sepolo_conformance.api.timestamps import LAST, TOLERANCE, stamp
from sepolo_conformance.checks.common.list_walks import relisted, telemetry_around_cycle
from sepolo_conformance.compare.sequences import Reading, RowId
from sepolo_conformance.engine import Case, Exchange, NotTested, Vacuous, fetch_once
from sepolo_openapi.contract import Operation, WindowRule

QUIET_DAY = datetime(2001, 3, 1, tzinfo=UTC)
"""A day before any telemetry, for windows whose length matters and whose rows do not."""
_FRACTIONS = (".5Z", ".123Z", ".1234567Z", ".000001Z")
_DAY = timedelta(days=1)
MARGIN = timedelta(seconds=2)
"""Distance of the end of a window from a row, more than the tolerance."""
_MANY_ROWS = 2_000
_FEW_INSTANTS = 3

Row = Mapping[str, Any]


def windowed_operations(case: Case) -> list[tuple[Operation, WindowRule]]:
    """Return the operations with a window, each with its window rule."""
    found = case.contract.operations.values()
    return [(operation, operation.window) for operation in found if operation.window is not None]


def windowed_lists(case: Case) -> list[Operation]:
    """Return the operations with a window that return rows."""
    return [operation for operation, _ in windowed_operations(case) if operation.row_schema is not None]


def end_names(window: WindowRule) -> list[tuple[str, str]]:
    """Return every parameter name of an end of the window, aliases too, with the canonical name of that end."""
    return [(window.start, window.start), (window.end, window.end), *window.aliases.items()]


def call_without_window(case: Case, operation: Operation) -> Call:
    """Return a call that lacks only its window, of a device that exists if the operation needs one."""
    ids: Mapping[str, str] = {}
    if "{deviceId}" in operation.path or operation.operation_id == "getTelemetryDaily":
        ids = {"deviceId": _device(case, operation)}
    in_path = "{deviceId}" in operation.path
    # Days of a single device: those of all devices may be millions of rows.
    call = Call(operation, ids if in_path else {}, {} if in_path else ids)
    return call.with_page_size(2)


def fractional_window(case: Case, operation: Operation) -> tuple[Call, Exchange]:
    """Return a call whose window has fractions of a second at both ends, and the response, requested once in a run.

    The number of digits follows from the position of the operation in the contract.
    """
    call, (start, stop) = call_without_window(case, operation), _names(operation)
    place = [one.operation_id for one, _ in windowed_operations(case)].index(operation.operation_id)
    first, second = (_FRACTIONS[(place + step) % len(_FRACTIONS)] for step in (0, 1))
    given = call.having({start: f"2024-03-01T00:00:00{first}", stop: f"2024-03-01T00:00:01{second}"})
    return given, fetch_once(case, given)


def _names(operation: Operation) -> tuple[str, str]:
    return (operation.window.start, operation.window.end) if operation.window else ("", "")


def any_list_call(case: Case, operation: Operation) -> Call:
    """Return a call of a list that returns 200, with or without rows."""
    if operation.window is not None:
        now = case.target.now()
        return call_without_window(case, operation).within(now - 10 * _DAY, now)
    if operation.operation_id == "listAssetChildren":
        rows = case.home.listing("listAssets").rows
        return Call(operation, {"assetId": str(rows[0].get("assetId"))})
    return Call(operation) if "{" not in operation.path else case.home.call(operation.operation_id)


def _device(case: Case, operation: Operation) -> str:
    lacking: NotTested | None = None
    for name in (operation.operation_id, "listDevices"):
        try:
            listing = case.home.listing(name)
        except Vacuous:
            continue
        except NotTested as reason:
            lacking = reason
            continue
        found = (
            listing.call.ids.get("deviceId") or listing.call.query.get("deviceId") or listing.rows[0].get("deviceId")
        )
        if isinstance(found, str):
            return found
    raise lacking or Vacuous("there are no devices: give one by --device")


def call_over_days(case: Case, operation: Operation, days: int) -> Call:
    """Return a call over a number of days, where the data are, or long ago if there would be too many rows."""
    call = call_without_window(case, operation)
    middle, too_many = _density(case, operation, days)
    start = QUIET_DAY if too_many else middle - timedelta(days=days) / 2
    return call.within(start, start + timedelta(days=days))


def _density(case: Case, operation: Operation, days: int) -> tuple[datetime, bool]:
    """Return an instant that has data, and whether a window of `days` around it would have too many rows."""
    middle = case.target.now() - timedelta(days=days) / 2
    try:
        listing = case.home.listing(operation.operation_id)
    except (Vacuous, NotTested):
        return middle, operation.row_schema is not None
    times = row_times(operation, listing.rows)
    window = listing.call.window
    if window is not None and times:
        share = (window[1] - window[0]) / timedelta(days=days)
        return times[len(times) // 2], not is_paged(operation) and len(listing.rows) > _MANY_ROWS * share
    return middle, False


def base_list(case: Case, operation: Operation) -> Listing:
    """Return a complete list over a window, of 20 to 200 rows if possible; end the part if there is none."""
    return case.once(("base", operation.operation_id), lambda: _base(case, operation))


def _base(case: Case, operation: Operation) -> Listing:
    found = (listing for listing in _bases(case, operation) if listing.complete and _instants(listing) > _FEW_INSTANTS)
    listing = next(found, None)
    if listing is None or listing.call.window is None:
        raise Vacuous("no window has several rows and a complete list")
    return listing


def _bases(case: Case, operation: Operation) -> Iterator[Listing]:
    """Yield lists over windows, the most suitable one first."""
    listing = case.home.listing(operation.operation_id)
    if operation.operation_id == "listDeviceTelemetry":
        # Samples of a cycle are milliseconds apart, others minutes: this list has both.
        try:
            call = telemetry_around_cycle(case, listing)
        except (Vacuous, NotTested):
            call = None
        if call is not None:
            yield relisted(case, listing, call)
    small = case.home.small(operation.operation_id, 20, 200)
    if small.complete and len(small.rows) < 20:
        yield from _wider(case, listing)
    if small.call.window is None:
        times = row_times(operation, small.rows)
        if len(times) > _FEW_INSTANTS:
            yield relisted(case, small, small.call.within(times[1], times[-2]))
    else:
        yield small
    yield case.home.small(operation.operation_id, 5, 12)


def _wider(case: Case, listing: Listing) -> Iterator[Listing]:
    """Yield the list over some months, for organisations with few rows in days."""
    operation, window = listing.operation, listing.operation.window
    if window is not None and window.max_days is not None and not window.required and not is_paged(operation):
        now = case.target.now()
        yield relisted(case, listing, listing.call.within(now - 90 * _DAY, now + 90 * _DAY))


def known_list(case: Case, operation: Operation) -> Listing:
    """Return `base_list`, or a longer list whose first page is known, if no short window has a complete list."""
    try:
        return base_list(case, operation)
    except Vacuous:
        return case.home.listing(operation.operation_id)


def _instants(listing: Listing) -> int:
    """Return the number of different times of the rows."""
    return len(set(row_times(listing.operation, listing.rows)))


def narrowed(listing: Listing, first: float, last: float, margin: timedelta = MARGIN) -> Call:
    """Return the call over a part of its window, from the share `first` of its rows to the share `last`.

    The window starts just after one row has ended and ends just before another begins, so a server that shifts an end,
    or drops its time of day, includes one of them. With a negative `margin` it starts just before a row begins and ends
    just after one has ended, so such a server excludes one of them. Rows that last longer than a window between them
    are treated as if they ended when they begin.
    """
    spans = sorted({span for row in listing.rows if (span := extent(listing.operation, row)) is not None})
    ended = [span for span in spans if span[1] != LAST]
    spans = ended if len(ended) > 2 else [(start, start) for start, _ in spans]
    if len(set(spans)) < 3:
        raise Vacuous("the rows have too few instants")
    place = int(first * (len(spans) - 1))
    left, right = _shortest(spans, place), _shortest(spans, max(int(last * (len(spans) - 1)), place + 1))
    if margin < timedelta():
        start, stop = left[0] + margin, right[1] - margin
    elif (start := left[1] + margin) > (stop := right[0] - margin):
        start = left[0] + margin
    window = listing.call.window
    if window is not None:
        start, stop = max(start, window[0]), min(stop, window[1])
    return listing.call.within(min(start, stop), max(start, stop))


def _shortest(spans: Sequence[Extent], place: int) -> Extent:
    """Return the shortest extent near a place: a long one overlaps most windows and would not be judged."""
    reach = len(spans) // 10
    return min(spans[max(0, place - reach) : place + reach + 1], key=lambda span: span[1] - span[0])


def read_once(case: Case, call: Call) -> tuple[Exchange, Reading]:
    """Return the first page of the largest size, requested once in a run, and its rows as a reading."""
    call = call.with_page_size()
    page = fetch_once(case, call)
    return page, Reading(call.operation, tuple(case.rows(page)), not page.has_more)


def rows_outside(operation: Operation, rows: Iterable[Row], window: Extent) -> list[Row]:
    """Return the rows that lie completely outside of a window, by more than the tolerance."""
    found = ((row, extent(operation, row)) for row in rows)
    start, stop = window[0] - TOLERANCE, window[1] + TOLERANCE
    return [row for row, span in found if span is not None and (span[1] < start or span[0] > stop)]


def ids_inside(reading: Reading, window: Extent) -> list[RowId]:
    """Return the ids of the rows that lie completely inside a window, by more than the tolerance."""
    start, stop = window[0] + TOLERANCE, window[1] - TOLERANCE
    return [row_id for row_id, span in _spans(reading) if start < span[0] and span[1] < stop]


def ids_across(reading: Reading, instant: datetime) -> set[RowId]:
    """Return the ids of the rows that began before an instant and ended after it."""
    return {row_id for row_id, span in _spans(reading) if span[0] < instant < span[1]}


def _spans(reading: Reading) -> Iterator[tuple[RowId, Extent]]:
    """Yield the id and the extent of each row that shows a time."""
    for row_id, row in zip(reading.row_ids, reading.rows, strict=True):
        span = extent(reading.operation, row)
        if span is not None:
            yield row_id, span


def span_text(operation: Operation, rows: Sequence[Row]) -> str:
    """Return a phrase with the number of rows and the time that they cover."""
    spans = [span for row in rows if (span := extent(operation, row)) is not None]
    if not spans:
        return f"{len(rows)} rows"
    first, last = min(span[0] for span in spans), max(span[1] for span in spans)
    return f"{len(rows)} rows from {stamp(first)} to {stamp(last)}"
