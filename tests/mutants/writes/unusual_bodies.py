"""Mutants that the checks of `writes/unusual_bodies.py` catch."""

from sepolo_openapi import reader
from tests.mutants.harness.alterations import on_operations, reject
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant
from tests.mutants.harness.report_bodies import (
    CREATE_REPORT,
    PROBE_REPORTS,
    body_of,
    probe_post,
    report_body_with,
    with_created_on,
)
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]


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
