"""Mutants that the checks of `writes/checks.py` catch."""

import asyncio
import re
from collections.abc import Callable
from typing import Any

from sepolo_openapi import reader
from tests.mutants.harness.alterations import (
    change_error,
    change_json,
    change_request,
    change_response,
    change_rows,
    fall_back_to_foreign_key,
    on_operations,
    reject,
)
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.predicates import gives
from tests.mutants.harness.report_bodies import (
    CREATE_REPORT,
    INVENTED_ID,
    PROBE_REPORTS,
    REPORT_BODY,
    body_of,
    probe_post,
    replace_unknown_asset,
    report_body_with,
    visible_asset,
    with_body_members,
    with_valid_body,
)
from tests.mutants.harness.request_windows import shift_timestamp
from tests.mutants.harness.wrapper import Alteration, Upstream

__all__ = ["MUTANTS"]

_CONCURRENT_S = 0.005


async def _store_twice(request: Request, upstream: Upstream) -> Response:
    response = await upstream(request)
    if response.ok:
        await upstream(request.without_headers(b"idempotency-key"))
    return response


async def _repeat_first_response(request: Request, upstream: Upstream) -> Response:
    """Answers a reused Idempotency-Key with the first response, whatever the body."""
    response = await upstream(request)
    attempt = request.header(b"idempotency-key")
    if response.ok and attempt:
        upstream.memory[attempt] = response
    return upstream.memory.get(attempt, response) if response.status == 409 else response


async def _share_keys_between_organizations(request: Request, upstream: Upstream) -> Response:
    """Remembers responses by Idempotency-Key alone, without the organisation."""
    attempt = request.header(b"idempotency-key")
    if attempt is None:
        return await upstream(request)
    if attempt not in upstream.memory:
        response = await upstream(request)
        if response.ok:
            upstream.memory[attempt] = response
        return response
    return upstream.memory[attempt]


async def _merge_concurrent(request: Request, upstream: Upstream) -> Response:
    """Answers a POST that arrives while another is stored with the response to that one."""
    waiting = upstream.memory.get("stored")
    if waiting is not None:
        kept: Response = await waiting
        return kept
    upstream.memory["stored"] = asyncio.get_running_loop().create_future()
    await asyncio.sleep(_CONCURRENT_S)
    response = await upstream(request)
    upstream.memory.pop("stored").set_result(response)
    return response


async def _remember_key_after_response(request: Request, upstream: Upstream) -> Response:
    """Treats two concurrent POSTs with one Idempotency-Key as different ones."""
    attempt = request.header(b"idempotency-key")
    under_way = upstream.memory.setdefault("under way", set())
    first = attempt not in under_way
    under_way.add(attempt)
    await asyncio.sleep(_CONCURRENT_S)
    response = await upstream(request if first else request.without_headers(b"idempotency-key"))
    under_way.discard(attempt)
    return response


async def _store_equal_bodies_once(request: Request, upstream: Upstream) -> Response:
    """Answers a repeated body with the first response."""
    mark = (request.key, request.body)
    if mark not in upstream.memory:
        response = await upstream(request)
        if not response.ok:
            return response
        upstream.memory[mark] = response
    return upstream.memory[mark]


async def _repeat_previous_id(request: Request, upstream: Upstream) -> Response:
    """Gives every second report the id of the one before."""
    response = await upstream(request)
    if not response.ok:
        return response
    before = upstream.memory.pop("id", None)
    if before is None:
        upstream.memory["id"] = response.json["serviceReportId"]
        return response
    return response.with_json({"serviceReportId": before})


async def _check_without_storing(request: Request, upstream: Upstream) -> Response:
    """Checks the body and stores nothing."""
    twin = await upstream(request.with_key(upstream.foreign_key(request)))
    if twin.status == 400 and body_of(request).get("title") and len(twin.json.get("details", ())) == 1:
        known = await upstream(request.to_operation("getAsset", {"assetId": str(body_of(request).get("assetId"))}))
        if known.ok:
            answer = Response(201, ((b"content-type", b"application/json"),), b"null")
            return answer.with_json({"serviceReportId": INVENTED_ID})
    return await upstream(request)


async def _store_for_foreign_organization(request: Request, upstream: Upstream) -> Response:
    if body_of(request).get("title") is None or not (await has_own_asset(request, upstream)):
        return await upstream(request)
    foreign = request.with_key(upstream.foreign_key(request))
    return await upstream(
        with_body_members(foreign, assetId=await visible_asset(foreign, upstream), deviceId=None, serviceVisitId=None)
    )


