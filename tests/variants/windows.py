"""Conforming variants with other windows and filters."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

from tests.mutants.harness.alterations import DEVICE_LISTS, Rows, change_request, change_rows, on_operations
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


_VISIT_TIMES = ("plannedStart", "plannedEnd", "actualStart", "actualEnd")
_CANCELLED = 4
_REACH = timedelta(days=80)
_FIRST_YEAR, _LAST_YEAR = 2020, 2040
_SUMS = ("estimatedCost", "actualCost")


async def _visits_around(request: Request, upstream: Upstream) -> tuple[Response, Rows]:
    """The response to a request for visits, and all visits that are planned up to 80 days before and after its window.

    There are none if the window is reversed or lacks an end; far from today, the visits in the window are all.
    """
    visits = request.to_operation("listServiceVisits", None, **request.query_values)
    response, window = await upstream(visits), window_of(request)
    if not response.ok or window is None:
        return response, []
    if window[0].year < _FIRST_YEAR or window[1].year > _LAST_YEAR:
        return response, response.rows
    found = {row["serviceVisitId"]: row for row in response.rows}
    for start, end in ((window[0] - _REACH, window[0]), (window[1], window[1] + _REACH)):
        page = await upstream(visits.with_query(fromUtc=_text(start), toUtc=_text(end)))
        found |= {row["serviceVisitId"]: row for row in page.rows} if page.ok else {}
    return response, sorted(found.values(), key=lambda row: (row["plannedStart"] or "", row["serviceVisitId"]))


def _text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


async def _visits_by_overlap(request: Request, upstream: Upstream) -> Response:
    """List the visits that overlap the window with any of their times."""
    window = window_of(request)
    response, rows = await _visits_around(request, upstream)
    if window is None or not response.ok:
        return response
    spans = [(row, [time for name in _VISIT_TIMES if (time := parse_timestamp(row[name]))]) for row in rows]
    return response.with_rows(
        [row for row, times in spans if times and min(times) <= window[1] and max(times) >= window[0]]
    )


async def _performance_by_actual_start(request: Request, upstream: Upstream) -> Response:
    """Count the visits that started in the window, or are planned for it where they have not started."""
    window, response = window_of(request), await upstream(request)
    if window is None or not response.ok:
        return response
    _, rows = await _visits_around(request, upstream)
    starts = [(row, parse_timestamp(row["actualStart"] or row["plannedStart"])) for row in rows]
    counted = [row for row, start in starts if start and window[0] <= start <= window[1] and row["state"] != _CANCELLED]
    done = sum(row["isCompleted"] for row in counted)
    sums = {name: round(sum(row[name] or 0 for row in counted), 2) for name in _SUMS}
    return response.with_members(
        totalVisits=len(counted), completedVisits=done, openVisits=len(counted) - done, cancelledVisits=0, **sums
    )


def _dated_inside(request: Request, rows: Rows) -> Rows:
    """The daily rows whose midnight lies in the window."""
    window = window_of(request)
    dates = [(row, parse_timestamp(row["date"])) for row in rows]
    return [row for row, date in dates if window is None or (date and window[0] <= date <= window[1])]


def _without_ends(_request: Request, rows: Rows) -> Rows:
    return [{name: value for name, value in row.items() if name not in ("end", "resolvedOn")} for row in rows]


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
    Variant(
        "visits-by-overlap",
        "Visits that overlap the window are listed",
        on_operations(_visits_by_overlap, "listServiceVisits"),
    ),
    Variant(
        "performance-by-start",
        "Service performance counts visits by their actual start",
        on_operations(_performance_by_actual_start, "getServicePerformance"),
    ),
    Variant(
        "days-by-midnight",
        "Daily rows belong to the window that contains their midnight",
        change_rows(_dated_inside, "getTelemetryDaily"),
    ),
    Variant(
        "ends-hidden",
        "Incidents and appointments show no end",
        change_rows(_without_ends, "listIncidents", "listAppointments"),
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
