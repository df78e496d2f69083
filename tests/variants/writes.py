"""Conforming variants with other rules for service reports."""

import json
from dataclasses import replace

from tests.mutants.harness.alterations import change_request, change_response, error_response, on_operations
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.report_bodies import CREATE_REPORT
from tests.mutants.harness.wrapper import Upstream
from tests.variants.harness.variant import Variant

__all__ = ["VARIANTS"]


async def _require_template(request: Request, upstream: Upstream) -> Response:
    """Reject every body with 400, also where the scope is missing."""
    response = await upstream(request)
    if request.key is None or (not response.ok and response.status != 403):
        return response
    return error_response(400, "validation_error", "templateId is required.")


def _with_few_members(request: Request) -> Request:
    try:
        body = json.loads(request.body)
    except ValueError:
        return request
    if not isinstance(body, dict):
        return request
    kept = {name: body[name] for name in ("assetId", "deviceId", "title", "description") if name in body}
    return replace(request, body=json.dumps(kept).encode())


VARIANTS = (
    Variant(
        "created-200",
        "A created report is answered with 200 and without Location",
        change_response(
            lambda _request, response: response.with_status(200).without_headers(b"location"), CREATE_REPORT
        ),
        ("WRT-003",),
        writes=True,
    ),
    Variant(
        "template-wanted",
        "createServiceReport requires an undocumented member, and checks it before the scope",
        on_operations(_require_template, CREATE_REPORT),
        writes=True,
    ),
    Variant(
        "few-members-known",
        "createServiceReport stores only asset, device, title and description",
        change_request(_with_few_members, CREATE_REPORT),
        writes=True,
    ),
)
