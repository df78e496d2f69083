"""Mutants of the area `shape`."""

import re
from typing import Any

from tests.mutants.harness.alterations import LISTS, READS, Row, Rows, data, each, only, replies, rows
from tests.mutants.harness.mutant import Look, Mutant
from tests.mutants.harness.request_windows import moved
from tests.mutants.harness.wrapper import Ask, Reply, Site

__all__ = ["MUTANTS"]

MAY = "from=2026-05-20T00:00:00Z&to=2026-06-10T00:00:00Z"
_MOVEMENTS = f"/devices/{{home.device}}/movements?{MAY}&pageSize=500"
_CYCLES = f"/devices/{{home.device}}/pointguard/cycles?{MAY}&pageSize=500"
_SIGNATURE = "/devices/{home.device}/movements/{home.movement}/signature"
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def _one_in_fifty(_ask: Ask, found: Rows) -> Rows:
    return [{**row, "deviceId": None} if place % 50 == 49 else row for place, row in enumerate(found)]


def _as_text(row: Row) -> Row:
    """Whole numbers come out as text."""
    value = row["averageCurrent"]
    return {"averageCurrent": f"{value:.2f}"} if value is not None and round(value * 10) == value * 10 else {}


def _not_whole(row: Row) -> Row:
    return {"samples": row["samples"] + 0.5} if row["samples"] > 139 else {}


def _naive(row: Row) -> Row:
    """Stamps with a fraction lose their offset, as they do where one column is of another type."""
    texts = {name: value for name, value in row.items() if isinstance(value, str)}
    return {name: text[:-1] for name, text in texts.items() if _STAMP.fullmatch(text) and "." in text}


def _spaced(row: Row) -> Row:
    return {"createdOn": str(row["createdOn"]).replace("T", " ").removesuffix("Z")} if row["createdOn"] else {}


def _renamed(_ask: Ask, device: Row) -> Row:
    return {{"batteryPercentage": "battery_percentage"}.get(name, name): value for name, value in device.items()}


def _braced(row: Row) -> Row:
    return {"assetId": "{" + row["assetId"] + "}"}


def _without(name: str) -> Any:
    return lambda _ask, found: {key: value for key, value in found.items() if key != name}


def _null_page(_ask: Ask, page: Any) -> Any:
    return page if page["data"] else {**page, "data": None}


def _not_a_number(_ask: Ask, reply: Reply) -> Reply:
    return reply.with_body(re.sub(rb'"averageHumidity":[0-9.]+\}?', _nan, reply.body, count=1))


def _nan(found: re.Match[bytes]) -> bytes:
    return b'"averageHumidity":NaN' + (b"}" if found[0].endswith(b"}") else b"")


async def _bare(ask: Ask, site: Site) -> Reply:
    reply = await site(ask)
    return reply.with_data(reply.rows) if reply.ok else reply


def _day_at_local_midnight(row: Row) -> Row:
    return {"date": moved(row["date"], -7_200)}


def _local(row: Row) -> Row:
    """The same instants, written with the offset of summer in Norway."""
    return {"createdOn": moved(row["createdOn"], 7_200).replace("Z", "+02:00")}


def _named_twice(_ask: Ask, reply: Reply) -> Reply:
    return reply.with_body(reply.body.replace(b'{"vendorId":', b'{"name":"","vendorId":'))


