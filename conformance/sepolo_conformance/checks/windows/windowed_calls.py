"""Calls of the operations that have a window: any call, with renamed ends, and over narrower windows."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sepolo_conformance.api.calls import Call
from sepolo_conformance.checks.common.window_calls import (
    MARGIN,
    QUIET_DAY,
    call_without_window,
    known_list,
    narrowed,
    windowed_operations,
)
from sepolo_conformance.engine import Case
from sepolo_openapi.contract import Operation, WindowRule

_DAY = timedelta(days=1)
_SHARES = ((0.2, 0.55, MARGIN), (0.45, 0.9, -MARGIN), (0.3, 0.8, MARGIN))
"""Shares of the rows at which narrower windows begin and end, and on which side of the row."""


def window_operations(case: Case) -> Iterator[tuple[Operation, WindowRule, Call]]:
    """Yield each operation with a window, its window rule, and a call that lacks only the window."""
    for operation, window in windowed_operations(case):
        call = None
        with case.part(operation.operation_id):
            case.home.reader(operation.operation_id)
            call = call_without_window(case, operation)
        if call is not None:
            yield operation, window, call


def with_end_names(window: WindowRule, call: Call, start: str, end: str) -> Call:
    """Return a call whose window has the parameter names `start` and `end` instead of the canonical ones."""
    plain = call.having({window.start: None, window.end: None})
    return plain.having({start: call.query[window.start], end: call.query[window.end]})


def narrower_windows(case: Case, operation: Operation) -> list[Call]:
    """Return calls over parts of the window of `known_list`, with rows on both sides of them.

    The last one starts and ends at midnight if the list has rows of several days.
    """
    listing = known_list(case, operation)
    calls = [narrowed(listing, *shares) for shares in _SHARES]
    start, stop = calls[-1].window or (QUIET_DAY, QUIET_DAY)
    start, stop = midnight_after(start), midnight_after(stop) - _DAY
    return [*calls[:-1], calls[-1].within(start, stop)] if start < stop else calls


def midnight_after(instant: datetime) -> datetime:
    """Return the first midnight in UTC after an instant."""
    return instant.replace(hour=0, minute=0, second=0, microsecond=0) + _DAY
