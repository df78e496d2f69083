"""Mutants of the area `isolation`."""

from collections.abc import Callable
from typing import Any

from tests.mutants.harness.alterations import PAGED, as_stranger_too, asks, boundless, later_pages, only, refuse
from tests.mutants.harness.mutant import Look, Mutant
from tests.mutants.harness.request_windows import end_name, start_name
from tests.mutants.harness.wrapper import Ask, Reply, Site

__all__ = ["MUTANTS"]

MAY = "from=2026-05-20T00:00:00Z&to=2026-06-10T00:00:00Z"
_AWAY = "/devices/{away.device}"
_ADDED = ("totalAssets", "activeAssets", "inactiveAssets", "withDevices", "overdueService", "totalMaintenanceCost")


def may(ask: Ask) -> bool:
    """The key may call the operation."""
    return ask.key is not None and ask.operation is not None and ask.operation.scope in ask.key.scopes


async def row_of_another(ask: Ask, site: Site) -> Reply:
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


async def _by_cursor_alone(ask: Ask, site: Site) -> Reply:
    """Filters and organisation are read from the cursor."""
    reply = await site(ask)
    if reply.status != 400 or not may(ask):
        return reply
    stranger = ask.as_key(site.stranger(ask))
    size, cursor = ask.value("pageSize"), ask.value("cursor")
    for status in (None, "all"):
        plain = stranger.to(ask.name, status=status if ask.name == "listAssets" else None, pageSize=size, cursor=cursor)
        found = await site(plain)
        if found.ok:
            return found
    return reply


async def _existence(ask: Ask, site: Site) -> Reply:
    """What belongs to someone else is told by another message than what doesn't exist."""
    reply = await site(ask)
    if reply.status == 404 and (await site(ask.as_key(site.stranger(ask)))).ok:
        return refuse(404, "foreign_resource", "The report belongs to another organization.")
    return reply


async def _first_days_of_another(ask: Ask, site: Site) -> Reply:
    reply, other = await site(ask), await site(ask.as_key(site.stranger(ask)))
    return reply.with_rows(reply.rows + other.rows[:1]) if reply.ok and other.ok else reply


async def _performance_of_all(ask: Ask, site: Site) -> Reply:
    reply, other = await site(ask), await site(ask.as_key(site.stranger(ask)))
    if not reply.ok or not other.ok:
        return reply
    names = ("totalVisits", "completedVisits", "openVisits", "estimatedCost", "actualCost")
    return reply.with_data({**reply.data, **{name: reply.data[name] + other.data[name] for name in names}})


async def _by_bearer_another(ask: Ask, site: Site) -> Reply:
    if ask.header(b"authorization") is None or not may(ask):
        return await site(ask)
    return await site(ask.as_key(site.stranger(ask)))


async def _gone(ask: Ask, site: Site) -> Reply:
    reply = await _existence(ask, site)
    return reply.with_status(410) if reply.status == 404 and b"another" in reply.body else reply


async def _owner_told(ask: Ask, site: Site) -> Reply:
    """The refusal of what belongs to someone else says to whom."""
    reply = await site(ask)
    stranger = ask.as_key(site.stranger(ask))
    if reply.status != 404 or not (await site(stranger)).ok:
        return reply
    me = await site(stranger.to("getMe"))
    return reply.with_data({**reply.data, "message": f"It belongs to {me.data['organizationName']}."})


async def _rows_of_all(ask: Ask, site: Site) -> Reply:
    reply, other = await site(ask), await site(ask.as_key(site.stranger(ask)))
    return reply.with_rows(reply.rows + other.rows) if reply.ok and other.ok else reply


def _bearer(ask: Ask) -> bool:
    return ask.header(b"authorization") is not None


def _open(ask: Ask) -> bool:
    """Without a window."""
    return may(ask) and start_name(ask) is None and end_name(ask) is None


def _bounded(ask: Ask) -> bool:
    return may(ask) and ask.key is not None and bool(ask.key.allowed_group_ids or ask.key.allowed_customers)


def _bounded_by(name: str) -> Callable[[Ask], bool]:
    """A bounded key that filters."""
    return lambda ask: _bounded(ask) and ask.value(name) is not None


