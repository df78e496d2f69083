"""The facts read from the contract: operations, scopes, parameters, windows, pages, order.

Here lives what every reader of `sepolo.v1.yaml` needs to know about an operation, as frozen values. Nothing
here handles a request or derives another document: that is for those who read these facts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import yaml

__all__ = [
    "PATH",
    "Contract",
    "ContractError",
    "Operation",
    "Page",
    "Parameter",
    "Returns",
    "Window",
    "load",
    "read",
]

PATH = Path(__file__).with_name("sepolo.v1.yaml")

Returns = Literal["page", "object", "array"]

_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
_SCHEMAS = "#/components/schemas/"
_JSON = "application/json"


class ContractError(ValueError):
    """A contract that can't be read: `pointer` is the JSON pointer of the fault, `problem` names it."""

    def __init__(self, pointer: str, problem: str) -> None:
        super().__init__(f"{pointer or '/'}: {problem}")
        self.pointer = pointer
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an operation, written at `pointer` (so that its schema is at `pointer` + "/schema")."""

    name: str
    where: str
    required: bool
    schema: dict[str, Any]
    pointer: str
    description: str


@dataclass(frozen=True, slots=True)
class Window:
    """The pair of parameters that bounds the time of an operation.

    `aliases` leads from other accepted names to the canonical ones; `max_days` counts days of 24 h, None if
    there is no longest window. `default_days` is the window when both ends are left out, reckoned from the
    clock (-30: the last 30 days, 30: the next 30 days), None if it is then unbounded or not allowed.
    """

    start: str
    end: str
    aliases: Mapping[str, str]
    max_days: int | None
    default_days: int | None
    required: bool


@dataclass(frozen=True, slots=True)
class Page:
    """The page rule of an enveloped list.

    `maximum` and `default` are rows, both None where the whole result comes in one page and no page parameter
    is taken. `identity` names the members that together identify a row.
    """

    maximum: int | None
    default: int | None
    identity: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of the contract: how to call it, who may, and what comes back.

    `order` names the members that the rows are sorted by, a leading "-" meaning descending. `schema_name` is
    the component of the whole successful answer, `row_schema` that of one row of a page or array.
    """

    operation_id: str
    method: str
    path: str
    summary: str
    tag: str
    scope: str
    parameters: tuple[Parameter, ...]
    window: Window | None
    page: Page | None
    order: tuple[str, ...]
    required_one_of: tuple[tuple[str, ...], ...]
    status: int
    returns: Returns
    schema_name: str
    row_schema: str | None
    body_schema: str | None
    pointer: str


@dataclass(frozen=True, slots=True)
class Contract:
    """The whole contract. `operations` goes by operationId, in the order of the document."""

    document: dict[str, Any]
    version: str
    scopes: tuple[str, ...]
    operations: Mapping[str, Operation]


@cache
def load() -> Contract:
    """Return the contract that lies beside this module, parsed once a process: don't change its document."""
    with PATH.open("rb") as stream:
        # yaml.safe_load would do the same in Python, at ten times the cost.
        document = yaml.load(stream, Loader=yaml.CSafeLoader)
    return read(document)


def read(document: dict[str, Any]) -> Contract:
    """Return the facts of an OpenAPI 3.1 document; raise ContractError where it breaks our conventions."""
    scopes = tuple(_need(document, "x-sepolo-scopes", ""))
    operations: dict[str, Operation] = {}
    for path, method, pointer, raw in _operations(document):
        operation = _Reader(document, scopes, pointer, raw).operation(method.upper(), path)
        if operation.operation_id in operations:
            raise ContractError(pointer, f"operationId {operation.operation_id!r} is taken already")
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
    """One operation being read: its place and its raw mapping, with the document for references."""

    document: dict[str, Any]
    scopes: tuple[str, ...]
    pointer: str
    raw: dict[str, Any]

    def operation(self, method: str, path: str) -> Operation:
        parameters = self.parameters()
        status, schema_name = self.answer()
        returns, row_schema = self.rows(schema_name)
        if (returns == "page") != ("x-sepolo-page" in self.raw):
            raise ContractError(self.pointer, "x-sepolo-page belongs to enveloped lists, and to all of them")
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
        """Return the one scope that every alternative of the security requirement asks for."""
        place = f"{self.pointer}/security"
        found = {
            tuple(scopes)
            for alternative in _need(self.raw, "security", self.pointer)
            for scopes in alternative.values()
        }
        if len(found) != 1 or len(scope := found.pop()) != 1:
            raise ContractError(place, "each alternative needs the same one scope")
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

    def window(self, parameters: tuple[Parameter, ...]) -> Window | None:
        raw = self.raw.get("x-sepolo-window")
        if raw is None:
            return None
        place = f"{self.pointer}/x-sepolo-window"
        window = Window(
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

    def page(self, row_schema: str | None, parameters: tuple[Parameter, ...]) -> Page | None:
        raw = self.raw.get("x-sepolo-page")
        if raw is None:
            return None
        place = f"{self.pointer}/x-sepolo-page"
        page = Page(
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

    def answer(self) -> tuple[int, str]:
        """Return the status and the component name of the successful answer."""
        place = f"{self.pointer}/responses"
        responses = _need(self.raw, "responses", self.pointer)
        status = next((code for code in responses if code.startswith("2")), None)
        if status is None:
            raise ContractError(place, "there is no successful answer")
        return int(status), _component_of(responses[status], f"{place}/{status}")

    def rows(self, schema_name: str) -> tuple[Returns, str | None]:
        """Return what kind of answer the component is, and the component of its rows."""
        schema = self.component(schema_name)
        place = f"/components/schemas/{schema_name}"
        if schema["type"] == "array":
            return "array", _component_name(schema["items"], f"{place}/items")
        members = schema["properties"]
        if {"data", "nextCursor", "hasMore"} <= members.keys():
            return "page", _component_name(members["data"]["items"], f"{place}/properties/data/items")
        return "object", None

    def body(self) -> str | None:
        raw = self.raw.get("requestBody")
        return None if raw is None else _component_of(raw, f"{self.pointer}/requestBody")

    def component(self, name: str) -> dict[str, Any]:
        return self.follow("", {"$ref": _SCHEMAS + name})[1]

    def follow(self, pointer: str, raw: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Return place and content behind a reference, or what was given if it is none."""
        while "$ref" in raw:
            target = raw["$ref"].removeprefix("#")
            found: Any = self.document
            for key in target.split("/")[1:]:
                if key not in found:
                    raise ContractError(pointer, f"{raw['$ref']} leads nowhere")
                found = found[key]
            pointer, raw = target, found
        return pointer, raw


def _component_of(message: dict[str, Any], place: str) -> str:
    """Return the component name of a request body's or answer's JSON schema."""
    content = _need(_need(message, "content", place), _JSON, f"{place}/content")
    place = f"{place}/content/{_escape(_JSON)}"
    return _component_name(_need(content, "schema", place), f"{place}/schema")


def _component_name(schema: dict[str, Any], place: str) -> str:
    reference: str = schema.get("$ref", "")
    if not reference.startswith(_SCHEMAS):
        raise ContractError(place, "has to be a reference to a schema component")
    return reference.removeprefix(_SCHEMAS)


def _need(mapping: Mapping[str, Any], key: str, pointer: str) -> Any:
    if key not in mapping:
        raise ContractError(pointer, f"{key} is missing")
    return mapping[key]


def _escape(segment: str) -> str:
    """Return a key as a segment of a JSON pointer (RFC 6901, section 3)."""
    return segment.replace("~", "~0").replace("/", "~1")
