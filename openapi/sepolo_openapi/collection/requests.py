"""The requests of the collection, in no format: one per operation, and those that a server must refuse."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal

from sepolo_openapi.collection.variables import example, variable
from sepolo_openapi.contract import Contract, Operation, Parameter

Authentication = Literal["collection", "none", "unknown"]
"""The key of the collection, no key, or one that no server knows."""

UNKNOWN_KEY = "sep_test_unknown"
_FIRST_ROW: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "listAssets": {"assetId": "assetId", "parentAssetId": "parentAssetId"},
        "listDevices": {"deviceId": "deviceId"},
        "listPointGuardCycles": {"cycleId": "cycleId"},
        "listMovements": {"movementId": "id"},
        "listServiceReports": {"serviceReportId": "serviceReportId"},
    }
)
"""Variables that later requests need, and the member of a list's rows that gives them."""
_LATEST: Mapping[str, str] = MappingProxyType({"listAppointments": "end"})
"""The end of rows that belong to a window which they overlap; other rows belong to it by what they are sorted by."""


@dataclass(frozen=True, slots=True)
class Value:
    """A parameter with its value; a disabled one is shown and not sent."""

    name: str
    value: str
    description: str
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved example of a response; the body is None for 304."""

    status: int
    body: Any


@dataclass(frozen=True, slots=True)
class Request:
    """A request. `facts` is what the scripts know about it; see `scripts/before.js` and `after.js`."""

    id: str
    name: str
    description: str
    method: str
    path: str
    ids: tuple[Value, ...]
    query: tuple[Value, ...]
    headers: tuple[Value, ...]
    body: dict[str, Any] | None
    facts: dict[str, Any]
    saved: tuple[Saved, ...] = ()
    authentication: Authentication = "collection"


@dataclass(frozen=True, slots=True)
class Folder:
    """The requests of a tag."""

    id: str
    name: str
    description: str
    requests: tuple[Request, ...] = field(default=())


def folders(contract: Contract) -> tuple[Folder, ...]:
    """Return a folder for each tag of the contract, in its order."""
    return tuple(
        Folder(
            tag["name"],
            tag["x-displayName"],
            tag["description"],
            tuple(
                request
                for operation in contract.operations.values()
                if operation.tag == tag["name"]
                for made in [_request(contract, operation)]
                for request in (made, *_refused(made, operation))
            ),
        )
        for tag in contract.document["tags"]
    )


def _request(contract: Contract, operation: Operation) -> Request:
    raw = contract.at(operation.pointer)
    window = (operation.window.start, operation.window.end) if operation.window else ()
    parameters = operation.parameters
    return Request(
        id=operation.operation_id,
        name=operation.summary,
        description=raw["description"],
        method=operation.method,
        path=operation.path,
        ids=tuple(_value(one, "{{" + variable(one) + "}}") for one in parameters if one.where == "path"),
        query=tuple(_query(contract, one, window) for one in parameters if one.where == "query"),
        headers=tuple(_value(one, "{{$guid}}") for one in parameters if one.where == "header"),
        body=_body(raw),
        facts=_facts(operation),
        saved=tuple(_saved(contract, raw)),
    )


def _value(parameter: Parameter, value: str, *, enabled: bool = True) -> Value:
    return Value(parameter.name, value, parameter.description, enabled)


def _query(contract: Contract, parameter: Parameter, window: tuple[str, ...]) -> Value:
    if parameter.name in (*window, "pageSize", "cursor"):
        return _value(parameter, "{{" + parameter.name + "}}")
    return _value(parameter, example(contract, parameter), enabled=False)


def _body(raw: Mapping[str, Any]) -> dict[str, Any] | None:
    if "requestBody" not in raw:
        return None
    body: dict[str, Any] = raw["requestBody"]["content"]["application/json"]["examples"]["minimal"]["value"]
    return {**body, "assetId": "{{assetId}}"}


def _saved(contract: Contract, raw: Mapping[str, Any]) -> Iterator[Saved]:
    for status, response in raw["responses"].items():
        content = contract.resolve(response).get("content", {}).get("application/json", {"examples": {}})
        first = next(iter(content["examples"].values()), {"value": None})
        yield Saved(int(status), first["value"])


def _facts(operation: Operation) -> dict[str, Any]:
    """Return what the scripts need to know about an operation; what does not apply is left out."""
    window, order = operation.window, operation.order
    facts = {
        "operation": operation.operation_id,
        "scope": operation.scope,
        "status": operation.status,
        "needs": [variable(one) for one in operation.parameters if one.where == "path"],
        "writes": operation.method != "GET",
        "rows": operation.returns if operation.returns != "object" else None,
        "paged": operation.page is not None and operation.page.maximum is not None,
        "identity": operation.page.identity if operation.page else None,
        "window": [window.start, window.end] if window else None,
        "time": [order[0].removeprefix("-"), _LATEST.get(operation.operation_id)] if window and order else None,
        "gives": _FIRST_ROW.get(operation.operation_id),
    }
    return {name: value for name, value in facts.items() if value}


def _refused(request: Request, operation: Operation) -> Iterator[Request]:
    """Yield variants of a request that a server must refuse, for the operations in which they are shown."""
    window = operation.window
    match operation.operation_id:
        case "getMe":
            yield replace(_expecting(request, "without a key", 401), authentication="none")
            yield replace(_expecting(request, "with an unknown key", 401), authentication="unknown")
        case "listAssets" if operation.page and operation.page.maximum:
            yield _with(request, f"with {operation.page.maximum + 1} rows", pageSize=str(operation.page.maximum + 1))
        case "getDevice":
            unknown = _expecting(request, "that does not exist", 404)
            yield replace(unknown, ids=tuple(replace(one, value="unknown") for one in unknown.ids))
        case "listDeviceTelemetry" | "listServiceVisits" if window and window.max_days:
            start = datetime(2025, 1, 1, tzinfo=UTC)
            ends = {window.end: _text(start + timedelta(days=window.max_days + 1)), window.start: _text(start)}
            yield _with(request, f"of more than {window.max_days} days", **ends)
        case "listMovements" | "listServiceReports" if window:
            start = datetime(2026, 6, 2, tzinfo=UTC)
            ends = {window.start: _text(start), window.end: _text(start - timedelta(days=1))}
            yield _with(request, "of a window that ends before it begins", **ends)


def _text(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"


def _with(request: Request, name: str, **query: str) -> Request:
    """Return a variant with other values in its query; the first of them must be named in the details of the 400."""
    values = tuple(replace(one, value=query.get(one.name, one.value)) for one in request.query)
    refused = _expecting(request, name, 400)
    return replace(refused, query=values, facts={**refused.facts, "parameter": next(iter(query))})


def _expecting(request: Request, name: str, status: int) -> Request:
    kept: dict[str, Any] = {key: request.facts[key] for key in ("operation", "scope", "needs") if key in request.facts}
    return replace(
        request,
        id=f"{request.id}-{name.replace(' ', '-')}",
        name=f"{request.name} {name}",
        description=f"A server refuses this call with {status}.",
        facts={**kept, "status": status},
        saved=tuple(one for one in request.saved if one.status == status),
    )
