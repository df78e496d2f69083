"""Operations of the tag "Visits, reports and appointments"."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from sepolo_mock_server.operations import service_reports
from sepolo_mock_server.operations.call import Call, Result, one, page, whole_list
from sepolo_mock_server.sandbox import Principal, Sandbox
from sepolo_mock_server.state.reports import IdempotencyKey, ReportFilter


def list_service_reports(call: Call) -> Result:
    wanted = ReportFilter(
        start=call.span.start,
        stop=call.span.stop,
        asset_id=call.query.get("assetId"),
        device_id=call.query.get("deviceId"),
        state=call.query.get("state"),
    )
    store, owner = call.sandbox.store, call.principal.owner
    return page(service_reports.merged_page(call.view, store, owner, wanted, call.after, call.limit))


def get_service_report(call: Call) -> Result:
    report_id = call.path["serviceReportId"]
    stored = call.sandbox.store.report(call.principal.owner, report_id)
    return one(call.view.service_report(report_id) if stored is None else stored)


def create_service_report(
    sandbox: Sandbox,
    principal: Principal,
    members: Sequence[str],
    payload: Mapping[str, Any],
    idempotency_key: str | None,
) -> tuple[str, bool]:
    """Store a report from a body that matches the contract's schema; `members` are those of a report's row.

    Returns the report's id, and whether an earlier request with the same key created it. Raises ApiError 400 if the
    body refers to unknown data or contradicts itself, 409 if the key was used with another body.
    """
    key = None if idempotency_key is None else IdempotencyKey(idempotency_key, service_reports.body_digest(payload))
    report = service_reports.new_report(principal.view, principal.owner, members, payload, principal.tenant.now())
    return sandbox.store.create(principal.owner, report, key)


def list_service_visits(call: Call) -> Result:
    return whole_list(call.view.service_visits(*call.bounds))


def list_appointments(call: Call) -> Result:
    return whole_list(call.view.appointments(*call.bounds, user_id=call.query.get("userId")))


def get_service_performance(call: Call) -> Result:
    return orjson.dumps(call.view.service_performance(*call.bounds))
