"""Mutants of the area `isolation` about data boundaries, and about whose things a path or report names."""

import json
from dataclasses import replace

from tests.mutants.harness.alterations import Rows, boundless, later_pages, only, rows
from tests.mutants.harness.mutant import Look, Mutant
from tests.mutants.harness.wrapper import Ask, Reply, Site
from tests.mutants.isolation import may, row_of_another

__all__ = ["MUTANTS"]

MAY = "from=2026-05-20T00:00:00Z&to=2026-06-10T00:00:00Z"


async def _beyond_by_cursor(ask: Ask, site: Site) -> Reply:
    reply = await site(ask)
    return await site(ask.as_key(site.master(ask))) if reply.status == 400 and later_pages(ask) else reply


async def _under_any_device(ask: Ask, site: Site) -> Reply:
    """A movement is looked up by its own id, whatever device the path names."""
    reply = await site(ask)
    if reply.status != 404 or not (await site(ask.to("getDevice"))).ok:
        return reply
    return await _searched(ask.as_key(site.stranger(ask)), site, reply)


async def _under_own_devices(ask: Ask, site: Site) -> Reply:
    """A movement of one's own is found under every device of one's own."""
    reply = await site(ask)
    return await _searched(ask, site, reply) if reply.status == 404 and (await site(ask.to("getDevice"))).ok else reply


async def _searched(ask: Ask, site: Site, otherwise: Reply) -> Reply:
    devices = await site(ask.to("listDevices", pageSize=500))
    for row in devices.rows if devices.ok else []:
        if row["isPointGuard"]:
            found = await site(ask.to("getMovementSignature", {"deviceId": row["deviceId"]}))
            if found.ok:
                return found
    return otherwise


def _bounded(ask: Ask) -> bool:
    return may(ask) and ask.key is not None and bool(ask.key.allowed_group_ids or ask.key.allowed_customers)


async def _linked(ask: Ask, site: Site) -> Reply:
    """A report about an asset of another organisation is kept, and names it."""
    reply = await site(ask)
    if ask.name == "createServiceReport":
        body = json.loads(ask.body) if ask.body[:1] == b"{" else {}
        wanted = body.get("assetId")
        if reply.status != 400 or not wanted or not body.get("title") or not may(ask):
            return reply
        if not (await site(ask.as_key(site.stranger(ask)).to("getAsset", {"assetId": str(wanted)}))).ok:
            return reply
        own = await site(ask.as_key(site.master(ask)).to("listAssets", pageSize=1))
        kept = {**body, "assetId": own.rows[0]["assetId"]}
        reply = await site(replace(ask, body=json.dumps(kept).encode()))
        if reply.ok:
            site.memory[reply.data["serviceReportId"]] = wanted
    elif reply.ok and ask.name == "getServiceReport":
        linked = site.memory.get(reply.data["serviceReportId"], reply.data["assetId"])
        return reply.with_data({**reply.data, "assetId": linked})
    return reply


def _groupless(_ask: Ask, found: Rows) -> Rows:
    """The first of the shown is of no group."""
    return [{**row, "groupId": None} for row in found[:1]] + found[1:]


MUTANTS = (
    Mutant(
        "iso-boundary-with-filter",
        "isolation",
        ("ISO-020",),
        "A groupId filter takes the place of the key's boundary on assets",
        subtle=True,
        fault=boundless("listAssets", when=lambda ask: ask.value("groupId") is not None),
        shows=(Look("/assets?groupId=10", "bounded"),),
    ),
    Mutant(
        "iso-boundary-by-id",
        "isolation",
        ("ISO-018",),
        "A device outside the key's groups is shown by its id",
        subtle=True,
        fault=boundless("getDevice"),
        shows=(Look("/devices/{outside[device]}", "bounded"),),
    ),
    Mutant(
        "iso-boundary-of-days",
        "isolation",
        ("ISO-023",),
        "The daily telemetry knows no boundary",
        subtle=True,
        fault=boundless("getTelemetryDaily"),
        shows=(Look("/reporting/telemetry-daily", "bounded"),),
    ),
    Mutant(
        "iso-boundary-of-summary",
        "isolation",
        ("ISO-024",),
        "The asset summary knows no boundary",
        subtle=True,
        fault=boundless("getAssetsSummary"),
        shows=(Look("/reporting/assets-summary", "bounded"),),
    ),
    Mutant(
        "iso-boundary-of-customers",
        "isolation",
        ("ISO-017",),
        "Customers and assets aren't bounded by allowedCustomerIds",
        subtle=True,
        fault=boundless("listCustomers", "listAssets"),
        shows=(Look("/customers", "bounded-customers"),),
    ),
    Mutant(
        "iso-movement-under-own-device",
        "isolation",
        ("ISO-003",),
        "A movement of anyone is shown under a device of one's own",
        subtle=True,
        fault=only(_under_any_device, "getMovementSignature", when=may),
        shows=(Look("/devices/{home.device}/movements/{away.movement}/signature"),),
    ),
    Mutant(
        "iso-movement-under-any-device",
        "isolation",
        ("ISO-004",),
        "A movement is shown under every device of the organisation",
        subtle=True,
        fault=only(_under_own_devices, "getMovementSignature", when=may),
        shows=(Look("/devices/TRY-002/movements/{home.movement}/signature"),),
    ),
    Mutant(
        "iso-row-for-the-bounded",
        "isolation",
        ("ISO-026",),
        "Lists of bounded keys end in a row of another organisation",
        subtle=True,
        fault=only(row_of_another, "listDevices", "listIncidents", "listAssets", when=_bounded),
        shows=(Look("/devices?pageSize=500", "bounded"),),
    ),
    Mutant(
        "iso-boundary-of-devices",
        "isolation",
        ("ISO-016",),
        "The device list knows no boundary",
        subtle=True,
        fault=boundless("listDevices"),
        shows=(Look("/devices", "bounded"),),
    ),
    Mutant(
        "iso-boundary-of-telemetry",
        "isolation",
        ("ISO-019",),
        "Telemetry knows no boundary",
        subtle=True,
        fault=boundless("listDeviceTelemetry"),
        shows=(Look(f"/devices/{{outside[device]}}/telemetry?{MAY}", "bounded"),),
    ),
    Mutant(
        "iso-boundary-of-cursor",
        "isolation",
        ("ISO-021",),
        "A cursor of an unbounded key takes a bounded one beyond its boundary",
        subtle=True,
        fault=only(_beyond_by_cursor, "listDevices", "listAssets", when=_bounded),
        shows=(Look("/devices?cursor={cursors[home]}", "bounded"),),
    ),
    Mutant(
        "iso-boundary-of-incidents",
        "isolation",
        ("ISO-022",),
        "Incidents know no boundary",
        subtle=True,
        fault=boundless("listIncidents"),
        shows=(Look("/incidents", "bounded"),),
    ),
    Mutant(
        "iso-linked-report",
        "isolation",
        ("ISO-014",),
        "A report about another organisation's asset is kept and linked to it",
        subtle=True,
        fault=only(_linked, "createServiceReport", "getServiceReport"),
        shows=(
            Look(
                "/service-reports",
                "full",
                "POST",
                (("Content-Type", "application/json"),),
                '{{"title": "x", "assetId": "{away.asset}"}}',
            ),
        ),
        writes=True,
    ),
    Mutant(
        "iso-groupless-shown",
        "isolation",
        ("ISO-025",),
        "A key bounded to groups is shown an asset of no group",
        subtle=True,
        fault=rows(_groupless, "listAssets", when=_bounded),
        shows=(Look("/assets", "bounded"),),
    ),
)
