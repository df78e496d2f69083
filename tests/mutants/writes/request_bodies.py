"""Mutants that the checks of `writes/request_bodies.py` catch."""

from sepolo_openapi import reader
from tests.mutants.harness.alterations import change_error, change_request, on_operations, reject
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant
from tests.mutants.harness.report_bodies import (
    CREATE_REPORT,
    PROBE_REPORTS,
    REPORT_BODY,
    body_of,
    probe_post,
    replace_unknown_asset,
    report_body_with,
    with_body_members,
    with_created_on,
    with_valid_body,
)
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]


async def _store_although_invalid(request: Request, upstream: Upstream) -> Response:
    response = await upstream(request)
    if response.status == 400:
        await upstream(await with_valid_body(request, upstream))
    return response


async def _store_malformed_body(request: Request, upstream: Upstream) -> Response:
    """Store an untitled report for a body that is not JSON."""
    response = await upstream(request)
    if response.status == 400 and not body_of(request):
        return await upstream(await with_valid_body(request, upstream))
    return response


async def _add_missing_title(request: Request, upstream: Upstream) -> Response:
    body = body_of(request)
    return await upstream(with_body_members(request, title="Untitled") if body and not body.get("title") else request)


def _with_title_as_text(request: Request) -> Request:
    body = body_of(request)
    return with_body_members(request, title=str(body["title"])) if isinstance(body.get("title"), int) else request


def _without_negative_numbers(request: Request) -> Request:
    negative = {name: None for name, value in body_of(request).items() if isinstance(value, int | float) and value < 0}
    return with_body_members(request, **negative) if negative else request


def _has_unknown_member(request: Request) -> bool:
    known = reader.load().document["components"]["schemas"]["PublicApiCreateServiceReportRequest"]["properties"]
    return not known.keys() >= body_of(request).keys()


async def _created_on_from_body(request: Request, upstream: Upstream) -> Response:
    """Take createdOn from the body."""
    response = await upstream(request)
    if request.operation_id != CREATE_REPORT:
        return with_created_on(
            request, response, lambda row: upstream.memory.get(row["serviceReportId"], row["createdOn"])
        )
    if response.ok and "createdOn" in body_of(request):
        upstream.memory[response.json["serviceReportId"]] = body_of(request)["createdOn"]
    return response


MUTANTS = (
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
        "wrt-400-as-500",
        ("WRT-009",),
        "An invalid body fails with 500",
        fault=change_error(lambda _request, response: response.with_status(500), 400, operations=(CREATE_REPORT,)),
        probes=(probe_post("{{}}"),),
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
)
