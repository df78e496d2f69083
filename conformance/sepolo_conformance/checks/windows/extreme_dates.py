"""Windows far from today: in the future, in the years 0001 and 9999, and over all years."""

from datetime import timedelta

from sepolo_conformance.checks.common.clauses import OPTIONAL_ENDS
from sepolo_conformance.checks.common.response_checks import expect_accepted
from sepolo_conformance.checks.windows.windowed_calls import window_operations
from sepolo_conformance.engine import MUST, SHOULD, Case, describe, fetch_once, requirement

_DAY = timedelta(days=1)
_ALL_YEARS = ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z")
_WINDOWS = (
    ("0001-01-01T00:00:00Z", "0001-01-20T00:00:00Z"),
    ("9999-12-12T00:00:00Z", "9999-12-31T23:59:59Z"),
    _ALL_YEARS,
)


@requirement(
    "WIN-026",
    SHOULD,
    clause="A window may lie in the future; appointments do.",
    title="Windows in the future are accepted",
)
def future_windows_are_accepted(case: Case) -> None:
    """Reads twenty days five years ahead from every operation."""
    for operation, _, call in window_operations(case):
        start = case.target.now() + 5 * 365 * _DAY
        page = case.call(call.within(start, start + 20 * _DAY))
        expect_accepted(case, f"{operation.operation_id} in five years", page)


@requirement(
    "WIN-023",
    MUST,
    clause='Published page: "unexpected failures return 500". These are valid timestamps.',
    title="Windows in the years 0001 and 9999 cause no 5xx",
)
def first_and_last_years(case: Case) -> None:
    """Reads days of the years 0001 and 9999, and all time in between, from every operation."""
    for operation, window, call in window_operations(case):
        for start, stop in _WINDOWS:
            page = fetch_once(case, call.having({window.start: start, window.end: stop}))
            expected = f"{operation.operation_id} from {start} to {stop}: accepted or rejected, no 5xx"
            case.expect(page.status < 500, expected, describe(page), page)


@requirement(
    "WIN-032",
    SHOULD,
    clause=OPTIONAL_ENDS,
    title="A window over all years returns the rows of a call without a window, where no maximum is stated",
)
def all_years(case: Case) -> None:
    """Reads the years 0001 to 9999 from lists whose window has no maximum, and compares the number of rows on the first
    page with that of a call without a window. Rejecting such a long window is tolerated."""
    start, stop = _ALL_YEARS
    for operation, window, call in window_operations(case):
        if window.max_days is None and not window.required:
            far = fetch_once(case, call.having({window.start: start, window.end: stop}))
            plain = fetch_once(case, call)
            if far.status == 200 and plain.status == 200:
                expected = f"{operation.operation_id} from {start} to {stop}: at least {len(plain.rows)} rows"
                actual = f"{len(far.rows)} rows, fewer than without a window"
                case.expect(len(far.rows) >= len(plain.rows), expected, actual, (plain, far))
