"""Fault rules over the management API, and what they do to requests."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from sepolo_mock_server.errors import fault_messages, messages
from sepolo_mock_server.management import faults
from sepolo_mock_server.management.faults import MAXIMUM_FAULTS
from tests.harness.managed import Managed, Organization

ASSETS = "/api/v1/assets?pageSize=3"


@pytest.fixture
def own(sandbox: Managed) -> Organization:
    """An organisation of the test."""
    return sandbox.create()


def rule(own: Organization, **body: Any) -> Any:
    """Make a fault rule."""
    response = own("POST", "/faults", body)
    assert response.status == 201, response
    return response.json


def statuses(own: Organization, count: int, target: str = ASSETS) -> list[int]:
    return [own.managed("GET", target, key=own.key).status for _ in range(count)]


def test_next_request_fails(own: Organization) -> None:
    """A rule with a count of 1 makes the next request fail with the contract's error body, and is then gone."""
    made = rule(own, effect="status", status=503, count=1)
    assert made | {"faultId": "", "createdOn": ""} == {
        "faultId": "",
        "effect": "status",
        "status": 503,
        "delaySeconds": None,
        "retryAfterSeconds": None,
        "keyId": None,
        "operationId": None,
        "share": 1,
        "count": 1,
        "remaining": 1,
        "hits": 0,
        "createdOn": "",
    }
    assert own("GET", "/faults").json == {"data": [made], "nextCursor": None, "hasMore": False}
    failed = own.managed("GET", ASSETS, key=own.key)
    text = fault_messages.by_rule(made["faultId"], 503)
    assert (failed.status, failed.headers["retry-after"]) == (503, "1")
    assert failed.json | {"requestId": ""} == {"error": "service_unavailable", "message": text, "requestId": ""}
    assert statuses(own, 2) == [200, 200]
    assert own("GET", "/faults").json["data"] == []
    assert own("DELETE", f"/faults/{made['faultId']}").status == 404


@pytest.mark.parametrize("status", sorted(fault_messages.FORCEABLE))
def test_every_status(own: Organization, status: int) -> None:
    """Each status that a rule may have keeps the error body, and comes with the headers that it requires."""
    rule(own, effect="status", status=status, count=1)
    response = own.managed("GET", ASSETS, key=own.key)
    assert response.status == status
    assert set(response.json) - {"details"} == {"error", "message", "requestId"}
    assert ("details" in response.json) == (status == 400)
    required = {401: "www-authenticate", 405: "allow", 429: "retry-after", 503: "retry-after"}
    assert status not in required or response.headers[required[status]]


def test_share_and_count(own: Organization) -> None:
    """Failures are spread evenly over the matching requests, until the count is used up."""
    rule(own, effect="status", status=500, share=0.5, count=2)
    assert statuses(own, 6) == [200, 500, 200, 500, 200, 200]


def test_key_and_operation(own: Organization) -> None:
    """A rule for a key and an operation leaves other keys, operations and organisations alone."""
    other = own.new_key()
    stranger = own.managed.create()
    made = rule(own, effect="status", status=500, keyId=other["keyId"].upper(), operationId="listAssets")
    assert made["keyId"] == other["keyId"]
    assert statuses(own, 1) == statuses(stranger, 1) == [200]
    assert own.managed("GET", "/api/v1/me", key=other["key"]).status == 200
    assert own.managed("GET", ASSETS, key=other["key"]).status == 500
    assert own("GET", "/faults").json["data"] == [made | {"hits": 1}]


def test_first_rule_that_applies(own: Organization) -> None:
    """Rules are tried in the order in which they were made, and one of them is carried out."""
    rule(own, effect="status", status=500, count=1)
    rule(own, effect="status", status=502, operationId="getMe")
    rule(own, effect="status", status=504, share=0.5)
    assert statuses(own, 5) == [500, 200, 504, 200, 504]
    assert statuses(own, 1, "/api/v1/me") == [502]


def test_deleted_rule(own: Organization) -> None:
    """A rule that is deleted ends at once, and can't be deleted again."""
    made = rule(own, effect="status", status=500)
    assert statuses(own, 1) == [500]
    assert own("DELETE", f"/faults/{made['faultId']}").json == made | {"hits": 1}
    assert statuses(own, 1) == [200]
    assert own.managed.message("DELETE", f"{own.path}/faults/{made['faultId']}") == (
        404,
        fault_messages.fault_unknown().message,
    )


def test_rate_limit(own: Organization) -> None:
    """The effect rateLimit is a 429 that asks for the given pause, 1 s by default."""
    rule(own, effect="rateLimit", retryAfterSeconds=7, count=1)
    assert rule(own, effect="rateLimit", count=1)["retryAfterSeconds"] == 1
    found = [own.managed("GET", ASSETS, key=own.key) for _ in range(3)]
    assert [(one.status, one.headers.get("retry-after")) for one in found] == [(429, "7"), (429, "1"), (200, None)]