MUTANTS = (
    Mutant(
        "iso-asset-by-id",
        "isolation",
        ("ISO-001",),
        "An asset is shown to whoever knows its id",
        subtle=True,
        fault=as_stranger_too("getAsset"),
        shows=(Look("/assets/{away.asset}"),),
    ),
    Mutant(
        "iso-report-by-id",
        "isolation",
        ("ISO-001",),
        "A service report is shown to whoever knows its id",
        subtle=True,
        fault=as_stranger_too("getServiceReport"),
        shows=(Look("/service-reports/{away.report}"),),
    ),
    Mutant(
        "iso-telemetry-of-device",
        "isolation",
        ("ISO-002",),
        "Telemetry is shown to whoever knows the device's id",
        subtle=True,
        fault=as_stranger_too("listDeviceTelemetry"),
        shows=(Look(f"{_AWAY}/telemetry?{MAY}"),),
    ),
    Mutant(
        "iso-samples-of-cycle",
        "isolation",
        ("ISO-002",),
        "Samples are shown to whoever knows device and cycle",
        subtle=True,
        fault=as_stranger_too("listPointGuardCycleSamples"),
        shows=(Look(f"{_AWAY}/pointguard/cycles/{{away.cycle}}/samples"),),
    ),
    Mutant(
        "iso-signature-of-movement",
        "isolation",
        ("ISO-002",),
        "A signature is shown to whoever knows device and movement",
        subtle=True,
        fault=as_stranger_too("getMovementSignature"),
        shows=(Look(f"{_AWAY}/movements/{{away.movement}}/signature"),),
    ),
    Mutant(
        "iso-children-of-asset",
        "isolation",
        ("ISO-002",),
        "Children are shown to whoever knows the parent's id",
        subtle=True,
        fault=as_stranger_too("listAssetChildren"),
        shows=(Look("/assets/{away.parent}/children"),),
    ),
    Mutant(
        "iso-row-in-list",
        "isolation",
        ("ISO-008",),
        "The last page of incidents ends in one of another organisation",
        subtle=True,
        fault=only(row_of_another, "listIncidents", when=may),
        shows=(Look("/incidents?pageSize=500"),),
    ),
    Mutant(
        "iso-visit-of-another",
        "isolation",
        ("ISO-008",),
        "The visits end in one of another organisation",
        subtle=True,
        fault=only(_visits_of_all, "listServiceVisits", when=may),
        shows=(Look("/service-visits"),),
    ),
    Mutant(
        "iso-filter-by-device",
        "isolation",
        ("ISO-006",),
        "deviceId of incidents and days finds devices of any organisation",
        subtle=True,
        fault=only(_filter_only, "listIncidents", "getTelemetryDaily", when=may),
        shows=(Look("/reporting/telemetry-daily?deviceId={away.device}"),),
    ),
    Mutant(
        "iso-filter-by-vendor",
        "isolation",
        ("ISO-006",),
        "vendorId finds parts of any organisation",
        subtle=True,
        fault=only(_vendor_only, "listInventoryParts", when=may),
        shows=(Look("/inventory/parts?vendorId={away.vendor}"),),
    ),
    Mutant(
        "iso-cursor-of-another",
        "isolation",
        ("ISO-005",),
        "A cursor brings the rows of the organisation that it was made for",
        subtle=True,
        fault=as_stranger_too("listAssets", "listDevices", "listServiceReports", when=later_pages),
        shows=(Look("/devices?pageSize=2&cursor={cursors[/devices?pageSize=2]}"),),
    ),
    Mutant(
        "iso-cursor-is-all",
        "isolation",
        ("PAG-027",),
        "A cursor brings the rows that it was made for, whoever asks, whatever the filters",
        subtle=True,
        fault=only(_by_cursor_alone, "listAssets", "listDevices", "listIncidents", when=later_pages),
        shows=(Look("/devices?groupId=12&cursor={cursors[/devices?pageSize=2]}"),),
    ),
    Mutant(
        "iso-summary-of-all",
        "isolation",
        ("ISO-009",),
        "The asset summary counts all organisations",
        subtle=True,
        fault=only(_added_up, "getAssetsSummary", when=may),
        shows=(Look("/reporting/assets-summary"),),
    ),
    Mutant(
        "iso-existence-told",
        "isolation",
        ("ISO-013",),
        "A report of another organisation is refused in other words than one that doesn't exist",
        subtle=True,
        fault=only(_existence, "getServiceReport", when=may),
        shows=(Look("/service-reports/{away.report}"),),
    ),
    Mutant(
        "iso-day-of-another",
        "isolation",
        ("ISO-007",),
        "The daily telemetry ends in a day of another organisation",
        subtle=True,
        fault=only(_first_days_of_another, "getTelemetryDaily", when=may),
        shows=(Look("/reporting/telemetry-daily"),),
    ),
    Mutant(
        "iso-performance-of-all",
        "isolation",
        ("ISO-010",),
        "Service performance counts all organisations",
        subtle=True,
        fault=only(_performance_of_all, "getServicePerformance", when=may),
        shows=(Look("/reporting/service-performance"),),
    ),
    Mutant(
        "iso-by-bearer-another",
        "isolation",
        ("ISO-011",),
        "Customers by Bearer are those of another organisation",
        subtle=True,
        fault=only(_by_bearer_another, "listCustomers"),
        shows=(Look("/customers", None, headers=(("Authorization", "Bearer {keys[full]}"),)),),
    ),
    Mutant(
        "iso-gone",
        "isolation",
        ("ISO-012",),
        "A report of another organisation is gone, 410",
        subtle=True,
        fault=only(_gone, "getServiceReport", when=may),
        shows=(Look("/service-reports/{away.report}"),),
    ),
    Mutant(
        "iso-vendor-of-another",
        "isolation",
        ("ISO-027",),
        "The vendors end in one of another organisation",
        subtle=True,
        fault=only(_visits_of_all, "listVendors", when=may),
        shows=(Look("/vendors"),),
    ),
    Mutant(
        "iso-performance-open",
        "isolation",
        ("ISO-010",),
        "Service performance without a window counts all organisations",
        subtle=True,
        fault=only(_performance_of_all, "getServicePerformance", when=_open),
        shows=(Look("/reporting/service-performance"),),
    ),
    Mutant(
        "iso-days-open",
        "isolation",
        ("ISO-007",),
        "Daily telemetry without a window is that of all organisations",
        subtle=True,
        fault=only(_rows_of_all, "getTelemetryDaily", when=_open),
        shows=(Look("/reporting/telemetry-daily"),),
    ),
    Mutant(
        "iso-visits-open",
        "isolation",
        ("ISO-008",),
        "Visits without a window are those of all organisations",
        subtle=True,
        fault=only(_rows_of_all, "listServiceVisits", when=_open),
        shows=(Look("/service-visits"),),
    ),
    Mutant(
        "iso-appointments-open",
        "isolation",
        ("ISO-008",),
        "Appointments without a window are those of all organisations",
        subtle=True,
        fault=only(_rows_of_all, "listAppointments", when=_open),
        shows=(Look("/appointments"),),
    ),
    Mutant(
        "iso-pages-by-bearer",
        "isolation",
        ("ISO-011",),
        "By Bearer every page is the first",
        subtle=True,
        fault=asks(lambda ask: ask.asking(cursor=None), *PAGED, when=lambda ask: _bearer(ask) and later_pages(ask)),
        shows=(
            Look(
                "/devices?pageSize=2&cursor={cursors[home]}", None, headers=(("Authorization", "Bearer {keys[full]}"),)
            ),
        ),
    ),
    Mutant(
        "iso-owner-told",
        "isolation",
        ("ISO-001",),
        "The refusal of another organisation's asset says whose it is",
        subtle=True,
        fault=only(_owner_told, "getAsset", when=may),
        shows=(Look("/assets/{away.asset}"),),
    ),
    Mutant(
        "iso-boundary-by-bearer",
        "isolation",
        ("ISO-016",),
        "By Bearer a key's boundary isn't heeded on devices",
        subtle=True,
        fault=boundless("listDevices", when=lambda ask: _bounded(ask) and _bearer(ask)),
        shows=(Look("/devices", None, headers=(("Authorization", "Bearer {keys[bounded]}"),)),),
    ),
    Mutant(
        "iso-boundary-with-status",
        "isolation",
        ("ISO-016",),
        "A status of devices takes the place of the key's boundary",
        subtle=True,
        fault=boundless("listDevices", when=_bounded_by("status")),
        shows=(Look("/devices?status=1", "bounded"),),
    ),
    Mutant(
        "iso-boundary-with-state",
        "isolation",
        ("ISO-022",),
        "A state of reports takes the place of the key's boundary",
        subtle=True,
        fault=boundless("listServiceReports", when=_bounded_by("state")),
        shows=(Look("/service-reports?state=2", "bounded"),),
    ),
    Mutant(
        "iso-boundary-with-window",
        "isolation",
        ("ISO-022",),
        "A window of incidents takes the place of the key's boundary",
        subtle=True,
        fault=boundless("listIncidents", when=_bounded_by("fromUtc")),
        shows=(Look("/incidents?fromUtc=2020-01-01T00:00:00Z", "bounded"),),
    ),
    Mutant(
        "iso-boundary-with-system",
        "isolation",
        ("ISO-017",),
        "A system of customers takes the place of the key's boundary",
        subtle=True,
        fault=boundless("listCustomers", when=_bounded_by("externalSystem")),
        shows=(Look("/customers?externalSystem=Visma", "bounded-customers"),),
    ),
)
