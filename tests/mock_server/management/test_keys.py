"""Keys: made with scopes, boundaries, limits and expiry, listed, rotated and revoked, effective at once."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from sepolo_mock_server.errors import management_messages, messages
from sepolo_mock_server.state import managed_store
from tests.harness.managed import FIRST_KEY, PROFILE_ORGANIZATION, Managed, Organization

GROUPS = "10, 11, 12, 13, 14"


@pytest.fixture(scope="module")
def organization(sandbox: Managed) -> Organization:
    return sandbox.create()


def test_new_key(sandbox: Managed, organization: Organization) -> None:
    """A new key has the given members, its text is shown once, and `/me` shows the same."""
    given = {
        "name": "Dashboard ✓",
        "scopes": ["assets.read", "public_api.read"],
        "allowedGroupIds": [11, 10],
        "allowedCustomerIds": ["C-10002", "C-10001"],
        "requestsPerMinute": 60,
        "requestsPerDay": 1000,
        "expiresOn": "2027-01-01T01:00:00+0100",
    }
    key = organization.new_key(**given)
    expected = {
        "keyId": key["keyId"],
        "name": "Dashboard ✓",
        "key": key["key"],
        "shown": key["key"][:12] + "...",
        "ofProfile": False,
        "state": "active",
        "scopes": ["public_api.read", "assets.read"],
        "allowedGroupIds": [10, 11],
        "allowedCustomerIds": ["C-10001", "C-10002"],
        "requestsPerMinute": 60,
        "requestsPerDay": 1000,
        "expiresOn": "2027-01-01T00:00:00Z",
        "createdOn": key["createdOn"],
        "note": None,
    }
    assert key == expected
    assert UUID(key["keyId"]).version == 4
    assert len(key["key"].removeprefix("sep_test_")) == 32
    assert organization("GET", "/keys").json["data"][-1] == expected | {"key": None}
    me = sandbox.me(key["key"])
    assert {name: me[name] for name in ("scopes", "allowedGroupIds", "allowedCustomerIds", "keyExpiresOn")} == {
        "scopes": expected["scopes"],
        "allowedGroupIds": [10, 11],
        "allowedCustomerIds": ["C-10001", "C-10002"],
        "keyExpiresOn": "2027-01-01T00:00:00Z",
    }
    assert me["rateLimit"] == {"requestsPerMinute": 60, "requestsPerDay": 1000}


def test_scopes_of_a_key(sandbox: Managed, organization: Organization) -> None:
    """A key opens what its scopes cover, and nothing else."""
    key = organization.new_key(scopes=["assets.read"])["key"]
    assert sandbox("GET", "/api/v1/assets?pageSize=1", key=key).status == 200
    assert sandbox.message("GET", "/api/v1/devices", key=key) == (403, messages.scope_missing("devices.read").message)
    nothing = organization.new_key(scopes=[])["key"]
    assert sandbox("GET", "/api/v1/me", key=nothing).status == 403


def test_boundary_of_a_key(sandbox: Managed, organization: Organization) -> None:
    """A key with a boundary sees the rows of its groups and customers only."""
    whole = sandbox("GET", "/api/v1/assets?pageSize=500", key=organization.key).json["data"]
    groups = organization.new_key(allowedGroupIds=[10])["key"]
    inside = sandbox("GET", "/api/v1/assets?pageSize=500", key=groups).json["data"]
    assert inside == [row for row in whole if row["groupId"] == 10] != []
    customer = inside[0]["customerId"]
    both = organization.new_key(allowedGroupIds=[10], allowedCustomerIds=[customer])["key"]
    rows = sandbox("GET", "/api/v1/assets?pageSize=500", key=both).json["data"]
    assert rows == [row for row in inside if row["customerId"] == customer]


def test_contradictory_boundary(sandbox: Managed, organization: Organization) -> None:
    """A boundary with no asset inside is refused."""
    rows = sandbox("GET", "/api/v1/assets?pageSize=500", key=organization.key).json["data"]
    customers = {row["customerId"] for row in rows} - {row["customerId"] for row in rows if row["groupId"] == 10}
    body = {"name": "k", "scopes": [], "allowedGroupIds": [10], "allowedCustomerIds": sorted(customers)[:1]}
    refused = organization("POST", "/keys", body)
    assert (refused.status, refused.json["message"]) == (
        400,
        f"allowedCustomerIds: {management_messages.BOUNDARY_EMPTY}",
    )


@pytest.mark.parametrize(
    ("more", "details"),
    [
        ({"scopes": ["assets"]}, {"scopes.0": "must be one of public_api.read, assets.read"}),
        ({"scopes": ["assets.read", "assets.read"]}, {"scopes": "must not have the same entry twice"}),
        ({"scopes": "assets.read"}, {"scopes": "must be a list"}),
        ({"scopes": None}, {"scopes": "must be a list"}),
        ({"name": ""}, {"name": messages.schema_violation("pattern", messages.NAME_PATTERN)}),
        (
            {"allowedGroupIds": [10, 99]},
            {"allowedGroupIds.1": f"the organisation has no group 99; its groups are {GROUPS}"},
        ),
        ({"allowedGroupIds": [-1]}, {"allowedGroupIds.0": "must be at least 0"}),
        ({"allowedGroupIds": list(range(101))}, {"allowedGroupIds": "must have at most 100 entries"}),
        (
            {"allowedCustomerIds": ["C-1", "C-10001"]},
            {"allowedCustomerIds.0": 'the organisation has no customer "C-1"; its customers are C-10001 to C-10024'},
        ),
        ({"requestsPerMinute": 0}, {"requestsPerMinute": "must be at least 1"}),
        ({"requestsPerDay": 10**9 + 1}, {"requestsPerDay": f"must be at most {10**9}"}),
        ({"requestsPerDay": "many"}, {"requestsPerDay": "must be null or an integer"}),
        ({"expiresOn": "2027-01-01"}, {"expiresOn": messages.INSTANT_DATE_ONLY}),
        ({"expiresOn": "2027-12-31T23:59:60Z"}, {"expiresOn": messages.INSTANT_LEAP}),
        ({"key": "sep_test_mine"}, {"key": "is no member of this body, which has name, scopes"}),
    ],
)
def test_bad_keys(organization: Organization, more: dict[str, Any], details: dict[str, str]) -> None:
    """A key with a wrong member is a 400 that names it and says what is right."""
    response = organization("POST", "/keys", {"name": "k", "scopes": [], **more})
    assert response.status == 400
    found = {one["parameter"]: one["message"] for one in response.json["details"]}
    assert found.keys() == details.keys()
    assert all(found[name].startswith(text) for name, text in details.items()), found


def test_expiry_follows_the_clock_of_the_organization(sandbox: Managed) -> None:
    """A key ends when the clock of its organisation passes its expiry."""
    organization = sandbox.create()
    key = organization.new_key(expiresOn="2026-07-01T12:00:00Z")
    assert sandbox("GET", "/api/v1/me", key=key["key"]).status == 200
    organization("POST", "/clock/advance", {"by": "PT12H"})
    expired = sandbox.message("GET", "/api/v1/me", key=key["key"])
    assert expired == (401, messages.key_expired("2026-07-01T12:00:00Z").message)
    assert organization("GET", "/keys").json["data"][-1]["state"] == "expired"


def test_revoked_key_in_a_page_walk(sandbox: Managed, organization: Organization) -> None:
    """A revoked key stops between two pages, says since when, and leaves the list; revoking again changes nothing."""
    key = organization.new_key()
    page = sandbox("GET", "/api/v1/assets?pageSize=10", key=key["key"]).json
    revoked = organization("DELETE", f"/keys/{key['keyId']}")
    assert revoked.json == dict(key) | {"key": None, "state": "revoked"}
    status, message = sandbox.message("GET", f"/api/v1/assets?pageSize=10&cursor={page['nextCursor']}", key=key["key"])
    assert (status, message[:27]) == (401, "The API key was revoked on ")
    assert key["keyId"] not in {row["keyId"] for row in organization("GET", "/keys").json["data"]}
    assert organization("DELETE", f"/keys/{key['keyId']}").json == revoked.json
    refused = organization("POST", f"/keys/{key['keyId']}/rotate")
    assert (refused.status, refused.json["message"]) == (409, management_messages.key_revoked_before().message)


def test_key_that_expires_in_a_page_walk(sandbox: Managed, organization: Organization) -> None:
    """A key that expires between two pages is a 401 that says when it expired, also for a cursor that it got before."""
    key = organization.new_key(expiresOn="2026-07-01T12:00:00Z")["key"]
    page = sandbox("GET", "/api/v1/assets?pageSize=10", key=key).json
    organization("POST", "/clock/advance", {"by": "P1D"})
    found = sandbox.message("GET", f"/api/v1/assets?pageSize=10&cursor={page['nextCursor']}", key=key)
    assert found == (401, "The API key expired on 2026-07-01T12:00:00Z.")


def test_rotated_key(sandbox: Managed, organization: Organization) -> None:
    """A rotated key keeps everything but its text and its cursors; the old text stops at once."""
    key = organization.new_key(allowedGroupIds=[10], requestsPerMinute=50)
    page = sandbox("GET", "/api/v1/assets?pageSize=1", key=key["key"])
    rotated = organization("POST", f"/keys/{key['keyId']}/rotate").json
    assert rotated["key"] != key["key"]
    assert rotated == dict(key) | {"key": rotated["key"], "shown": rotated["key"][:12] + "..."}
    assert sandbox.message("GET", "/api/v1/me", key=key["key"]) == (401, messages.KEY_ROTATED)
    target = f"/api/v1/assets?pageSize=1&cursor={page.json['nextCursor']}"
    assert sandbox.message("GET", target, key=rotated["key"]) == (400, f"cursor: {messages.CURSOR_KEY}")
    remaining = sandbox("GET", "/api/v1/me", key=rotated["key"]).headers["x-ratelimit-remaining"]
    assert (page.headers["x-ratelimit-remaining"], remaining) == ("49", "47")


def test_unknown_key_id(sandbox: Managed, organization: Organization) -> None:
    """A key of another organisation is unknown, and an id that is no UUID a 400."""
    foreign = sandbox.create().created["key"]["keyId"]
    for method, path in (("DELETE", f"/keys/{foreign}"), ("POST", f"/keys/{foreign}/rotate")):
        response = organization(method, path)
        assert (response.status, response.json["message"]) == (404, management_messages.key_unknown().message)
    assert organization("DELETE", "/keys/first").status == 400


def test_keys_of_the_profile(sandbox: Managed) -> None:
    """Keys of the profile are listed with their text before made ones, and can't be changed."""
    path = f"/organizations/{PROFILE_ORGANIZATION}/keys"
    first = sandbox("GET", f"{path}?pageSize=1").json
    assert (first["data"][0]["key"], first["data"][0]["ofProfile"], first["hasMore"]) == (FIRST_KEY, True, True)
    made = sandbox("POST", path, {"name": "made", "scopes": ["public_api.read"]}).json
    found, target = [], f"{path}?pageSize=7"
    while target:
        page = sandbox("GET", target).json
        found += page["data"]
        target = f"{path}?pageSize=7&cursor={page['nextCursor']}" if page["hasMore"] else ""
    assert found[-1]["keyId"] == made["keyId"]
    assert [row["ofProfile"] for row in found] == [True] * (len(found) - 1) + [False]
    assert {row["state"] for row in found} == {"active", "expired"}
    for method, rest in (("DELETE", ""), ("POST", "/rotate")):
        refused = sandbox.message(method, f"{path}/{found[0]['keyId']}{rest}")
        assert refused == (409, management_messages.profile_key().message)
    assert sandbox("DELETE", f"{path}/{made['keyId']}").status == 200


