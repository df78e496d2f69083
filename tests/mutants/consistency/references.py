"""Mutants that the checks of `consistency/references.py` catch."""

from tests.mutants.harness.alterations import Row, change_rows, on_operations, set_members
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import DEVICE, UNKNOWN_ID
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]


async def _lose_devices_ending_in_7(request: Request, upstream: Upstream) -> Response:
    return await upstream(
        request
        if not request.path_values["deviceId"].endswith("7")
        else request.to_operation("getDevice", {"deviceId": "unknown"})
    )


def _is_in_stable_third(row: Row, name: str) -> bool:
    """Select the same third of the rows each time, by a member's characters."""
    return sum(map(ord, str(row[name]))) % 3 == 0


def _rename_group_of_inactive(row: Row) -> Row:
    return {} if row["isActive"] or not row["groupName"] else {"groupName": f"{row['groupName']} (closed)"}


MUTANTS = (
    Mutant(
        "con-device-lost",
        ("CON-010",),
        "getDevice does not find devices whose id ends in 7",
        fault=on_operations(_lose_devices_ending_in_7, "getDevice"),
        probes=(Probe("/devices/TRY-007"),),
    ),
    Mutant(
        "con-device-points-elsewhere",
        ("CON-011",),
        "assetId of devices names an unknown asset",
        fault=set_members(lambda row: {"assetId": UNKNOWN_ID} if row["assetId"] else {}, "listDevices", "getDevice"),
        probes=(Probe(DEVICE),),
    ),
    Mutant(
        "con-customer-lost",
        ("CON-012",),
        "listCustomers lacks a third of the customers",
        fault=change_rows(
            lambda _request, found: [row for row in found if not _is_in_stable_third(row, "customerId")],
            "listCustomers",
        ),
        probes=(Probe("/customers"),),
    ),
    Mutant(
        "con-vendor-lost",
        ("CON-013",),
        "listVendors lacks the last vendor",
        fault=change_rows(lambda _request, found: found[:-1], "listVendors"),
        probes=(Probe("/vendors"),),
    ),
    Mutant(
        "con-group-of-two-names",
        ("CON-014",),
        "groupName of inactive assets differs from that of active ones",
        fault=set_members(_rename_group_of_inactive, "listAssets", "getAsset"),
        probes=(Probe("/assets?status=inactive"),),
    ),
    Mutant(
        "con-device-of-incident",
        ("CON-033",),
        "deviceId of a third of the incidents names an unknown device",
        fault=set_members(
            lambda row: {"deviceId": f"{row['deviceId']}x"} if _is_in_stable_third(row, "incidentId") else {},
            "listIncidents",
        ),
        probes=(Probe("/incidents"),),
    ),
    Mutant(
        "con-asset-of-report",
        ("CON-035",),
        "assetId of a third of the service reports names an unknown asset",
        fault=set_members(
            lambda row: {"assetId": UNKNOWN_ID} if _is_in_stable_third(row, "serviceReportId") else {},
            "listServiceReports",
            "getServiceReport",
        ),
        probes=(Probe("/service-reports"),),
    ),
)
