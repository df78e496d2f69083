"""Honest variants that take liberties with what they show: data that move, that come late, that say less."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from tests.mutants.harness.alterations import PAGED, Row, Rows, asks, data, each, only, refuse, replies, rows
from tests.mutants.harness.request_windows import both, instant, moved
from tests.mutants.harness.wrapper import Ask, Reply, Site
from tests.variants.pager import Paging, paged
from tests.variants.schema import by_members
from tests.variants.variant import Variant

__all__ = ["VARIANTS"]

_PACE = 40
"""Requests after which a new incident comes in."""


def _incidents_since(ask: Ask, site: Site, found: Rows) -> Rows:
    """A new incident, as like the newest as can be, every so many requests; the list is newest first."""
    if ask.name != "listIncidents" or ask.key is None or not found:
        return found
    came = site.memory.get("asked", 0) // _PACE
    site.memory["asked"] = site.memory.get("asked", 0) + 1
    newest = site.memory.setdefault(("newest", ask.key.organization, bool(ask.key.allowed_group_ids)), found[0])
    fresh = [_later(newest, number, ask.key.organization) for number in range(came, 0, -1)]
    return [row for row in fresh if _fits(ask, row)] + found


def _later(row: Row, number: int, organization: int) -> Row:
    stamp = moved(row["createdOn"], number)
    return {
        **row,
        "incidentId": str(UUID(int=number + organization * 2**32, version=4)),
        "createdOn": stamp,
        "updatedOn": stamp,
    }


def _fits(ask: Ask, row: Row) -> bool:
    device, state, start, stop = (ask.value(name) for name in ("deviceId", "state", "fromUtc", "toUtc"))
    when = instant(row["createdOn"])
    first, last = instant(start) if start else None, instant(stop) if stop else None
    return (
        device in (None, row["deviceId"])
        and state in (None, str(row["state"]))
        and not (when and first and when < first)
        and not (when and last and when > last)
    )


async def _draining(ask: Ask, site: Site) -> Reply:
    """Batteries are a little emptier each time, and the device was updated."""
    reply = await site(ask)
    if not reply.ok:
        return reply
    turn = site.count("drained") // _PACE
    single = isinstance(reply.data, dict) and "data" not in reply.data
    found = [reply.data] if single else reply.rows
    made = [_drained(row, turn) for row in found]
    return reply.with_data(made[0]) if single else reply.with_rows(made)


def _drained(row: Row, turn: int) -> Row:
    level = row.get("batteryPercentage")
    return (
        row if level is None else {**row, "batteryPercentage": max(level - turn, 0), "signalStrength": -60 - turn % 9}
    )


def _unlisted(_ask: Ask, me: Row) -> Row:
    """As in the page's own example, with a scope that only later versions know."""
    return {**me, "scopes": [*(scope for scope in me["scopes"] if scope != "public_api.read"), "drones.read"]}


def _nothing_said(name: str, schema: Mapping[str, Any], required: bool, value: Any) -> Any:
    free = schema.get("x-sepolo-basis") != "documented" and not name.endswith("Id") and name != "id"
    return None if free and not required and "null" in schema.get("type", ()) else value


def _from_one(row: Row) -> Row:
    index = row.get("cycleSampleIndex")
    return {} if index is None else {"cycleSampleIndex": index + 1}


async def _as_cycle_starts(ask: Ask, site: Site) -> Reply:
    """Samples carry the stamp of their cycle's start."""
    reply = await site(ask)
    if not reply.ok:
        return reply
    first = next((row["stamp"] for row in reply.rows), None)
    kept = site.memory.setdefault((ask.ids["deviceId"], ask.ids["cycleId"]), first)
    return reply.with_rows([{**row, "stamp": kept} for row in reply.rows])


def _waits(movement_id: str) -> bool:
    """Movements whose signature isn't calculated yet."""
    return movement_id[-1] in "01234"


