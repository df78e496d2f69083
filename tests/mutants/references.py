"""Mutants of the area `consistency` that name things which aren't there, or say of them what isn't so."""

from tests.mutants.harness.alterations import Row, Rows, data, each, numbered, only, rows
from tests.mutants.harness.mutant import Look, Mutant
from tests.mutants.harness.request_windows import moved
from tests.mutants.harness.wrapper import Ask, Reply, Site

__all__ = ["MUTANTS"]

_NOBODY = "00000000-0000-4000-8000-000000000000"
_DEVICE = "/devices/{home.device}"
_MOVED = "from=2026-05-20T00:00:00Z&to=2026-06-10T00:00:00Z&pageSize=500"
_DAYS = "/reporting/telemetry-daily"


async def _parent_for_child(ask: Ask, site: Site) -> Reply:
    """An asset that is part of another is shown as the other."""
    reply = await site(ask)
    parent = reply.data.get("parentAssetId") if reply.ok else None
    return await site(ask.to("getAsset", {"assetId": parent})) if parent else reply


def _first_child_lost(_ask: Ask, found: Rows) -> Rows:
    return [row for row in found if not row["isActive"]] + [row for row in found if row["isActive"]][1:]


def _often(row: Row, name: str) -> bool:
    """A stable third of the rows."""
    return sum(map(ord, str(row[name]))) % 3 == 0


def _closed(row: Row) -> Row:
    return {} if row["isActive"] or not row["groupName"] else {"groupName": f"{row['groupName']} (closed)"}


def _extremes(row: Row) -> Row:
    """The coldest is warmer than the average."""
    warm = row.get("averageTemperature")
    return {} if warm is None else {"minTemperature": warm + 1, "maxTemperature": warm + 2}


