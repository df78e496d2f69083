"""Mutants that the checks of `consistency/service_records.py` catch."""

from tests.mutants.harness.alterations import add_to_member, set_members
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import UNKNOWN_ID

__all__ = ["MUTANTS"]


MUTANTS = (
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
