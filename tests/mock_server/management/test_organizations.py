"""Organisations: made, listed, read and deleted, with data and writes of their own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from sepolo_mock_server.errors import management_messages, messages
from sepolo_mock_server.state import managed_store
from tests.harness.managed import FIRST_KEY, PROFILE_ORGANIZATION, Managed

REPORT = {"title": "Pump changed", "deviceId": "SEP-DEVICE-001"}
EXAMPLE_ASSET = "a33b5a5d-e55a-423d-9bdf-0bc2c61f7e63"
"""An id of the published page."""


def test_new_organization(sandbox: Managed) -> None:
    """A new organisation has an id of its own, a first key with every scope and a token, and its path is returned."""
    response = sandbox(
        "POST", "/organizations", {"name": "Checkout tests", "seed": 7, "clock": "2026-08-01T02:00:00+02:00"}
    )
    assert response.status == 201
    created = response.json
    organization, key = created["organization"], created["key"]
    start = {"mode": "fixed", "now": "2026-08-01T00:00:00Z", "startMode": "fixed", "startNow": "2026-08-01T00:00:00Z"}
    limits = {"earliest": "2024-12-26T00:00:00Z", "latest": "2099-12-31T23:59:59Z"}
    demo = sandbox("GET", f"/organizations/{PROFILE_ORGANIZATION}").json
    assert UUID(organization["organizationId"]).version == 4
    assert organization == {
        "organizationId": organization["organizationId"],
        "name": "Checkout tests",
        "template": "demo",
        "seed": 7,
        "examples": False,
        "ofProfile": False,
        "createdOn": organization["createdOn"],
        "groups": demo["groups"],
        "clock": start | limits,
    }
    me = sandbox.me(key["key"])
    assert (key["name"], key["state"], key["scopes"]) == ("first", "active", me["scopes"])
    assert (me["organizationId"], me["organizationName"]) == (organization["organizationId"], "Checkout tests")
    assert (me["clientId"], me["clientName"], me["serverTimeUtc"]) == (key["shown"], "first", "2026-08-01T00:00:00Z")
    assert response.headers["location"] == f"/sandbox/v1/organizations/{organization['organizationId']}"
    assert sandbox("GET", response.headers["location"]).json == organization


def asset_ids(sandbox: Managed, key: str) -> list[str]:
    rows = sandbox("GET", "/api/v1/assets?pageSize=5", key=key).json["data"]
    return [row["assetId"] for row in rows]


def test_data_of_organizations(sandbox: Managed) -> None:
    """Organisations of the same template and seed have equal data; another seed gives other data."""
    first, same, other = sandbox.create(), sandbox.create(), sandbox.create(seed=2)
    assert asset_ids(sandbox, first.key) == asset_ids(sandbox, same.key) != asset_ids(sandbox, other.key)


@pytest.mark.parametrize("examples", [True, False])
def test_examples_of_the_published_page(sandbox: Managed, examples: bool) -> None:
    """The examples of the published page are in the data when asked for."""
    organization = sandbox.create(examples=examples)
    response = sandbox("GET", f"/api/v1/assets/{EXAMPLE_ASSET}", key=organization.key)
    assert response.status == (200 if examples else 404)


def test_templates(sandbox: Managed) -> None:
    """Each template gives an organisation, whatever the profile of the sandbox is."""
    small = sandbox.create(template="small")
    assert small.created["organization"]["template"] == "small"
    assert sandbox("GET", "/api/v1/devices?pageSize=1", key=small.key).json["data"][0]["deviceId"]


def test_writes_belong_to_one_organization(sandbox: Managed) -> None:
    """A report and an idempotency key of one organisation are not seen by another of the same data."""
    first, other = sandbox.create(), sandbox.create()
    header = [("Idempotency-Key", "same")]

    def created(key: str) -> Any:
        return sandbox("POST", "/api/v1/service-reports", REPORT, key=key, headers=header)

    report, second = created(first.key).json["serviceReportId"], created(other.key)
    assert (second.status, second.headers.get("idempotent-replayed")) == (201, None)
    assert created(first.key).headers["idempotent-replayed"] == "true"
    assert sandbox("GET", f"/api/v1/service-reports/{report}", key=first.key).status == 200
    assert sandbox("GET", f"/api/v1/service-reports/{report}", key=other.key).status == 404


def test_deleted_organization(sandbox: Managed) -> None:
    """A deleted organisation, its keys and its reports are gone; what was deleted is counted."""
    organization = sandbox.create()
    organization.new_key()
    sandbox("POST", "/api/v1/service-reports", REPORT, key=organization.key, headers=[("Idempotency-Key", "a")])
    deleted = sandbox("DELETE", organization.path)
    assert deleted.json == {"serviceReports": 1, "idempotencyKeys": 1, "faults": 0, "keys": 2}
    unknown = 404, management_messages.organization_unknown().message
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/keys"), ("POST", "/reset")):
        assert sandbox.message(method, organization.path + path) == unknown
    assert sandbox.message("GET", "/api/v1/me", key=organization.key) == (401, messages.KEY_UNKNOWN)


def test_organization_of_the_profile_stays(sandbox: Managed) -> None:
    """An organisation of the profile can't be deleted."""
    refused = sandbox.message("DELETE", f"/organizations/{PROFILE_ORGANIZATION}")
    assert refused == (409, management_messages.profile_organization().message)