MUTANTS = (
    Mutant(
        "con-parent-for-child",
        "consistency",
        ("CON-005",),
        "A child that is asked for by its id is shown as its parent",
        subtle=True,
        fault=only(_parent_for_child, "getAsset"),
        shows=(Look("/assets/{home.asset}"),),
    ),
    Mutant(
        "con-device-of-movements",
        "consistency",
        ("CON-006",),
        "Movements name a part of their device",
        subtle=True,
        fault=each(lambda row: {"deviceId": f"{row['deviceId']}/1"}, "listMovements"),
        shows=(Look(f"{_DEVICE}/movements?{_MOVED}"),),
    ),
    Mutant(
        "con-child-lost",
        "consistency",
        ("CON-008",),
        "The first active child isn't among the children",
        subtle=True,
        fault=rows(_first_child_lost, "listAssetChildren"),
        shows=(Look("/assets/{home.parent}/children"),),
    ),
    Mutant(
        "con-child-count",
        "consistency",
        ("CON-009",),
        "Assets with children count one more",
        subtle=True,
        fault=each(lambda row: numbered(row, "childCount", 1) if row["childCount"] else {}, "listAssets", "getAsset"),
        shows=(Look("/assets?status=all"),),
    ),
    Mutant(
        "con-device-points-elsewhere",
        "consistency",
        ("CON-011",),
        "Devices point at an asset that isn't theirs",
        subtle=True,
        fault=each(lambda row: {"assetId": _NOBODY} if row["assetId"] else {}, "listDevices", "getDevice"),
        shows=(Look(_DEVICE),),
    ),
    Mutant(
        "con-customer-lost",
        "consistency",
        ("CON-012",),
        "A third of the customers isn't in the directory",
        subtle=True,
        fault=rows(lambda _ask, found: [row for row in found if not _often(row, "customerId")], "listCustomers"),
        shows=(Look("/customers"),),
    ),
    Mutant(
        "con-vendor-lost",
        "consistency",
        ("CON-013",),
        "The last vendor isn't listed",
        subtle=True,
        fault=rows(lambda _ask, found: found[:-1], "listVendors"),
        shows=(Look("/vendors"),),
    ),
    Mutant(
        "con-group-of-two-names",
        "consistency",
        ("CON-014",),
        "The group of inactive assets has another name",
        subtle=True,
        fault=each(_closed, "listAssets", "getAsset"),
        shows=(Look("/assets?status=inactive"),),
    ),
    Mutant(
        "con-assumed-detail",
        "consistency",
        ("CON-004",),
        "An asset by its id has another description than in the list",
        subtle=True,
        fault=data(lambda _ask, asset: {**asset, "description": "-"}, "getAsset"),
        shows=(Look("/assets/{home.asset}"),),
    ),
    Mutant(
        "con-samples-a-minute-late",
        "consistency",
        ("CON-020",),
        "Samples are stamped a minute late",
        subtle=True,
        fault=each(lambda row: {"stamp": moved(row["stamp"], 60)}, "listPointGuardCycleSamples"),
        shows=(Look(f"{_DEVICE}/pointguard/cycles/{{home.cycle}}/samples"),),
    ),
    Mutant(
        "con-cycle-of-movement",
        "consistency",
        ("CON-022",),
        "Movements name a cycle that isn't theirs",
        subtle=True,
        fault=each(lambda row: {"cycleId": f"{row['cycleId']}x"}, "listMovements"),
        shows=(Look(f"{_DEVICE}/movements?{_MOVED}"),),
    ),
    Mutant(
        "con-coldest-above-average",
        "consistency",
        ("CON-027",),
        "The coldest of a day is warmer than the average",
        subtle=False,
        fault=each(_extremes, "getTelemetryDaily"),
        shows=(Look(_DAYS),),
    ),
    Mutant(
        "con-more-devices-than-assets",
        "consistency",
        ("CON-029",),
        "The asset summary has more assets with devices than assets",
        subtle=False,
        fault=data(lambda _ask, found: {**found, "withDevices": found["totalAssets"] + 1}, "getAssetsSummary"),
        shows=(Look("/reporting/assets-summary"),),
    ),
    Mutant(
        "con-device-of-incident",
        "consistency",
        ("CON-033",),
        "A third of the incidents is about a device that doesn't exist",
        subtle=True,
        fault=each(
            lambda row: {"deviceId": f"{row['deviceId']}x"} if _often(row, "incidentId") else {}, "listIncidents"
        ),
        shows=(Look("/incidents"),),
    ),
    Mutant(
        "con-movement-of-incident",
        "consistency",
        ("CON-034",),
        "Incidents name a movement that doesn't exist",
        subtle=True,
        fault=each(lambda row: {"movementId": _NOBODY} if row["movementId"] else {}, "listIncidents"),
        shows=(Look("/incidents"),),
    ),
    Mutant(
        "con-asset-of-report",
        "consistency",
        ("CON-035",),
        "A third of the reports is about an asset that doesn't exist",
        subtle=True,
        fault=each(
            lambda row: {"assetId": _NOBODY} if _often(row, "serviceReportId") else {},
            "listServiceReports",
            "getServiceReport",
        ),
        shows=(Look("/service-reports"),),
    ),
    Mutant(
        "con-asset-of-visit",
        "consistency",
        ("CON-036",),
        "Visits with a report are of another asset than it",
        subtle=True,
        fault=each(lambda row: {"assetId": _NOBODY} if row["serviceReportId"] else {}, "listServiceVisits"),
        shows=(Look("/service-visits"),),
    ),
    Mutant(
        "con-end-of-appointment",
        "consistency",
        ("CON-037",),
        "Appointments are of another asset than their visit",
        subtle=True,
        fault=each(lambda row: {"assetId": _NOBODY} if row["serviceVisitId"] else {}, "listAppointments"),
        shows=(Look("/appointments?fromUtc=2026-06-01T00:00:00Z&toUtc=2026-07-30T00:00:00Z"),),
    ),
    Mutant(
        "con-costs-do-not-add-up",
        "consistency",
        ("CON-038",),
        "The total of a report is a cent too high",
        subtle=True,
        fault=each(lambda row: numbered(row, "totalCost", 0.01), "listServiceReports", "getServiceReport"),
        shows=(Look("/service-reports"),),
    ),
    Mutant(
        "con-created-after-update",
        "consistency",
        ("CON-040",),
        "Customers were created after their last change",
        subtle=True,
        fault=each(lambda row: {"createdOn": row["updatedOn"], "updatedOn": row["createdOn"]}, "listCustomers"),
        shows=(Look("/customers"),),
    ),
)
