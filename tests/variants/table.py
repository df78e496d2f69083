"""Honest variants: deployments that differ from the sandbox only where the contract leaves them free."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tests.mutants.harness.alterations import (
    DEVICE_LISTS,
    PAGED,
    Rows,
    asks,
    data,
    later_pages,
    only,
    refusals,
    refuse,
    replies,
    rows,
)
from tests.mutants.harness.request_windows import both, moved, shifted, start_name
from tests.mutants.harness.wrapper import Alteration, Ask, Reply, Site, layered
from tests.variants import liberties
from tests.variants.pager import Paging, paged
from tests.variants.schema import DROP, by_members
from tests.variants.variant import Variant

__all__ = ["VARIANTS"]


_STAMP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?Z")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SANDBOX_HEADERS = (
    b"etag",
    b"www-authenticate",
    b"x-request-id",
    b"ratelimit",
    b"ratelimit-policy",
    b"vary",
    b"cache-control",
    b"location",
    b"x-sandbox-warning",
    b"x-sandbox-effective-window",
    b"allow",
)
_WORDS = {400: "BadRequest", 401: "Unauthenticated", 404: "NotFound"}
_EVERY = 29


def _stamps(form: Any) -> Alteration:
    """Date-times of answers in another form."""

    def change(_name: str, schema: Mapping[str, Any], _required: bool, value: Any) -> Any:
        if schema.get("format") != "date-time" or not isinstance(value, str):
            return value
        match = _STAMP.fullmatch(value)
        return form(match[1], match[2] or "") if match else value

    return by_members(change)


def _without_nulls(_name: str, _schema: Mapping[str, Any], required: bool, value: Any) -> Any:
    return DROP if value is None and not required else value


def _documented(_name: str, schema: Mapping[str, Any], required: bool, value: Any) -> Any:
    return DROP if schema.get("x-sepolo-basis") == "assumed" and not required else value


def _shown(_name: str, schema: Mapping[str, Any], required: bool, value: Any) -> Any:
    return DROP if schema.get("x-sepolo-basis") in ("assumed", "implied") and not required else value


def _upper(_name: str, schema: Mapping[str, Any], _required: bool, value: Any) -> Any:
    return value.upper() if schema.get("format") == "uuid" and isinstance(value, str) else value


def _lower_ids(ask: Ask) -> Ask:
    """Ids in upper case are looked up in lower case, as a database of uuids does."""
    path = re.sub(rb"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", lambda found: found[0].lower(), ask.path)
    return replace(ask, path=path, ids={name: value.lower() for name, value in ask.ids.items()})


def _with_extra(_ask: Ask, found: Any) -> Any:
    more = {"traceId": "00-1", "links": []}
    if isinstance(found, list):
        return [{**row, **more} for row in found]
    if "data" in found:
        return {**found, "data": [{**row, **more} for row in found["data"]], "count": len(found["data"])}
    return {**found, **more}


def _decimals(_ask: Ask, reply: Reply) -> Reply:
    """Costs have two decimals, counts one, as a serializer of decimals writes them."""
    body = re.sub(rb'("\w*[cC]ost":-?\d+)(\.\d)?(?=[,}])', _two_decimals, reply.body)
    counts = rb'("(?:samples|sampleCount|totalVisits|totalAssets|activeAssets)":\d+)(?=[,}])'
    return reply.with_body(re.sub(counts, rb"\1.0", body))


def _two_decimals(found: re.Match[bytes]) -> bytes:
    return found[1] + (found[2] + b"0" if found[2] else b".00")


def _reversed(_name: str, found: Rows) -> Rows:
    return found[::-1]


def _clamped(ask: Ask) -> Ask:
    size = ask.number("pageSize", 100)
    return ask if 1 <= size <= 500 else ask.asking(pageSize=min(max(size, 1), 500))


def _half_open(ask: Ask) -> Ask:
    """What happens at the very end of a window isn't part of it."""
    ends = both(ask)
    return ask if ends is None or ends[0] >= ends[1] else shifted(ask, stop=-0.001)


def _of_bad_uuid(ask: Ask) -> bool:
    parameters = ask.operation.parameters if ask.operation else ()
    uuids = {parameter.name for parameter in parameters if parameter.schema.get("format") == "uuid"}
    return any(name in uuids and not _UUID.fullmatch(value) for name, value in ask.ids.items())


def _empty(_ask: Ask, reply: Reply) -> Reply:
    return reply.with_body(b"").without(b"content-type")


def _problem(_ask: Ask, reply: Reply) -> Reply:
    found = {"type": "https://tools.ietf.org/html/rfc9110", "title": "Bad Request", "status": reply.status}
    return reply.with_data(found).having(b"content-type", b"application/problem+json")


def _other_words(_ask: Ask, reply: Reply) -> Reply:
    word = "forbidden" if reply.status == 403 else _WORDS.get(reply.status, "Error")
    return reply.with_data({"error": word, "message": reply.data["message"]})


