"""Requests without a key, or with a key that does not exist, are rejected with 401."""

from collections.abc import Iterable, Mapping
from typing import Any

from sepolo_conformance.api.calls import Call, reads
from sepolo_conformance.checks.common.clauses import RETURNS_401
from sepolo_conformance.checks.common.prepared_requests import unknown_ids, unreadable_query, valid_call
from sepolo_conformance.checks.common.response_checks import outcome
from sepolo_conformance.checks.common.service_reports import ServiceReports
from sepolo_conformance.engine import MUST, SANDBOX, SHOULD, Case, Exchange, Mismatch, observe, requirement

LIVE_KEY = "sep_live_0000000000000000000000000000"
"""A live key that does not exist. A sandbox rejects it by its prefix."""
UNKNOWN_KEY = "sep_test_0000000000000000000000000000"
"""A test key that does not exist. A sandbox has to look it up, as its prefix is right."""


def both_headers(secret: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the two ways to send a key: X-Sepolo-Api-Key and Authorization: Bearer."""
    return {"X-Sepolo-Api-Key": secret}, {"Authorization": f"Bearer {secret}"}


def expect_401(case: Case, exchange: Exchange, reason: str) -> None:
    """Expect status 401; `reason` completes the sentence "status 401 for …"."""
    case.expect(exchange.status == 401, f"status 401 for {reason}", outcome(exchange), exchange)


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


@requirement("AUT-002", MUST, clause=RETURNS_401, title="An unknown key is rejected with 401 in either header")
def unknown_key_is_rejected(case: Case) -> None:
    """Sends a valid call of every GET operation with a made-up key in each header."""
    for operation in reads(case.contract):
        with case.part(operation.operation_id):
            call = valid_call(operation, case.home.call)
            for headers in (both_headers(UNKNOWN_KEY)[0], both_headers(LIVE_KEY)[1]):
                expect_401(case, case.bare(call, headers), "an unknown key")


@requirement(
    "AUT-005",
    MUST,
    clause=RETURNS_401,
    title="A key that differs from a valid one by one character or by case, or has wildcards, is rejected with 401",
)
def similar_key_is_rejected(case: Case) -> None:
    """Calls /me with variations of a valid key: one character more, one fewer, another last character, other case, and
    `%` or `_` in place of characters, which are wildcards in SQL."""
    real = case.target.main().key
    name = real.variable
    last = "0" if real.secret[-1] != "0" else "1"
    edited = {
        "with a character appended": (f"{real.secret}-", f"${{{name}}}-"),
        "with a character prepended": (f"x{real.secret}", f"x${{{name}}}"),
        "without its last character": (real.secret[:-1], f"${{{name}%?}}"),
        "with another last character": (f"{real.secret[:-1]}{last}", f"${{{name}%?}}{last}"),
    }
    for what, (secret, placeholder) in edited.items():
        key = case.hide(secret, placeholder)
        for headers in both_headers(secret):
            expect_401(case, case.bare("getMe", headers, key), f"a valid key {what}")
    # Both headers use the same look-up of keys, so each of these variations is sent in one header only.
    looked_up = (
        ("in upper case", real.secret.upper(), f"${{{name}^^}}", 0),
        ("with upper and lower case swapped", real.secret.swapcase(), f"${{{name}~~}}", 1),
        ("cut to twelve characters and followed by %", f"{real.secret[:12]}%", f"${{{name}:0:12}}%", 0),
        ("with _ as its last character", f"{real.secret[:-1]}_", f"${{{name}%?}}_", 1),
    )
    for what, secret, placeholder, header in looked_up:
        if secret != real.secret:
            key = case.hide(secret, placeholder)
            expect_401(case, case.bare("getMe", both_headers(secret)[header], key), f"a valid key {what}")


@requirement(
    "AUT-014",
    SANDBOX,
    clause="Our own choice: the message warns callers who send a live key to the wrong host.",
    title="A sandbox rejects a live key with 401 and a message that names the reason",
)
def live_key_is_rejected_by_sandbox(case: Case) -> None:
    """Calls /me with a made-up key `sep_live_…` in each header and reads the error message."""
    for headers in both_headers(LIVE_KEY):
        exchange = case.bare("getMe", headers)
        expect_401(case, exchange, "a live key")
        message = str(exchange.member("message"))
        stated = "live key" in message and "sandbox" in message
        case.expect(stated, 'a message that contains "live key" and "sandbox"', message)