def test_pages_of_organizations(make: Callable[..., Managed]) -> None:
    """Organisations of the profile come first, then those that were made, oldest first, each on one page."""
    sandbox = make()
    made = [sandbox.create(name=f"Test {number}") for number in range(4)]
    sandbox("DELETE", made.pop(1).path)
    found, target = [], "/organizations?pageSize=2"
    while target:
        page = sandbox("GET", target).json
        assert len(page["data"]) <= 2
        assert page["hasMore"] == (page["nextCursor"] is not None)
        found += [row["organizationId"] for row in page["data"]]
        target = f"/organizations?pageSize=2&cursor={page['nextCursor']}" if page["hasMore"] else ""
    assert found == [PROFILE_ORGANIZATION, "2b9e1c54-6d0e-4f0b-9a57-3f6c1e8d7a10", *(one.id for one in made)]
    assert sandbox("GET", "/organizations").json["data"][2]["name"] == "Test 0"


@pytest.mark.parametrize(
    ("body", "details"),
    [
        ({}, {"name": messages.MISSING}),
        ({"name": ""}, {"name": messages.schema_violation("pattern", messages.NAME_PATTERN)}),
        ({"name": " x"}, {"name": messages.schema_violation("pattern", messages.NAME_PATTERN)}),
        ({"name": "a\nb"}, {"name": messages.schema_violation("pattern", messages.NAME_PATTERN)}),
        ({"name": "x\u0000"}, {"name": messages.schema_violation("pattern", messages.NAME_PATTERN)}),
        ({"name": "x" * 81}, {"name": "must be at most 80 characters long"}),
        ({"name": 1}, {"name": "must be a string"}),
        ({"name": "x", "seed": -1}, {"seed": "must be at least 0"}),
        ({"name": "x", "seed": 2**63}, {"seed": f"must be at most {2**63 - 1}"}),
        ({"name": "x", "seed": 1.5}, {"seed": "must be an integer"}),
        ({"name": "x", "examples": "yes"}, {"examples": "must be true or false"}),
        ({"name": "x", "template": "nope"}, {"template": "must be one of demo, fleet, small"}),
        ({"name": "x", "template": "../demo"}, {"template": "must be one of demo, fleet, small"}),
        ({"name": "x", "clock": "noon"}, {"clock": messages.not_instant("noon")}),
        ({"name": "x", "clock": "2026-07-01"}, {"clock": messages.INSTANT_DATE_ONLY}),
        (
            {"name": "x", "clock": "1990-01-01T00:00:00Z"},
            {
                "clock": "must lie between 2024-12-26T00:00:00Z and 2099-12-31T23:59:59Z, which its data cover; "
                "got 1990-01-01T00:00:00Z"
            },
        ),
        (
            {"name": "x", "clock": "3026-01-01T00:00:00Z"},
            {
                "clock": "must lie between 2024-12-26T00:00:00Z and 2099-12-31T23:59:59Z, which its data cover; "
                "got 3026-01-01T00:00:00Z"
            },
        ),
        (
            {"name": "x", "scopes": [], "Seed": 1},
            dict.fromkeys(
                ("scopes", "Seed"), "is no member of this body, which has name, template, seed, examples, clock"
            ),
        ),
        ([], {"body": "must be an object"}),
    ],
)
def test_bad_bodies(sandbox: Managed, body: Any, details: dict[str, str]) -> None:
    """A body with a wrong member is a 400 that names it and says what is right."""
    response = sandbox("POST", "/organizations", body)
    assert response.status == 400
    assert {one["parameter"]: one["message"] for one in response.json["details"]} == details