def test_delay(own: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    """The effect delay sends the usual response after the given time."""
    slept = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("sepolo_mock_server.asgi.forced.asyncio.sleep", sleep)
    rule(own, effect="delay", delaySeconds=2.5, count=1)
    assert statuses(own, 2) == [200, 200]
    assert slept == [2.5]


def test_stale_cursor(own: Organization) -> None:
    """The effect staleCursor refuses a request with a cursor as an expired one, and leaves others alone."""
    rule(own, effect="staleCursor", count=1)
    first = own.managed("GET", ASSETS, key=own.key)
    target = f"{ASSETS}&cursor={first.json['nextCursor']}"
    refused = own.managed("GET", target, key=own.key)
    assert (refused.status, refused.json["details"]) == (
        400,
        [{"parameter": "cursor", "message": messages.CURSOR_EXPIRED}],
    )
    assert statuses(own, 1, target) == [200]


def test_duplicate_row(own: Organization) -> None:
    """The effect duplicateRow repeats the last row of a list, and waits for a list that has one."""
    usual = own.managed("GET", ASSETS, key=own.key).json
    made = rule(own, effect="duplicateRow", count=1)
    assert statuses(own, 1, "/api/v1/me") == [200]
    assert own("GET", "/faults").json["data"] == [made]
    changed = own.managed("GET", ASSETS, key=own.key)
    assert changed.json == usual | {"data": [*usual["data"], usual["data"][-1]]}
    assert "etag" not in changed.headers
    assert own.managed("GET", ASSETS, key=own.key).json == usual


@pytest.mark.parametrize(
    ("target", "place"), [(ASSETS, ["data", 0, "assetId"]), ("/api/v1/me", ["organizationId"]), ("none", ["data"])]
)
def test_invalid_body(own: Organization, target: str, place: list[Any]) -> None:
    """The effect invalidBody leaves out a required member: of the first row, or else of the response."""
    target = "/api/v1/assets?customerId=none-has-this-id" if target == "none" else target
    usual = own.managed("GET", target, key=own.key).json
    rule(own, effect="invalidBody", count=1)
    changed = own.managed("GET", target, key=own.key, headers=[("If-None-Match", "*")])
    expected = usual
    for step in place[:-1]:
        expected = expected[step]
    del expected[place[-1]]
    assert (changed.status, changed.json) == (200, usual)


def test_reset_deletes_rules(own: Organization) -> None:
    """A reset of the organisation deletes its fault rules."""
    rule(own, effect="status", status=500)
    assert own("POST", "/reset").json["faults"] == 1
    assert statuses(own, 1) == [200]
    assert own("GET", "/faults").json["data"] == []


@pytest.mark.parametrize(
    ("body", "details"),
    [
        ({"effect": "status"}, {"status": fault_messages.required_with("status")}),
        ({"effect": "delay"}, {"delaySeconds": fault_messages.required_with("delay")}),
        (
            {"effect": "close", "status": 500, "delaySeconds": 1, "retryAfterSeconds": 1},
            {
                "status": fault_messages.refused_with("close", "status"),
                "delaySeconds": fault_messages.refused_with("close", "delay"),
                "retryAfterSeconds": fault_messages.refused_with("close", "rateLimit"),
            },
        ),
        ({"effect": "status", "status": 200}, {"status": None}),
        ({"effect": "status", "status": 500, "share": 0}, {"share": None}),
        ({"effect": "status", "status": 500, "share": 1.5}, {"share": None}),
        ({"effect": "status", "status": 500, "count": 0}, {"count": None}),
        ({"effect": "delay", "delaySeconds": 301}, {"delaySeconds": None}),
        ({"effect": "explode"}, {"effect": None}),
        ({}, {"effect": messages.MISSING}),
        (
            {"effect": "close", "operationId": "listAsset"},
            {
                "operationId": 'no operation of the public API has this name; got "listAsset", '
                "did you mean listAssets or getAsset or listAssetChildren?"
            },
        ),
        (
            {"effect": "staleCursor", "operationId": "getMe"},
            {"operationId": fault_messages.effect_without_cursor("getMe")},
        ),
        (
            {"effect": "duplicateRow", "operationId": "getMe"},
            {"operationId": fault_messages.effect_without_rows("getMe")},
        ),
        ({"effect": "close", "keyId": "3f0c2f1e-8f0c-4a2b-9a44-d2a7c9a1e002"}, {"keyId": fault_messages.KEY_UNKNOWN}),
    ],
)
def test_refused_rules(own: Organization, body: dict[str, Any], details: dict[str, str | None]) -> None:
    """A rule that contradicts itself or names nothing is a 400 that names each member and what would be right."""
    response = own("POST", "/faults", body)
    assert response.status == 400
    found = {one["parameter"]: one["message"] for one in response.json["details"]}
    assert found.keys() == details.keys()
    assert {name: text for name, text in found.items() if details[name] is not None} == {
        name: text for name, text in details.items() if text is not None
    }


def test_limit_of_rules(own: Organization) -> None:
    """An organisation has at most 100 rules; those whose count is used up do not count."""
    for _ in range(MAXIMUM_FAULTS):
        rule(own, effect="status", status=500, operationId="listVendors")
    response = own("POST", "/faults", {"effect": "close"})
    assert (response.status, response.json["message"]) == (409, fault_messages.too_many_faults(MAXIMUM_FAULTS).message)


async def removals() -> None:
    """Wait for the removal of rules, which runs beside the requests."""
    await asyncio.gather(*faults._removals)


def test_used_up_rule_stays_gone_after_a_restart(make: Callable[..., Managed], tmp_path: Any) -> None:
    """A rule whose count is used up does not begin anew when the sandbox is started again; others go on."""
    state = f"sqlite:///{tmp_path / 'state.db'}"
    first = make(state)
    own = first.create()
    rule(own, effect="status", status=500, count=1)
    rule(own, effect="status", status=502, operationId="getMe")
    assert statuses(own, 2) == [500, 200]
    first.runner.run(removals())
    first.close()
    again = Organization(make(state), own.created)
    assert statuses(again, 2) == [200, 200]
    assert statuses(again, 1, "/api/v1/me") == [502]
