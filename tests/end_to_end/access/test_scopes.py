"""Who may ask what: keys, scopes, and the order in which a request is refused."""

import pytest

from sepolo_openapi.contract import Operation
from tests.end_to_end.calls import CREATE, OPERATIONS, READS, Seen, page_calls
from tests.end_to_end.harness import CONTRACT, InProcess, assert_refused
from tests.harness.in_process import key_facts

CALLS = page_calls()
NOWHERE = "00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize("key", key_facts())
def test_every_key_with_every_operation(key: str, fresh: InProcess) -> None:
    """A scope that the key has is enough, one that it lacks is 403 by its name, and an expired key is 401."""
    fact = fresh.keys[key]
    for operation in OPERATIONS:
        answer = CALLS[operation.operation_id].send(fresh, key=key)
        if fact.expires is not None:
            assert_refused(answer, 401, "unauthorized")
            assert "expired on 2026-01-01T00:00:00Z" in answer.json["message"]
        elif operation.scope not in fact.scopes:
            assert_refused(answer, 403, "forbidden")
            assert answer.json["message"] == f"The API key does not include the {operation.scope} scope."
        elif fact.organization or fact.allowed_group_ids or fact.allowed_customers:
            # The page's ids lie outside another organisation, and may lie outside a boundary.
            assert answer.status in {operation.status, 404} or operation is CREATE, answer
        else:
            assert answer.status == operation.status, answer


def test_one_scope_is_enough(fresh: InProcess) -> None:
    """With a single scope, exactly the operations that list it answer: no scope implies another."""
    for scope in CONTRACT.scopes:
        answered = {
            operation.operation_id
            for operation in OPERATIONS
            if CALLS[operation.operation_id].send(fresh, key=f"only-{scope}").status < 300
        }
        assert answered == {o.operation_id for o in OPERATIONS if o.scope in {scope, "public_api.read"}}


def test_a_key_tells_what_it_may_do(sandbox: InProcess) -> None:
    """`/me` agrees with the key: its organisation, scopes, limits, boundaries and end."""
    for name in ("full", "readonly", "bounded", "bounded-customers", "limited", "other", "only-assets.read"):
        fact, me = sandbox.keys[name], sandbox("GET", "/api/v1/me", key=name).json
        assert me["scopes"] == list(fact.scopes)
        assert me["clientName"] == fact.client_name
        limits = {"requestsPerMinute": fact.requests_per_minute, "requestsPerDay": fact.requests_per_day}
        assert me["rateLimit"] == limits
        assert me["allowedGroupIds"] == list(fact.allowed_group_ids)
        assert len(me["allowedCustomerIds"]) == len(fact.allowed_customers)
        assert me["clientId"].removesuffix("...") in fact.key
        assert fact.key not in str(me)
        assert (me["version"], me["environment"], me["keyExpiresOn"]) == ("v1", "sandbox", None)
        assert me["serverTimeUtc"] == "2026-07-01T00:00:00Z"


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: str(operation.operation_id))
def test_the_order_of_refusals(operation: Operation, sandbox: InProcess, seen: Seen) -> None:
    """A request with every fault is 401; take them away one by one and it is 403, then 404, then 400, then answered."""
    call = seen.calls()[operation.operation_id]
    bad = call.target + ("&" if "?" in call.target else "?") + "%FF=1"
    method = call.operation.method
    unknowns = [bad.replace(right, NOWHERE if len(right) == 36 else "NOTHING-1", 1) for right in call.ids.values()]
    for unknown in (*unknowns, bad):
        assert_refused(sandbox(method, unknown, key=None), 401, "unauthorized")
        assert_refused(sandbox(method, unknown, key="no-scopes"), 403, "forbidden")
    for unknown in unknowns:
        assert_refused(sandbox(method, unknown), 404, "not_found")
    if call.operation.method == "GET":
        assert_refused(sandbox(method, bad), 400, "validation_error")
        assert sandbox(method, call.target).status == 200


def test_the_order_of_refusals_of_a_body(sandbox: InProcess) -> None:
    """Who may not write learns nothing of the body; then its kind, its size and its content are looked at."""
    large, path = b" " * (2**20 + 1), CREATE.path
    text, json = [("Content-Type", "text/plain")], [("Content-Type", "application/json")]
    assert_refused(sandbox("POST", path, key=None, headers=text, body=large), 401, "unauthorized")
    assert_refused(sandbox("POST", path, key="readonly", headers=text, body=large), 403, "forbidden")
    assert_refused(sandbox("POST", path, headers=text, body=large), 415, "unsupported_media_type")
    assert_refused(sandbox("POST", path, headers=json, body=large), 413, "payload_too_large")
    assert_refused(sandbox("POST", path, headers=json, body=b"{}"), 400, "validation_error", "title")


@pytest.mark.parametrize("operation", READS, ids=lambda operation: str(operation.operation_id))
def test_unknown_routes_come_first(operation: Operation, sandbox: InProcess) -> None:
    """A path or method that doesn't exist is told to anyone, with or without a key."""
    for key in (None, "no-scopes", "full"):
        assert_refused(sandbox("GET", operation.path + "/", key=key), 404, "not_found")
        assert_refused(sandbox("DELETE", operation.path, key=key), 405, "method_not_allowed")


def test_health_needs_no_key(sandbox: InProcess) -> None:
    """Health is told to anyone, in any of three ways."""
    for key in (None, "full", "expired"):
        answer = sandbox("GET", "/healthz", key=key)
        assert (answer.status, answer.json, answer.headers["cache-control"]) == (200, {"status": "ok"}, "no-store")
    assert (sandbox("HEAD", "/healthz", key=None).status, sandbox("OPTIONS", "/healthz", key=None).status) == (200, 204)
    refused = sandbox("POST", "/healthz", key=None)
    assert_refused(refused, 405, "method_not_allowed")
    assert refused.headers["allow"] == "GET, HEAD, OPTIONS"
