"""The lists that the pipelines of docs/examples load, and the rows that a sandbox itself returns for them."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

import httpx

from sepolo_openapi import Operation, reader

Row = dict[str, Any]
OPERATIONS = reader.load().operations
START = "2026-06-04T00:00:00Z"
TABLES: Mapping[str, str] = MappingProxyType(
    {
        "assets": "listAssets",
        "asset_children": "listAssetChildren",
        "devices": "listDevices",
        "customers": "listCustomers",
        "vendors": "listVendors",
        "parts": "listInventoryParts",
        "incidents": "listIncidents",
        "service_reports": "listServiceReports",
        "service_visits": "listServiceVisits",
        "appointments": "listAppointments",
        "telemetry_daily": "getTelemetryDaily",
        "telemetry": "listDeviceTelemetry",
        "cycles": "listPointGuardCycles",
        "samples": "listPointGuardCycleSamples",
        "movements": "listMovements",
        "signatures": "getMovementSignature",
    }
)
"""The operation behind each table of a pipeline: those that return lists, and the signatures of movements."""

LISTS = frozenset(name for name, operation in OPERATIONS.items() if operation.returns != "object")
_EVERY = MappingProxyType({"listAssets": {"status": "all"}, "listInventoryParts": {"status": "all"}})
_PARENTS = MappingProxyType(
    {
        "movementId": ("movements", "id"),
        "cycleId": ("cycles", "cycleId"),
        "deviceId": ("devices", "deviceId"),
        "assetId": ("assets", "assetId"),
    }
)
"""The table whose rows fill in a path with this parameter, the first that the path has, and the member for it."""


def rows(client: httpx.Client) -> dict[str, list[Row]]:
    """Return the rows of each table, as a client reads them that asks for all: those since START, planned ones too."""
    now = datetime.fromisoformat(client.get("/api/v1/me").json()["serverTimeUtc"])
    found: dict[str, list[Row]] = {}
    for table in sorted(TABLES, key=lambda name: name in {"samples", "signatures"}):
        operation = OPERATIONS[TABLES[table]]
        found[table] = [row for path in _paths(operation.path, found) for row in _list(client, operation, path, now)]
    return found


def _paths(path: str, found: Mapping[str, list[Row]]) -> list[str]:
    for name, (table, member) in _PARENTS.items():
        if f"{{{name}}}" in path:
            return [path.format_map({**row, name: row[member]}) for row in found[table]]
    return [path]


def _list(client: httpx.Client, operation: Operation, path: str, now: datetime) -> Iterator[Row]:
    query: dict[str, Any] = dict(_EVERY.get(operation.operation_id, {}))
    window = operation.window
    if window is not None and (window.required or window.max_days is not None):
        end = now + timedelta(days=300 if window.max_days == 366 else 0)
        query |= {window.start: START, window.end: end.strftime("%Y-%m-%dT%H:%M:%SZ")}
    while True:
        response = client.get(path, params=query)
        response.raise_for_status()
        page = response.json()
        if operation.returns != "page":
            yield from page if operation.returns == "array" else [page]
            return
        yield from page["data"]
        if not page["hasMore"]:
            return
        query["cursor"] = page["nextCursor"]
