"""The length of a window: the maximum of 31 or 366 days, and windows that end before they start."""

from collections.abc import Iterator
from datetime import timedelta

from sepolo_conformance.api.row_times import row_times
from sepolo_conformance.checks.common.clauses import TYPED_ENDS
from sepolo_conformance.checks.common.response_checks import expect_accepted, expect_rejected
from sepolo_conformance.checks.common.window_calls import (
    QUIET_DAY,
    call_over_days,
    call_without_window,
    span_text,
    windowed_operations,
)
from sepolo_conformance.checks.windows.windowed_calls import window_operations
from sepolo_conformance.engine import MUST, SANDBOX, SHOULD, Case, describe, requirement
from sepolo_openapi.contract import Operation

_MAXIMUM = 'Published page: "Maximum window", 31 or 366 days.'
_FAR_BEYOND = {31: 62, 366: 800}
"""Days that are far beyond each maximum."""
_DAY = timedelta(days=1)


def _limited(case: Case) -> Iterator[tuple[Operation, int]]:
    """Yield the operations whose window has a maximum, in days."""
    for operation, window in windowed_operations(case):
        if window.max_days is not None:
            yield operation, window.max_days


@requirement(
    "WIN-002", MUST, clause=_MAXIMUM, title="A window far beyond the maximum is rejected with 400, not shortened"
)
def far_too_long_window_is_rejected(case: Case) -> None:
    """Reads windows of 62 days where the maximum is 31, and of 800 days where it is 366."""
    for operation, most in _limited(case):
        with case.part(operation.operation_id):
            days = _FAR_BEYOND.get(most, 2 * most)
            page = case.call(call_over_days(case, operation, days))
            times = row_times(operation, page.rows)
            short = bool(times) and times[-1] - times[0] <= (most + 1) * _DAY and not page.member("hasMore")
            how = "shortened without notice" if short else "accepted, or shortened"
            actual = f"200, {how}: {span_text(operation, page.rows)}" if page.ok else describe(page)
            expected = f"{operation.operation_id} over {days} days is rejected with 400"
            case.expect(page.status == 400, expected, actual, page)


@requirement("WIN-006", MUST, clause=_MAXIMUM, title="A window one day shorter than the maximum is accepted")
def window_below_maximum_is_accepted(case: Case) -> None:
    """Reads windows of 30 days where the maximum is 31, and of 365 days where it is 366."""
    for operation, most in _limited(case):
        with case.part(operation.operation_id):
            page = case.call(call_over_days(case, operation, most - 1))
            expect_accepted(case, f"{operation.operation_id} over {most - 1} days", page)


@requirement(
    "WIN-007",
    SANDBOX,
    clause="Our own choice: the maximum counts days of 24 hours, and both ends belong to the window.",
    title="A window of exactly the maximum is accepted; a second or a millisecond more is rejected with 400",
)
def maximum_is_exact(case: Case) -> None:
    """Reads windows of exactly 31 or 366 days, of a second more and of a millisecond more."""
    for operation, most in _limited(case):
        with case.part(operation.operation_id):
            call, stop = call_without_window(case, operation), QUIET_DAY + most * _DAY
            name = f"{operation.operation_id} over {most} days"
            expect_accepted(case, name, case.call(call.within(QUIET_DAY, stop)))
            for more in (timedelta(seconds=1), timedelta(milliseconds=1)):
                page = case.call(call.within(QUIET_DAY, stop + more))
                expect_rejected(case, f"{name} and {more.total_seconds():g} s", page)


@requirement("WIN-008", SHOULD, clause=TYPED_ENDS, title="A window that ends before it starts is rejected with 400")
def reversed_window_is_rejected(case: Case) -> None:
    """Reads a window that starts now and ends a day ago, from every operation."""
    for operation, _, call in window_operations(case):
        now = case.target.now()
        page = case.call(call.within(now, now - _DAY))
        expect_rejected(case, f"{operation.operation_id} from now to a day ago", page)
