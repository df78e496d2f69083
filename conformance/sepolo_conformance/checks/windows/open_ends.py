"""Windows with one end or without any: required ends, optional ends, and the window that applies by default."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sepolo_conformance.api.calls import Call
from sepolo_conformance.api.row_times import row_times
from sepolo_conformance.api.timestamps import parse_instant, stamp
from sepolo_conformance.checks.common.clauses import OPTIONAL_ENDS
from sepolo_conformance.checks.common.response_checks import expect_accepted, expect_rejected
from sepolo_conformance.checks.common.window_calls import QUIET_DAY, end_names, rows_outside, span_text, windowed_lists
from sepolo_conformance.checks.windows.windowed_calls import window_operations
from sepolo_conformance.engine import MUST, SANDBOX, SHOULD, Case, Vacuous, fetch_once, requirement
from sepolo_openapi.contract import Operation, WindowRule

_DAY = timedelta(days=1)
_RUN = timedelta(minutes=30)
"""The longest time that a run may take."""


@requirement(
    "WIN-001",
    MUST,
    clause='Published page: both ends are marked as required, and "validation errors return 400".',
    title="A call without one of the ends is rejected with 400 where the window is required",
)
def required_ends(case: Case) -> None:
    """Sends one end only, by each of its names, then no end."""
    for operation, window, call in window_operations(case):
        if window.required:
            for name in (*dict(end_names(window)), None):
                given = {} if name is None else {name: stamp(QUIET_DAY)}
                expect_rejected(case, f"{operation.operation_id} {_given(name)}", case.call(call.having(given)))


@requirement(
    "WIN-024", MUST, clause=OPTIONAL_ENDS, title="Both ends of an optional window, or either of them, may be left out"
)
def optional_ends(case: Case) -> None:
    """Leaves out both ends, then the end, then the start."""
    for operation, _, call, name in _open_windows(case):
        expect_accepted(case, f"{operation.operation_id} {_given(name)}", fetch_once(case, call))


@requirement("WIN-025", SHOULD, clause=OPTIONAL_ENDS, title="A single end limits the rows on its side")
def single_end_limits_rows(case: Case) -> None:
    """Sends one end, at a time among the data, and looks for rows beyond it."""
    for operation in windowed_lists(case):
        window = operation.window
        if window is not None and not window.required:
            with case.part(operation.operation_id):
                for call, name in _half_open_windows(case, operation, window):
                    page = fetch_once(case, call.with_page_size())
                    given = parse_instant(call.query[name]) or QUIET_DAY
                    far = datetime.max.replace(tzinfo=UTC) - _DAY
                    span = (given, far) if name == window.start else (QUIET_DAY - 1_000 * _DAY, given)
                    wrong = rows_outside(operation, case.rows(page), span)
                    expected = f"{operation.operation_id} with only {name}={stamp(given)}: no row beyond it"
                    case.expect(not wrong, expected, f"beyond it: {span_text(operation, wrong)}", page)


@requirement(
    "WIN-027",
    SANDBOX,
    clause="Our own choice: by default the last 30 days, for appointments the next 30; one end reaches 366 days.",
    title="X-Sandbox-Effective-Window states the window that applies where an end is left out",
)
def effective_window(case: Case) -> None:
    """Compares the header of windows with open ends with the window that follows from the contract."""
    for operation, window, call, name in _open_windows(case):
        page = fetch_once(case, call)
        start, stop = _default_window(case, window, name)
        wanted = f"{stamp(start) if start else '..'}/{stamp(stop) if stop else '..'}"
        found = page.header("x-sandbox-effective-window")
        good = found == wanted or (start is None and stop is None and found is None) or _is_near(found, start, stop)
        expected = f"{operation.operation_id} {_given(name)}: X-Sandbox-Effective-Window: {wanted}"
        case.expect(good, expected, f"X-Sandbox-Effective-Window: {found}", page)


def _given(name: str | None) -> str:
    return "without a window" if name is None else f"with only {name}"


def _open_windows(case: Case) -> Iterator[tuple[Operation, WindowRule, Call, str | None]]:
    """Yield calls of operations with an optional window: without it, then with either end, and the end's name."""
    for operation, window, call in window_operations(case):
        if not window.required:
            now = case.target.now()
            yield operation, window, call, None
            yield operation, window, call.having({window.start: stamp(now - 10 * _DAY)}), window.start
            yield operation, window, call.having({window.end: stamp(now)}), window.end


def _half_open_windows(case: Case, operation: Operation, window: WindowRule) -> Iterator[tuple[Call, str]]:
    """Yield calls with one end only, which leaves few of the known rows inside, and the name of that end."""
    listing = case.home.listing(operation.operation_id)
    times = row_times(operation, listing.rows)
    if len(times) < 3:
        raise Vacuous("fewer than three rows show their times")
    few = min(5, len(times) // 2)
    plain = listing.call.having({window.start: None, window.end: None})
    yield plain.having({window.start: stamp(times[-few])}), window.start
    yield plain.having({window.end: stamp(times[few - 1])}), window.end


def _default_window(case: Case, window: WindowRule, name: str | None) -> tuple[datetime | None, datetime | None]:
    """Return the window that the contract gives a call with only the end `name`, or without ends; None is open."""
    now, days = case.target.now(), window.default_days
    reach = None if window.max_days is None else window.max_days * _DAY
    if name == window.start:
        start = now - 10 * _DAY
        return start, start + reach if reach else None
    if name == window.end:
        return now - reach if reach else None, now
    if days is None:
        return None, None
    start, stop = sorted((now, now + days * _DAY))
    return start, stop


def _is_near(found: str | None, start: datetime | None, stop: datetime | None) -> bool:
    """Return whether a header states a window, up to the time that has passed since the run began."""
    first, _, second = (found or "").partition("/")
    pairs = ((parse_instant(first), start), (parse_instant(second), stop))
    return all(one and other and abs(one - other) < _RUN for one, other in pairs)