async def _signatures_later(ask: Ask, site: Site) -> Reply:
    reply = await site(ask)
    if reply.ok and ask.name == "listMovements":
        return reply.with_rows([{**row, "currentSignature": None} if _waits(row["id"]) else row for row in reply.rows])
    if reply.ok and _waits(ask.ids["movementId"]):
        kept = ("movementId", "deviceId")
        return reply.with_data({name: value if name in kept else None for name, value in reply.data.items()})
    return reply


def _starting_inside(ask: Ask, found: Rows) -> Rows:
    """Only what starts in the window counts as in it."""
    ends = both(ask)
    starts = [(row, instant(row["start"])) for row in found]
    return [row for row, start in starts if ends is None or (start and ends[0] <= start <= ends[1])]


def _capped(ask: Ask) -> Ask:
    return ask.asking(pageSize=200) if 200 < ask.number("pageSize") <= 500 else ask


def _pretty(_ask: Ask, reply: Reply) -> Reply:
    return replace(reply, body=json.dumps(reply.data, indent=2, sort_keys=True, ensure_ascii=True).encode())


async def _capitals(ask: Ask, site: Site) -> Reply:
    """The same uuid is written in two ways, as two serializers do."""
    reply = await site(ask)
    second = ask.key is not None and ask.key.organization == 1
    if not reply.ok or (ask.header(b"authorization") is None and not second):
        return reply
    return reply.with_data({**reply.data, "organizationId": reply.data["organizationId"].upper()})


async def _templates(ask: Ask, site: Site) -> Reply:
    """The body is looked at before the scope, and nobody knows which templates there are."""
    reply = await site(ask)
    if ask.key is None or (not reply.ok and reply.status != 403):
        return reply
    return refuse(400, "validation_error", "templateId is required.")


def _known_only(ask: Ask) -> Ask:
    """A body of which nothing counts but what a report is about and says."""
    try:
        body = json.loads(ask.body)
    except ValueError:
        return ask
    if not isinstance(body, dict):
        return ask
    kept = {name: body[name] for name in ("assetId", "deviceId", "title", "description") if name in body}
    return replace(ask, body=json.dumps(kept).encode())


VARIANTS = (
    Variant("incidents-come", "New incidents come in while lists are read", paged(Paging(grown=_incidents_since))),
    Variant("batteries-drain", "Devices change while they are read", only(_draining, "listDevices", "getDevice")),
    Variant("me-unlisted", "/me lists scopes as the page's example does, and one more", data(_unlisted, "getMe")),
    Variant("nothing-said", "Members that the page doesn't show are null, but for ids", by_members(_nothing_said)),
    Variant(
        "samples-from-1",
        "Samples are numbered from 1",
        each(_from_one, "listPointGuardCycleSamples", "listDeviceTelemetry"),
        ("WAV-001", "WAV-004"),
    ),
    Variant(
        "samples-of-the-start",
        "Samples carry the stamp of their cycle's start",
        only(_as_cycle_starts, "listPointGuardCycleSamples"),
    ),
    Variant(
        "signatures-later",
        "Some signatures aren't calculated yet",
        only(_signatures_later, "listMovements", "getMovementSignature"),
    ),
    Variant(
        "starting-inside",
        "Appointments that begin before the window aren't in it",
        rows(_starting_inside, "listAppointments"),
    ),
    Variant("pretty", "JSON is indented, sorted and all ASCII", replies(_pretty)),
    Variant(
        "capitals-by-bearer",
        "organizationId of /me is in upper case by Bearer, and of the second organisation always",
        only(_capitals, "getMe"),
    ),
    Variant(
        "template-wanted",
        "A report needs a member that nobody knows, and that is told before a missing scope",
        only(_templates, "createServiceReport"),
        writes=True,
    ),
    Variant(
        "few-members-known",
        "Of a report's body nothing is known but asset, device, title and description",
        asks(_known_only, "createServiceReport"),
        writes=True,
    ),
    Variant("size-capped", "Pages never have more than 200 rows", asks(_capped, *PAGED)),
)
