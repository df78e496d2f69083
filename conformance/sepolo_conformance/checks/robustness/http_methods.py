"""HEAD and OPTIONS."""

import re
from dataclasses import replace

from sepolo_conformance.checks.common.prepared_requests import methods_by_path
from sepolo_conformance.checks.robustness.requests import get_request, head_responses, options_responses
from sepolo_conformance.engine import SANDBOX, Case, requirement


@requirement(
    "ROB-009",
    SANDBOX,
    clause="Our own choice, after RFC 9110, section 9.3.2.",
    title="HEAD returns the status and headers of GET, without a body",
)
def head_is_get_without_body(case: Case) -> None:
    """Sends HEAD to each GET operation and reads status, Content-Type and body; sends it again without a key."""
    for call, head in head_responses(case):
        case.status(head, 200)
        held = head.body == b"" and head.media_type == "application/json"
        case.expect(held, "Content-Type: application/json, and no body", head.headers, head)
        anonymous = case.send(replace(get_request(call, None), method="HEAD"))
        expected = f"401 for HEAD {call.operation.operation_id} without a key"
        case.expect(anonymous.status == 401, expected, anonymous.status, anonymous)


@requirement(
    "ROB-010",
    SANDBOX,
    clause="Our own choice: browsers send a preflight request without a key before they send one with a key.",
    title="OPTIONS without a key returns 204 with Allow, and permits requests from other origins",
)
def options_permits_other_origins(case: Case) -> None:
    """Sends OPTIONS without a key to every path, as the preflight request of a browser on another origin."""
    offered = methods_by_path(case.contract)
    for exchange in options_responses(case):
        case.status(exchange, 204)
        methods = offered[next(path for path in offered if _matches(path, exchange.request.target))]
        allowed = {name.strip() for name in (exchange.header("allow") or "").split(",")}
        expected = {*methods, "HEAD", "OPTIONS"}
        case.expect(allowed == expected, f"Allow: {', '.join(sorted(expected))}", allowed, exchange)
        origin = exchange.header("access-control-allow-origin") in ("*", "https://example.com")
        headers = (exchange.header("access-control-allow-headers") or "").lower()
        permitted = origin and "x-sepolo-api-key" in headers
        case.expect(permitted, "other origins and the header X-Sepolo-Api-Key permitted", headers, exchange)


def _matches(path: str, target: str) -> bool:
    return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), target) is not None
