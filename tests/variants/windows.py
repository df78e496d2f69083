"""Conforming variants with other windows and filters."""

import re
from dataclasses import replace

from tests.mutants.harness.alterations import DEVICE_LISTS, Rows, change_request, change_rows
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.request_windows import given_names, parse_timestamp, shift_timestamp, shift_window, window_of
from tests.mutants.harness.wrapper import Upstream
from tests.variants.harness.variant import Variant

__all__ = ["VARIANTS"]


def _with_exclusive_end(request: Request) -> Request:
    window = window_of(request)
    return request if window is None or window[0] >= window[1] else shift_window(request, end_s=-0.001)


def _starting_inside(request: Request, rows: Rows) -> Rows:
    """The rows that start in the window."""
    window = window_of(request)
    starts = [(row, parse_timestamp(row["start"])) for row in rows]
    return [row for row, start in starts if window is None or (start and window[0] <= start <= window[1])]


def _with_default_week(request: Request) -> Request:
    if given_names(request):
        return request
    return request.with_query(fromUtc="2026-06-24T00:00:00Z", toUtc="2026-07-01T00:00:00Z")


def _with_inclusive_since(request: Request) -> Request:
    since = request.query_value("updatedSince")
    return request if since is None else request.with_query(updatedSince=shift_timestamp(since, -0.001))


def _with_whole_seconds(request: Request) -> Request:
    values = {name: value for name, value in request.query_values.items() if re.fullmatch(r".*\d\.\d+Z", value)}
    return request.with_query({name: re.sub(r"\.\d+Z$", "Z", value) for name, value in values.items()})


async def _ignore_case_of_device(request: Request, upstream: Upstream) -> Response:
    """Compare device ids without regard to case, as SQL Server does."""
    device = request.path_values.get("deviceId")
    if device is None or device == device.upper():
        return await upstream(request)
    path = request.path.replace(device.encode(), device.upper().encode())
    values = {**request.path_values, "deviceId": device.upper()}
    return await upstream(replace(request, path=path, path_values=values))


VARIANTS = (
    Variant(
        "half-open",
        "The end of a window is exclusive",
        change_request(_with_exclusive_end, *DEVICE_LISTS, "listIncidents"),
    ),
    Variant(
        "starting-inside",
        "Appointments that begin before the window are left out",
        change_rows(_starting_inside, "listAppointments"),
    ),
    Variant(
        "last-week",
        "Reporting without a window covers the last week",
        change_request(_with_default_week, "getServicePerformance", "getTelemetryDaily"),
    ),
    Variant("whole-seconds", "Fractions of a second in timestamps are ignored", change_request(_with_whole_seconds)),
    Variant("since-inclusive", "updatedSince is inclusive", change_request(_with_inclusive_since)),
    Variant(
        "everything-by-default",
        "All assets and parts are listed without status",
        change_request(
            lambda request: request.with_query(status="all"),
            "listAssets",
            "listInventoryParts",
            when=lambda request: request.query_value("status") is None,
        ),
    ),
    Variant("any-case-devices", "Device ids in the path are compared without regard to case", _ignore_case_of_device),
)
