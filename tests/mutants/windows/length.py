"""Mutants that the checks of `windows/length.py` catch."""

from collections.abc import Callable
from datetime import timedelta

from tests.mutants.harness.alterations import DEVICE_LISTS, change_request, error_response, on_operations
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import CYCLES, TELEMETRY
from tests.mutants.harness.request_windows import (
    change_timestamp,
    end_name,
    is_longer_than,
    shift_window,
    start_name,
    window_of,
)
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]


async def _swap_reversed_ends(request: Request, upstream: Upstream) -> Response:
    ends, start, end = window_of(request), start_name(request), end_name(request)
    if ends is None or start is None or end is None or ends[0] <= ends[1]:
        return await upstream(request)
    return await upstream(request.with_query({start: request.query_values[end], end: request.query_values[start]}))


def _shortened_to(days: int) -> Callable[[Request], Request]:
    """Shorten a window to a number of days."""

    def change(request: Request) -> Request:
        ends = window_of(request)
        if ends is None or ends[1] - ends[0] <= timedelta(days=days):
            return request
        return change_timestamp(request, end_name(request), lambda _end: ends[0] + timedelta(days=days))

    return change


async def _reject_length(_request: Request, _upstream: Upstream) -> Response:
    return error_response(400, "validation_error", "The window is too long.")


MUTANTS = (
    Mutant(
        "win-reversed-turned",
        ("WIN-008",),
        "The ends of a reversed window are swapped",
        fault=on_operations(_swap_reversed_ends),
        probes=(Probe("/incidents?fromUtc=2026-06-10T00:00:00Z&toUtc=2026-05-20T00:00:00Z"),),
    ),
    Mutant(
        "win-62-days-clamped",
        ("WIN-002",),
        "listDeviceTelemetry shortens a window of 62 days to 31",
        fault=change_request(_shortened_to(31), "listDeviceTelemetry"),
        probes=(Probe(f"{TELEMETRY}?from=2026-04-01T00:00:00Z&to=2026-06-02T00:00:00Z"),),
    ),
    Mutant(
        "win-800-days-clamped",
        ("WIN-002",),
        "listServiceVisits shortens a window of 800 days to 366",
        fault=change_request(_shortened_to(366), "listServiceVisits"),
        probes=(Probe("/service-visits?fromUtc=2024-01-01T00:00:00Z&toUtc=2026-06-02T00:00:00Z"),),
    ),
    Mutant(
        "win-30-days-refused",
        ("WIN-006",),
        "listPointGuardCycles rejects a window of 30 days",
        fault=on_operations(_reject_length, "listPointGuardCycles", when=is_longer_than(29)),
        probes=(Probe(f"{CYCLES}?from=2026-05-20T00:00:00Z&to=2026-06-19T00:00:00Z"),),
    ),
    Mutant(
        "win-365-days-refused",
        ("WIN-006",),
        "listAppointments rejects a window of 365 days",
        fault=on_operations(_reject_length, "listAppointments", when=is_longer_than(364)),
        probes=(Probe("/appointments?fromUtc=2025-06-01T00:00:00Z&toUtc=2026-06-01T00:00:00Z"),),
    ),
    Mutant(
        "win-31-days-refused",
        ("WIN-007",),
        "A window of exactly 31 days is rejected",
        fault=on_operations(_reject_length, *DEVICE_LISTS, when=is_longer_than(30.9999)),
        probes=(Probe(f"{CYCLES}?from=2026-05-01T00:00:00Z&to=2026-06-01T00:00:00Z"),),
    ),
    Mutant(
        "win-31-days-and-a-second",
        ("WIN-007",),
        "listDeviceTelemetry accepts a window of 31 days and a second",
        fault=change_request(
            lambda request: shift_window(request, end_s=-60), "listDeviceTelemetry", when=is_longer_than(31)
        ),
        probes=(Probe(f"{TELEMETRY}?from=2026-05-01T00:00:00Z&to=2026-06-01T00:00:01Z"),),
    ),
)
