"""Unusual request headers, HEAD and OPTIONS, and the response headers for request ids and rate limits."""

import re
from collections.abc import Iterable
from dataclasses import replace

from sepolo_conformance.checks.common.clauses import NO_5XX
from sepolo_conformance.checks.common.prepared_requests import get_request, methods_by_path
from sepolo_conformance.checks.robustness.requests import (
    expect_no_server_error,
    head_responses,
    options_responses,
    short_call,
)
from sepolo_conformance.engine import MUST, SANDBOX, TOUR, Case, Exchange, Mismatch, observe, requirement

_ODD_HEADERS: tuple[tuple[str, str], ...] = (
    ("Accept", "*/*"),
    ("Accept", "text/html"),
    ("Accept", "application/xml;q=0.9, */*;q=0.1"),
    ("Accept", ";;;"),
    ("Accept-Language", "x-klingon;q=9"),
    ("Accept-Charset", "iso-8859-1"),
    ("Content-Type", "application/xml"),
    ("Content-Type", "multipart/form-data"),
    ("Cookie", 'a=b; c; =d; "e'),
    ("If-None-Match", 'W/"never", not quoted'),
    ("If-Modified-Since", "yesterday"),
    ("Range", "bytes=5-1"),
    ("Range", "rows=0-9"),
    ("Origin", "null"),
    ("Referer", "not an address"),
    ("X-Forwarded-For", "not an address, ::1"),
    ("X-Request-Id", "conformance-1"),
    ("X-Request-Id", "x" * 2_000),
    ("X-Unknown", "\xe6\xf8\xe5"),
    ("X-Unknown", "x" * 4_000),
)
"""Headers that a client, a proxy or a browser may send."""
_RATE_LIMIT_HEADERS = (
    "RateLimit-Policy",
    "RateLimit",
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Reset",
)


@requirement("ROB-007", MUST, clause=NO_5XX, title="Unusual but permitted headers and methods cause no 5xx response")
def odd_headers_cause_no_server_error(case: Case) -> None:
    """Sends unusual headers to two operations, GET with a body to another, HEAD to all GET operations, and OPTIONS to
    all paths."""
    for name in ("getMe", "listAssets"):
        with case.part(name):
            request = get_request(short_call(case, case.operation(name)), case.home.reader(name).key)
            for header in _ODD_HEADERS:
                kept = tuple(pair for pair in request.headers if pair[0] != header[0])
                expect_no_server_error(case, case.send(replace(request, headers=(*kept, header))))
    with case.part("listVendors"):
        request = get_request(case.home.call("listVendors"), case.home.reader("listVendors").key)
        for body in (b"{}", b"not JSON"):
            headers = (*request.headers, ("Content-Type", "application/json"))
            expect_no_server_error(case, case.send(replace(request, headers=headers, body=body)))
    for exchange in (*(head for _, head in head_responses(case)), *options_responses(case)):
        expect_no_server_error(case, exchange)


@observe(
    "ROB-017",
    SANDBOX,
    clause="Our own choice: callers can quote the X-Request-Id when they report a problem.",
    title="Every response has an X-Request-Id, and repeats a valid one of the request",
    traffic=(TOUR, "AUT-001", "ROB-007"),
)
def response_has_request_id(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Reads X-Request-Id in every response. It has to equal that of the request if that consists of 1 to 64 letters,
    digits, dots, underscores and hyphens."""
    sent = next((value for name, value in exchange.request.headers if name.lower() == "x-request-id"), None)
    returned = exchange.header("x-request-id")
    valid = sent is not None and re.fullmatch(r"[A-Za-z0-9._-]{1,64}", sent) is not None
    if returned and (not valid or returned == sent):
        return ()
    expected = f"X-Request-Id: {sent}" if valid else "an X-Request-Id"
    return [Mismatch(expected, repr(returned), f"{exchange.request.method} {exchange.status} {valid}")]


@requirement(
    "ROB-018",
    SANDBOX,
    clause="Our own choice, after the IETF draft on rate limit headers.",
    title="Responses to a key with a rate limit contain the limit and the remaining requests",
    exclusive=True,
)
def rate_limit_headers_are_present(case: Case) -> None:
    """Calls /me twice with a key that has a rate limit, and reads the headers about it."""
    limited = [entry for entry in case.target.identities() if entry.per_minute is not None]
    if not limited:
        case.not_tested("needs a key with a rate limit: --api-key")
    identity = limited[0]
    first, second = (case.get("getMe", key=identity) for _ in range(2))
    for exchange in (first, second):
        absent = [name for name in _RATE_LIMIT_HEADERS if not exchange.header(name)]
        case.expect(not absent, ", ".join(_RATE_LIMIT_HEADERS), f"absent: {', '.join(absent)}", exchange)
    limit = first.header("x-ratelimit-limit")
    case.expect(limit == str(identity.per_minute), f"X-RateLimit-Limit: {identity.per_minute}", limit, first)
    remaining = [exchange.header("x-ratelimit-remaining") or "" for exchange in (first, second)]
    decreases = all(text.isascii() and text.isdigit() for text in remaining) and int(remaining[1]) < int(remaining[0])
    case.expect(decreases, "X-RateLimit-Remaining to decrease", " then ".join(remaining), (first, second))


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
