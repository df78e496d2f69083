"""Clocks of organisations: read, set, advanced, following the wall, and reset."""

from collections.abc import Callable
from typing import Any

import pytest

from sepolo_mock_server.errors import management_messages, messages
from tests.harness.managed import FIRST_KEY, PROFILE_ORGANIZATION, Managed, Organization

START = {
    "mode": "fixed",
    "now": "2026-07-01T00:00:00Z",
    "startMode": "fixed",
    "startNow": "2026-07-01T00:00:00Z",
    "earliest": "2024-12-26T00:00:00Z",
    "latest": "2099-12-31T23:59:59Z",
}
REPORT = {"title": "Pump changed", "deviceId": "SEP-DEVICE-001"}
DEVICE = "SEP-DEVICE-001"


@pytest.fixture
def organization(sandbox: Managed) -> Organization:
    return sandbox.create()


def test_clock_of_a_new_organization(organization: Organization) -> None:
    """A clock starts at the time of the template, and names the limits of its data."""
    assert organization("GET", "/clock").json == START


def test_clock_that_is_set(sandbox: Managed, organization: Organization) -> None:
    """A clock that is set shows this time in the answer, in `/me` and to this organisation only."""
    other = sandbox.create()
    moved = START | {"now": "2026-08-01T12:00:00Z"}
    assert organization("PUT", "/clock", {"mode": "fixed", "now": "2026-08-01T12:00:00Z"}).json == moved
    assert organization("GET", "/clock").json == moved
    assert organization("PUT", "/clock", {"mode": "fixed"}).json == moved
    assert sandbox.me(organization.key)["serverTimeUtc"] == "2026-08-01T12:00:00Z"
    assert sandbox.me(other.key)["serverTimeUtc"] == "2026-07-01T00:00:00Z"


def newest_movement(sandbox: Managed, key: str) -> str:
    window = "fromUtc=2026-06-20T00:00:00Z&toUtc=2026-07-10T00:00:00Z"
    rows = sandbox("GET", f"/api/v1/devices/{DEVICE}/movements?{window}&pageSize=500", key=key).json["data"]
    return max(row["start"] for row in rows)


def test_data_follow_the_clock(sandbox: Managed, organization: Organization) -> None:
    """Advancing a clock by a day brings new movements; setting it back takes them away again."""
    before = newest_movement(sandbox, organization.key)
    assert organization("POST", "/clock/advance", {"by": "P1D"}).json == START | {"now": "2026-07-02T00:00:00Z"}
    after = newest_movement(sandbox, organization.key)
    assert before < "2026-07-01T00:00:00Z" < after < "2026-07-02T00:00:00Z"
    organization("PUT", "/clock", {"mode": "fixed", "now": "2026-07-01T00:00:00Z"})
    assert newest_movement(sandbox, organization.key) == before


def test_cursor_of_another_time(sandbox: Managed, organization: Organization) -> None:
    """A cursor ends when the clock is set to another time, and goes on when the clock is back."""
    page = sandbox("GET", "/api/v1/assets?pageSize=10", key=organization.key).json
    target = f"/api/v1/assets?pageSize=10&cursor={page['nextCursor']}"
    following = sandbox("GET", target, key=organization.key).json
    organization("POST", "/clock/advance", {"by": "PT1S"})
    assert sandbox.message("GET", target, key=organization.key) == (400, f"cursor: {messages.CURSOR_WORLD}")
    organization("POST", "/reset")
    assert sandbox("GET", target, key=organization.key).json == following


def test_clock_of_the_wall(sandbox: Managed, organization: Organization) -> None:
    """A clock that follows the wall can't be advanced, and stays where it is when it is fixed again."""
    wall = organization("PUT", "/clock", {"mode": "wall"}).json
    assert wall == START | {"mode": "wall", "now": wall["now"]}
    assert wall["now"] > "2026-07-01T00:00:00Z"
    refused = organization("POST", "/clock/advance", {"by": "P1D"})
    assert (refused.status, refused.json["message"]) == (409, management_messages.clock_follows_wall().message)
    fixed = organization("PUT", "/clock", {"mode": "fixed"}).json
    assert (fixed["mode"], fixed["now"] >= wall["now"]) == ("fixed", True)
    assert organization("GET", "/clock").json == fixed


def test_organization_that_starts_with_the_wall(sandbox: Managed) -> None:
    """An organisation can follow the wall from its start, to which a reset returns."""
    organization = sandbox.create(clock="wall")
    clock = organization("GET", "/clock").json
    assert (clock["mode"], clock["startMode"], clock["startNow"]) == ("wall", "wall", None)
    organization("PUT", "/clock", {"mode": "fixed", "now": "2026-07-01T00:00:00Z"})
    organization("POST", "/reset")
    assert organization("GET", "/clock").json["mode"] == "wall"


@pytest.mark.parametrize(
    ("by", "now"),
    [
        ("PT10M", "2026-07-01T00:10:00Z"),
        ("P2W", "2026-07-15T00:00:00Z"),
        ("P1DT2H3M4S", "2026-07-02T02:03:04Z"),
        ("PT86400S", "2026-07-02T00:00:00Z"),
    ],
)
def test_durations(organization: Organization, by: str, now: str) -> None:
    """A clock is advanced by weeks, or by days, hours, minutes and seconds."""
    assert organization("POST", "/clock/advance", {"by": by}).json["now"] == now


