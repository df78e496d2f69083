"""Mutants of the area `isolation`."""

from typing import Any

from tests.mutants.faults import as_stranger_too, boundless, later_pages, only, refuse
from tests.mutants.mutant import Look, Mutant
from tests.mutants.wrapper import Ask, Reply, Site

__all__ = ["MUTANTS"]

MAY = "from=2026-05-20T00:00:00Z&to=2026-06-10T00:00:00Z"
_AWAY = "/devices/{away.device}"
_ADDED = ("totalAssets", "activeAssets", "inactiveAssets", "withDevices", "overdueService", "totalMaintenanceCost")


def _may(ask: Ask) -> bool:
    """The key may call the operation."""
    return ask.key is not None and ask.operation is not None and ask.operation.scope in ask.key.scopes


async def _row_of_another(ask: Ask, site: Site) -> Reply:
    """The last page ends in a row of another organisation."""
    reply = await site(ask)
    if not reply.ok or reply.data["hasMore"] or len(reply.rows) >= ask.number("pageSize", 100):
        return reply
    other = await site(ask.as_key(site.stranger(ask)).asking(cursor=None, pageSize=1))
    return reply.with_rows(reply.rows + other.rows) if other.ok else reply


async def _added_up(ask: Ask, site: Site) -> Reply:
    """The summary counts all organisations."""
    reply, other = await site(ask), await site(ask.as_key(site.stranger(ask)))
    if not reply.ok:
        return reply
    both: dict[str, Any] = {name: reply.data[name] + other.data[name] for name in _ADDED}
    return reply.with_data({**reply.data, **both})


async def _visits_of_all(ask: Ask, site: Site) -> Reply:
    reply, other = await site(ask), await site(ask.as_key(site.stranger(ask)))
    return reply.with_rows(reply.rows + other.rows[:1]) if reply.ok and other.ok else reply


async def _filter_only(ask: Ask, site: Site) -> Reply:
    """A device that is asked for is looked up wherever it is."""
    reply = await site(ask)
    if not reply.ok or reply.rows or ask.value("deviceId") is None:
        return reply
    return await site(ask.as_key(site.stranger(ask)))


async def _vendor_only(ask: Ask, site: Site) -> Reply:
    reply = await site(ask)
    if not reply.ok or reply.rows or ask.value("vendorId") is None:
        return reply
    return await site(ask.as_key(site.stranger(ask)))


async def _existence(ask: Ask, site: Site) -> Reply:
    """What belongs to someone else is told by another message than what doesn't exist."""
    reply = await site(ask)
    if reply.status == 404 and (await site(ask.as_key(site.stranger(ask)))).ok:
        return refuse(404, "not_found", "The report belongs to another organization.")
    return reply


