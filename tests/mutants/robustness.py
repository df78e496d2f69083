"""Mutants of the area `robustness`."""

import asyncio
import re
from dataclasses import replace
from urllib.parse import unquote_to_bytes

from tests.mutants.harness.alterations import PAGED, failing, only, refuse, replies, unforeseen
from tests.mutants.harness.mutant import Look, Mutant
from tests.mutants.harness.request_windows import start_name
from tests.mutants.harness.wrapper import Ask, Reply, Site

__all__ = ["MUTANTS"]

MAY = "from=2026-05-20T00:00:00Z&to=2026-06-10T00:00:00Z"
_UNDER_WAY_S = 0.005
_METRICS = frozenset(("current", "temperature", "humidity", "voltage", "batteryVoltage", "batteryPercentage"))
_DEVICE = "/devices/{home.device}"


def _names(ask: Ask) -> list[str]:
    return [pair.partition("=")[0] for pair in ask.query.decode("latin-1").split("&") if pair]


def _twice(ask: Ask) -> bool:
    return len(_names(ask)) > len(set(_names(ask)))


def _unknown(ask: Ask) -> bool:
    known = {parameter.name for parameter in ask.operation.parameters} if ask.operation else set()
    return any(name not in known for name in _names(ask))


def _beyond_plane_0(ask: Ask) -> bool:
    return any(ord(char) > 0xFFFF for value in (*ask.ids.values(), *ask.values.values()) for char in value)


def _encoded_percent(ask: Ask) -> bool:
    return b"%" in unquote_to_bytes(ask.path)


def _deep_cursor(ask: Ask) -> bool:
    return len(ask.value("cursor") or "") > 512


async def _deleting(ask: Ask, site: Site) -> Reply:
    """Methods that the contract doesn't know run into a missing handler."""
    reply = await site(ask)
    return refuse(500, "internal_error", "No handler.") if reply.status == 405 else reply


async def _without_slash(ask: Ask, site: Site) -> Reply:
    return await site(replace(ask, path=ask.path.rstrip(b"/")))


async def _never_packed(ask: Ask, site: Site) -> Reply:
    return (await site(ask)).having(b"content-encoding", b"identity")


async def _limit_untold(ask: Ask, site: Site) -> Reply:
    limits = (b"ratelimit", b"ratelimit-policy", b"x-ratelimit-limit", b"x-ratelimit-remaining", b"x-ratelimit-reset")
    reply = (await site(ask)).without(*limits)
    return reply.having(b"content-type", b"application/json; charset=utf-8") if _is_limited(ask) else reply


def _is_limited(ask: Ask) -> bool:
    return ask.key is not None and ask.key.requests_per_minute is not None


async def _spoken(ask: Ask, site: Site) -> Reply:
    """Numbers within a text are written as the language has them."""
    reply = await site(ask)
    if not reply.ok or not _decimal_comma(ask) or not reply.data.get("shapeJson"):
        return reply
    return reply.with_data({**reply.data, "shapeJson": re.sub(r"(\d)\.(\d)", r"\1,\2", reply.data["shapeJson"])})


def _decimal_comma(ask: Ask) -> bool:
    return (ask.header(b"accept-language") or b"")[:2].lower() in (b"nb", b"de", b"fr")


async def _head_fails(ask: Ask, site: Site) -> Reply:
    reply = await site(ask)
    return reply.with_status(500) if ask.method == "HEAD" else reply


async def _crossed(ask: Ask, site: Site) -> Reply:
    """Who asks is kept in one place for all requests that are under way."""
    site.memory["who"] = ask
    await asyncio.sleep(_UNDER_WAY_S)
    who = site.memory["who"]
    return await site(ask.as_key(who.key) if who.key and ask.key else ask)


def _needlessly_encoded(ask: Ask) -> bool:
    return re.search(rb"%(3[0-9]|4[1-9A-Fa-f]|5[0-9Aa]|6[1-9A-Fa-f]|7[0-9Aa]|2[DdEe])", ask.path) is not None


async def _last_of_two(ask: Ask, site: Site) -> Reply:
    """Of a parameter that is given twice the last counts."""
    return await site(ask.asking(ask.values) if _twice(ask) else ask)


