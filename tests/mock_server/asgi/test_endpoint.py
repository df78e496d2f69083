"""Lists: pages, cursors, windows, filters and what reaches the world of them."""

import base64
from typing import Any

import pytest

from sepolo_mock_server.errors import messages
from sepolo_mock_server.rules.windows import text

DEVICE = "/api/v1/devices/SEP-DEVICE-001"
NOW = 1_782_864_000_000
DAY = 86_400_000


def walk(client: Any, place: str) -> list[Any]:
    """Every page's data, followed to the end."""
    pages, cursor = [], ""
    while True:
        page = client.get(f"{place}{'&' if '?' in place else '?'}cursor={cursor}").json
        pages.append(page["data"])
        assert (page["nextCursor"] is None) == (not page["hasMore"])
        if not page["hasMore"]:
            return pages
        cursor = page["nextCursor"]


@pytest.mark.parametrize(("size", "pages"), [(1, 250), (99, 3), (125, 2), (250, 1), (500, 1)])
def test_walks(client: Any, size: int, pages: int) -> None:
    """Every size of page walks over the same rows, none lost and none twice."""
    found = walk(client, f"/api/v1/devices?pageSize={size}")
    assert (len(found), [row for page in found for row in page]) == (pages, client.view.rows["devices"])


def test_default_page_size(client: Any) -> None:
    """A page has 100 rows unless asked otherwise."""
    assert len(client.get("/api/v1/devices").json["data"]) == 100


def test_page_size_may_change(client: Any) -> None:
    """A walk may go on with another page size."""
    first = client.get("/api/v1/devices?pageSize=3").json
    second = client.get(f"/api/v1/devices?pageSize=500&cursor={first['nextCursor']}").json
    assert first["data"] + second["data"] == client.view.rows["devices"]


def test_telemetry_pages(client: Any) -> None:
    """Columnar pages are walked like any other."""
    place = f"{DEVICE}/telemetry?from=2026-06-01T00:00:00Z&to=2026-07-01T00:00:00Z&pageSize=500"
    rows = [row for page in walk(client, place) for row in page]
    assert [row["current"] for row in rows] == [number / 10 for number in range(1200)]
    assert len(walk(client, f"{DEVICE}/pointguard/cycles/cyc_1/samples?pageSize=500")) == 3


def refused(client: Any, place: str, **options: Any) -> str:
    """The reason why a cursor was refused."""
    answer = client.get(place, **options)
    assert (answer.status, [detail["parameter"] for detail in answer.json["details"]]) == (400, ["cursor"])
    return str(answer.json["details"][0]["message"])


def test_cursors_are_bound(client: Any) -> None:
    """A cursor is good for its own list, key and filters only."""
    cursor = client.get("/api/v1/devices?pageSize=3&groupId=12").json["nextCursor"]
    assert client.get(f"/api/v1/devices?cursor={cursor}&groupId=12").status == 200
    assert refused(client, f"/api/v1/devices?cursor={cursor}") == messages.CURSOR_FILTERS
    assert refused(client, f"/api/v1/devices?cursor={cursor}&groupId=13") == messages.CURSOR_FILTERS
    assert refused(client, f"/api/v1/assets?cursor={cursor}&groupId=12") == messages.CURSOR_OPERATION
    assert refused(client, f"/api/v1/devices?cursor={cursor}&groupId=12", key="readonly") == messages.CURSOR_KEY
    assert refused(client, f"/api/v1/devices?cursor={cursor[:-2]}&groupId=12") == messages.CURSOR_FORGED


def test_a_window_is_a_filter_whatever_its_spelling(client: Any) -> None:
    """The same window by other names goes on; another window doesn't."""
    first = client.get(f"{DEVICE}/telemetry?from=2026-06-01T00:00:00Z&to=2026-06-02T00:00:00Z&pageSize=1").json
    again = f"{DEVICE}/telemetry?cursor={first['nextCursor']}&fromUtc=2026-06-01T02:00:00%2B02:00&toUtc="
    assert client.get(f"{again}2026-06-02T00:00:00Z").status == 200
    assert refused(client, f"{again}2026-06-03T00:00:00Z") == messages.CURSOR_FILTERS


def test_same_bytes(make_client: Any) -> None:
    """Two servers give the same bytes for the same question, cursors included."""
    one, other = (make_client().get("/api/v1/devices?pageSize=7") for _ in range(2))
    assert (one.body, one.headers["etag"]) == (other.body, other.headers["etag"])


def test_cursors_say_nothing(client: Any) -> None:
    """A cursor shows neither the key nor a name of anything."""
    cursor = client.get("/api/v1/devices?pageSize=3").json["nextCursor"]
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    assert b"sep" not in raw.lower()


