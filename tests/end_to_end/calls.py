"""Calls of every operation, made from the contract: the page's own call, and ids that a key really sees."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sepolo_openapi.contract import Operation
from tests.end_to_end.harness import CONTRACT, Answer, Client, target

OPERATIONS = tuple(CONTRACT.operations.values())
READS = tuple(operation for operation in OPERATIONS if operation.method == "GET")
CREATE = CONTRACT.operations["createServiceReport"]

MOVED = {"from": "2026-05-20T00:00:00Z", "to": "2026-06-10T00:00:00Z"}
"""A window in which point machines of every profile have moved."""


@dataclass(frozen=True)
class Call:
    """An operation with values for its path and query."""

    operation: Operation
    ids: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)

    @property
    def target(self) -> str:
        return target(self.operation.path, self.query, self.ids)

    def asking(self, **query: Any) -> "Call":
        """The same call with more in its query; None takes a parameter out."""
        merged = {**self.query, **query}
        return replace(self, query={name: value for name, value in merged.items() if value is not None})

    def send(self, client: Client, **options: Any) -> Answer:
        """Send it; an operation that writes gets the smallest body."""
        if self.operation.method == "POST":
            asset = CONTRACT.document["components"]["parameters"]["AssetId"]["example"]
            options.setdefault("body", {"assetId": asset, "title": "Checked"})
        return client(self.operation.method, self.target, **options)


def raw(operation: Operation) -> dict[str, Any]:
    """The operation as the document has it."""
    found: dict[str, Any] = CONTRACT.document["paths"][operation.path][operation.method.lower()]
    return found


def printed(operation: Operation) -> Iterator[Call]:
    """The calls that the published page prints, with what it leaves out although the answer needs it."""
    for curl in raw(operation)["x-sepolo-page-curl"]:
        yield Call(operation, curl["ids"], {**curl["query"], **curl["adds"]})


def page_call(operation: Operation) -> Call:
    """The operation's first call on the page."""
    return next(printed(operation))


def page_calls() -> dict[str, Call]:
    """The first call on the page of every operation, by operationId."""
    return {operation.operation_id: page_call(operation) for operation in OPERATIONS}


@dataclass(frozen=True)
class Seen:
    """One id of each kind that a key sees."""

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
    def ids(self) -> dict[str, str]:
        """Ids by the name of the path parameter that takes them."""
        return {
            "assetId": self.asset,
            "deviceId": self.device,
            "cycleId": self.cycle,
            "movementId": self.movement,
            "serviceReportId": self.report,
        }

    def calls(self) -> dict[str, Call]:
        """A call of every operation that finds something, by operationId."""
        return {operation.operation_id: self._call(operation) for operation in OPERATIONS}

    def _call(self, operation: Operation) -> Call:
        ids = {name: value for name, value in self.ids.items() if "{" + name + "}" in operation.path}
        if operation.operation_id == "listAssetChildren":
            ids = {"assetId": self.parent}
        window = operation.window
        query = MOVED if window is not None and window.required else {}
        return Call(operation, ids, query)


def seen_by(client: Client, key: str) -> Seen:
    """What a key with every reading scope finds by following the lists, as an integration would."""

    def rows(path: str, **query: Any) -> list[dict[str, Any]]:
        answer = client("GET", target(path, query), key=key)
        assert answer.status == 200, (path, answer)
        found: list[dict[str, Any]] = answer.json["data"]
        return found

    devices = rows("/api/v1/devices", pageSize=500)
    device = min((row for row in devices if row["isPointGuard"]), key=lambda row: str(row["deviceId"]))
    here = f"/api/v1/devices/{device['deviceId']}"
    cycle = rows(f"{here}/pointguard/cycles", **MOVED)[0]
    movement = rows(f"{here}/movements", **MOVED)[0]
    assets = rows("/api/v1/assets", pageSize=500)
    parent = next(row for row in assets if row["childCount"])
    return Seen(
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
