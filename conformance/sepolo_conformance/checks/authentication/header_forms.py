"""The headers that carry a key: their names, the scheme Bearer, and two headers in one request."""

from sepolo_conformance.api.calls import reads
from sepolo_conformance.checks.authentication.rejected_keys import LIVE_KEY, expect_401
from sepolo_conformance.checks.common.clauses import BOTH_HEADERS
from sepolo_conformance.checks.common.prepared_requests import bearer_headers, valid_call
from sepolo_conformance.engine import MUST, SANDBOX, SHOULD, Case, Request, describe, requirement


@requirement(
    "AUT-006",
    MUST,
    clause=BOTH_HEADERS,
    title="Every operation accepts a valid key in Authorization: Bearer as it does in X-Sepolo-Api-Key",
)
def bearer_is_accepted_everywhere(case: Case) -> None:
    """Calls every GET operation with a valid key as Bearer token. Posts a service report with a Bearer token that
    lacks the scope to write, which may be rejected, but not with 401."""
    for operation in reads(case.contract):
        with case.part(operation.operation_id):
            key = case.home.reader(operation.operation_id).key
            exchange = case.bare(valid_call(operation, case.home.call), bearer_headers(key), key)
            expected = f"{operation.operation_id} to accept the key as Bearer token: neither 401 nor 403"
            case.expect(exchange.status not in (401, 403), expected, describe(exchange), exchange)
    with case.part("createServiceReport"):
        operation = case.operation("createServiceReport")
        key = case.target.without(operation.scope).key
        headers = tuple({"Content-Type": "application/json", **bearer_headers(key)}.items())
        exchange = case.send(Request("POST", operation.path, headers, b"{}", key, operation.operation_id))
        expected = "createServiceReport to recognise the key as Bearer token: no 401"
        case.expect(exchange.status != 401, expected, describe(exchange), exchange)


@requirement(
    "AUT-011",
    SHOULD,
    clause="RFC 9110, section 5.1: header names are case-insensitive.",
    title="The names of both authentication headers are case-insensitive",
)
def header_names_are_case_insensitive(case: Case) -> None:
    """Calls /me with the names of both headers in lower case and in upper case."""
    key = case.target.main().key
    for name in ("x-sepolo-api-key", "X-SEPOLO-API-KEY"):
        case.status(case.bare("getMe", {name: key.secret}, key), 200)
    for name in ("authorization", "AUTHORIZATION"):
        case.status(case.bare("getMe", {name: f"Bearer {key.secret}"}, key), 200)


@requirement(
    "AUT-012",
    SANDBOX,
    clause="Our own choice, after RFC 9110, section 11.1: the name of an authentication scheme is case-insensitive.",
    title="The scheme Bearer is case-insensitive, and additional spaces before the key are ignored",
)
def scheme_is_case_insensitive(case: Case) -> None:
    """Calls /me with Bearer in lower, upper and mixed case, and with two spaces after it."""
    key = case.target.main().key
    for prefix in ("bearer ", "BEARER ", "bEaReR ", "Bearer  "):
        case.status(case.bare("getMe", {"Authorization": f"{prefix}{key.secret}"}, key), 200)


@requirement(
    "AUT-015",
    SANDBOX,
    clause="Our own choice: a request with two different keys is ambiguous.",
    title="Two different keys in one request are rejected with 401, the same key in both headers is accepted",
)
def two_different_keys_are_rejected(case: Case) -> None:
    """Calls /me with different keys in the two headers, one or both of them valid, and with the same key in both."""
    identities = case.target.identities()
    main = case.target.main().key
    others = [LIVE_KEY, *(identity.key.secret for identity in identities if identity.key != main)][:2]
    for other in others:
        for first, second in ((main.secret, other), (other, main.secret)):
            exchange = case.bare("getMe", {"X-Sepolo-Api-Key": first, "Authorization": f"Bearer {second}"}, main)
            expect_401(case, exchange, "two different keys")
    same = {"X-Sepolo-Api-Key": main.secret, "Authorization": f"Bearer {main.secret}"}
    case.status(case.bare("getMe", same, main), 200)


@requirement(
    "AUT-016",
    SANDBOX,
    clause="Our own choice: the published page shows no other way to send a key.",
    title="A key in Authorization with another scheme than Bearer, or without a scheme, is rejected with 401",
)
def other_schemes_are_rejected(case: Case) -> None:
    """Calls /me with a valid key in Authorization after other schemes, after misspelt Bearer, and alone."""
    key = case.target.main().key
    for prefix in ("Basic ", "Token ", "ApiKey ", "Bearer:", "Bearer", ""):
        exchange = case.bare("getMe", {"Authorization": f"{prefix}{key.secret}"}, key)
        expect_401(case, exchange, f"a key after {prefix!r}")
