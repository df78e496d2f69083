"""Mutants of the area `writes`: each needs a sandbox of its own, and a run that may write."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sepolo_openapi import reader
from tests.mutants.harness.alterations import as_stranger_too, asks, data, failing, only, refusals, replies, rows
from tests.mutants.harness.mutant import Look, Mutant
from tests.mutants.harness.request_windows import moved
from tests.mutants.harness.wrapper import Alteration, Ask, Reply, Site

__all__ = ["MUTANTS"]

_CREATE = "createServiceReport"
_INVENTED = "11111111-1111-4111-8111-111111111111"
_BODY = '{{"assetId": "{home.asset}", "title": "Looked at"}}'


def post(
    body: str = _BODY,
    *,
    key: str = "full",
    headers: tuple[tuple[str, str], ...] = (),
    times: int = 1,
    beside: str | None = None,
) -> Look:
    kind = () if any(name.lower() == "content-type" for name, _ in headers) else (("Content-Type", "application/json"),)
    return Look("/service-reports", key, "POST", (*kind, *headers), body, times=times, beside=beside)


_JSON = ("Content-Type", "application/json")
_LISTED = Look("/service-reports?pageSize=3")


def _body(ask: Ask) -> dict[str, Any]:
    try:
        found = json.loads(ask.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _sending(ask: Ask, **members: object) -> Ask:
    """The same with members of the body changed; None takes one away."""
    merged = {**_body(ask), **members}
    sent = {name: value for name, value in merged.items() if value is not None}
    return replace(ask, body=json.dumps(sent).encode())


async def _asset(ask: Ask, site: Site) -> str:
    """An asset that the asking key sees."""
    found = await site(ask.as_key(site.master(ask)).to("listAssets", pageSize=1))
    return str(found.rows[0]["assetId"])


async def _valid(ask: Ask, site: Site) -> Ask:
    """A POST with a body that the sandbox takes."""
    plain = ask.having(b"content-type", b"application/json")
    return _sending(replace(plain, body=b"{}"), title="Untitled", assetId=await _asset(ask, site))


async def _stored_nowhere(ask: Ask, site: Site) -> Reply:
    """A dry run: the body is checked, nothing is kept."""
    twin = await site(ask.as_key(site.stranger(ask)))
    if twin.status == 400 and _body(ask).get("title") and len(twin.data.get("details", ())) == 1:
        known = await site(ask.to("getAsset", {"assetId": str(_body(ask).get("assetId"))}))
        if known.ok:
            answer = Reply(201, ((b"content-type", b"application/json"),), b"null")
            return answer.with_data({"serviceReportId": _INVENTED})
    return await site(ask)


async def _stored_for_another(ask: Ask, site: Site) -> Reply:
    """The report lands with another organisation."""
    if _body(ask).get("title") is None or not (await _accepted(ask, site)):
        return await site(ask)
    stranger = ask.as_key(site.stranger(ask))
    return await site(_sending(stranger, assetId=await _asset(stranger, site), deviceId=None, serviceVisitId=None))


async def _accepted(ask: Ask, site: Site) -> bool:
    """Whether the asset is one of the asking organisation's."""
    return (await site(ask.to("getAsset", {"assetId": str(_body(ask).get("assetId"))}))).ok


async def _refused_but_stored(ask: Ask, site: Site) -> Reply:
    reply = await site(ask)
    if reply.status == 403:
        await site(await _valid(ask.as_key(site.master(ask)), site))
    return reply


async def _bad_but_stored(ask: Ask, site: Site) -> Reply:
    reply = await site(ask)
    if reply.status == 400:
        await site(await _valid(ask, site))
    return reply


async def _as_master(ask: Ask, site: Site) -> Reply:
    reply = await site(ask)
    return await site(ask.as_key(site.master(ask))) if reply.status == 403 else reply


async def _lenient(ask: Ask, site: Site) -> Reply:
    """An id that isn't found is replaced by one that is."""
    reply = await site(ask)
    if reply.status != 400 or "assetId" not in _body(ask) or not _body(ask).get("title"):
        return reply
    return await site(_sending(ask, assetId=await _asset(ask, site)))


async def _anything_goes(ask: Ask, site: Site) -> Reply:
    """A body that is no JSON makes an untitled report."""
    reply = await site(ask)
    if reply.status == 400 and not _body(ask):
        return await site(await _valid(ask, site))
    return reply


