"""Mutants that the checks of `consistency/null_members.py` catch: what is null or missing in one response."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from tests.mutants.harness.alterations import Row, change_rows, error_response, on_operations, reject, set_members
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import CHILDREN, CYCLES, MOVEMENTS, SAMPLES, TELEMETRY, WINDOW
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]

_ASSETS, _DEVICES, _REPORTS = (
    "/assets?status=all&pageSize=500",
    "/devices?pageSize=500",
    "/service-reports?pageSize=500",
)
_SIGNATURES = f"{MOVEMENTS}?{WINDOW}&pageSize=500"
_NEWEST = f"{MOVEMENTS}?from=2026-06-29T00:00:00Z&to=2026-07-01T00:00:00Z"
_CYCLE = f"{TELEMETRY}?{WINDOW}&telemetryType=1&pageSize=500"


def _some(member: str) -> Callable[[Row], bool]:
    """Select the same third of the rows each time, by a member's characters."""
    return lambda row: sum(map(ord, str(row.get(member)))) % 3 == 0


def _outside_ascii(member: str) -> Callable[[Row], bool]:
    return lambda row: not str(row.get(member)).isascii()


def _is_missing(member: str) -> Callable[[Row], bool]:
    return lambda row: row.get(member) is None


class _Null(NamedTuple):
    """A wrong `value` of a member in the rows that `selects` selects; `which` describes them, `target` returns some."""

    operation_id: str
    member: str
    value: object
    selects: Callable[[Row], bool]
    which: str
    target: str = ""


_TABLE = (
    _Null("getAsset", "lastServiceOn", None, _some("assetId"), "some assets"),
    _Null("getAsset", "customerName", None, _outside_ascii("customerName"), "names outside ASCII"),
    _Null("getAsset", "nextServiceOn", "2026-07-01T00:00:00Z", _is_missing("nextServiceOn"), "assets without it"),
    _Null("listAssets", "manufacturer", None, lambda row: not row["isActive"], "inactive assets", _ASSETS),
    _Null("listAssets", "model", "-", _is_missing("model"), "assets without it", _ASSETS),
    _Null(
        "listAssetChildren", "serialNumber", None, _some("serialNumber"), "some children", f"{CHILDREN}?pageSize=500"
    ),
    _Null("getDevice", "batteryPercentage", None, _some("deviceId"), "some devices"),
    _Null("getDevice", "batteryPercentage", 0, _is_missing("batteryPercentage"), "devices without it"),
    _Null("listDevices", "assetId", None, lambda row: row["status"] == 3, "devices in maintenance", _DEVICES),
    _Null("getServiceReport", "deviceId", None, lambda row: row["state"] == 2, "completed reports"),
    _Null("getServiceReport", "deviceId", "TRY-001", _is_missing("deviceId"), "reports without it"),
    _Null("getServiceReport", "partsCost", None, lambda row: row["partsCost"] == 0, "reports without parts"),
    _Null(
        "listServiceReports", "technicianName", None, _outside_ascii("technicianName"), "names outside ASCII", _REPORTS
    ),
    _Null("listMovements", "currentSignature", None, _some("id"), "some movements", _SIGNATURES),
    _Null("getMovementSignature", "currentP90", None, _some("movementId"), "some movements"),
    _Null("listPointGuardCycleSamples", "current", None, lambda row: row["cycleSampleIndex"] == 7, "sample 7", SAMPLES),
    _Null("listDeviceTelemetry", "direction", None, lambda row: row["cycleSampleIndex"] == 7, "sample 7", _CYCLE),
)
_DETAILS = {
    "getAsset": Probe("/assets/{id}", each=(_ASSETS, "assetId")),
    "getDevice": Probe("/devices/{id}", each=(_DEVICES, "deviceId")),
    "getServiceReport": Probe("/service-reports/{id}", each=(_REPORTS, "serviceReportId")),
    "getMovementSignature": Probe(f"{MOVEMENTS}/{{id}}/signature", each=(_SIGNATURES, "id")),
}


def _set(one: _Null) -> Callable[[Row], Row]:
    return lambda row: {one.member: one.value} if one.selects(row) else {}


def _embedded_p10_is_null(_request: Request, rows: list[Row]) -> list[Row]:
    selects = _some("id")
    return [
        {**row, "currentSignature": {**row["currentSignature"], "currentP10": None}}
        if row["currentSignature"] and selects(row)
        else row
        for row in rows
    ]


def _of_table() -> Iterator[Mutant]:
    for number, one in enumerate(_TABLE, start=1):
        shown = "null" if one.value is None else repr(one.value)
        yield Mutant(
            f"con-null-{number}",
            ("CON-044",),
            f"{one.operation_id} shows {shown} as {one.member} of {one.which}",
            fault=set_members(_set(one), one.operation_id),
            probes=(Probe(one.target) if one.target else _DETAILS[one.operation_id],),
        )


async def _not_yet_signed(request: Request, upstream: Upstream) -> Response:
    """The job that stores signatures is two days late."""
    response = await upstream(request)
    late = response.ok and str(response.json["start"]) >= "2026-06-29"
    return error_response(404, "not_found") if late else response


def _is_newest_cycle(request: Request) -> bool:
    return request.path_values.get("cycleId", "") >= "cyc_20260629"


MUTANTS = (
    Mutant(
        "con-newest-signatures-missing",
        ("CON-053",),
        "Signatures of the last two days are not found by id",
        fault=on_operations(_not_yet_signed, "getMovementSignature"),
        probes=(Probe(f"{MOVEMENTS}/{{id}}/signature", each=(_NEWEST, "id")),),
    ),
    Mutant(
        "con-newest-samples-missing",
        ("CON-053",),
        "Samples of the cycles of the last two days are not found",
        fault=reject(_is_newest_cycle, "listPointGuardCycleSamples", status=404),
        probes=(Probe(f"{CYCLES}/{{id}}/samples", each=(_NEWEST, "cycleId")),),
    ),
    *_of_table(),
    Mutant(
        "con-null-in-embedded-signature",
        ("CON-044",),
        "currentP10 in currentSignature is null in some movements",
        fault=change_rows(_embedded_p10_is_null, "listMovements"),
        probes=(Probe(_SIGNATURES),),
    ),
)
