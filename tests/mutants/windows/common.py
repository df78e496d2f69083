"""Helpers that several files of mutants of windows use."""

from collections.abc import Callable
from datetime import timedelta

from tests.mutants.harness.messages import Request
from tests.mutants.harness.request_windows import end_name, shift_timestamp, start_name, window_length

__all__ = ["longer_than", "with_default_end"]


def with_default_end(request: Request) -> Request:
    """Sets a missing end to one day after the start."""
    start = start_name(request)
    return (
        request
        if start is None or end_name(request)
        else request.with_query(to=shift_timestamp(request.query_values[start], 86_400))
    )


def longer_than(days: float) -> Callable[[Request], bool]:
    """The window is longer than a number of days."""

    def when(request: Request) -> bool:
        found = window_length(request)
        return found is not None and found > timedelta(days=days)

    return when
