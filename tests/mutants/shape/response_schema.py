"""Mutants that the checks of `shape/response_schema.py` catch."""

from typing import Any

from tests.mutants.harness.alterations import LISTS, Row, Rows, change_json, change_rows, set_members
from tests.mutants.harness.messages import Request
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import CHILDREN, CYCLES, DAYS, WINDOW

__all__ = ["MUTANTS"]


def _null_device_in_every_fiftieth(_request: Request, found: Rows) -> Rows:
    return [{**row, "deviceId": None} if number % 50 == 49 else row for number, row in enumerate(found)]


def _current_as_text(row: Row) -> Row:
    """Write an averageCurrent with at most one decimal as text."""
    value = row["averageCurrent"]
    return {"averageCurrent": f"{value:.2f}"} if value is not None and round(value * 10) == value * 10 else {}


def _half_a_sample_more(row: Row) -> Row:
    return {"samples": row["samples"] + 0.5} if row["samples"] > 139 else {}


def _created_on_in_sql_format(row: Row) -> Row:
    return {"createdOn": str(row["createdOn"]).replace("T", " ").removesuffix("Z")} if row["createdOn"] else {}


def _asset_id_in_braces(row: Row) -> Row:
    return {"assetId": "{" + row["assetId"] + "}"}


def _null_for_empty_page(_request: Request, page: Any) -> Any:
    return page if page["data"] else {**page, "data": None}


MUTANTS = (
    Mutant(
        "shp-null-once-in-fifty",
        ("SHP-003",),
        "deviceId is null in every fiftieth cycle",
        fault=change_rows(_null_device_in_every_fiftieth, "listPointGuardCycles"),
        probes=(Probe(f"{CYCLES}?{WINDOW}&pageSize=500"),),
    ),
    Mutant(
        "shp-current-as-text",
        ("SHP-003",),
        "averageCurrent of some cycles is text",
        fault=set_members(_current_as_text, "listPointGuardCycles"),
        probes=(Probe(f"{CYCLES}?{WINDOW}&pageSize=500"),),
    ),
    Mutant(
        "shp-half-a-sample",
        ("SHP-003",),
        "The sample count of longer cycles is not an integer",
        fault=set_members(_half_a_sample_more, "listPointGuardCycles"),
        probes=(Probe(f"{CYCLES}?{WINDOW}&pageSize=500"),),
    ),
    Mutant(
        "shp-sql-stamps",
        ("SHP-008",),
        "createdOn of service reports is in the format of SQL",
        subtle=False,
        fault=set_members(_created_on_in_sql_format, "listServiceReports", "getServiceReport"),
        probes=(Probe("/service-reports"),),
    ),
    Mutant(
        "shp-braced-uuid",
        ("SHP-006",),
        "assetId of children is enclosed in braces",
        subtle=False,
        fault=set_members(_asset_id_in_braces, "listAssetChildren"),
        probes=(Probe(CHILDREN),),
    ),
    Mutant(
        "shp-active-as-number",
        ("SHP-003",),
        "isActive of inactive assets is 0",
        fault=set_members(lambda row: {} if row["isActive"] else {"isActive": 0}, "listAssets"),
        probes=(Probe("/assets?status=inactive"),),
    ),
    Mutant(
        "shp-day-without-time",
        ("SHP-006",),
        "date of a day is not a date-time",
        subtle=False,
        fault=set_members(lambda row: {"date": row["date"][:10]}, "getTelemetryDaily"),
        probes=(Probe(DAYS),),
    ),
    Mutant(
        "shp-null-page",
        ("SHP-003",),
        "data of an empty page is null",
        fault=change_json(_null_for_empty_page, *LISTS),
        probes=(Probe("/assets?groupId=99999"),),
        traffic=("filters",),
    ),
    Mutant(
        "shp-battery-of-120",
        ("SHP-007",),
        "batteryPercentage of devices is 120",
        fault=set_members(lambda row: {"batteryPercentage": 120} if row["batteryPercentage"] else {}, "listDevices"),
        probes=(Probe("/devices"),),
    ),
    Mutant(
        "shp-upper-uuid",
        ("SHP-019",),
        "incidentId is in upper case",
        subtle=False,
        fault=set_members(lambda row: {"incidentId": row["incidentId"].upper()}, "listIncidents"),
        probes=(Probe("/incidents"),),
    ),
    Mutant(
        "shp-assumed-member",
        ("SHP-009",),
        "childCount is text",
        subtle=False,
        fault=set_members(lambda row: {"childCount": str(row["childCount"])}, "listAssets"),
        probes=(Probe("/assets"),),
    ),
)