async def _foreign_403(ask: Ask, site: Site) -> Reply:
    """What belongs to someone else is forbidden."""
    reply = await site(ask)
    if reply.status != 404 or ask.key is None or not ask.ids:
        return reply
    if not (await site(ask.as_key(site.stranger(ask)))).ok:
        return reply
    return refuse(403, "forbidden", "The resource belongs to another organization.")


async def _now_and_then(ask: Ask, site: Site) -> Reply:
    """Every 29th request finds a deployment that is being restarted."""
    if site.count("asked") % _EVERY == _EVERY - 1:
        return refuse(503, "service_unavailable", "Try again.").having(b"retry-after", b"1")
    return await site(ask)


async def _limited(ask: Ask, site: Site) -> Reply:
    """Every 29th request is one too many."""
    if site.count("asked") % _EVERY == _EVERY - 1:
        return refuse(429, "rate_limited", "Too many requests.").having(b"retry-after", b"2")
    return await site(ask)


async def _reads_only_by_get(ask: Ask, site: Site) -> Reply:
    if ask.method in ("HEAD", "OPTIONS"):
        return refuse(405, "method_not_allowed", "No.").having(b"allow", b"GET")
    return await site(ask)


async def _any_case(ask: Ask, site: Site) -> Reply:
    """Device ids are compared as SQL Server does."""
    device = ask.ids.get("deviceId")
    if device is None or device == device.upper():
        return await site(ask)
    path = ask.path.replace(device.encode(), device.upper().encode())
    return await site(replace(ask, path=path, ids={**ask.ids, "deviceId": device.upper()}))


async def _empty_for_unknown(ask: Ask, site: Site) -> Reply:
    """A list under an id that doesn't exist is empty."""
    reply = await site(ask)
    if reply.status == 404 and ask.name in (*DEVICE_LISTS, "listPointGuardCycleSamples", "listAssetChildren"):
        return refuse(200).with_data({"data": [], "nextCursor": None, "hasMore": False})
    return reply


async def _nothing_is_404(ask: Ask, site: Site) -> Reply:
    """A deviceId filter that matches nothing is an unknown device."""
    reply = await site(ask)
    nothing = reply.ok and ask.value("deviceId") is not None and ask.operation is not None
    if nothing and not later_pages(ask) and not reply.rows and ask.name in ("listIncidents", "getTelemetryDaily"):
        known = await site(ask.as_key(site.master(ask)).to("getDevice", {"deviceId": str(ask.value("deviceId"))}))
        return reply if known.ok else refuse(404, "not_found", "No such device.")
    return reply


async def _visits_in_pages(ask: Ask, site: Site) -> Reply:
    """Visits and appointments come in pages although nobody asked."""
    reply = await site(ask.asking(cursor=None))
    if not reply.ok:
        return reply
    at = ask.number("cursor")
    more = at + 2 < len(reply.rows)
    return reply.with_data(
        {"data": reply.rows[at : at + 2], "nextCursor": str(at + 2) if more else None, "hasMore": more}
    )


def _cancelled(_ask: Ask, found: dict[str, Any]) -> dict[str, Any]:
    """Cancelled visits are neither completed nor open."""
    open_visits = max(found["openVisits"] - 1, 0)
    return {**found, "openVisits": open_visits, "cancelledVisits": found["openVisits"] - open_visits}


def _week(ask: Ask) -> Ask:
    """Without a window, performance and days are those of the last week."""
    if start_name(ask) or ask.value("toUtc"):
        return ask
    return ask.asking(fromUtc="2026-06-24T00:00:00Z", toUtc="2026-07-01T00:00:00Z")


def _since_inclusive(ask: Ask) -> Ask:
    since = ask.value("updatedSince")
    return ask if since is None else ask.asking(updatedSince=moved(since, -0.001))


async def _ids_first(ask: Ask, site: Site) -> Reply:
    """An id that doesn't exist is told before the scope is looked at."""
    if ask.key is None or ask.operation is None or not ask.ids:
        return await site(ask)
    known = await site(ask.as_key(site.master(ask)))
    return known if known.status == 404 else await site(ask)


def _whole_seconds(ask: Ask) -> Ask:
    """Fractions of the ends aren't read."""
    names = [name for name, value in ask.values.items() if re.fullmatch(r".*\d\.\d+Z", value)]
    return ask.asking({name: re.sub(r"\.\d+Z$", "Z", ask.values[name]) for name in names})


async def _bare_headers(ask: Ask, site: Site) -> Reply:
    return (await site(ask)).without(*_SANDBOX_HEADERS)


_DOTNET = layered(
    _stamps(lambda whole, part: f"{whole}{f'.{part:0<7}' if part else ''}+00:00"),
    by_members(_without_nulls),
    refusals(_empty, 400, 404, 405),
    replies(lambda _ask, reply: reply.having(b"content-type", b"application/json; charset=utf-8")),
    asks(_clamped, *PAGED),
    _reads_only_by_get,
)

