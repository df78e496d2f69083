"""Reads the contract: from the OpenAPI document to the values of `contract`.

A document that breaks the conventions of this project raises ContractError with the place and the problem.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sepolo_openapi.contract import Contract, ContractError, Operation, PageRule, Parameter, Returns, WindowRule, at

PATH = Path(__file__).with_name("sepolo.v1.yaml")
MANAGEMENT_PATH = Path(__file__).with_name("sandbox.v1.yaml")

_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
_SCHEMAS = "#/components/schemas/"
_JSON, _EVENTS = "application/json", "text/event-stream"


@cache
def load() -> Contract:
    """Return the contract beside this module, parsed once per process: callers must not change its document."""
    return _load(PATH)


@cache
def load_management() -> Contract:
    """Return the management API of the sandbox, whose document has the conventions of the contract; as `load`."""
    return _load(MANAGEMENT_PATH)


def _load(path: Path) -> Contract:
    import yaml  # noqa: PLC0415 - many commands import this module and do not read the contract

    with path.open("rb") as stream:
        # The same as yaml.safe_load, ten times as fast.
        document = yaml.load(stream, Loader=yaml.CSafeLoader)
    return read(document)


def read(document: dict[str, Any]) -> Contract:
    """Return the contract of an OpenAPI 3.1 document; raise ContractError if it breaks the project's conventions."""
    scopes = tuple(_need(document, "x-sepolo-scopes", ""))
    operations: dict[str, Operation] = {}
    for path, method, pointer, raw in _operations(document):
        operation = _Reader(document, scopes, pointer, raw).operation(method.upper(), path)
        if operation.operation_id in operations:
            raise ContractError(pointer, f"operationId {operation.operation_id!r} is used twice")
        operations[operation.operation_id] = operation
    version = _need(_need(document, "info", ""), "version", "/info")
    return Contract(document, version, scopes, MappingProxyType(operations))


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    for path, item in _need(document, "paths", "").items():
        for method, raw in item.items():
            if method in _METHODS:
                yield path, method, f"/paths/{_escape(path)}/{method}", raw


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one operation. `pointer` is its place, `raw` its mapping; `document` is needed for references."""

    document: dict[str, Any]
    scopes: tuple[str, ...]
    pointer: str
    raw: dict[str, Any]

    def operation(self, method: str, path: str) -> Operation:
        parameters = self.parameters()
        status, schema_name = self.success()
        returns, row_schema = self.rows(schema_name)
        if (returns == "page") != ("x-sepolo-page" in self.raw):
            raise ContractError(self.pointer, "every enveloped list needs x-sepolo-page, and nothing else may have it")
        return Operation(
            operation_id=_need(self.raw, "operationId", self.pointer),
            method=method,
            path=path,
            summary=_need(self.raw, "summary", self.pointer),
            tag=_need(self.raw, "tags", self.pointer)[0],
            scope=self.scope(),
            parameters=parameters,
            window=self.window(parameters),
            page=self.page(row_schema, parameters),
            order=self.order(row_schema),
            required_one_of=tuple(tuple(group) for group in self.raw.get("x-sepolo-required-one-of", ())),
            status=status,
            returns=returns,
            schema_name=schema_name,
            row_schema=row_schema,
            body_schema=self.body(),
            pointer=self.pointer,
        )

    def scope(self) -> str:
        """Return the one scope that each alternative of the security requirement names."""
        place = f"{self.pointer}/security"
        found = {
            tuple(scopes)
            for alternative in _need(self.raw, "security", self.pointer)
            for scopes in alternative.values()
        }
        if len(found) != 1 or len(scope := found.pop()) != 1:
            raise ContractError(place, "each alternative must name the same single scope")
        if scope[0] not in self.scopes:
            raise ContractError(place, f"scope {scope[0]!r} isn't listed in x-sepolo-scopes")
        return str(scope[0])

    def parameters(self) -> tuple[Parameter, ...]:
        return tuple(
            self.parameter(f"{self.pointer}/parameters/{index}", raw)
            for index, raw in enumerate(self.raw.get("parameters", ()))
        )

    def parameter(self, pointer: str, raw: dict[str, Any]) -> Parameter:
        pointer, raw = self.follow(pointer, raw)
        _, schema = self.follow(f"{pointer}/schema", _need(raw, "schema", pointer))
        return Parameter(
            name=_need(raw, "name", pointer),
            where=_need(raw, "in", pointer),
            required=raw.get("required", False),
            schema=schema,
            pointer=pointer,
            description=raw.get("description", ""),
        )

    def window(self, parameters: tuple[Parameter, ...]) -> WindowRule | None:
        raw = self.raw.get("x-sepolo-window")
        if raw is None:
            return None
        place = f"{self.pointer}/x-sepolo-window"
        window = WindowRule(
            start=_need(raw, "from", place),
            end=_need(raw, "to", place),
            aliases=MappingProxyType(dict(_need(raw, "aliases", place))),
            max_days=_need(raw, "maxDays", place),
            default_days=_need(raw, "defaultDays", place),
            required=_need(raw, "required", place),
        )
        known = {parameter.name for parameter in parameters}
        for name in (window.start, window.end, *window.aliases, *window.aliases.values()):
            if name not in known:
                raise ContractError(place, f"{name!r} isn't a parameter of the operation")
        return window

    def page(self, row_schema: str | None, parameters: tuple[Parameter, ...]) -> PageRule | None:
        raw = self.raw.get("x-sepolo-page")
        if raw is None:
            return None
        place = f"{self.pointer}/x-sepolo-page"
        page = PageRule(
            maximum=_need(raw, "maximum", place),
            default=_need(raw, "default", place),
            identity=tuple(_need(raw, "identity", place)),
        )
        self.check_members(row_schema, page.identity, place)
        size = next((parameter.schema for parameter in parameters if parameter.name == "pageSize"), {})
        if (page.maximum, page.default) != (size.get("maximum"), size.get("default")):
            raise ContractError(place, "maximum and default differ from those of pageSize")
        return page

    def order(self, row_schema: str | None) -> tuple[str, ...]:
        order = tuple(self.raw.get("x-sepolo-order", ()))
        members = tuple(name.removeprefix("-") for name in order)
        self.check_members(row_schema, members, f"{self.pointer}/x-sepolo-order")
        return order

    def check_members(self, row_schema: str | None, names: tuple[str, ...], place: str) -> None:
        members = self.component(row_schema).get("properties", {}) if row_schema else {}
        for name in names:
            if name not in members:
                raise ContractError(place, f"{name!r} isn't a member of {row_schema}")

    def success(self) -> tuple[int, str]:
        """Return the status and the component name of the successful response."""
        place = f"{self.pointer}/responses"
        responses = _need(self.raw, "responses", self.pointer)
        status = next((code for code in responses if code.startswith("2")), None)
        if status is None:
            raise ContractError(place, "a response with a status of 2xx is missing")
        return int(status), _component_of(responses[status], f"{place}/{status}")

    def rows(self, schema_name: str) -> tuple[Returns, str | None]:
        """Return the kind of response that a component is, and the component of its rows."""
        schema = self.component(schema_name)
        place = f"/components/schemas/{schema_name}"
        if schema["type"] == "array":
            return "array", _component_name(schema["items"], f"{place}/items")
        members = schema.get("properties", {})
        if {"data", "nextCursor", "hasMore"} <= members.keys():
            return "page", _component_name(members["data"]["items"], f"{place}/properties/data/items")
        return "object", None

    def body(self) -> str | None:
        raw = self.raw.get("requestBody")
        return None if raw is None else _component_of(raw, f"{self.pointer}/requestBody")

    def component(self, name: str) -> dict[str, Any]:
        return self.follow("", {"$ref": _SCHEMAS + name})[1]

    def follow(self, pointer: str, raw: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Return place and content behind a reference, or what was given if it is no reference."""
        while "$ref" in raw:
            target = raw["$ref"].removeprefix("#")
            try:
                pointer, raw = target, at(self.document, target)
            except ContractError:
                raise ContractError(pointer, f"{raw['$ref']} leads nowhere") from None
        return pointer, raw


def _component_of(message: dict[str, Any], place: str) -> str:
    """Return the component name of the schema of a request body or response: of JSON, or of events."""
    contents = _need(message, "content", place)
    media_type = _EVENTS if _EVENTS in contents else _JSON
    content = _need(contents, media_type, f"{place}/content")
    place = f"{place}/content/{_escape(media_type)}"
    return _component_name(_need(content, "schema", place), f"{place}/schema")


def _component_name(schema: dict[str, Any], place: str) -> str:
    reference: str = schema.get("$ref", "")
    if not reference.startswith(_SCHEMAS):
        raise ContractError(place, "must be a reference to a schema component")
    return reference.removeprefix(_SCHEMAS)


def _need(mapping: Mapping[str, Any], key: str, pointer: str) -> Any:
    if key not in mapping:
        raise ContractError(pointer, f"{key} is missing")
    return mapping[key]


def _escape(segment: str) -> str:
    """Return a key as a segment of a JSON pointer (RFC 6901, section 3)."""
    return segment.replace("~", "~0").replace("/", "~1")
