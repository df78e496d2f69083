"""Keys and scopes: what each key may do, and the precedence of 401, 403, 404 and 400."""

import pytest

from sepolo_openapi.contract import Operation
from tests.end_to_end.calls import CREATE, OPERATIONS, READS, ResourceIds, documented_call, each_operation
from tests.end_to_end.harness import CONTRACT, InProcess, assert_error
from tests.harness.in_process import key_facts

CALLS = {operation.operation_id: documented_call(operation) for operation in OPERATIONS}
UNKNOWN_ID = "00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize("key", key_facts())
def test_scopes_of_every_key(key: str, new_sandbox: InProcess) -> None:
    """A granted scope is enough, a missing one is a 403 that names it, and an expired key is a 401."""
    fact = new_sandbox.keys[key]
    for operation in OPERATIONS:
        response = CALLS[operation.operation_id].send(new_sandbox, key=key)
        if fact.expires is not None:
            assert_error(response, 401, "unauthorized")
            assert "expired on 2026-01-01T00:00:00Z" in response.json["message"]
        elif operation.scope not in fact.scopes:
            assert_error(response, 403, "forbidden")
            assert response.json["message"] == f"The API key does not include the {operation.scope} scope."
        elif fact.organization or fact.allowed_group_ids or fact.allowed_customers:
            # The documented ids belong to the first organisation, and may be outside the boundary of the key.
            assert response.status in {operation.status, 404} or operation is CREATE, response
        else:
            assert response.status == operation.status, response


def test_scopes_do_not_imply_each_other(new_sandbox: InProcess) -> None:
    """A key with one scope may call exactly the operations that require this scope."""
    for scope in CONTRACT.scopes:
        allowed = {
            operation.operation_id
            for operation in OPERATIONS
            if CALLS[operation.operation_id].send(new_sandbox, key=f"only-{scope}").status < 300
        }
        assert allowed == {o.operation_id for o in OPERATIONS if o.scope in {scope, "public_api.read"}}


def test_me_describes_the_key(sandbox: InProcess) -> None:
    """`/me` returns the scopes, limits, boundaries and expiry of the key, and only the masked key."""
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


@each_operation(OPERATIONS)
def test_order_of_checks(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """401 has precedence over 403, 403 over 404, and 404 over 400."""
    call = own_ids.calls()[operation.operation_id]
    method = operation.method
    malformed = call.target_with("%FF=1")
    unknown = [
        malformed.replace(known, UNKNOWN_ID if len(known) == 36 else "NOTHING-1", 1) for known in call.ids.values()
    ]
    for target in (*unknown, malformed):
        assert_error(sandbox(method, target, key=None), 401, "unauthorized")
        assert_error(sandbox(method, target, key="no-scopes"), 403, "forbidden")
    for target in unknown:
        assert_error(sandbox(method, target), 404, "not_found")
    if method == "GET":
        assert_error(sandbox(method, malformed), 400, "validation_error")
        assert sandbox(method, call.target).status == 200


def test_order_of_checks_of_a_body(sandbox: InProcess) -> None:
    """401 and 403 have precedence over 415, 415 over 413, and 413 over 400."""
    large, path = b" " * (2**20 + 1), CREATE.path
    text, json = [("Content-Type", "text/plain")], [("Content-Type", "application/json")]
    assert_error(sandbox("POST", path, key=None, headers=text, body=large), 401, "unauthorized")
    assert_error(sandbox("POST", path, key="readonly", headers=text, body=large), 403, "forbidden")
    assert_error(sandbox("POST", path, headers=text, body=large), 415, "unsupported_media_type")
    assert_error(sandbox("POST", path, headers=json, body=large), 413, "payload_too_large")
    assert_error(sandbox("POST", path, headers=json, body=b"{}"), 400, "validation_error", "title")


@each_operation(READS)
def test_unknown_paths_and_methods_need_no_key(operation: Operation, sandbox: InProcess) -> None:
    """An unknown path is a 404 and an unsupported method a 405, with any key and without one."""
    for key in (None, "no-scopes", "full"):
        assert_error(sandbox("GET", operation.path + "/", key=key), 404, "not_found")
        assert_error(sandbox("DELETE", operation.path, key=key), 405, "method_not_allowed")


def test_health_needs_no_key(sandbox: InProcess) -> None:
    """GET, HEAD and OPTIONS of the health check need no key; other methods are a 405."""
    for key in (None, "full", "expired"):
        response = sandbox("GET", "/healthz", key=key)
        assert (response.status, response.json, response.headers["cache-control"]) == (
            200,
            {"status": "ok"},
            "no-store",
        )
    assert (sandbox("HEAD", "/healthz", key=None).status, sandbox("OPTIONS", "/healthz", key=None).status) == (200, 204)
    rejected = sandbox("POST", "/healthz", key=None)
    assert_error(rejected, 405, "method_not_allowed")
    assert rejected.headers["allow"] == "GET, HEAD, OPTIONS"
