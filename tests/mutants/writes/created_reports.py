"""Mutants that the checks of `writes/created_reports.py` catch."""

from typing import Any

from tests.mutants.harness.alterations import (
    change_json,
    change_response,
    change_rows,
    fall_back_to_foreign_key,
    on_operations,
)
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.predicates import gives
from tests.mutants.harness.report_bodies import CREATE_REPORT, PROBE_REPORTS, probe_post
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]


async def _store_twice(request: Request, upstream: Upstream) -> Response:
    response = await upstream(request)
    if response.ok:
        await upstream(request.without_headers(b"idempotency-key"))
    return response


async def _repeat_previous_id(request: Request, upstream: Upstream) -> Response:
    """Give every second report the id of the one before."""
    response = await upstream(request)
    if not response.ok:
        return response
    before = upstream.memory.pop("id", None)
    if before is None:
        upstream.memory["id"] = response.json["serviceReportId"]
        return response
    return response.with_json({"serviceReportId": before})


def _without_reports_of_partners(_request: Request, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Remove reports without a service visit, as those that partners create."""
    return [row for row in found if row["serviceVisitId"] is not None]


MUTANTS = (
    Mutant(
        "wrt-etag-kept",
        ("WRT-027",),
        "The ETag of listServiceReports stays the same after a report is created",
        fault=change_response(
            lambda _request, response: response.with_header(b"etag", b'W/"reports"'), "listServiceReports"
        ),
        probes=(Probe("/service-reports", headers=(("If-None-Match", 'W/"reports"'),)),),
        writes=True,
    ),
    Mutant(
        "wrt-stored-twice",
        ("WRT-006",),
        "A created report is stored twice",
        fault=on_operations(_store_twice, CREATE_REPORT),
        probes=(probe_post(), PROBE_REPORTS),
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
        "wrt-not-listed",
        ("WRT-006",),
        "A created report is missing in listServiceReports",
        fault=change_rows(_without_reports_of_partners, "listServiceReports"),
        probes=(probe_post(), PROBE_REPORTS),
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
        fault=change_response(lambda _request, response: response.without_headers(b"location"), CREATE_REPORT),
        probes=(probe_post(),),
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
        probes=(probe_post(), Probe("/service-reports?assetId={own.asset}")),
        writes=True,
    ),
)
