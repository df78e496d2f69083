"""Ground truth of devices over the management API."""

from typing import Any

import pytest

from sepolo_fixtures.point_machines.fault_modes import FAULTS
from sepolo_fixtures.point_machines.presets import PRESETS
from sepolo_mock_server.errors import management_messages, messages
from sepolo_openapi import reader
from tests.harness.managed import Managed, Organization

FROM, TO = "from=2026-06-11T00:00:00Z", "to=2026-06-12T00:00:00Z"


@pytest.fixture
def organization(sandbox: Managed) -> Organization:
    return sandbox.create()


def path(query: str, device: str = "SEP-DEVICE-013") -> str:
    return f"/devices/{device}/ground-truth?{query}"


def test_ground_truth(sandbox: Managed, organization: Organization) -> None:
    """The token of an organisation reads planted faults and movements that follow the clock, and no key does."""
    found = organization("GET", path(f"{FROM}&{TO}")).json
    before = [one for one in found["movements"] if one["fault"] is not None]
    assert [(one["fault"], one["repairedOn"]) for one in found["faults"]] == [
        ("lock_difficulty", "2026-06-11T15:33:00Z")
    ]
    assert 0 < len(before) < len(found["movements"])
    organization("PUT", "/clock", {"mode": "fixed", "now": "2026-06-11T12:00:00Z"})
    then = organization("GET", path(f"{FROM}&{TO}")).json
    assert then["faults"] == [found["faults"][0] | {"repairedOn": None}]
    assert then["movements"] == [one for one in before if one["start"] < "2026-06-11T12:00:00Z"]
    assert organization("GET", path(f"{FROM}&{TO}"), token=None, key=organization.key).status == 401
    other = sandbox.create()
    assert organization("GET", path(f"{FROM}&{TO}"), token=other.token).status == 404


@pytest.mark.parametrize(
    ("query", "details"),
    [
        ("", {"from": messages.MISSING, "to": messages.MISSING}),
        (f"{FROM}&to=", {"to": messages.EMPTY}),
        (f"{FROM}&to=yesterday", {"to": messages.not_instant("yesterday")}),
        ("from=2026-06-12T00:00:00Z&to=2026-06-11T00:00:00Z", {"from": messages.WINDOW_REVERSED}),
        (f"{FROM}&to=2026-07-12T00:00:01Z", {"to": messages.window_too_long(31)}),
    ],
)
def test_bad_windows(organization: Organization, query: str, details: dict[str, Any]) -> None:
    """A window that lacks an end, is reversed or longer than 31 days is a 400 that says so."""
    response = organization("GET", path(query))
    assert response.status == 400
    assert {one["parameter"]: one["message"] for one in response.json["details"]} == details


def test_unknown_device(organization: Organization) -> None:
    """A device that the organisation lacks is a 404."""
    response = organization("GET", path(f"{FROM}&{TO}", "SEP-DEVICE-999"))
    assert (response.status, response.json["message"]) == (404, management_messages.device_unknown().message)


def test_names_of_the_document() -> None:
    """The document lists the faults and the point machines of the world, in their order."""
    schemas = reader.load_management().document["components"]["schemas"]
    assert schemas["FaultMode"]["enum"] == [fault.name for fault in FAULTS[1:]]
    machines = schemas["GroundTruth"]["properties"]["pointMachine"]["enum"]
    assert machines == [*(preset.name for preset in PRESETS), None]
