"""Mutants of the area `writes` about asking twice, and about asking at the same time."""

import asyncio

from tests.mutants.harness.alterations import asks, only
from tests.mutants.harness.mutant import Look, Mutant
from tests.mutants.harness.wrapper import Ask, Reply, Site
from tests.mutants.writes import post

__all__ = ["MUTANTS"]

_CREATE = "createServiceReport"
_BODY = '{{"assetId": "{home.asset}", "title": "Looked at"}}'
_LISTED = Look("/service-reports?pageSize=3")
_UNDER_WAY_S = 0.005


async def _stored_twice(ask: Ask, site: Site) -> Reply:
    reply = await site(ask)
    if reply.ok:
        await site(ask.without(b"idempotency-key"))
    return reply


async def _first_answer_again(ask: Ask, site: Site) -> Reply:
    """The key of an attempt counts, whatever its body."""
    reply = await site(ask)
    attempt = ask.header(b"idempotency-key")
    if reply.ok and attempt:
        site.memory[attempt] = reply
    return site.memory.get(attempt, reply) if reply.status == 409 else reply


async def _anyones_attempt(ask: Ask, site: Site) -> Reply:
    attempt = ask.header(b"idempotency-key")
    if attempt is None:
        return await site(ask)
    if attempt not in site.memory:
        reply = await site(ask)
        if reply.ok:
            site.memory[attempt] = reply
        return reply
    return site.memory[attempt]


async def _merged(ask: Ask, site: Site) -> Reply:
    """A post that comes while another is stored gets that one's answer."""
    waiting = site.memory.get("stored")
    if waiting is not None:
        kept: Reply = await waiting
        return kept
    site.memory["stored"] = asyncio.get_running_loop().create_future()
    await asyncio.sleep(_UNDER_WAY_S)
    reply = await site(ask)
    site.memory.pop("stored").set_result(reply)
    return reply


async def _late_attempt(ask: Ask, site: Site) -> Reply:
    """Two posts with one key, both before either is answered, are two."""
    attempt = ask.header(b"idempotency-key")
    under_way = site.memory.setdefault("under way", set())
    first = attempt not in under_way
    under_way.add(attempt)
    await asyncio.sleep(_UNDER_WAY_S)
    reply = await site(ask if first else ask.without(b"idempotency-key"))
    under_way.discard(attempt)
    return reply


async def _once(ask: Ask, site: Site) -> Reply:
    """Equal bodies are one report."""
    mark = (ask.key, ask.body)
    if mark not in site.memory:
        reply = await site(ask)
        if not reply.ok:
            return reply
        site.memory[mark] = reply
    return site.memory[mark]


async def _same_id(ask: Ask, site: Site) -> Reply:
    """Every second report gets the id of the one before."""
    reply = await site(ask)
    if not reply.ok:
        return reply
    before = site.memory.pop("id", None)
    if before is None:
        site.memory["id"] = reply.data["serviceReportId"]
        return reply
    return reply.with_data({"serviceReportId": before})


MUTANTS = (
    Mutant(
        "wrt-stored-twice",
        "writes",
        ("WRT-006",),
        "A created report is kept twice",
        subtle=True,
        fault=only(_stored_twice, _CREATE),
        shows=(post(), _LISTED),
        writes=True,
    ),
    Mutant(
        "wrt-attempt-ignored",
        "writes",
        ("WRT-015",),
        "Idempotency-Key isn't read",
        subtle=True,
        fault=asks(lambda ask: ask.without(b"idempotency-key"), _CREATE),
        shows=(post(headers=(("Idempotency-Key", "one"),), times=2), _LISTED),
        writes=True,
    ),
    Mutant(
        "wrt-attempt-of-another-body",
        "writes",
        ("WRT-016",),
        "An Idempotency-Key with another body gets the first answer",
        subtle=True,
        fault=only(_first_answer_again, _CREATE),
        shows=(
            post(headers=(("Idempotency-Key", "one"),)),
            post(_BODY.replace("Looked at", "Replaced"), headers=(("Idempotency-Key", "one"),)),
        ),
        writes=True,
    ),
    Mutant(
        "wrt-same-id",
        "writes",
        ("WRT-002",),
        "Every second report gets the id of the one before",
        subtle=True,
        fault=only(_same_id, _CREATE),
        shows=(post(times=2),),
        writes=True,
    ),
    Mutant(
        "wrt-same-body-once",
        "writes",
        ("WRT-022",),
        "The same body posted twice makes one report",
        subtle=True,
        fault=only(_once, _CREATE),
        shows=(post(times=2),),
        writes=True,
    ),
    Mutant(
        "wrt-attempt-of-anyone",
        "writes",
        ("WRT-017",),
        "An Idempotency-Key is one organisation's and every other's",
        subtle=True,
        fault=only(_anyones_attempt, _CREATE),
        shows=(
            post(headers=(("Idempotency-Key", "one"),)),
            post(_BODY.replace("home", "away"), key="other", headers=(("Idempotency-Key", "one"),)),
        ),
        writes=True,
    ),
    Mutant(
        "wrt-posts-merged",
        "writes",
        ("WRT-018",),
        "Of posts at the same time one is kept",
        subtle=True,
        fault=only(_merged, _CREATE),
        shows=(
            post(beside="full"),
            _LISTED,
        ),
        writes=True,
    ),
    Mutant(
        "wrt-attempts-at-once",
        "writes",
        ("WRT-019",),
        "An Idempotency-Key isn't known before its first answer",
        subtle=True,
        fault=only(_late_attempt, _CREATE),
        shows=(
            post(headers=(("Idempotency-Key", "one"),), beside="full"),
            _LISTED,
        ),
        writes=True,
    ),
)
