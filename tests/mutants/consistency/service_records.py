"""Mutants that the checks of `consistency/service_records.py` catch."""

from tests.mutants.harness.alterations import add_to_member, on_operations, set_members
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import UNKNOWN_ID
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]


async def _with_newest_movement(request: Request, upstream: Upstream) -> Response:
    """Join the newest movement of the device on the day of the incident, in place of the one that raised it."""
    response = await upstream(request)
    if not response.ok:
        return response
    rows = []
    for row in response.rows:
        day = row["createdOn"][:10]
        window = {"from": row["createdOn"], "to": f"{day}T23:59:59Z"}
        call = upstream.as_unrestricted(request).to_operation("listMovements", {"deviceId": row["deviceId"]}, **window)
        later = await upstream(call)
        newest = later.rows[-1:] if later.ok else []
        rows.append({**row, "movementId": newest[0]["id"]} if newest and row["movementId"] else row)
    return response.with_rows(rows)


MUTANTS = (
    Mutant(
        "con-later-movement-of-incident",
        ("CON-034",),
        "movementId of incidents names the newest movement of the day",
        fault=on_operations(_with_newest_movement, "listIncidents"),
        probes=(Probe("/incidents"),),
    ),
    Mutant(
        "con-movement-of-incident",
        ("CON-034",),
        "movementId of incidents names an unknown movement",
        fault=set_members(lambda row: {"movementId": UNKNOWN_ID} if row["movementId"] else {}, "listIncidents"),
        probes=(Probe("/incidents"),),
    ),
    Mutant(
        "con-asset-of-visit",
        ("CON-036",),
        "assetId of visits differs from that of their report",
        fault=set_members(lambda row: {"assetId": UNKNOWN_ID} if row["serviceReportId"] else {}, "listServiceVisits"),
        probes=(Probe("/service-visits"),),
    ),
    Mutant(
        "con-asset-of-appointment",
        ("CON-037",),
        "assetId of appointments differs from that of their visit",
        fault=set_members(lambda row: {"assetId": UNKNOWN_ID} if row["serviceVisitId"] else {}, "listAppointments"),
        probes=(Probe("/appointments?fromUtc=2026-06-01T00:00:00Z&toUtc=2026-07-30T00:00:00Z"),),
    ),
    Mutant(
        "con-costs-do-not-add-up",
        ("CON-038",),
        "totalCost of service reports is a cent too high",
        fault=set_members(lambda row: add_to_member(row, "totalCost", 0.01), "listServiceReports", "getServiceReport"),
        probes=(Probe("/service-reports"),),
    ),
)