def test_limit_of_a_made_key(sandbox: Managed) -> None:
    """The rate limit of a made key is kept whatever changes in its organisation, and each key has its own."""
    organization = sandbox.create()
    keys = [organization.new_key(requestsPerMinute=3)["key"] for _ in range(2)]
    assert sandbox("GET", "/api/v1/me", key=keys[0]).headers["x-ratelimit-remaining"] == "2"
    organization("POST", "/clock/advance", {"by": "P1D"})
    organization.new_key()
    statuses = [sandbox("GET", "/api/v1/me", key=keys[0]).status for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert sandbox("GET", "/api/v1/me", key=keys[1]).headers["x-ratelimit-remaining"] == "2"


def test_too_many_keys(make: Callable[..., Managed], monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit, a key is refused."""
    monkeypatch.setattr(managed_store, "MAXIMUM_KEYS", 1)
    organization = make().create()
    refused = organization("POST", "/keys", {"name": "k", "scopes": []})
    assert (refused.status, refused.json["message"]) == (409, management_messages.too_many_keys(1).message)


def test_boundary_of_an_organization_without_data(make: Callable[..., Managed]) -> None:
    """An organisation without groups and customers says so."""
    sandbox = make(profile="small")
    empty = sandbox("GET", "/organizations").json["data"][1]["organizationId"]
    body = {"name": "k", "scopes": [], "allowedGroupIds": [1], "allowedCustomerIds": ["C-10001"]}
    details = sandbox("POST", f"/organizations/{empty}/keys", body).json["details"]
    assert [one["message"] for one in details] == [
        management_messages.group_unknown(1, ()),
        management_messages.customer_unknown("C-10001", None, None),
    ]
    assert details[1]["message"] == 'the organisation has no customer "C-10001"; it has no customers'