@pytest.mark.parametrize(
    ("place", "window"),
    [
        ("/api/v1/service-visits", (NOW - 30 * DAY, NOW)),
        ("/api/v1/reporting/service-performance", (NOW - 30 * DAY, NOW)),
        ("/api/v1/reporting/telemetry-daily", (NOW - 30 * DAY, NOW)),
        ("/api/v1/appointments", (NOW, NOW + 30 * DAY)),
        ("/api/v1/service-visits?fromUtc=2026-07-01T00:00:00Z", (NOW, NOW + 366 * DAY)),
    ],
)
def test_default_windows(client: Any, place: str, window: tuple[int, int]) -> None:
    """A window left out follows from the clock and is told."""
    answer = client.get(place)
    (_, call) = client.view.calls[-1]
    assert (call["start"], call["stop"]) == window
    assert answer.headers["x-sandbox-effective-window"] == "/".join(map(text, window))


def test_open_windows(client: Any) -> None:
    """A list without a longest window leaves open what isn't given, and tells of one open end only."""
    assert "x-sandbox-effective-window" not in client.get("/api/v1/incidents").headers
    half = client.get("/api/v1/incidents?toUtc=2026-07-01T00:00:00Z")
    assert half.headers["x-sandbox-effective-window"] == "../2026-07-01T00:00:00Z"
    assert client.view.calls[-1][1]["stop"] == NOW


@pytest.mark.parametrize(
    ("place", "name", "call"),
    [
        (
            "/api/v1/assets?updatedSince=2026-07-01T00:00:00Z&groupId=5&customerId=C%201&status=all",
            "assets",
            {"updated_since": NOW, "group_id": 5, "customer_id": "C 1", "status": "all"},
        ),
        (
            "/api/v1/assets",
            "assets",
            {"updated_since": None, "group_id": None, "customer_id": None, "status": "active"},
        ),
        ("/api/v1/devices?status=-3", "devices", {"status": -3, "group_id": None, "updated_since": None}),
        (
            "/api/v1/incidents?deviceId=D&state=2",
            "incidents",
            {"start": None, "stop": None, "device_id": "D", "state": 2},
        ),
        ("/api/v1/customers?externalSystem=SAP", "customers", {"external_system": "SAP"}),
        (
            "/api/v1/inventory/parts?status=inactive",
            "parts",
            {"vendor_id": None, "status": "inactive"},
        ),
        (
            f"{DEVICE}/movements?from=2026-06-30T00:00:00Z&to=2026-07-01T00:00:00Z&minDurationSeconds=5",
            "movements",
            {"start": NOW - DAY, "stop": NOW, "min_duration": 5},
        ),
        (
            f"{DEVICE}/telemetry?from=2026-06-30T00:00:00Z&to=2026-07-01T00:00:00Z&telemetryType=1&cycleId=c",
            "telemetry",
            {"start": NOW - DAY, "stop": NOW, "telemetry_type": 1, "cycle_id": "c"},
        ),
        (
            "/api/v1/appointments?userId=A33B5A5D-E55A-423D-9BDF-0BC2C61F7E63&fromUtc=2026-07-01T00:00:00Z&toUtc=2026-07-01T00:00:00Z",
            "appointments",
            {"start": NOW, "stop": NOW, "user_id": "a33b5a5d-e55a-423d-9bdf-0bc2c61f7e63"},
        ),
    ],
)
def test_filters_reach_the_world(client: Any, place: str, name: str, call: dict[str, Any]) -> None:
    """Each filter reaches the world under its own name, in its own type."""
    assert client.get(place).status == 200
    assert client.view.calls[-1] == (name, call)


@pytest.mark.parametrize(
    ("metrics", "current", "voltage", "warning"),
    [
        ("current", 0.1, None, None),
        ("current,voltage", 0.1, 0.5, None),
        ("%20voltage%20,", None, 0.5, None),
        ("temperature", None, None, None),
        ("voltage,nonsense", None, 0.5, 'unknown metric "nonsense" ignored'),
        ("nonsense", 0.1, 0.5, 'unknown metric "nonsense" ignored'),
    ],
)
def test_metrics_hint(
    client: Any, metrics: str, current: float | None, voltage: float | None, warning: str | None
) -> None:
    """The hint blanks out other measures, changes no row, and names no metric in vain."""
    window = "from=2026-06-01T00:00:00Z&to=2026-06-02T00:00:00Z"
    answer = client.get(f"{DEVICE}/telemetry?{window}&pageSize=2&metrics={metrics}")
    row = answer.json["data"][1]
    assert (row["current"], row["voltage"], row["telemetryType"]) == (current, voltage, 1)
    assert answer.headers.get("x-sandbox-warning") == warning