LIMITS = "2024-12-26T00:00:00Z and 2099-12-31T23:59:59Z"


@pytest.mark.parametrize(
    ("method", "path", "body", "details"),
    [
        ("PUT", "/clock", {}, {"mode": messages.MISSING}),
        ("PUT", "/clock", {"mode": "slow"}, {"mode": "must be one of fixed, wall"}),
        ("PUT", "/clock", {"mode": "wall", "now": "2026-07-01T00:00:00Z"}, {"now": "CLOCK_NOW_WITHOUT_FIXED"}),
        ("PUT", "/clock", {"mode": "fixed", "now": "yesterday"}, {"now": messages.not_instant("yesterday")}),
        (
            "PUT",
            "/clock",
            {"mode": "fixed", "now": "2024-12-25T23:59:59Z"},
            {"now": f"must lie between {LIMITS}, which its data cover; got 2024-12-25T23:59:59Z"},
        ),
        (
            "PUT",
            "/clock",
            {"mode": "fixed", "now": "3026-07-01T00:00:00Z"},
            {"now": f"must lie between {LIMITS}, which its data cover; got 3026-07-01T00:00:00Z"},
        ),
        ("POST", "/clock/advance", {}, {"by": messages.MISSING}),
        ("POST", "/clock/advance", {"by": 60}, {"by": "must be a string"}),
        ("POST", "/clock/advance", {"by": "1 day"}, {"by": "DURATION_FORM"}),
        ("POST", "/clock/advance", {"by": "P1M"}, {"by": "DURATION_CALENDAR"}),
        ("POST", "/clock/advance", {"by": "-P1D"}, {"by": "DURATION_NEGATIVE"}),
        (
            "POST",
            "/clock/advance",
            {"by": "P365000D"},
            {"by": f"moves the clock to 3025-11-01T00:00:00Z, but it must lie between {LIMITS}"},
        ),
        (
            "POST",
            "/clock/advance",
            {"by": "P999999999W"},
            {"by": f"moves the clock to a time after the year 9999, but it must lie between {LIMITS}"},
        ),
    ],
)
def test_bad_clocks(organization: Organization, method: str, path: str, body: Any, details: dict[str, str]) -> None:
    """A wrong time or duration is a 400 that says what is right, and the clock stays."""
    response = organization(method, path, body)
    expected = {name: getattr(management_messages, text, text) for name, text in details.items()}
    assert response.status == 400
    assert {one["parameter"]: one["message"] for one in response.json["details"]} == expected
    assert organization("GET", "/clock").json == START


def test_reset(sandbox: Managed, organization: Organization) -> None:
    """A reset deletes what was written and sets the clock back; keys stay, and other organisations notice nothing."""
    other = sandbox.create()

    def write(key: str) -> str:
        header = [("Idempotency-Key", "once")]
        return str(sandbox("POST", "/api/v1/service-reports", REPORT, key=key, headers=header).json["serviceReportId"])

    report, foreign = write(organization.key), write(other.key)
    organization("POST", "/clock/advance", {"by": "P1D"})
    page = sandbox("GET", "/api/v1/service-reports?pageSize=1", key=other.key).json
    deleted = organization("POST", "/reset").json
    assert deleted == {"serviceReports": 1, "idempotencyKeys": 1, "faults": 0, "keys": 0}
    assert organization("POST", "/reset").json == dict.fromkeys(deleted, 0)
    assert organization("GET", "/clock").json == START
    assert sandbox("GET", f"/api/v1/service-reports/{report}", key=organization.key).status == 404
    assert write(organization.key) != report
    assert sandbox("GET", f"/api/v1/service-reports/{foreign}", key=other.key).status == 200
    target = f"/api/v1/service-reports?pageSize=1&cursor={page['nextCursor']}"
    assert sandbox("GET", target, key=other.key).status == 200


def test_reset_ends_cursors_over_reports(sandbox: Managed, organization: Organization) -> None:
    """A cursor over service reports that was issued before a reset ends with a 400 that says so."""
    page = sandbox("GET", "/api/v1/service-reports?pageSize=1", key=organization.key).json
    organization("POST", "/reset")
    target = f"/api/v1/service-reports?pageSize=1&cursor={page['nextCursor']}"
    assert sandbox.message("GET", target, key=organization.key) == (400, f"cursor: {messages.CURSOR_RESET}")


def test_clock_of_an_organization_of_the_profile(make: Callable[..., Managed]) -> None:
    """The clock of an organisation of the profile can be moved and reset; the other organisation keeps its time."""
    sandbox = make()
    path = f"/organizations/{PROFILE_ORGANIZATION}"
    assert sandbox("POST", f"{path}/clock/advance", {"by": "P1D"}).json["now"] == "2026-07-02T00:00:00Z"
    assert sandbox.me(FIRST_KEY)["serverTimeUtc"] == "2026-07-02T00:00:00Z"
    keys = sandbox("GET", "/organizations/2b9e1c54-6d0e-4f0b-9a57-3f6c1e8d7a10/keys").json["data"]
    assert sandbox.me(keys[0]["key"])["serverTimeUtc"] == "2026-07-01T00:00:00Z"
    assert sandbox("POST", f"{path}/reset").status == 200
    assert sandbox.me(FIRST_KEY)["serverTimeUtc"] == "2026-07-01T00:00:00Z"
