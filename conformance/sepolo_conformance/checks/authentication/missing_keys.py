"""Requests without a key, or with an empty one."""

from collections.abc import Iterable, Mapping
from typing import Any

from sepolo_conformance.api.calls import Call, reads
from sepolo_conformance.checks.authentication.clauses import RETURNS_401
from sepolo_conformance.checks.authentication.credentials import LIVE_KEY, both_headers, expect_401
from sepolo_conformance.checks.common.prepared_requests import unknown_ids, unreadable_query, valid_call
from sepolo_conformance.checks.common.service_reports import ServiceReports
from sepolo_conformance.engine import MUST, SANDBOX, SHOULD, Case, Exchange, Mismatch, observe, requirement


@requirement("AUT-001", MUST, clause=RETURNS_401, title="A request without a key is rejected with 401")
def missing_key_is_rejected(case: Case) -> None:
    """Sends a valid call of every GET operation without a key."""
    for operation in reads(case.contract):
        with case.part(operation.operation_id):
            expect_401(case, case.call(valid_call(operation, case.home.call), key=None), "a request without a key")


@requirement("AUT-004", MUST, clause=RETURNS_401, title="An empty key is rejected with 401 in either header")
def empty_key_is_rejected(case: Case) -> None:
    """Calls every GET operation without ids with an empty X-Sepolo-Api-Key and with `Bearer` alone, and /me with an
    empty Authorization header."""
    for operation in reads(case.contract):
        if "{" not in operation.path:
            for headers in ({"X-Sepolo-Api-Key": ""}, {"Authorization": "Bearer"}):
                expect_401(case, case.bare(operation, headers), "an empty key")
    expect_401(case, case.bare("getMe", {"Authorization": ""}), "an empty key")


@requirement(
    "AUT-017",
    SANDBOX,
    clause="Our own choice: unauthenticated callers get no validation details.",
    title="A request without a key is rejected with 401 even if ids or parameters are invalid",
)
def missing_key_precedes_validation(case: Case) -> None:
    """Calls every GET operation without a key, with unknown ids and unreadable query parameters."""
    for operation in reads(case.contract):
        call = Call(operation, unknown_ids(operation), unreadable_query(operation))
        expect_401(case, case.call(call, key=None), "an invalid request without a key")


@requirement("AUT-018", MUST, clause=RETURNS_401, title="A service report posted without a key is rejected with 401")
def post_without_key_is_rejected(case: Case) -> None:
    """Posts a service report without a key and with an unknown key in either header, and checks by the list of
    reports, where a key may read it, that none was stored."""
    reports = ServiceReports(case, case.home, rejected=True)
    before: Mapping[str, Any] | None = None
    with case.part("listServiceReports"):
        before = reports.reports()
    body = reports.body("no key")
    exchanges = [reports.post(body, headers=headers, anonymous=True) for headers in (None, *both_headers(LIVE_KEY))]
    for exchange in exchanges:
        reports.expect_rejected(exchange, 401, "for a report without a valid key")
    if before is not None:
        with case.part("listServiceReports"):
            reports.expect_none_new(before, [body["title"]], exchanges)


@observe(
    "AUT-010",
    SHOULD,
    clause="RFC 9110, section 11.6.1: a 401 response contains a WWW-Authenticate header with a challenge.",
    title="Every 401 response has a WWW-Authenticate header",
    traffic=("AUT-001",),
)
def challenge_with_401(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Looks for WWW-Authenticate in every 401 response."""
    if exchange.status != 401:
        return None
    if exchange.header("www-authenticate"):
        return ()
    return [Mismatch("a WWW-Authenticate header with 401", "none", exchange.request.operation_id or "another path")]