MUTANTS = (
    Mutant(
        "rob-children-of-leaf",
        "robustness",
        ("ROB-020",),
        "The children of an asset that has none fail with 500",
        subtle=True,
        fault=replies(unforeseen, "listAssetChildren"),
        shows=(Look("/assets/{home.asset}/children"),),
    ),
    Mutant(
        "rob-long-url",
        "robustness",
        ("ROB-005",),
        "A query of more than 2,000 characters fails with 500",
        subtle=True,
        fault=failing(lambda ask: len(ask.query) > 2_000),
        shows=(Look(f"/customers?externalSystem={'x' * 2_100}"),),
    ),
    Mutant(
        "rob-parameter-twice",
        "robustness",
        ("ROB-006",),
        "A parameter that is given twice fails with 500",
        subtle=True,
        fault=failing(_twice),
        shows=(Look("/assets?status=all&status=all"),),
    ),
    Mutant(
        "rob-unknown-parameter",
        "robustness",
        ("ROB-006",),
        "A parameter that the contract doesn't know fails with 500",
        subtle=True,
        fault=failing(_unknown),
        shows=(Look("/assets?colour=red"),),
    ),
    Mutant(
        "rob-percent-in-id",
        "robustness",
        ("ROB-003",),
        "An encoded percent sign in an id fails with 500",
        subtle=True,
        fault=failing(_encoded_percent),
        shows=(Look("/devices/100%25"),),
    ),
    Mutant(
        "rob-emoji-in-filter",
        "robustness",
        ("ERR-005",),
        "A character beyond U+FFFF fails with 500",
        subtle=True,
        fault=failing(_beyond_plane_0),
        shows=(Look("/customers?externalSystem=%F0%9F%9A%82"),),
    ),
    Mutant(
        "rob-unknown-method",
        "robustness",
        ("ERR-015",),
        "A method that isn't offered fails with 500",
        subtle=True,
        fault=_deleting,
        shows=(Look("/me", method="PUT"),),
    ),
    Mutant(
        "rob-head",
        "robustness",
        ("ROB-007",),
        "HEAD fails with 500",
        subtle=True,
        fault=_head_fails,
        shows=(Look("/me", method="HEAD"),),
    ),
    Mutant(
        "rob-metrics-refused",
        "robustness",
        ("FLT-026",),
        "A metric that isn't known is refused",
        subtle=True,
        fault=failing(
            lambda ask: not _METRICS.issuperset((ask.value("metrics") or "current").split(",")),
            "listDeviceTelemetry",
            status=400,
        ),
        shows=(Look(f"{_DEVICE}/telemetry?{MAY}&metrics=wobble"),),
    ),
    Mutant(
        "rob-largest-int",
        "robustness",
        ("ERR-005",),
        "The largest 32-bit integer, which is valid, fails with 500",
        subtle=True,
        fault=failing(lambda ask: any(value == "2147483647" for value in ask.values.values())),
        shows=(Look("/devices?groupId=2147483647"),),
    ),
    Mutant(
        "rob-negative-duration",
        "robustness",
        ("ERR-005",),
        "A negative minDurationSeconds fails with 500",
        subtle=True,
        fault=failing(lambda ask: ask.number("minDurationSeconds") < 0, "listMovements"),
        shows=(Look(f"{_DEVICE}/movements?{MAY}&minDurationSeconds=-1"),),
    ),
    Mutant(
        "rob-long-cursor",
        "robustness",
        ("ROB-001",),
        "A cursor of more than 512 characters fails with 500",
        subtle=True,
        fault=failing(_deep_cursor, *PAGED),
        shows=(Look(f"/assets?cursor={'A' * 600}"),),
    ),
    Mutant(
        "rob-far-since",
        "robustness",
        ("ERR-005",),
        "updatedSince in year 9999 fails with 500",
        subtle=True,
        fault=failing(lambda ask: (ask.value("updatedSince") or "").startswith("9999")),
        shows=(Look("/assets?updatedSince=9999-12-31T23:59:59Z"),),
    ),
    Mutant(
        "rob-accept",
        "robustness",
        ("ROB-007",),
        "Accept: */* fails with 500",
        subtle=True,
        fault=failing(lambda ask: ask.header(b"accept") == b"*/*"),
        shows=(Look("/me", headers=(("Accept", "*/*"),)),),
    ),
    Mutant(
        "rob-language-of-numbers",
        "robustness",
        ("ROB-021",),
        "Numbers in shapeJson have a comma for who prefers Norwegian",
        subtle=True,
        fault=only(_spoken, "getMovementSignature"),
        shows=(
            Look(
                f"{_DEVICE}/movements/{{home.movement}}/signature",
                headers=(("Accept-Language", "nb-NO"),),
            ),
        ),
    ),
    Mutant(
        "rob-language-of-instants",
        "robustness",
        ("ROB-021",),
        "The ends of a window are read as the language of the caller writes dates",
        subtle=True,
        fault=failing(lambda ask: _decimal_comma(ask) and start_name(ask) is not None, status=400),
        shows=(Look(f"{_DEVICE}/movements?{MAY}", headers=(("Accept-Language", "de-DE"),)),),
    ),
    Mutant(
        "rob-requests-crossed",
        "robustness",
        ("ROB-008",),
        "Requests at the same time get the answers of one another",
        subtle=True,
        fault=_crossed,
        shows=(Look("/me", beside="other"),),
    ),
    Mutant(
        "rob-negative-type",
        "robustness",
        ("ROB-001",),
        "A negative telemetryType fails with 500",
        subtle=True,
        fault=failing(lambda ask: ask.number("telemetryType") < 0, "listDeviceTelemetry"),
        shows=(Look(f"{_DEVICE}/telemetry?{MAY}&telemetryType=-1"),),
    ),
    Mutant(
        "rob-needless-encoding",
        "robustness",
        ("ROB-004",),
        "An id with a letter percent-encoded isn't found",
        subtle=True,
        fault=failing(_needlessly_encoded, status=404),
        shows=(Look("/devices/%54RY-001"),),
    ),
    Mutant(
        "rob-twice-taken",
        "robustness",
        ("ROB-011",),
        "Of a parameter that is given twice the last counts",
        subtle=True,
        fault=_last_of_two,
        shows=(Look("/assets?status=all&status=active"),),
    ),
    Mutant(
        "rob-head-404",
        "robustness",
        ("ROB-009",),
        "HEAD isn't known",
        subtle=True,
        fault=failing(lambda ask: ask.method == "HEAD", status=405),
        shows=(Look("/me", method="HEAD"),),
    ),
    Mutant(
        "rob-options-refused",
        "robustness",
        ("ROB-010",),
        "OPTIONS isn't known",
        subtle=True,
        fault=failing(lambda ask: ask.method == "OPTIONS", status=405),
        shows=(Look("/me", None, method="OPTIONS"),),
    ),
    Mutant(
        "rob-warning-left-out",
        "robustness",
        ("ROB-013",),
        "An unknown parameter is ignored without a word",
        subtle=True,
        fault=replies(
            lambda _ask, reply: reply.without(b"x-sandbox-warning").having(
                b"content-type", b"application/json; charset=utf-8"
            ),
            when=_unknown,
        ),
        shows=(Look("/assets?colour=red"),),
    ),
    Mutant(
        "rob-accept-csv",
        "robustness",
        ("ROB-014",),
        "Accept: text/csv is refused",
        subtle=True,
        fault=failing(lambda ask: ask.header(b"accept") not in (None, b"*/*", b"application/json"), status=406),
        shows=(Look("/me", headers=(("Accept", "text/csv"),)),),
    ),
    Mutant(
        "rob-no-etag",
        "robustness",
        ("ROB-015",),
        "Answers have no ETag",
        subtle=False,
        fault=replies(
            lambda _ask, reply: reply.without(b"etag").having(b"content-type", b"application/json; charset=utf-8")
        ),
        shows=(Look("/assets"),),
    ),
    Mutant(
        "rob-no-request-id",
        "robustness",
        ("ROB-017",),
        "Answers have no X-Request-Id",
        subtle=False,
        fault=replies(
            lambda _ask, reply: reply.without(b"x-request-id").having(
                b"content-type", b"application/json; charset=utf-8"
            )
        ),
        shows=(Look("/assets"),),
    ),
    Mutant(
        "rob-slash-taken",
        "robustness",
        ("ROB-019",),
        "A slash at the end of a path doesn't matter",
        subtle=True,
        fault=_without_slash,
        shows=(Look("/assets/"),),
    ),
    Mutant(
        "rob-odd-cycle",
        "robustness",
        ("ROB-002",),
        "A cycleId with other characters than letters, digits and underscores fails with 500",
        subtle=True,
        fault=failing(
            lambda ask: not re.fullmatch(r"\w*", ask.value("cycleId") or "", re.ASCII), "listDeviceTelemetry"
        ),
        shows=(Look(f"{_DEVICE}/telemetry?{MAY}&cycleId=a.b"),),
    ),
    Mutant(
        "rob-never-packed",
        "robustness",
        ("ROB-016",),
        "Accept-Encoding isn't read",
        subtle=True,
        fault=_never_packed,
        shows=(Look("/assets", headers=(("Accept-Encoding", "gzip"),)),),
    ),
    Mutant(
        "rob-limit-untold",
        "robustness",
        ("ROB-018",),
        "Answers to a limited key don't say what is left",
        subtle=True,
        fault=_limit_untold,
        shows=(Look("/me", "limited"),),
    ),
)
