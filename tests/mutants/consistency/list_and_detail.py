"""Mutants that the checks of `consistency/list_and_detail.py` catch."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from tests.mutants.harness.alterations import (
    Row,
    Rows,
    add_to_member,
    change_json,
    change_rows,
    on_operations,
    set_members,
)
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import ASSET, CHILDREN, DEVICE, MOVEMENTS, WINDOW
from tests.mutants.harness.request_windows import parse_timestamp, shift_timestamp
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]


async def _parent_for_child(request: Request, upstream: Upstream) -> Response:
    """Return the parent for an asset that has one."""
    response = await upstream(request)
    parent = response.json.get("parentAssetId") if response.ok else None
    return await upstream(request.to_operation("getAsset", {"assetId": parent})) if parent else response


_ASSETS = Probe("/assets/{id}", each=("/assets?status=all&pageSize=500", "assetId"))
_DEVICES = Probe("/devices/{id}", each=("/devices?pageSize=500", "deviceId"))
_REPORTS = Probe("/service-reports/{id}", each=("/service-reports?pageSize=500", "serviceReportId"))


def _week_year(time: datetime) -> datetime:
    """The year of the week, as with YYYY in place of yyyy."""
    year = time.isocalendar().year
    return time.replace(year=year) if (time.month, time.day) != (2, 29) else time


def _local_time(time: datetime) -> datetime:
    """The local time of the days around a clock change."""
    change = any(time.month == month and time.day >= 24 for month in (3, 10))
    return time + timedelta(hours=1) if change else time


def _local_date(time: datetime) -> datetime:
    """The local date with the time in UTC."""
    return time + timedelta(days=1) if time.hour >= 22 else time


def _next_month(time: datetime) -> datetime:
    """The day after the last of a month, as where days are counted from 0."""
    after = time + timedelta(days=1)
    return after if after.day == 1 else time


def _with_times(change: Callable[[datetime], datetime]) -> Callable[[Row], Row]:
    def changed(row: Row) -> Row:
        times = {name: parse_timestamp(value) for name, value in row.items() if isinstance(value, str) and "T" in value}
        moved = {name: (time, change(time)) for name, time in times.items() if time is not None}
        shifts = {name: (after - before).total_seconds() for name, (before, after) in moved.items()}
        return {name: shift_timestamp(row[name], seconds) for name, seconds in shifts.items() if seconds}

    return changed


def _garbled(*members: str) -> Callable[[Row], Row]:
    """Texts in UTF-8 that are read as Latin-1."""
    return lambda row: {name: row[name].encode().decode("latin-1") for name in members}


def _where(member: str, value: object, **changes: object) -> Callable[[Row], Row]:
    return lambda row: dict(changes) if row[member] == value else {}


def _last_of_page(**changes: object) -> Callable[[Request, Rows], Rows]:
    return lambda _request, rows: [*rows[:-1], *({**row, **changes} for row in rows[-1:])]


_TIMES = (
    ("week-year", "in the days around New Year have the year of their week", _week_year),
    ("clock-change", "around clock changes are an hour late", _local_time),
    ("evening", "late in the evening have the date of the next day", _local_date),
    ("month-end", "on the last day of a month are a day late", _next_month),
)
_WITH_TIMES = (
    ("getAsset", _ASSETS, _TIMES),
    ("getDevice", _DEVICES, _TIMES[1:]),
    ("getServiceReport", _REPORTS, _TIMES),
)
"""By operation, its probe and the kinds of times that its rows have."""


def _of_rare_times() -> Iterator[Mutant]:
    for name, probe, kinds in _WITH_TIMES:
        for kind, title, change in kinds:
            fault = set_members(_with_times(change), name)
            yield Mutant(
                f"con-{name[3:].lower()}-{kind}", ("CON-004",), f"Times of {name} {title}", fault=fault, probes=(probe,)
            )


_RARE = (
    ("asset-garbled", "CON-001", "getAsset garbles letters of name outside ASCII", _garbled("name"), "getAsset"),
    ("device-garbled", "CON-002", "getDevice garbles letters outside ASCII", _garbled("deviceName"), "getDevice"),
    (
        "report-garbled",
        "CON-004",
        "getServiceReport garbles letters outside ASCII",
        _garbled("title", "technicianName"),
        "getServiceReport",
    ),
    (
        "inactive-asset-shown-active",
        "CON-001",
        "getAsset shows inactive assets as active",
        _where("isActive", False, isActive=True),
        "getAsset",
    ),
    (
        "status-in-maintenance",
        "CON-004",
        "getDevice shows another status for devices in maintenance",
        _where("status", 3, status=1),
        "getDevice",
    ),
    (
        "state-of-completed",
        "CON-003",
        "getServiceReport shows completed reports as approved",
        _where("stateText", "Completed", stateText="Approved", state=3),
        "getServiceReport",
    ),
    (
        "empty-battery",
        "CON-002",
        "getDevice shows 0 where batteryPercentage is null",
        _where("batteryPercentage", None, batteryPercentage=0),
        "getDevice",
    ),
    (
        "newest-report-stale",
        "CON-003",
        "getServiceReport shows an earlier state of the newest report",
        _where("reportNumber", "SR-0002813", stateText="Started", state=1),
        "getServiceReport",
    ),
)
_PROBES = {"getAsset": _ASSETS, "getDevice": _DEVICES, "getServiceReport": _REPORTS}
_LAST_OF_PAGE = (
    ("listAssets", "CON-001", {"name": "-"}, "/assets?status=all&pageSize=500"),
    ("listDevices", "CON-002", {"deviceName": "-"}, "/devices?pageSize=500"),
    ("listServiceReports", "CON-003", {"stateText": "-"}, "/service-reports?pageSize=500"),
    ("listAssetChildren", "CON-041", {"name": "-"}, f"{CHILDREN}?pageSize=500"),
)


def _of_rare_rows() -> Iterator[Mutant]:
    for name, caught_by, title, change, operation in _RARE:
        fault = set_members(change, operation)
        yield Mutant(f"con-{name}", (caught_by,), title, fault=fault, probes=(_PROBES[operation],))
    for operation, caught_by, changes, target in _LAST_OF_PAGE:
        yield Mutant(
            f"con-last-of-page-{operation[4:].lower()}",
            (caught_by,),
            f"The last row of each page of {operation} differs from its detail",
            fault=change_rows(_last_of_page(**changes), operation),
            probes=(Probe(target),),
        )


MUTANTS = (
    *_of_rare_times(),
    *_of_rare_rows(),
    Mutant(
        "con-asset-detail",
        ("CON-001",),
        "getAsset returns another name than listAssets",
        fault=change_json(lambda _request, asset: {**asset, "name": str(asset["name"]).upper()}, "getAsset"),
        probes=(Probe(ASSET),),
    ),
    Mutant(
        "con-child-renamed",
        ("CON-041",),
        "listAssetChildren returns another name than getAsset",
        fault=set_members(lambda row: {"name": str(row["name"]).upper()}, "listAssetChildren"),
        probes=(Probe(f"{CHILDREN}?pageSize=500"),),
    ),
    Mutant(
        "con-child-lags-behind",
        ("CON-004",),
        "listAssetChildren returns another installedOn than getAsset",
        fault=set_members(
            lambda row: {"installedOn": shift_timestamp(row["installedOn"], -86_400)}, "listAssetChildren"
        ),
        probes=(Probe(f"{CHILDREN}?pageSize=500"),),
    ),
    Mutant(
        "con-device-detail",
        ("CON-002",),
        "getDevice returns another batteryPercentage than listDevices",
        fault=set_members(lambda row: add_to_member(row, "batteryPercentage", -1), "getDevice"),
        probes=(Probe(DEVICE),),
    ),
    Mutant(
        "con-report-detail",
        ("CON-003",),
        "getServiceReport returns another stateText than listServiceReports",
        fault=change_json(lambda _request, report: {**report, "stateText": "Approved by customer"}, "getServiceReport"),
        probes=(Probe("/service-reports/{own.report}"),),
    ),
    Mutant(
        "con-parent-for-child",
        ("CON-005",),
        "getAsset returns the parent of a child asset",
        fault=on_operations(_parent_for_child, "getAsset"),
        probes=(Probe(ASSET),),
    ),
    Mutant(
        "con-device-of-movements",
        ("CON-006",),
        "deviceId of movements differs from the device in the path",
        fault=set_members(lambda row: {"deviceId": f"{row['deviceId']}/1"}, "listMovements"),
        probes=(Probe(f"{MOVEMENTS}?{WINDOW}&pageSize=500"),),
    ),
    Mutant(
        "con-assumed-detail",
        ("CON-004",),
        "getAsset returns another description than listAssets",
        fault=change_json(lambda _request, asset: {**asset, "description": "-"}, "getAsset"),
        probes=(Probe(ASSET),),
    ),
)