VARIANTS = (
    Variant("other-order", "Lists come the other way round", paged(Paging(order=_reversed))),
    Variant(
        "unpaged-other-order",
        "Lists without pages come the other way round, and so do the days",
        rows(
            lambda _ask, found: found[::-1], "listServiceVisits", "listAppointments", "listVendors", "getTelemetryDaily"
        ),
    ),
    Variant("default-25", "A page without pageSize has 25 rows", paged(Paging(default=25))),
    Variant("default-500", "A page without pageSize has 500 rows", paged(Paging(default=500))),
    Variant("clamped", "A pageSize beyond 500 or below 1 is cut", asks(_clamped, *PAGED), ("PAG-008",)),
    Variant("short-pages", "Pages are shorter than asked for although more follows", paged(Paging(share=0.6))),
    Variant("other-cursor", "Cursors are made in another way", paged(Paging(prefix="after-this-row"))),
    Variant(
        "plus-00-00",
        "Instants end in +00:00",
        _stamps(lambda whole, part: f"{whole}{'.' * bool(part)}{part}+00:00"),
        ("SHP-014",),
    ),
    Variant("seven-digits", "Instants have seven digits of a second", _stamps(lambda w, p: f"{w}.{p:0<7}Z")),
    Variant("extra-members", "Every object has members that nobody documented", data(_with_extra)),
    Variant("absent-nulls", "Members that are null are left out", by_members(_without_nulls)),
    Variant("nothing-assumed", "No member that the contract assumes", by_members(_documented)),
    Variant("nothing-implied", "Only members that the page shows", by_members(_shown)),
    Variant(
        "bad-uuid-404",
        "An id that is no uuid is answered 404",
        refusals(
            lambda _ask, _reply: refuse(404, "not_found", "No such resource."),
            400,
            when=_of_bad_uuid,
        ),
    ),
    Variant("empty-400", "400, 404 and 405 have no body", refusals(_empty, 400, 404, 405), ("ERR-002",)),
    Variant(
        "problem-400",
        "400, 401 and 404 are application/problem+json",
        refusals(_problem, 400, 401, 404),
        ("ERR-002", "ERR-009"),
    ),
    Variant("foreign-403", "What belongs to another organisation is answered 403", _foreign_403),
    Variant(
        "half-open",
        "The end of a window isn't part of it",
        asks(_half_open, *DEVICE_LISTS, "listIncidents"),
    ),
    Variant("restarting", "Every 29th request is answered 503 with Retry-After", _now_and_then),
    Variant("limited", "Every 29th request is answered 429 with Retry-After", _limited),
    Variant("get-only", "HEAD and OPTIONS are answered 405", _reads_only_by_get),
    Variant(
        "chunked",
        "Answers are sent in chunks",
        replies(lambda _ask, reply: reply.having(b"transfer-encoding", b"chunked")),
    ),
    Variant(
        "charset",
        "Content-Type has a charset",
        replies(lambda _ask, reply: reply.having(b"content-type", b"application/json; charset=utf-8")),
    ),
    Variant("any-case-devices", "Device ids are found in any case", _any_case),
    Variant(
        "created-200",
        "A created report is answered 200, without Location",
        replies(lambda _ask, reply: reply.with_status(200).without(b"location"), "createServiceReport"),
        ("WRT-003",),
        writes=True,
    ),
    Variant("upper-uuids", "Ids are written in upper case", layered(by_members(_upper), asks(_lower_ids))),
    Variant("bare-headers", "No headers but Content-Type", _bare_headers, ("AUT-010",)),
    Variant("other-words", "Errors have other words and no request id", refusals(_other_words, 400, 401, 403, 404)),
    Variant("decimals", "Costs are written 97250.00 and counts 42.0", replies(_decimals)),
    Variant("empty-for-unknown", "Lists under an unknown id are empty", _empty_for_unknown, ("ERR-007",)),
    Variant("nothing-is-404", "A deviceId that matches nothing is answered 404", _nothing_is_404, ("FLT-015",)),
    Variant(
        "visits-in-pages",
        "Visits and appointments come in pages of two",
        only(_visits_in_pages, "listServiceVisits", "listAppointments"),
        ("PAG-030",),
    ),
    Variant(
        "cancelled-visits", "Some visits are neither completed nor open", data(_cancelled, "getServicePerformance")
    ),
    Variant(
        "last-week",
        "Reports without a window are those of the last week",
        asks(_week, "getServicePerformance", "getTelemetryDaily"),
    ),
    Variant("since-inclusive", "updatedSince includes its own instant", asks(_since_inclusive)),
    Variant("ids-first", "An unknown id is told before a missing scope", _ids_first),
    Variant(
        "everything-by-default",
        "Without status all assets and parts are listed",
        asks(
            lambda ask: ask.asking(status="all"),
            "listAssets",
            "listInventoryParts",
            when=lambda ask: ask.value("status") is None,
        ),
    ),
    Variant("whole-seconds", "Fractions of the ends of a window aren't read", asks(_whole_seconds)),
    Variant(
        "dotnet", "Much of it at once, as ASP.NET Core does by default", _DOTNET, ("ERR-002", "PAG-008", "SHP-014")
    ),
    *liberties.VARIANTS,
)