@pytest.mark.parametrize(
    ("method", "target", "details"),
    [
        ("GET", "/organizations?cursor=x", {"cursor": management_messages.CURSOR_UNKNOWN}),
        ("GET", "/organizations?cursor=-1", {"cursor": management_messages.CURSOR_UNKNOWN}),
        ("GET", f"/organizations?cursor={'9' * 19}", {"cursor": management_messages.CURSOR_UNKNOWN}),
        ("GET", f"/organizations?cursor={'9' * 65}", {"cursor": "must be at most 64 characters long"}),
        ("GET", "/organizations?pageSize=501", {"pageSize": "must be at most 500"}),
        ("GET", "/organizations?pageSize=0", {"pageSize": "must be at least 1"}),
        ("GET", "/organizations?pageSize=ten", {"pageSize": messages.not_integer("ten")}),
        ("GET", "/organizations/x", {"organizationId": messages.not_uuid("x")}),
        ("DELETE", "/organizations/%ff", {"organizationId": messages.BAD_UTF8}),
    ],
)
def test_bad_parameters(sandbox: Managed, method: str, target: str, details: dict[str, str]) -> None:
    """A wrong parameter is a 400 that names it and says what is right."""
    response = sandbox(method, target)
    assert response.status == 400
    assert {one["parameter"]: one["message"] for one in response.json["details"]} == details


def test_bad_media_types(sandbox: Managed) -> None:
    """A body that is not JSON is a 415 or a 400, and a large one a 413."""
    target = "/organizations"
    text = sandbox.message("POST", target, b"name=x", headers=[("Content-Type", "text/plain")])
    assert text == (415, messages.wrong_media_type("text/plain").message)
    assert sandbox.message("POST", target, b"{")[1].startswith("body: is not valid JSON")
    assert sandbox.message("POST", target, b"") == (400, f"body: {messages.BODY_MISSING}")
    assert sandbox.message("POST", target, b" " * (2**20 + 1))[0] == 413


def test_unknown_parameter(sandbox: Managed) -> None:
    """An unknown parameter is ignored with a warning."""
    response = sandbox("GET", "/organizations?size=1")
    assert (response.status, response.headers["x-sandbox-warning"]) == (200, 'unknown parameter "size" ignored')


def test_too_many_organizations(make: Callable[..., Managed], monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit, an organisation is refused until another is deleted."""
    monkeypatch.setattr(managed_store, "MAXIMUM_ORGANIZATIONS", 1)
    sandbox = make()
    first = sandbox.create()
    refused = sandbox.message("POST", "/organizations", {"name": "x"})
    assert refused == (409, management_messages.too_many_organizations(1).message)
    sandbox("DELETE", first.path)
    sandbox.create()


def test_restart(make: Callable[..., Managed], tmp_path: Path) -> None:
    """Organisations, keys and clocks survive a restart, those of a profile as long as it starts at the same time."""
    url = f"sqlite:///{tmp_path / 'state.db'}"
    sandbox = make(url)
    organization = sandbox.create()
    organization("PUT", "/clock", {"mode": "fixed", "now": "2027-01-01T00:00:00Z"})
    sandbox("PUT", f"/organizations/{PROFILE_ORGANIZATION}/clock", {"mode": "fixed", "now": "2028-01-01T00:00:00Z"})
    sandbox.close()
    again = make(url)
    assert again.me(organization.key)["serverTimeUtc"] == "2027-01-01T00:00:00Z"
    assert again.me(FIRST_KEY)["serverTimeUtc"] == "2028-01-01T00:00:00Z"
    assert again("GET", organization.path, token=organization.token).status == 200
    later = make(url, clock="2026-12-01T00:00:00Z")
    assert later.me(organization.key)["serverTimeUtc"] == "2027-01-01T00:00:00Z"
    assert later.me(FIRST_KEY)["serverTimeUtc"] == "2026-12-01T00:00:00Z"
    assert later("POST", f"/organizations/{PROFILE_ORGANIZATION}/reset").status == 200
    assert later("GET", f"/organizations/{PROFILE_ORGANIZATION}/clock").json["startNow"] == "2026-12-01T00:00:00Z"