MUTANTS = (
    Mutant(
        "shp-null-once-in-fifty",
        "shape",
        ("SHP-003",),
        "One cycle in fifty has a null deviceId",
        subtle=True,
        fault=rows(_one_in_fifty, "listPointGuardCycles"),
        shows=(Look(_CYCLES),),
    ),
    Mutant(
        "shp-current-as-text",
        "shape",
        ("SHP-003",),
        "averageCurrent of some cycles is text",
        subtle=True,
        fault=each(_as_text, "listPointGuardCycles"),
        shows=(Look(_CYCLES),),
    ),
    Mutant(
        "shp-half-a-sample",
        "shape",
        ("SHP-003",),
        "The longer cycles have half a sample",
        subtle=True,
        fault=each(_not_whole, "listPointGuardCycles"),
        shows=(Look(_CYCLES),),
    ),
    Mutant(
        "shp-naive-with-fraction",
        "shape",
        ("SHP-005",),
        "Stamps with milliseconds have no offset",
        subtle=True,
        fault=each(_naive, "listPointGuardCycles", "listMovements", "getMovementSignature"),
        shows=(Look(_CYCLES), Look(_MOVEMENTS)),
    ),
    Mutant(
        "shp-sql-stamps",
        "shape",
        ("SHP-008",),
        "createdOn of reports is written as SQL does",
        subtle=False,
        fault=each(_spaced, "listServiceReports", "getServiceReport"),
        shows=(Look("/service-reports"),),
    ),
    Mutant(
        "shp-snake-member",
        "shape",
        ("SHP-013", "SHP-015"),
        "A single device has battery_percentage in place of batteryPercentage",
        subtle=True,
        fault=data(_renamed, "getDevice"),
        shows=(Look("/devices/{home.device}"),),
    ),
    Mutant(
        "shp-braced-uuid",
        "shape",
        ("SHP-006",),
        "Ids of children stand in braces",
        subtle=False,
        fault=each(_braced, "listAssetChildren"),
        shows=(Look("/assets/{home.parent}/children"),),
    ),
    Mutant(
        "shp-active-as-number",
        "shape",
        ("SHP-003",),
        "isActive of inactive assets is 0",
        subtle=True,
        fault=each(lambda row: {} if row["isActive"] else {"isActive": 0}, "listAssets"),
        shows=(Look("/assets?status=inactive"),),
    ),
    Mutant(
        "shp-daily-in-envelope",
        "shape",
        ("SHP-012",),
        "The daily telemetry comes in an envelope",
        subtle=False,
        fault=data(
            lambda _ask, found: {"data": found, "nextCursor": None, "hasMore": False},
            "getTelemetryDaily",
        ),
        shows=(Look("/reporting/telemetry-daily"),),
    ),
    Mutant(
        "shp-vendors-bare",
        "shape",
        ("PAG-004",),
        "The vendors come as a bare array",
        subtle=False,
        fault=only(_bare, "listVendors"),
        shows=(Look("/vendors"),),
    ),
    Mutant(
        "shp-day-without-time",
        "shape",
        ("SHP-006",),
        "date of a day is no date-time",
        subtle=False,
        fault=each(lambda row: {"date": row["date"][:10]}, "getTelemetryDaily"),
        shows=(Look("/reporting/telemetry-daily"),),
    ),
    Mutant(
        "shp-rate-limit-left-out",
        "shape",
        ("SHP-011",),
        "/me has no rateLimit",
        subtle=False,
        fault=data(_without("rateLimit"), "getMe"),
        shows=(Look("/me"),),
    ),
    Mutant(
        "shp-version",
        "shape",
        ("SHP-010",),
        "/me says version 1",
        subtle=False,
        fault=data(lambda _ask, me: {**me, "version": "1"}, "getMe"),
        shows=(Look("/me"),),
    ),
    Mutant(
        "shp-null-page",
        "shape",
        ("SHP-003",),
        "data of an empty page is null",
        subtle=True,
        fault=data(_null_page, *LISTS),
        shows=(Look("/assets?groupId=99999"),),
        traffic=("filters",),
    ),
    Mutant(
        "shp-not-a-number",
        "shape",
        ("SHP-002",),
        "A mean over nothing is written NaN",
        subtle=False,
        fault=replies(_not_a_number, "getTelemetryDaily"),
        shows=(Look("/reporting/telemetry-daily"),),
    ),
    Mutant(
        "shp-shape-unpacked",
        "shape",
        ("WAV-010",),
        "shapeJson is an object, not text",
        subtle=False,
        fault=each(lambda _row: {"shapeJson": {"version": 1, "points": 0}}, "getMovementSignature"),
        shows=(Look(_SIGNATURE),),
    ),
    Mutant(
        "shp-summary-member",
        "shape",
        ("SHP-004",),
        "The asset summary has no overdueService",
        subtle=False,
        fault=data(_without("overdueService"), "getAssetsSummary"),
        shows=(Look("/reporting/assets-summary"),),
    ),
    Mutant(
        "shp-media-type",
        "shape",
        ("SHP-002",),
        "Answers say that they are text/html",
        subtle=False,
        fault=replies(lambda _ask, reply: reply.having(b"content-type", b"text/html"), *READS),
        shows=(Look("/me"),),
    ),
    Mutant(
        "shp-latin-1",
        "shape",
        ("SHP-002",),
        "Names of assets are written in Latin-1",
        subtle=False,
        fault=replies(
            lambda _ask, reply: reply.with_body(reply.body.decode().encode("latin-1", "replace")), "listAssets"
        ),
        shows=(Look("/assets"),),
    ),
    Mutant(
        "shp-summary-accepted",
        "shape",
        ("SHP-001",),
        "The asset summary is answered 202",
        subtle=False,
        fault=replies(lambda _ask, reply: reply.with_status(202), "getAssetsSummary"),
        shows=(Look("/reporting/assets-summary"),),
    ),
    Mutant(
        "shp-charset",
        "shape",
        ("SHP-016",),
        "Content-Type says ISO 8859-1",
        subtle=False,
        fault=replies(
            lambda _ask, reply: reply.having(b"content-type", b"application/json; charset=iso-8859-1"), "listCustomers"
        ),
        shows=(Look("/customers"),),
    ),
    Mutant(
        "shp-local-offset",
        "shape",
        ("SHP-014",),
        "createdOn of incidents has the offset of local time",
        subtle=False,
        fault=each(_local, "listIncidents"),
        shows=(Look("/incidents"),),
    ),
    Mutant(
        "shp-day-at-local-midnight",
        "shape",
        ("SHP-017",),
        "Days begin at midnight of local time",
        subtle=True,
        fault=each(_day_at_local_midnight, "getTelemetryDaily"),
        shows=(Look("/reporting/telemetry-daily"),),
    ),
    Mutant(
        "shp-name-twice",
        "shape",
        ("SHP-018",),
        "Vendors have two members called name",
        subtle=True,
        fault=replies(_named_twice, "listVendors"),
        shows=(Look("/vendors"),),
    ),
    Mutant(
        "shp-battery-of-120",
        "shape",
        ("SHP-007",),
        "A full battery has 120 per cent",
        subtle=True,
        fault=each(lambda row: {"batteryPercentage": 120} if row["batteryPercentage"] else {}, "listDevices"),
        shows=(Look("/devices"),),
    ),
    Mutant(
        "shp-upper-uuid",
        "shape",
        ("SHP-019",),
        "Ids of incidents are in upper case",
        subtle=False,
        fault=each(lambda row: {"incidentId": row["incidentId"].upper()}, "listIncidents"),
        shows=(Look("/incidents"),),
    ),
    Mutant(
        "shp-assumed-member",
        "shape",
        ("SHP-009",),
        "childCount is text",
        subtle=False,
        fault=each(lambda row: {"childCount": str(row["childCount"])}, "listAssets"),
        shows=(Look("/assets"),),
    ),
)