async def has_own_asset(request: Request, upstream: Upstream) -> bool:
    return (await upstream(request.to_operation("getAsset", {"assetId": str(body_of(request).get("assetId"))}))).ok


async def _store_although_invalid(request: Request, upstream: Upstream) -> Response:
    response = await upstream(request)
    if response.status == 400:
        await upstream(await with_valid_body(request, upstream))
    return response


async def _store_malformed_body(request: Request, upstream: Upstream) -> Response:
    """Stores an untitled report for a body that is not JSON."""
    response = await upstream(request)
    if response.status == 400 and not body_of(request):
        return await upstream(await with_valid_body(request, upstream))
    return response


async def _add_missing_title(request: Request, upstream: Upstream) -> Response:
    body = body_of(request)
    return await upstream(with_body_members(request, title="Untitled") if body and not body.get("title") else request)


def _without_reports_of_partners(_request: Request, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Removes reports without a service visit, as those that partners create."""
    return [row for row in found if row["serviceVisitId"] is not None]


def _with_cut_title(_request: Request, report: dict[str, Any]) -> dict[str, Any]:
    return {**report, "title": str(report["title"])[:20]}


def _with_title_as_text(request: Request) -> Request:
    body = body_of(request)
    return with_body_members(request, title=str(body["title"])) if isinstance(body.get("title"), int) else request


def _without_negative_numbers(request: Request) -> Request:
    low = {name: None for name, value in body_of(request).items() if isinstance(value, int | float) and value < 0}
    return with_body_members(request, **low) if low else request


def _has_unknown_member(request: Request) -> bool:
    known = reader.load().document["components"]["schemas"]["PublicApiCreateServiceReportRequest"]["properties"]
    return not known.keys() >= body_of(request).keys()


def _with_created_on(request: Request, response: Response, date: Callable[[dict[str, Any]], object]) -> Response:
    """Sets createdOn of the returned reports."""
    if not response.ok:
        return response
    found = [{**row, "createdOn": date(row)} for row in ([response.json] if request.path_values else response.rows)]
    return response.with_json(found[0]) if request.path_values else response.with_rows(found)


async def _page_by_offset(request: Request, upstream: Upstream) -> Response:
    """Issues cursors that are the number of rows before the page, as with OFFSET."""
    plain = request.with_query(cursor=None)
    base, page = await upstream(plain), await upstream(plain.with_query(pageSize=500))
    match = re.fullmatch(r"o(\d+)", request.query_value("cursor") or "o0")
    if not base.ok or match is None:
        return await upstream(request)
    found = page.rows
    while page.json["hasMore"]:
        page = await upstream(plain.with_query(pageSize=500, cursor=page.json["nextCursor"]))
        found = [*found, *page.rows]
    start, size = int(match[1]), request.query_int("pageSize", 100)
    more = start + size < len(found)
    part = {"data": found[start : start + size], "nextCursor": f"o{start + size}" if more else None, "hasMore": more}
    return base.with_json(part)


async def _created_on_in_local_time(request: Request, upstream: Upstream) -> Response:
    """Shifts createdOn of new reports by two hours, as the server's own time zone."""
    response = await upstream(request)
    if request.operation_id != CREATE_REPORT:
        late = upstream.memory.get
        return _with_created_on(
            request, response, lambda row: shift_timestamp(row["createdOn"], late(row["serviceReportId"], 0))
        )
    if response.ok:
        upstream.memory[response.json["serviceReportId"]] = 7_200
    return response


async def _created_on_from_body(request: Request, upstream: Upstream) -> Response:
    """Takes createdOn from the body."""
    response = await upstream(request)
    if request.operation_id != CREATE_REPORT:
        return _with_created_on(
            request, response, lambda row: upstream.memory.get(row["serviceReportId"], row["createdOn"])
        )
    if response.ok and "createdOn" in body_of(request):
        upstream.memory[response.json["serviceReportId"]] = body_of(request)["createdOn"]
    return response


def _store_texts_as(change: Callable[[str], str], *names: str) -> Alteration:
    """Stores changed texts: those of the named members, or of all."""

    def sent(request: Request) -> Request:
        texts = {name: value for name, value in body_of(request).items() if isinstance(value, str)}
        changed = {name: change(value) for name, value in texts.items() if name in names or not names}
        return with_body_members(request, **changed) if changed != {name: texts[name] for name in changed} else request

    return change_request(sent, CREATE_REPORT)


def _escape_html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&#39;")


def _replace_astral(text: str) -> str:
    return "".join("??" if ord(letter) > 0xFFFF else letter for letter in text)


def _offset_as_utc(text: str) -> str:
    return re.sub(r"(T\d\d:\d\d:\d\d(?:\.\d+)?)[+-]\d\d:\d\d$", r"\1Z", text)


MUTANTS = (
    Mutant(
        "wrt-stored-twice",
        ("WRT-006",),
        "A created report is stored twice",
        fault=on_operations(_store_twice, CREATE_REPORT),
        probes=(probe_post(), PROBE_REPORTS),
        writes=True,
    ),
    Mutant(
        "wrt-attempt-ignored",
        ("WRT-015",),
        "Idempotency-Key is ignored",
        fault=change_request(lambda request: request.without_headers(b"idempotency-key"), CREATE_REPORT),
        probes=(probe_post(headers=(("Idempotency-Key", "one"),), repeat=2), PROBE_REPORTS),
        writes=True,
    ),
    Mutant(
        "wrt-attempt-of-another-body",
        ("WRT-016",),
        "A reused Idempotency-Key with another body returns the first response",
        fault=on_operations(_repeat_first_response, CREATE_REPORT),
        probes=(
            probe_post(headers=(("Idempotency-Key", "one"),)),
            probe_post(REPORT_BODY.replace("Looked at", "Replaced"), headers=(("Idempotency-Key", "one"),)),
        ),
        writes=True,
    ),
    Mutant(
        "wrt-same-id",
        ("WRT-002",),
        "Every second report gets the id of the one before",
        fault=on_operations(_repeat_previous_id, CREATE_REPORT),
        probes=(probe_post(repeat=2),),
        writes=True,
    ),
    Mutant(
        "wrt-same-body-once",
        ("WRT-022",),
        "The same body without Idempotency-Key creates one report only",
        fault=on_operations(_store_equal_bodies_once, CREATE_REPORT),
        probes=(probe_post(repeat=2),),
        writes=True,
    ),
    Mutant(
        "wrt-attempt-of-anyone",
        ("WRT-017",),
        "Idempotency-Keys are shared by all organisations",
        fault=on_operations(_share_keys_between_organizations, CREATE_REPORT),
        probes=(
            probe_post(headers=(("Idempotency-Key", "one"),)),
            probe_post(REPORT_BODY.replace("own.", "foreign."), key="other", headers=(("Idempotency-Key", "one"),)),
        ),
        writes=True,
    ),
    Mutant(
        "wrt-posts-merged",
        ("WRT-018",),
        "Concurrent POSTs create one report only",
        fault=on_operations(_merge_concurrent, CREATE_REPORT),
        probes=(
            probe_post(concurrent_key="full"),
            PROBE_REPORTS,
        ),
        writes=True,
    ),
    Mutant(
        "wrt-attempts-at-once",
        ("WRT-019",),
        "Concurrent POSTs with one Idempotency-Key create two reports",
        fault=on_operations(_remember_key_after_response, CREATE_REPORT),
        probes=(
            probe_post(headers=(("Idempotency-Key", "one"),), concurrent_key="full"),
            PROBE_REPORTS,
        ),
        writes=True,
    ),
    Mutant(
        "wrt-rows-counted",
        ("WRT-026",),
        "Cursors of listServiceReports are row offsets, which a new report shifts",
        fault=on_operations(_page_by_offset, "listServiceReports"),
        probes=(Probe("/service-reports?pageSize=2"),),
        writes=True,
    ),
    Mutant(
        "wrt-stored-nowhere",
        ("WRT-005",),
        "A created report is not stored",
        fault=on_operations(_check_without_storing, CREATE_REPORT),
        probes=(probe_post(), PROBE_REPORTS),
        writes=True,
    ),
    Mutant(
        "wrt-stored-for-another",
        ("WRT-005", "WRT-008"),
        "A created report is stored for another organisation",
        fault=on_operations(_store_for_foreign_organization, CREATE_REPORT),
        probes=(probe_post(), PROBE_REPORTS),
        writes=True,
    ),
    Mutant(
        "wrt-bad-but-stored",
        ("WRT-009",),
        "A report is stored although its body is invalid and 400 is returned",
        fault=on_operations(_store_although_invalid, CREATE_REPORT),
        probes=(probe_post("{{}}"), PROBE_REPORTS),
        writes=True,
    ),
    Mutant(
        "wrt-no-json",
        ("WRT-009",),
        "A body that is not JSON creates a report",
        fault=on_operations(_store_malformed_body, CREATE_REPORT),
        probes=(probe_post("title=Looked"),),
        writes=True,
    ),
    Mutant(
        "wrt-untitled",
        ("WRT-012",),
        "A report without a title is accepted",
        fault=on_operations(_add_missing_title, CREATE_REPORT),
        probes=(probe_post('{{"assetId": "{own.asset}"}}'),),
        writes=True,
    ),
    Mutant(
        "wrt-not-listed",
        ("WRT-006",),
        "A created report is missing in listServiceReports",
        fault=change_rows(_without_reports_of_partners, "listServiceReports"),
        probes=(probe_post(), PROBE_REPORTS),
        writes=True,
    ),
    Mutant(
        "wrt-title-cut",
        ("WRT-005",),
        "getServiceReport truncates the title to twenty characters",
        fault=change_json(_with_cut_title, "getServiceReport"),
        probes=(Probe("/service-reports/{own.report}"),),
        writes=True,
    ),
    Mutant(
        "wrt-400-as-500",
        ("WRT-009",),
        "An invalid body fails with 500",
        fault=change_error(lambda _request, response: response.with_status(500), 400, operations=(CREATE_REPORT,)),
        probes=(probe_post("{{}}"),),
        writes=True,
    ),
    Mutant(
        "wrt-id-as-number",
        ("WRT-002",),
        "The id of a created report is a number",
        subtle=False,
        fault=change_json(lambda _request, _created: {"serviceReportId": 8442}, CREATE_REPORT),
        probes=(probe_post(),),
        writes=True,
    ),
    Mutant(
        "wrt-status-202",
        ("WRT-002",),
        "createServiceReport returns 202",
        subtle=False,
        fault=change_response(lambda _request, response: response.with_status(202), CREATE_REPORT),
        probes=(probe_post(),),
        writes=True,
    ),
    Mutant(
        "wrt-status-200",
        ("WRT-003",),
        "createServiceReport returns 200",
        subtle=False,
        fault=change_response(lambda _request, response: response.with_status(200), CREATE_REPORT),
        probes=(probe_post(),),
        writes=True,
    ),
    Mutant(
        "wrt-no-location",
        ("WRT-004",),
        "The response to a created report has no Location",
        subtle=False,
        fault=change_response(
            lambda _request, response: response.without_headers(b"location"),
            CREATE_REPORT,
        ),
        probes=(probe_post(),),
        writes=True,
    ),
    Mutant(
        "wrt-bad-uuid",
        ("WRT-010",),
        "A malformed assetId is replaced by another asset",
        fault=on_operations(replace_unknown_asset, CREATE_REPORT),
        probes=(probe_post(REPORT_BODY.replace("{own.asset}", "nonsense")),),
        writes=True,
    ),
    Mutant(
        "wrt-any-media-type",
        ("WRT-020",),
        "Any Content-Type is accepted",
        fault=change_request(lambda request: request.with_header(b"content-type", b"application/json"), CREATE_REPORT),
        probes=(probe_post(headers=(("Content-Type", "text/plain"),)),),
        writes=True,
    ),
    Mutant(
        "wrt-shown-to-all",
        ("WRT-008",),
        "A created report is returned to other organisations",
        fault=fall_back_to_foreign_key("getServiceReport"),
        probes=(Probe("/service-reports/{foreign.report}"),),
        writes=True,
    ),
    Mutant(
        "wrt-filter-misses-new",
        ("WRT-007",),
        "Filtering by assetId leaves created reports out",
        fault=change_rows(_without_reports_of_partners, "listServiceReports", when=gives("assetId")),
        probes=(
            probe_post(),
            Probe("/service-reports?assetId={own.asset}"),
        ),
        writes=True,
    ),
    Mutant(
        "wrt-wrong-type-taken",
        ("WRT-011",),
        "A number is accepted as title",
        fault=change_request(_with_title_as_text, CREATE_REPORT),
        probes=(probe_post(REPORT_BODY.replace('"Looked at"', "5")),),
        writes=True,
    ),
    Mutant(
        "wrt-out-of-range-dropped",
        ("WRT-013",),
        "Negative hours and costs are dropped",
        fault=change_request(_without_negative_numbers, CREATE_REPORT),
        probes=(probe_post(report_body_with('"laborHours": -1')),),
        writes=True,
    ),
    Mutant(
        "wrt-unknown-member-refused",
        ("WRT-021",),
        "An unknown member of the body is rejected",
        fault=reject(_has_unknown_member, CREATE_REPORT, status=400),
        probes=(probe_post(report_body_with('"xUnknown": 1')),),
        writes=True,
    ),
    Mutant(
        "wrt-member-lost",
        ("WRT-023",),
        "technicianName is not stored",
        fault=change_request(
            lambda request: with_body_members(request, technicianName=None) if body_of(request) else request,
            CREATE_REPORT,
        ),
        probes=(
            probe_post(report_body_with('"technicianName": "Ada"')),
            PROBE_REPORTS,
        ),
        writes=True,
    ),
    Mutant(
        "wrt-local-time",
        ("WRT-025",),
        "createdOn of a created report is in local time, two hours ahead",
        fault=on_operations(_created_on_in_local_time, CREATE_REPORT, "getServiceReport", "listServiceReports"),
        probes=(probe_post(), PROBE_REPORTS),
        writes=True,
    ),
    Mutant(
        "wrt-html",
        ("WRT-023",),
        "Texts of a report are stored HTML-escaped",
        fault=_store_texts_as(_escape_html),
        probes=(probe_post(REPORT_BODY.replace("Looked at", "Looked & mended")), PROBE_REPORTS),
        writes=True,
    ),
    Mutant(
        "wrt-two-bytes",
        ("WRT-023",),
        "Characters beyond U+FFFF are stored as question marks",
        fault=_store_texts_as(_replace_astral),
        probes=(probe_post(REPORT_BODY.replace("Looked", "Looked \U0001f600")), PROBE_REPORTS),
        writes=True,
    ),
    Mutant(
        "wrt-offset-dropped",
        ("WRT-023",),
        "The offset of startedOn and completedOn is ignored",
        fault=_store_texts_as(_offset_as_utc, "startedOn", "completedOn"),
        probes=(probe_post(report_body_with('"startedOn": "2026-06-30T08:00:00+02:00"')), PROBE_REPORTS),
        writes=True,
    ),
    Mutant(
        "wrt-date-of-body",
        ("WRT-021",),
        "createdOn of the body becomes createdOn of the report",
        fault=on_operations(_created_on_from_body, CREATE_REPORT, "getServiceReport", "listServiceReports"),
        probes=(probe_post(report_body_with('"createdOn": "2020-01-01T00:00:00Z"')), PROBE_REPORTS),
        writes=True,
    ),
    Mutant(
        "wrt-long-attempt-500",
        ("WRT-024",),
        "An Idempotency-Key of more than 255 characters fails with 500",
        fault=reject(lambda request: len(request.header(b"idempotency-key") or b"") > 255, CREATE_REPORT),
        probes=(probe_post(headers=(("Idempotency-Key", "x" * 256),)),),
        writes=True,
    ),
    Mutant(
        "wrt-deep-500",
        ("WRT-024",),
        "A body nested deeper than 64 levels fails with 500",
        fault=reject(lambda request: b"[" * 64 in request.body, CREATE_REPORT),
        probes=(probe_post(report_body_with(f'"x": {"[" * 70}{"]" * 70}')),),
        writes=True,
    ),
    Mutant(
        "wrt-large-500",
        ("WRT-024",),
        "A body of more than 30,000 bytes fails with 500",
        fault=reject(lambda request: len(request.body) > 30_000, CREATE_REPORT),
        probes=(probe_post(report_body_with(f'"x": "{"x" * 30_000}"')),),
        writes=True,
    ),
    Mutant(
        "wrt-year-1-500",
        ("WRT-024",),
        "startedOn before 1753 fails with 500",
        fault=reject(lambda request: str(body_of(request).get("startedOn")) < "1753", CREATE_REPORT),
        probes=(probe_post(report_body_with('"startedOn": "1700-01-01T00:00:00Z"')),),
        writes=True,
    ),
    Mutant(
        "wrt-device-alone-refused",
        ("WRT-023",),
        "A report with deviceId and without assetId is rejected",
        fault=reject(
            lambda request: bool(body_of(request).get("deviceId")) and not body_of(request).get("assetId"),
            CREATE_REPORT,
            status=400,
        ),
        probes=(probe_post('{{"deviceId": "{own.device}", "title": "Looked at"}}'),),
        writes=True,
    ),
)
