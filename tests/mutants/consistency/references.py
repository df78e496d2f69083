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


_WINDOW = "fromUtc=2026-01-01T00:00:00Z&toUtc=2026-07-30T00:00:00Z"
_RECORDS = {
    "listIncidents": ("incident", "/incidents"),
    "listServiceReports": ("serviceReport", "/service-reports"),
    "listServiceVisits": ("serviceVisit", f"/service-visits?{_WINDOW}"),
    "listAppointments": ("appointment", f"/appointments?{_WINDOW}"),
}
"""Lists of records that refer to an asset or a device, each with the name of a row and a request for some."""


def _unknown(requirement: str, member: str, operation: str) -> Mutant:
    """A mutant that lets a third of the rows of a list refer to an asset or a device that does not exist."""
    row_name, target = _RECORDS[operation]

    def fault(row: Row) -> Row:
        return {member: UNKNOWN_ID} if row[member] and _is_in_stable_third(row, f"{row_name}Id") else {}

    names = (operation, "getServiceReport") if operation == "listServiceReports" else (operation,)
    return Mutant(
        f"con-{member.lower()}-of-{row_name.lower()}",
        (requirement,),
        f"{member} of a third of the rows of {operation} is unknown",
        fault=set_members(fault, *names),
        probes=(Probe(target),),
    )


def _in_ascii(name: str) -> str:
    return name.encode("ascii", "replace").decode()


def _turned(value: str) -> str:
    """The same text with its last two characters exchanged."""
    return value[:-2] + value[-1] + value[-2]


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
    *(
        Mutant(
            f"con-user-of-two-names-{name}",
            ("CON-014",),
            f"{member} of {name} has no letters outside ASCII",
            fault=set_members(lambda row, member=member: {member: row[member] and _in_ascii(row[member])}, name),  # type: ignore[misc]
            probes=(Probe(target),),
        )
        for name, member, target in (
            ("listServiceVisits", "assignedUserName", "/service-visits"),
            ("listAppointments", "userName", "/appointments"),
            ("listServiceReports", "technicianName", "/service-reports"),
        )
    ),
    *(
        Mutant(
            f"con-part-{kind}",
            ("CON-052",),
            f"{member} of the parts of service reports {what}",
            fault=set_members(
                lambda row, member=member: {
                    "parts": [{**part, member: _turned(part[member])} for part in row["parts"]]
                },  # type: ignore[misc]
                "listServiceReports",
                "getServiceReport",
            ),
            probes=(Probe("/service-reports"),),
        )
        for kind, member, what in (
            ("unknown", "partId", "is that of no part in the inventory"),
            ("of-other-number", "partNumber", "is that of another part"),
        )
    ),
    *(_unknown("CON-033", "deviceId", name) for name in _RECORDS if name != "listAppointments"),
    *(_unknown("CON-035", "assetId", name) for name in _RECORDS),
)
