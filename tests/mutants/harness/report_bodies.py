"""Service reports: probes that post one, and changes to what is posted and returned."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Probe
from tests.mutants.harness.wrapper import Upstream

__all__ = [
    "CREATE_REPORT",
    "INVENTED_ID",
    "JSON_TYPE",
    "PROBE_REPORTS",
    "REPORT_BODY",
    "as_foreign_report",
    "body_of",
    "has_own_asset",
    "probe_post",
    "replace_unknown_asset",
    "report_body_with",
    "visible_asset",
    "with_body_members",
    "with_created_on",
    "with_valid_body",
]

CREATE_REPORT = "createServiceReport"
INVENTED_ID = "11111111-1111-4111-8111-111111111111"
JSON_TYPE = ("Content-Type", "application/json")
REPORT_BODY = '{{"assetId": "{own.asset}", "title": "Looked at"}}'
"""A body template; `Placeholders.fill` makes single braces of double ones."""
PROBE_REPORTS = Probe("/service-reports?pageSize=3")


def probe_post(
    body: str = REPORT_BODY,
    *,
    key: str | None = "full",
    headers: tuple[tuple[str, str], ...] = (),
    repeat: int = 1,
    concurrent_key: str | None = None,
) -> Probe:
    """Posts a service report, as JSON unless the headers say otherwise."""
    content_type = () if any(name.lower() == "content-type" for name, _ in headers) else (JSON_TYPE,)
    return Probe(
        "/service-reports", key, "POST", (*content_type, *headers), body, repeat=repeat, concurrent_key=concurrent_key
    )


def report_body_with(members: str) -> str:
    """The body template with further members."""
    return REPORT_BODY.replace("}}", f", {members}}}}}")


def body_of(request: Request) -> dict[str, Any]:
    """The JSON object of a request body, empty where it is none."""
    try:
        found = json.loads(request.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def with_body_members(request: Request, **members: object) -> Request:
    """The same request with members of its body set, or removed where None."""
    merged = {**body_of(request), **members}
    sent = {name: value for name, value in merged.items() if value is not None}
    return replace(request, body=json.dumps(sent).encode())


async def visible_asset(request: Request, upstream: Upstream) -> str:
    """The id of an asset of the key's organisation."""
    found = await upstream(upstream.as_unrestricted(request).to_operation("listAssets", pageSize=1))
    return str(found.rows[0]["assetId"])


async def with_valid_body(request: Request, upstream: Upstream) -> Request:
    """The same POST with a body that the sandbox accepts."""
    plain = request.with_header(b"content-type", b"application/json")
    return with_body_members(
        replace(plain, body=b"{}"), title="Untitled", assetId=await visible_asset(request, upstream)
    )


async def as_foreign_report(request: Request, upstream: Upstream) -> Request:
    """The same POST with a key of another organisation, about an asset of that one."""
    foreign = upstream.as_foreign(request)
    asset_id = await visible_asset(foreign, upstream)
    return with_body_members(foreign, assetId=asset_id, deviceId=None, serviceVisitId=None)


async def has_own_asset(request: Request, upstream: Upstream) -> bool:
    """Whether assetId of the body names an asset that the key sees."""
    asset_id = str(body_of(request).get("assetId"))
    return (await upstream(request.to_operation("getAsset", {"assetId": asset_id}))).ok


async def replace_unknown_asset(request: Request, upstream: Upstream) -> Response:
    """Replace an assetId that isn't found by one that is."""
    response = await upstream(request)
    if response.status != 400 or "assetId" not in body_of(request) or not body_of(request).get("title"):
        return response
    return await upstream(with_body_members(request, assetId=await visible_asset(request, upstream)))


def with_created_on(request: Request, response: Response, date: Callable[[dict[str, Any]], object]) -> Response:
    """Set createdOn of the returned reports."""
    if not response.ok:
        return response
    found = [{**row, "createdOn": date(row)} for row in ([response.json] if request.path_values else response.rows)]
    return response.with_json(found[0]) if request.path_values else response.with_rows(found)