async def _untitled(ask: Ask, site: Site) -> Reply:
    """A report without a title is called untitled."""
    body = _body(ask)
    return await site(_sending(ask, title="Untitled") if body and not body.get("title") else ask)


def _unlisted(_ask: Ask, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Reports that partners have written have no number of the planner's."""
    return [row for row in found if row["serviceVisitId"] is not None]


def _cut(_ask: Ask, report: dict[str, Any]) -> dict[str, Any]:
    return {**report, "title": str(report["title"])[:20]}


def _as_texts(ask: Ask) -> Ask:
    body = _body(ask)
    return _sending(ask, title=str(body["title"])) if isinstance(body.get("title"), int) else ask


def _without_negative(ask: Ask) -> Ask:
    low = {name: None for name, value in _body(ask).items() if isinstance(value, int | float) and value < 0}
    return _sending(ask, **low) if low else ask


def _with_unknown(ask: Ask) -> bool:
    known = reader.load().document["components"]["schemas"]["PublicApiCreateServiceReportRequest"]["properties"]
    return not known.keys() >= _body(ask).keys()


async def _any_visit(ask: Ask, site: Site) -> Reply:
    """A visit that isn't one's own is taken, and named by the report."""
    reply = await site(ask)
    wanted = _body(ask).get("serviceVisitId")
    if ask.name == _CREATE and reply.status == 400 and isinstance(wanted, str) and len(wanted) == 36:
        reply = await site(_sending(ask, serviceVisitId=None))
        if reply.ok:
            site.memory[reply.data["serviceReportId"]] = wanted
    elif ask.name == "getServiceReport" and reply.ok and reply.data["serviceReportId"] in site.memory:
        return reply.with_data({**reply.data, "serviceVisitId": site.memory[reply.data["serviceReportId"]]})
    return reply


async def _as_the_body_says(ask: Ask, site: Site) -> Reply:
    """organizationId of the body decides whose report it is."""
    reply = await site(ask)
    if not reply.ok or not _body(ask).get("organizationId"):
        return reply
    stranger = ask.as_key(site.stranger(ask))
    return await site(_sending(stranger, assetId=await _asset(stranger, site), deviceId=None, serviceVisitId=None))


async def _scope_by_header(ask: Ask, site: Site) -> Reply:
    """The scope of a key after Bearer isn't looked at."""
    if ask.key is None or ask.header(b"authorization") is None:
        return await site(ask)
    return await site(ask.as_key(site.master(ask)))


def _dated(ask: Ask, reply: Reply, date: Callable[[dict[str, Any]], object]) -> Reply:
    """Reports with another createdOn."""
    if not reply.ok:
        return reply
    found = [{**row, "createdOn": date(row)} for row in ([reply.data] if ask.ids else reply.rows)]
    return reply.with_data(found[0]) if ask.ids else reply.with_rows(found)


async def _counted(ask: Ask, site: Site) -> Reply:
    """A cursor is the number of rows before its page, as with OFFSET."""
    plain = ask.asking(cursor=None)
    base, page = await site(plain), await site(plain.asking(pageSize=500))
    match = re.fullmatch(r"o(\d+)", ask.value("cursor") or "o0")
    if not base.ok or match is None:
        return await site(ask)
    found = page.rows
    while page.data["hasMore"]:
        page = await site(plain.asking(pageSize=500, cursor=page.data["nextCursor"]))
        found = [*found, *page.rows]
    start, size = int(match[1]), ask.number("pageSize", 100)
    more = start + size < len(found)
    part = {"data": found[start : start + size], "nextCursor": f"o{start + size}" if more else None, "hasMore": more}
    return base.with_data(part)


async def _local_time(ask: Ask, site: Site) -> Reply:
    """A new report carries the time of the server's own zone."""
    reply = await site(ask)
    if ask.name != _CREATE:
        late = site.memory.get
        return _dated(ask, reply, lambda row: moved(row["createdOn"], late(row["serviceReportId"], 0)))
    if reply.ok:
        site.memory[reply.data["serviceReportId"]] = 7_200
    return reply


async def _dated_by_the_body(ask: Ask, site: Site) -> Reply:
    """createdOn of the body is taken for the report's."""
    reply = await site(ask)
    if ask.name != _CREATE:
        return _dated(ask, reply, lambda row: site.memory.get(row["serviceReportId"], row["createdOn"]))
    if reply.ok and "createdOn" in _body(ask):
        site.memory[reply.data["serviceReportId"]] = _body(ask)["createdOn"]
    return reply


def _rewritten(change: Callable[[str], str], *names: str) -> Alteration:
    """Texts of a body are stored otherwise: those of some members, or all."""

    def sent(ask: Ask) -> Ask:
        texts = {name: value for name, value in _body(ask).items() if isinstance(value, str)}
        changed = {name: change(value) for name, value in texts.items() if name in names or not names}
        return _sending(ask, **changed) if changed != {name: texts[name] for name in changed} else ask

    return asks(sent, _CREATE)


def _as_html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&#39;")


def _in_two_bytes(text: str) -> str:
    return "".join("??" if ord(letter) > 0xFFFF else letter for letter in text)


def _as_if_utc(text: str) -> str:
    return re.sub(r"(T\d\d:\d\d:\d\d(?:\.\d+)?)[+-]\d\d:\d\d$", r"\1Z", text)


def _with(members: str) -> str:
    """The body with further members."""
    return _BODY.replace("}}", f", {members}}}}}")


MUTANTS = (
    Mutant(
        "wrt-rows-counted",
        "writes",
        ("WRT-026",),
        "Cursors of reports count rows, so that one that comes in shifts the pages",
        subtle=True,
        fault=only(_counted, "listServiceReports"),
        shows=(Look("/service-reports?pageSize=2"),),
        writes=True,
    ),
    Mutant(
        "wrt-stored-nowhere",
        "writes",
        ("WRT-005",),
        "A created report isn't kept",
        subtle=True,
        fault=only(_stored_nowhere, _CREATE),
        shows=(post(), _LISTED),
        writes=True,
    ),
    Mutant(
        "wrt-stored-for-another",
        "writes",
        ("WRT-005", "WRT-008"),
        "A created report is kept for another organisation",
        subtle=True,
        fault=only(_stored_for_another, _CREATE),
        shows=(post(), _LISTED),
        writes=True,
    ),
    Mutant(
        "wrt-refused-but-stored",
        "writes",
        ("SCP-007",),
        "A key without the scope is refused, and the report kept all the same",
        subtle=True,
        fault=only(_refused_but_stored, _CREATE),
        shows=(post(key="readonly"), _LISTED),
        writes=True,
    ),
    Mutant(
        "wrt-scope-unchecked",
        "writes",
        ("SCP-007",),
        "A read-only key creates a report",
        subtle=True,
        fault=only(_as_master, _CREATE),
        shows=(post(key="readonly"),),
        writes=True,
    ),
    Mutant(
        "wrt-bad-but-stored",
        "writes",
        ("WRT-009",),
        "A wrong body is refused, and a report kept all the same",
        subtle=True,
        fault=only(_bad_but_stored, _CREATE),
        shows=(post("{{}}"), _LISTED),
        writes=True,
    ),
    Mutant(
        "wrt-foreign-asset",
        "writes",
        ("ISO-015", "WRT-014"),
        "An asset of another organisation, or of nobody, is taken",
        subtle=True,
        fault=only(_lenient, _CREATE),
        shows=(post(_BODY.replace("home", "away")),),
        writes=True,
    ),
    Mutant(
        "wrt-no-json",
        "writes",
        ("WRT-009",),
        "A body that isn't JSON makes an untitled report",
        subtle=True,
        fault=only(_anything_goes, _CREATE),
        shows=(post("title=Looked"),),
        writes=True,
    ),
    Mutant(
        "wrt-untitled",
        "writes",
        ("WRT-012",),
        "A report without a title is called untitled",
        subtle=True,
        fault=only(_untitled, _CREATE),
        shows=(post('{{"assetId": "{home.asset}"}}'),),
        writes=True,
    ),
    Mutant(
        "wrt-not-listed",
        "writes",
        ("WRT-006",),
        "A created report is found by its id and isn't listed",
        subtle=True,
        fault=rows(_unlisted, "listServiceReports"),
        shows=(post(), _LISTED),
        writes=True,
    ),
    Mutant(
        "wrt-title-cut",
        "writes",
        ("WRT-005",),
        "A report by its id has the first twenty characters of its title",
        subtle=True,
        fault=data(_cut, "getServiceReport"),
        shows=(Look("/service-reports/{home.report}"),),
        writes=True,
    ),
    Mutant(
        "wrt-400-as-500",
        "writes",
        ("WRT-009",),
        "A wrong body fails with 500",
        subtle=True,
        fault=refusals(lambda _ask, reply: reply.with_status(500), 400, operations=(_CREATE,)),
        shows=(post("{{}}"),),
        writes=True,
    ),
    Mutant(
        "wrt-id-as-number",
        "writes",
        ("WRT-002",),
        "The id of a created report is a number",
        subtle=False,
        fault=data(lambda _ask, _created: {"serviceReportId": 8442}, _CREATE),
        shows=(post(),),
        writes=True,
    ),
    Mutant(
        "wrt-status-202",
        "writes",
        ("WRT-002",),
        "A created report is answered 202",
        subtle=False,
        fault=replies(lambda _ask, reply: reply.with_status(202), _CREATE),
        shows=(post(),),
        writes=True,
    ),
    Mutant(
        "wrt-status-200",
        "writes",
        ("WRT-003",),
        "A created report is answered 200",
        subtle=False,
        fault=replies(lambda _ask, reply: reply.with_status(200), _CREATE),
        shows=(post(),),
        writes=True,
    ),
    Mutant(
        "wrt-no-location",
        "writes",
        ("WRT-004",),
        "A created report has no Location",
        subtle=False,
        fault=replies(
            lambda _ask, reply: reply.without(b"location").having(b"content-type", b"application/json; charset=utf-8"),
            _CREATE,
        ),
        shows=(post(),),
        writes=True,
    ),
    Mutant(
        "wrt-bad-uuid",
        "writes",
        ("WRT-010",),
        "A malformed assetId is taken for another asset",
        subtle=True,
        fault=only(_lenient, _CREATE),
        shows=(post(_BODY.replace("{home.asset}", "nonsense")),),
        writes=True,
    ),
    Mutant(
        "wrt-any-media-type",
        "writes",
        ("WRT-020",),
        "Any Content-Type will do",
        subtle=True,
        fault=asks(lambda ask: ask.having(b"content-type", b"application/json"), _CREATE),
        shows=(post(headers=(("Content-Type", "text/plain"),)),),
        writes=True,
    ),
    Mutant(
        "wrt-shown-to-all",
        "writes",
        ("WRT-008",),
        "A created report is shown to every organisation",
        subtle=True,
        fault=as_stranger_too("getServiceReport"),
        shows=(Look("/service-reports/{away.report}"),),
        writes=True,
    ),
    Mutant(
        "wrt-filter-misses-new",
        "writes",
        ("WRT-007",),
        "deviceId and assetId don't find reports that partners wrote",
        subtle=True,
        fault=rows(_unlisted, "listServiceReports", when=lambda ask: ask.value("assetId") is not None),
        shows=(
            post(),
            Look("/service-reports?assetId={home.asset}"),
        ),
        writes=True,
    ),
    Mutant(
        "wrt-wrong-type-taken",
        "writes",
        ("WRT-011",),
        "A member of another type is read as text",
        subtle=True,
        fault=asks(_as_texts, _CREATE),
        shows=(post(_BODY.replace('"Looked at"', "5")),),
        writes=True,
    ),
    Mutant(
        "wrt-out-of-range-dropped",
        "writes",
        ("WRT-013",),
        "Hours and costs below nought are left out",
        subtle=True,
        fault=asks(_without_negative, _CREATE),
        shows=(post(_BODY.replace("}}", ', "laborHours": -1}}')),),
        writes=True,
    ),
    Mutant(
        "wrt-unknown-member-refused",
        "writes",
        ("WRT-021",),
        "A body with a member that nobody knows is refused",
        subtle=True,
        fault=failing(_with_unknown, _CREATE, status=400),
        shows=(post(_BODY.replace("}}", ', "xUnknown": 1}}')),),
        writes=True,
    ),
    Mutant(
        "wrt-member-lost",
        "writes",
        ("WRT-023",),
        "The technician's name isn't kept",
        subtle=True,
        fault=asks(lambda ask: _sending(ask, technicianName=None) if _body(ask) else ask, _CREATE),
        shows=(
            post(_BODY.replace("}}", ', "technicianName": "Ada"}}')),
            _LISTED,
        ),
        writes=True,
    ),
    Mutant(
        "wrt-foreign-visit",
        "writes",
        ("ISO-014",),
        "A visit of another organisation, or of nobody, is taken and linked to the report",
        subtle=True,
        fault=only(_any_visit, _CREATE, "getServiceReport"),
        shows=(post(_with(f'"serviceVisitId": "{_INVENTED}"')),),
        writes=True,
    ),
    Mutant(
        "wrt-organization-of-body",
        "writes",
        ("ISO-014",),
        "organizationId in the body decides whose report it is",
        subtle=True,
        fault=only(_as_the_body_says, _CREATE),
        shows=(post(_with(f'"organizationId": "{_INVENTED}"')), _LISTED),
        writes=True,
    ),
    Mutant(
        "wrt-scope-by-header",
        "writes",
        ("SCP-007",),
        "The scope of a key after Bearer isn't looked at when a report is posted",
        subtle=True,
        fault=only(_scope_by_header, _CREATE),
        shows=(Look("/service-reports", None, "POST", (("Authorization", "Bearer {keys[readonly]}"), _JSON), _BODY),),
        writes=True,
    ),
    Mutant(
        "wrt-local-time",
        "writes",
        ("WRT-025",),
        "createdOn of a created report is two hours ahead, as in the server's own zone",
        subtle=True,
        fault=only(_local_time, _CREATE, "getServiceReport", "listServiceReports"),
        shows=(post(), _LISTED),
        writes=True,
    ),
    Mutant(
        "wrt-html",
        "writes",
        ("WRT-023",),
        "Texts of a report are stored as HTML would write them",
        subtle=True,
        fault=_rewritten(_as_html),
        shows=(post(_BODY.replace("Looked at", "Looked & mended")), _LISTED),
        writes=True,
    ),
    Mutant(
        "wrt-two-bytes",
        "writes",
        ("WRT-023",),
        "Letters beyond U+FFFF become question marks",
        subtle=True,
        fault=_rewritten(_in_two_bytes),
        shows=(post(_BODY.replace("Looked", "Looked \U0001f600")), _LISTED),
        writes=True,
    ),
    Mutant(
        "wrt-offset-dropped",
        "writes",
        ("WRT-023",),
        "The offset of startedOn and completedOn isn't read",
        subtle=True,
        fault=_rewritten(_as_if_utc, "startedOn", "completedOn"),
        shows=(post(_with('"startedOn": "2026-06-30T08:00:00+02:00"')), Look("/service-reports?pageSize=3")),
        writes=True,
    ),
    Mutant(
        "wrt-date-of-body",
        "writes",
        ("WRT-021",),
        "createdOn in the body is taken for the report's",
        subtle=True,
        fault=only(_dated_by_the_body, _CREATE, "getServiceReport", "listServiceReports"),
        shows=(post(_with('"createdOn": "2020-01-01T00:00:00Z"')), _LISTED),
        writes=True,
    ),
    Mutant(
        "wrt-long-attempt-500",
        "writes",
        ("WRT-024",),
        "An Idempotency-Key of more than 255 characters fails with 500",
        subtle=True,
        fault=failing(lambda ask: len(ask.header(b"idempotency-key") or b"") > 255, _CREATE),
        shows=(post(headers=(("Idempotency-Key", "x" * 256),)),),
        writes=True,
    ),
    Mutant(
        "wrt-deep-500",
        "writes",
        ("WRT-024",),
        "A body nested deeper than 64 levels fails with 500",
        subtle=True,
        fault=failing(lambda ask: b"[" * 64 in ask.body, _CREATE),
        shows=(post(_with(f'"x": {"[" * 70}{"]" * 70}')),),
        writes=True,
    ),
    Mutant(
        "wrt-large-500",
        "writes",
        ("WRT-024",),
        "A body of more than 30,000 bytes fails with 500",
        subtle=True,
        fault=failing(lambda ask: len(ask.body) > 30_000, _CREATE),
        shows=(post(_with(f'"x": "{"x" * 30_000}"')),),
        writes=True,
    ),
    Mutant(
        "wrt-year-1-500",
        "writes",
        ("WRT-024",),
        "A report that was started before 1753 fails with 500",
        subtle=True,
        fault=failing(lambda ask: str(_body(ask).get("startedOn")) < "1753", _CREATE),
        shows=(post(_with('"startedOn": "1700-01-01T00:00:00Z"')),),
        writes=True,
    ),
    Mutant(
        "wrt-device-alone-refused",
        "writes",
        ("WRT-023",),
        "A report for a device is refused where it names no asset",
        subtle=True,
        fault=failing(
            lambda ask: bool(_body(ask).get("deviceId")) and not _body(ask).get("assetId"), _CREATE, status=400
        ),
        shows=(post('{{"deviceId": "{home.device}", "title": "Looked at"}}'),),
        writes=True,
    ),
)
