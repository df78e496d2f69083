"""Operations: a function for each, their scopes, and the filters that they hand to the world."""

from typing import Any

import pytest

from sepolo_mock_server.operations import handlers
from sepolo_openapi import reader
from sepolo_openapi.contract import Operation

ASSET = "a33b5a5d-e55a-423d-9bdf-0bc2c61f7e63"
WINDOW = "from=2026-06-01T00:00:00Z&to=2026-06-02T00:00:00Z"
DEVICE = "/api/v1/devices/SEP-DEVICE-001"
NOW = 1_782_864_000_000
DAY = 86_400_000
IDS = {
    "assetId": ASSET,
    "deviceId": "SEP-DEVICE-001",
    "cycleId": "cyc_1",
    "movementId": "5c722f76-5f0b-4c1b-875d-05a1d8cd47b5",
    "serviceReportId": "5c722f76-5f0b-4c1b-875d-05a1d8cd47b5",
}
OPERATIONS = list(reader.load().operations.values())


def error(response: Any) -> tuple[int, str, str]:
    """Return status, code and message of an error response, after a check of its common members."""
    body = response.json
    assert response.headers["content-type"] == "application/json"
    assert body["requestId"] == response.headers["x-request-id"]
    assert response.headers["access-control-allow-origin"] == "*"
    return response.status, body["error"], body["message"]


def target(operation: Operation) -> str:
    """Return a path and query that the operation responds to with success."""
    return operation.path.format(**IDS) + (f"?{WINDOW}" if operation.required_one_of else "")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.operation_id)
def test_every_operation_needs_its_scope(client: Any, operation: Operation) -> None:
    """Each operation returns its own status; a key without its scope gets 403 with the published sentence."""
    body = {"assetId": ASSET, "title": "t"} if operation.method == "POST" else None
    assert client(operation.method, target(operation), body=body).status == operation.status
    forbidden = client(operation.method, target(operation), key="none", body=body)
    assert error(forbidden) == (403, "forbidden", f"The API key does not include the {operation.scope} scope.")


def test_every_operation_has_a_handler() -> None:
    """The tables of functions have the operations of the contract."""
    assert set(handlers.ALL) == {operation.operation_id for operation in OPERATIONS}
    assert {operation.operation_id for operation in OPERATIONS} >= handlers.STATEFUL


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
        ("/api/v1/inventory/parts?status=inactive", "parts", {"vendor_id": None, "status": "inactive"}),
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
def test_filters_are_handed_to_the_world(client: Any, place: str, name: str, call: dict[str, Any]) -> None:
    """Each filter is handed to the world by its name and with its type."""
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
    """The hint sets other measures to null and changes no rows; an unknown metric is a warning."""
    window = "from=2026-06-01T00:00:00Z&to=2026-06-02T00:00:00Z"
    response = client.get(f"{DEVICE}/telemetry?{window}&pageSize=2&metrics={metrics}")
    row = response.json["data"][1]
    assert (row["current"], row["voltage"], row["telemetryType"]) == (current, voltage, 1)
    assert response.headers.get("x-sandbox-warning") == warning
