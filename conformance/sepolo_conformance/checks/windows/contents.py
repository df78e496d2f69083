"""The rows of a window: no row outside, rows exactly at its ends, and the daily rows of a day."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from sepolo_conformance.api.calls import Listing
from sepolo_conformance.api.row_times import Extent, extent, row_time, row_times
from sepolo_conformance.api.timestamps import TOLERANCE, stamp
from sepolo_conformance.checks.common.clauses import WINDOW_ENDS
from sepolo_conformance.checks.common.window_calls import (
    QUIET_DAY,
    base_list,
    known_list,
    read_once,
    rows_outside,
    span_text,
    windowed_lists,
)
from sepolo_conformance.checks.windows.windowed_calls import narrower_windows
from sepolo_conformance.compare.sequences import Reading, RowId
from sepolo_conformance.engine import MUST, SANDBOX, SHOULD, Case, Vacuous, requirement
from sepolo_openapi.contract import Operation

_CLOSED = "Our own choice: windows are closed intervals."
_MILLISECOND = timedelta(milliseconds=1)


@requirement("WIN-009", MUST, clause=WINDOW_ENDS, title="No row lies wholly outside the window")
def no_row_outside(case: Case) -> None:
    """Checks the times of rows in the windows of known lists, and in windows cut out of them that end beside a row or
    at midnight. A row that overlaps the window, or lies at most a second beside it, is inside. WIN-010 judges
    incidents, because the published page does not state which of their times the window refers to."""
    for operation in windowed_lists(case):
        if operation.operation_id != "listIncidents":
            _expect_no_row_outside(case, operation)


@requirement(
    "WIN-010",
    SHOULD,
    clause=f"{WINDOW_ENDS} An incident belongs to the time at which it happens.",
    title="No incident lies wholly outside the window",
)
def no_incident_outside(case: Case) -> None:
    """Checks all times of incidents in the windows of WIN-009: an incident lasts from its first time to its last."""
    _expect_no_row_outside(case, case.operation("listIncidents"))


@requirement(
    "WIN-033",
    SANDBOX,
    clause="Our own choice: a cycle or movement belongs to the window that contains its start.",
    title="Cycles and movements start inside the window",
)
def rows_start_inside(case: Case) -> None:
    """Checks the starts of cycles and movements in windows cut out of the data."""
    for name in ("listPointGuardCycles", "listMovements"):
        operation = case.operation(name)
        with case.part(name):
            for call in narrower_windows(case, operation):
                page, reading = read_once(case, call)
                start, stop = call.window or (QUIET_DAY, QUIET_DAY)
                times = [(row, row_time(operation, row)) for row in reading.rows]
                wrong = [row for row, time in times if time and not start - TOLERANCE <= time <= stop + TOLERANCE]
                expected = f"{name}: all rows start between {stamp(start)} and {stamp(stop)}"
                case.expect(not wrong, expected, f"{len(wrong)} rows start outside: {wrong[:1]}", page)


@requirement(
    "WIN-015",
    SANDBOX,
    clause=_CLOSED,
    title="Rows exactly at the ends of a window belong to it, rows a millisecond beyond do not",
)
def ends_are_exact(case: Case) -> None:
    """Reads a window from the time of one row to that of another, then one that is a millisecond shorter at each end,
    and compares the rows. For appointments, which belong to every window that they overlap, it is a window from the end
    of one to the start of another. Daily rows are left out, as they belong to whole days."""
    for operation in windowed_lists(case):
        if operation.operation_id != "getTelemetryDaily":
            with case.part(operation.operation_id):
                listing = base_list(case, operation)
                _expect_exact_ends(case, listing)


@requirement(
    "WIN-016",
    SANDBOX,
    clause=_CLOSED,
    title="A window whose ends are equal is accepted and contains the rows of that instant",
)
def one_instant(case: Case) -> None:
    """Reads a window that starts and ends at the time of a row, and looks for the row."""
    for operation in windowed_lists(case):
        with case.part(operation.operation_id):
            listing = base_list(case, operation)
            row = listing.rows[len(listing.rows) // 2]
            time = row_time(operation, row)
            if time is None:
                case.vacuous("the rows show no times")
            page, reading = read_once(case, listing.call.within(time, time))
            times = [row_time(operation, other) for other in reading.rows]
            expected = f"{operation.operation_id} from {stamp(time)} to {stamp(time)}: the row of that instant"
            case.expect(time in times or not reading.ended, expected, f"{len(times)} other rows", page)


def _expect_no_row_outside(case: Case, operation: Operation) -> None:
    with case.part(operation.operation_id):
        name = operation.operation_id
        known = (case.home.listing(name), case.home.small(name, 5, 12), known_list(case, operation))
        listings = {id(one): one for one in known}
        seen = [(one.call, one.exchange) for one in listings.values()]
        seen += [(call, read_once(case, call)[0]) for call in narrower_windows(case, operation)]
        for call, page in seen:
            if call.window is not None:
                start, stop = call.window
                wrong = rows_outside(operation, page.rows, call.window)
                expected = f"{operation.operation_id}: only rows between {stamp(start)} and {stamp(stop)}"
                case.expect(not wrong, expected, f"outside: {span_text(operation, wrong)}", page)


def _expect_exact_ends(case: Case, listing: Listing) -> None:
    """Expect rows exactly at both ends of a window, and not in the window a millisecond shorter at each end."""
    operation = listing.operation
    spans = dict(_row_spans(listing))
    starts, stops = sorted({span[0] for span in spans.values()}), sorted({span[1] for span in spans.values()})
    if len(starts) < 4:
        raise Vacuous("the rows have fewer than four different times")
    first, last = stops[len(stops) // 3], starts[2 * len(starts) // 3]
    if first >= last:
        raise Vacuous("the rows overlap each other")
    for start, stop in ((first, last), (first + _MILLISECOND, last - _MILLISECOND)):
        page, reading = read_once(case, listing.call.within(start, stop))
        want = [row_id for row_id, span in spans.items() if span[0] <= stop and span[1] >= start]
        expected = f"{operation.operation_id} from {stamp(start)} to {stamp(stop)}: {len(want)} rows"
        good = set(reading.row_ids) == set(want)
        case.expect(good, expected, span_text(operation, reading.rows), (listing.exchange, page))


def _row_spans(listing: Listing) -> Iterator[tuple[RowId, Extent]]:
    """Yield the id of each row that shows a time, with the time; with start and end for appointments that show both."""
    reading = Reading.of_listing(listing)
    for row_id, row in zip(reading.row_ids, reading.rows, strict=True):
        time = row_time(reading.operation, row)
        span = extent(reading.operation, row) if reading.operation.operation_id == "listAppointments" else None
        if time is not None:
            yield row_id, span or (time, time)


_DAY = timedelta(days=1)


@requirement(
    "WIN-028",
    SHOULD,
    clause='Published page: its example of a daily row has "date": "2026-05-13T00:00:00Z".',
    title="The window of one UTC day contains the daily rows of that day and of no other day",
)
def one_day_contains_its_rows(case: Case) -> None:
    """Reads the first, the middle and the last day of the daily rows, each from midnight to a second before the next
    midnight, then two days in a row."""
    operation = case.operation("getTelemetryDaily")
    listing = case.home.listing(operation.operation_id)
    days = sorted(set(row_times(operation, listing.rows)))
    chosen = [(day, day) for day in (days[0], days[len(days) // 2], days[-1])]
    chosen += [(one, other) for one, other in pairwise(days[1:-1]) if other - one == _DAY][:1]
    for first, last in chosen:
        stop = last + _DAY - timedelta(seconds=1)
        page, reading = read_once(case, listing.call.within(first, stop))
        want = tuple(row for row in listing.rows if first <= (row_time(operation, row) or stop) < stop)
        shown = sorted({str(row.get("date")) for row in reading.rows})
        expected_ids = Reading(operation, want, ended=True).row_ids
        missing = [row_id for row_id in expected_ids if row_id not in reading.row_ids]
        wrong = [row for row in reading.rows if not first <= (row_time(operation, row) or first) <= stop]
        expected = f"{len(want)} rows, dated {stamp(first)} to {stamp(last)}"
        actual = f"{len(reading.rows)} rows, dated {', '.join(shown[:4])}"
        case.expect(not missing and not wrong, expected, actual, page)
