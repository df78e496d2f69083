"""Calls of every operation: those of the published documentation, and those with ids that a key can see."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from sepolo_openapi.contract import Operation
from tests.end_to_end.harness import CONTRACT, Client, target
from tests.harness.in_process import Response

OPERATIONS = tuple(CONTRACT.operations.values())
READS = tuple(operation for operation in OPERATIONS if operation.method == "GET")
CREATE = CONTRACT.operations["createServiceReport"]

MOVEMENT_WINDOW = {"from": "2026-05-20T00:00:00Z", "to": "2026-06-10T00:00:00Z"}
"""A window with movements in every profile that has point machines."""


def each_operation(operations: tuple[Operation, ...] | list[Operation]) -> pytest.MarkDecorator:
    """Return a mark that runs a test for each operation."""
    return pytest.mark.parametrize("operation", operations, ids=lambda operation: str(operation.operation_id))


@dataclass(frozen=True)
class Call:
    """An operation with values for its path and query."""

    operation: Operation
    ids: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)

    @property
    def target(self) -> str:
        return target(self.operation.path, self.query, self.ids)

    def target_with(self, raw_query: str) -> str:
        """Return the target with `raw_query` appended to its query, without encoding it."""
        return f"{self.target}{'&' if '?' in self.target else '?'}{raw_query}"

    def with_query(self, **query: Any) -> "Call":
        """Return the call with more parameters in its query; None removes a parameter."""
        merged = {**self.query, **query}
        return replace(self, query={name: value for name, value in merged.items() if value is not None})

    def with_largest_page(self) -> "Call":
        """Return the call with the largest page size, if the operation has pages."""
        page = self.operation.page
        return self.with_query(pageSize=page.maximum if page else None)

    def pages(self, client: Client, **options: Any) -> Iterator[dict[str, Any]]:
        """Yield the pages of a list."""
        call = self
        while True:
            response = call.send(client, **options)
            assert response.status == 200, response
            page: dict[str, Any] = response.json
            yield page
            if not page["hasMore"]:
                return
            call = call.with_query(cursor=page["nextCursor"])

    def rows(self, client: Client, **options: Any) -> list[dict[str, Any]]:
        """Return the rows of a list in all pages, the rows of an array, or a single object as one row."""
        if self.operation.returns == "page":
            return [row for page in self.pages(client, **options) for row in page["data"]]
        response = self.send(client, **options)
        assert response.status == 200, response
        return response.json if isinstance(response.json, list) else [response.json]

    def send(self, client: Client, **options: Any) -> Response:
        """Send the call; a POST has the smallest valid body by default."""
        if self.operation.method == "POST":
            asset = CONTRACT.document["components"]["parameters"]["AssetId"]["example"]
            options.setdefault("body", {"assetId": asset, "title": "Checked"})
        return client(self.operation.method, self.target, **options)


def raw(operation: Operation) -> dict[str, Any]:
    """Return the operation object of the document."""
    found: dict[str, Any] = CONTRACT.document["paths"][operation.path][operation.method.lower()]
    return found


def documented_calls(operation: Operation) -> Iterator[Call]:
    """Yield the calls of the published documentation, with the parameters that it omits although they are needed."""
    for curl in raw(operation)["x-sepolo-page-curl"]:
        yield Call(operation, curl["ids"], {**curl["query"], **curl["adds"]})


def documented_call(operation: Operation) -> Call:
    """Return the first documented call of an operation."""
    return next(documented_calls(operation))


@dataclass(frozen=True)
class ResourceIds:
    """One id of each kind that a key can see."""

    asset: str
    parent: str
    device: str
    cycle: str
    movement: str
    report: str
    group: int
    customer: str
    vendor: str
    user: str

    @property
    def by_parameter(self) -> dict[str, str]:
        """Ids by the name of their path parameter."""
        return {
            "assetId": self.asset,
            "deviceId": self.device,
            "cycleId": self.cycle,
            "movementId": self.movement,
            "serviceReportId": self.report,
        }

    def calls(self) -> dict[str, Call]:
        """Return a call of every operation, by operationId, whose response contains data."""
        return {operation.operation_id: self._call(operation) for operation in OPERATIONS}

    def _call(self, operation: Operation) -> Call:
        ids = {name: value for name, value in self.by_parameter.items() if "{" + name + "}" in operation.path}
        if operation.operation_id == "listAssetChildren":
            ids = {"assetId": self.parent}
        window = operation.window
        query = MOVEMENT_WINDOW if window is not None and window.required else {}
        return Call(operation, ids, query)


def find_ids(client: Client, key: str) -> ResourceIds:
    """Find ids in the lists of a key that has every read scope."""

    def rows(path: str, **query: Any) -> list[dict[str, Any]]:
        response = client("GET", target(path, query), key=key)
        assert response.status == 200, (path, response)
        found: list[dict[str, Any]] = response.json["data"]
        return found

    devices = rows("/api/v1/devices", pageSize=500)
    device = min((row for row in devices if row["isPointGuard"]), key=lambda row: str(row["deviceId"]))
    path = f"/api/v1/devices/{device['deviceId']}"
    cycle = rows(f"{path}/pointguard/cycles", **MOVEMENT_WINDOW)[0]
    movement = rows(f"{path}/movements", **MOVEMENT_WINDOW)[0]
    assets = rows("/api/v1/assets", pageSize=500)
    parent = next(row for row in assets if row["childCount"])
    return ResourceIds(
        asset=device["assetId"],
        parent=parent["assetId"],
        device=device["deviceId"],
        cycle=cycle["cycleId"],
        movement=movement["id"],
        report=rows("/api/v1/service-reports")[0]["serviceReportId"],
        group=device["groupId"],
        customer=rows("/api/v1/customers")[0]["customerId"],
        vendor=rows("/api/v1/vendors")[0]["vendorId"],
        user=rows("/api/v1/appointments", fromUtc="2026-01-01T00:00:00Z")[0]["userId"],
    )
