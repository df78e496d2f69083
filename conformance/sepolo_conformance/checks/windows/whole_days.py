"""Daily telemetry: the window of a UTC day contains the rows of that day."""

from datetime import timedelta
from itertools import pairwise

from sepolo_conformance.api.row_times import row_time, row_times
from sepolo_conformance.api.timestamps import stamp
from sepolo_conformance.checks.common.window_calls import read_once
from sepolo_conformance.compare.sequences import Reading
from sepolo_conformance.engine import SHOULD, Case, requirement

_DAY = timedelta(days=1)


@requirement(
    "WIN-028",
    SHOULD,
    clause='Published page: its example of a daily row has "date": "2026-05-13T00:00:00Z".',
    title="The window of one UTC day contains the daily rows of that day and of no other day",
)
def one_day_contains_its_rows(case: Case) -> None:
    """Reads the first, the middle and the last day of the daily rows, each from midnight to a second before the next
    midnight, then two days in a row.
    """
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
