"""Mutants that the checks of `writes/stored_members.py` catch."""

import re
from collections.abc import Callable
from typing import Any

from tests.mutants.harness.alterations import change_json, change_request, json_response, on_operations, reject
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.report_bodies import (
    CREATE_REPORT,
    INVENTED_ID,
    PROBE_REPORTS,
    REPORT_BODY,
    as_foreign_report,
    body_of,
    has_own_asset,
    probe_post,
    report_body_with,
    with_body_members,
    with_created_on,
)
from tests.mutants.harness.request_windows import shift_timestamp
from tests.mutants.harness.wrapper import Alteration, Upstream

__all__ = ["MUTANTS"]


async def _check_without_storing(request: Request, upstream: Upstream) -> Response:
    """Check the body and stores nothing."""
    # For a foreign key the asset is unknown: any further detail is an error in the body.
    foreign = await upstream(upstream.as_foreign(request))
    only_asset_is_wrong = foreign.status == 400 and len(foreign.json.get("details", ())) == 1
    if only_asset_is_wrong and body_of(request).get("title") and await has_own_asset(request, upstream):
        return json_response({"serviceReportId": INVENTED_ID}, 201)
    return await upstream(request)


async def _store_for_foreign_organization(request: Request, upstream: Upstream) -> Response:
    if body_of(request).get("title") is None or not (await has_own_asset(request, upstream)):
        return await upstream(request)
    return await upstream(await as_foreign_report(request, upstream))


def _with_cut_title(_request: Request, report: dict[str, Any]) -> dict[str, Any]:
    return {**report, "title": str(report["title"])[:20]}


async def _created_on_in_local_time(request: Request, upstream: Upstream) -> Response:
    """Shift createdOn of new reports by two hours, as the server's own time zone."""
    response = await upstream(request)
    if request.operation_id != CREATE_REPORT:
        offset_s = upstream.memory.get
        return with_created_on(
            request, response, lambda row: shift_timestamp(row["createdOn"], offset_s(row["serviceReportId"], 0))
        )
    if response.ok:
        upstream.memory[response.json["serviceReportId"]] = 7_200
    return response


def _store_texts_as(change: Callable[[str], str], *names: str) -> Alteration:
    """Store changed texts: those of the named members, or of all."""

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
        "wrt-title-cut",
        ("WRT-005",),
        "getServiceReport truncates the title to twenty characters",
        fault=change_json(_with_cut_title, "getServiceReport"),
        probes=(Probe("/service-reports/{own.report}"),),
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
        probes=(probe_post(report_body_with('"technicianName": "Ada"')), PROBE_REPORTS),
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
    *(
        Mutant(
            f"wrt-{name}-to-2000",
            ("WRT-023",),
            f"{name} is stored up to 2,000 characters",
            fault=_store_texts_as(lambda text: text[:2000], name),
            probes=(probe_post(report_body_with(f'"{name}": "{"x" * 3000}"')), PROBE_REPORTS),
            writes=True,
        )
        for name in ("description", "resolution")
    ),
    Mutant(
        "wrt-two-bytes-in-titles",
        ("WRT-023",),
        "Characters beyond U+FFFF in titles are stored as question marks",
        fault=_store_texts_as(_replace_astral, "title"),
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
