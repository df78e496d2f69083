"""Mutants that the checks of `isolation/foreign_writes.py` catch."""

from tests.mutants.harness.alterations import on_operations
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.predicates import has_scope
from tests.mutants.harness.report_bodies import (
    CREATE_REPORT,
    INVENTED_ID,
    PROBE_REPORTS,
    REPORT_BODY,
    as_foreign_report,
    body_of,
    probe_post,
    replace_unknown_asset,
    report_body_with,
    visible_asset,
    with_body_members,
)
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]


async def _link_foreign_asset(request: Request, upstream: Upstream) -> Response:
    """Store a report about a foreign asset and returns that asset's id in it."""
    response = await upstream(request)
    if request.operation_id == CREATE_REPORT:
        asset_id, title = body_of(request).get("assetId"), body_of(request).get("title")
        if response.status != 400 or not asset_id or not title or not has_scope(request):
            return response
        foreign = upstream.as_foreign(request)
        if not (await upstream(foreign.to_operation("getAsset", {"assetId": str(asset_id)}))).ok:
            return response
        response = await upstream(with_body_members(request, assetId=await visible_asset(request, upstream)))
        if response.ok:
            upstream.memory[response.json["serviceReportId"]] = asset_id
    elif response.ok and request.operation_id == "getServiceReport":
        linked = upstream.memory.get(response.json["serviceReportId"], response.json["assetId"])
        return response.with_members(assetId=linked)
    return response


async def _accept_any_visit(request: Request, upstream: Upstream) -> Response:
    """Store a report with a foreign or unknown serviceVisitId and returns that id in it."""
    response = await upstream(request)
    visit_id = body_of(request).get("serviceVisitId")
    if (
        request.operation_id == CREATE_REPORT
        and response.status == 400
        and isinstance(visit_id, str)
        and len(visit_id) == 36
    ):
        response = await upstream(with_body_members(request, serviceVisitId=None))
        if response.ok:
            upstream.memory[response.json["serviceReportId"]] = visit_id
    elif (
        request.operation_id == "getServiceReport"
        and response.ok
        and response.json["serviceReportId"] in upstream.memory
    ):
        return response.with_members(serviceVisitId=upstream.memory[response.json["serviceReportId"]])
    return response


async def _take_organization_from_body(request: Request, upstream: Upstream) -> Response:
    response = await upstream(request)
    if not response.ok or not body_of(request).get("organizationId"):
        return response
    return await upstream(await as_foreign_report(request, upstream))


MUTANTS = (
    Mutant(
        "iso-linked-report",
        ("ISO-014",),
        "A report about another organisation's asset is stored and linked to it",
        fault=on_operations(_link_foreign_asset, "createServiceReport", "getServiceReport"),
        probes=(
            Probe(
                "/service-reports",
                "full",
                "POST",
                (("Content-Type", "application/json"),),
                '{{"title": "x", "assetId": "{foreign.asset}"}}',
            ),
        ),
        writes=True,
    ),
    Mutant(
        "wrt-foreign-asset",
        ("ISO-015", "WRT-014"),
        "An assetId of another organisation, or an unknown one, is accepted",
        fault=on_operations(replace_unknown_asset, CREATE_REPORT),
        probes=(probe_post(REPORT_BODY.replace("own.", "foreign.")),),
        writes=True,
    ),
    Mutant(
        "wrt-foreign-visit",
        ("ISO-014",),
        "A serviceVisitId of another organisation, or an unknown one, is accepted and stored",
        fault=on_operations(_accept_any_visit, CREATE_REPORT, "getServiceReport"),
        probes=(probe_post(report_body_with(f'"serviceVisitId": "{INVENTED_ID}"')),),
        writes=True,
    ),
    Mutant(
        "wrt-organization-of-body",
        ("ISO-014",),
        "organizationId of the body decides which organisation gets the report",
        fault=on_operations(_take_organization_from_body, CREATE_REPORT),
        probes=(probe_post(report_body_with(f'"organizationId": "{INVENTED_ID}"')), PROBE_REPORTS),
        writes=True,
    ),
)
