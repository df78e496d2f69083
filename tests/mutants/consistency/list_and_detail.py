"""Mutants that the checks of `consistency/list_and_detail.py` catch."""

from tests.mutants.harness.alterations import add_to_member, change_json, on_operations, set_members
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import ASSET, CHILDREN, DEVICE, MOVEMENTS, WINDOW
from tests.mutants.harness.request_windows import shift_timestamp
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]


async def _parent_for_child(request: Request, upstream: Upstream) -> Response:
    """Return the parent for an asset that has one."""
    response = await upstream(request)
    parent = response.json.get("parentAssetId") if response.ok else None
    return await upstream(request.to_operation("getAsset", {"assetId": parent})) if parent else response


MUTANTS = (
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