MUTANTS = (
    Mutant(
        "iso-asset-by-id",
        "isolation",
        (),
        "An asset is shown to whoever knows its id",
        subtle=True,
        fault=as_stranger_too("getAsset"),
        shows=(Look("/assets/{away.asset}"),),
    ),
    Mutant(
        "iso-report-by-id",
        "isolation",
        (),
        "A service report is shown to whoever knows its id",
        subtle=True,
        fault=as_stranger_too("getServiceReport"),
        shows=(Look("/service-reports/{away.report}"),),
    ),
    Mutant(
        "iso-telemetry-of-device",
        "isolation",
        (),
        "Telemetry is shown to whoever knows the device's id",
        subtle=True,
        fault=as_stranger_too("listDeviceTelemetry"),
        shows=(Look(f"{_AWAY}/telemetry?{MAY}"),),
    ),
    Mutant(
        "iso-samples-of-cycle",
        "isolation",
        (),
        "Samples are shown to whoever knows device and cycle",
        subtle=True,
        fault=as_stranger_too("listPointGuardCycleSamples"),
        shows=(Look(f"{_AWAY}/pointguard/cycles/{{away.cycle}}/samples"),),
    ),
    Mutant(
        "iso-signature-of-movement",
        "isolation",
        (),
        "A signature is shown to whoever knows device and movement",
        subtle=True,
        fault=as_stranger_too("getMovementSignature"),
        shows=(Look(f"{_AWAY}/movements/{{away.movement}}/signature"),),
    ),
    Mutant(
        "iso-children-of-asset",
        "isolation",
        (),
        "Children are shown to whoever knows the parent's id",
        subtle=True,
        fault=as_stranger_too("listAssetChildren"),
        shows=(Look("/assets/{away.parent}/children"),),
    ),
    Mutant(
        "iso-row-in-list",
        "isolation",
        (),
        "The last page of incidents ends in one of another organisation",
        subtle=True,
        fault=only(_row_of_another, "listIncidents", when=_may),
        shows=(Look("/incidents?pageSize=500"),),
    ),
    Mutant(
        "iso-visit-of-another",
        "isolation",
        (),
        "The visits end in one of another organisation",
        subtle=True,
        fault=only(_visits_of_all, "listServiceVisits", when=_may),
        shows=(Look("/service-visits"),),
    ),
    Mutant(
        "iso-filter-by-device",
        "isolation",
        (),
        "deviceId of incidents and days finds devices of any organisation",
        subtle=True,
        fault=only(_filter_only, "listIncidents", "getTelemetryDaily", when=_may),
        shows=(Look("/reporting/telemetry-daily?deviceId={away.device}"),),
    ),
    Mutant(
        "iso-filter-by-vendor",
        "isolation",
        (),
        "vendorId finds parts of any organisation",
        subtle=True,
        fault=only(_vendor_only, "listInventoryParts", when=_may),
        shows=(Look("/inventory/parts?vendorId={away.vendor}"),),
    ),
    Mutant(
        "iso-cursor-of-another",
        "isolation",
        (),
        "A cursor brings the rows of the organisation that it was made for",
        subtle=True,
        fault=as_stranger_too("listAssets", "listDevices", "listServiceReports", when=later_pages),
        shows=(Look("/devices?pageSize=2&cursor={cursors[/devices?pageSize=2]}"),),
    ),
    Mutant(
        "iso-summary-of-all",
        "isolation",
        (),
        "The asset summary counts all organisations",
        subtle=True,
        fault=only(_added_up, "getAssetsSummary", when=_may),
        shows=(Look("/reporting/assets-summary"),),
    ),
    Mutant(
        "iso-boundary-with-filter",
        "isolation",
        (),
        "A groupId filter takes the place of the key's boundary on assets",
        subtle=True,
        fault=boundless("listAssets", when=lambda ask: ask.value("groupId") is not None),
        shows=(Look("/assets?groupId=10", "bounded"),),
    ),
    Mutant(
        "iso-boundary-by-id",
        "isolation",
        (),
        "A device outside the key's groups is shown by its id",
        subtle=True,
        fault=boundless("getDevice"),
        shows=(Look("/devices/{outside[device]}", "bounded"),),
    ),
    Mutant(
        "iso-boundary-of-days",
        "isolation",
        (),
        "The daily telemetry knows no boundary",
        subtle=True,
        fault=boundless("getTelemetryDaily"),
        shows=(Look("/reporting/telemetry-daily", "bounded"),),
    ),
    Mutant(
        "iso-boundary-of-summary",
        "isolation",
        (),
        "The asset summary knows no boundary",
        subtle=True,
        fault=boundless("getAssetsSummary"),
        shows=(Look("/reporting/assets-summary", "bounded"),),
    ),
    Mutant(
        "iso-boundary-of-customers",
        "isolation",
        (),
        "Customers and assets aren't bounded by allowedCustomerIds",
        subtle=True,
        fault=boundless("listCustomers", "listAssets"),
        shows=(Look("/customers", "bounded-customers"),),
    ),
    Mutant(
        "iso-existence-told",
        "isolation",
        (),
        "A report of another organisation is refused in other words than one that doesn't exist",
        subtle=True,
        fault=only(_existence, "getServiceReport", when=_may),
        shows=(Look("/service-reports/{away.report}"),),
    ),
)
