"""Requests and responses against the contract, by validators compiled once from its document.

Text becomes values here, strictly, by the type and format of each parameter's schema; what the schema then
demands is checked by jsonschema-rs, and its findings are worded for whoever sent the request. Nothing here
knows an operation's meaning, a world or a key.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

import jsonschema_rs
import orjson

from sepolo_mock_server import errors
from sepolo_mock_server.errors import Detail, RejectedError
from sepolo_mock_server.rules import query_strings, windows
from sepolo_openapi.contract import Contract, Operation, Parameter

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,18})", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


class ContractBrokenError(Exception):
    """A response of our own that breaks the contract."""


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise RejectedError(errors.not_integer(text))
    return int(text)


def _uuid(text: str) -> str:
    if not _UUID.fullmatch(text):
        raise RejectedError(errors.not_uuid(text))
    return text.lower()


def _plain(text: str) -> str:
    return text


# A kind of parameter that the contract doesn't have yet needs a reader here: a test walks over all it has.
_READERS: Mapping[tuple[str, str | None], Callable[[str], Any]] = {
    ("integer", "int32"): _integer,
    ("string", None): _plain,
    ("string", "uuid"): _uuid,
    ("string", "date-time"): windows.parse_instant,
}


class OperationValidator:
    """Checks one operation's path, query, body and response; each validator is compiled when first needed."""

    def __init__(self, operation: Operation, registry: jsonschema_rs.Registry, document: Mapping[str, Any]) -> None:
        self.operation = operation
        self._registry = registry
        self._query = {p.name: p for p in operation.parameters if p.where == "query"}
        self._path = {p.name: p for p in operation.parameters if p.where == "path"}
        self._defaults = {p.name: p.schema["default"] for p in self._query.values() if "default" in p.schema}
        rounds_up = operation.window.start if operation.window else None
        aliases = windows.names(operation.window) if operation.window else {}
        self._starts = {name for name, end in aliases.items() if end == rounds_up}
        self._empty_allowed = {p.name for p in operation.parameters if _raw(document, p.pointer).get("allowEmptyValue")}

    def path_values(self, raw: Mapping[str, bytes]) -> tuple[dict[str, Any], list[Detail]]:
        """Decoded path parameters, and what is wrong with those that can't be used."""
        values: dict[str, Any] = {}
        details = []
        for name, segment in raw.items():
            try:
                values[name] = self._read(self._path[name], query_strings.decoded(segment))
            except RejectedError as rejected:
                details.append(Detail(name, rejected.message))
        details += self._against_schema(self._path, values)
        return values, details

    def query_values(self, raw: bytes) -> tuple[dict[str, Any], list[str], list[Detail]]:
        """Values by name (instants in milliseconds), names the operation doesn't know, and what is wrong."""
        given, details = query_strings.parameters(raw)
        values = dict(self._defaults)
        texts: dict[str, Any] = {}
        unknown = [name for name in given if name not in self._query]
        for name, parameter in self._query.items():
            found = given.get(name)
            if found is None:
                if parameter.required:
                    details.append(Detail(name, errors.MISSING))
                continue
            if not found:  # its value could not be decoded, which is in the details already
                continue
            try:
                values[name] = self._one(parameter, found)
                texts[name] = found[0] if _kind(parameter)[1] == "date-time" else values[name]
            except RejectedError as rejected:
                details.append(Detail(name, rejected.message))
        details += self._against_schema(self._query, texts)
        return values, unknown, details

    def _one(self, parameter: Parameter, found: list[str]) -> Any:
        if len(found) > 1:
            raise RejectedError(errors.repeated(len(found)))
        if not found[0] and parameter.name not in self._empty_allowed:
            raise RejectedError(errors.EMPTY)
        return self._read(parameter, found[0])

    def _read(self, parameter: Parameter, text: str) -> Any:
        if parameter.name in self._starts:
            return windows.parse_instant(text, up=True)
        return _READERS[_kind(parameter)](text)

    def _against_schema(self, known: Mapping[str, Parameter], values: Mapping[str, Any]) -> list[Detail]:
        if not values:
            return []
        validator = self._path_validator if known is self._path else self._query_validator
        if validator.is_valid(values):
            return []
        return _details(validator.iter_errors(values))

    def body(self, payload: Any) -> list[Detail]:
        """What is wrong with a parsed JSON body."""
        if self._body_validator is None or self._body_validator.is_valid(payload):
            return []
        return _details(self._body_validator.iter_errors(payload))

    def check_response(self, body: bytes) -> None:
        """Raise ContractBrokenError where a successful answer's body breaks the contract."""
        found = next(self._response_validator.iter_errors(orjson.loads(body)), None)
        if found is not None:
            place = "/".join(map(str, found.instance_path))
            raise ContractBrokenError(f"{self.operation.operation_id}: /{place}: {found.message[:300]}")

    @cached_property
    def _path_validator(self) -> jsonschema_rs.Validator:
        return self._parameters_validator(self._path.values())

    @cached_property
    def _query_validator(self) -> jsonschema_rs.Validator:
        return self._parameters_validator(self._query.values())

    @cached_property
    def _body_validator(self) -> jsonschema_rs.Validator | None:
        name = self.operation.body_schema
        return None if name is None else self._compiled({"$ref": _reference(f"/components/schemas/{name}")})

    @cached_property
    def _response_validator(self) -> jsonschema_rs.Validator:
        return self._compiled({"$ref": _reference(f"/components/schemas/{self.operation.schema_name}")})

    def _parameters_validator(self, parameters: Iterable[Parameter]) -> jsonschema_rs.Validator:
        return self._compiled({"properties": {p.name: {"$ref": _reference(f"{p.pointer}/schema")} for p in parameters}})

    def _compiled(self, schema: dict[str, Any]) -> jsonschema_rs.Validator:
        return jsonschema_rs.Draft202012Validator(schema, registry=self._registry, validate_formats=True)


def registry(contract: Contract) -> jsonschema_rs.Registry:
    """The raw document, so that validators follow its own references."""
    return jsonschema_rs.Registry([("urn:oas", contract.document)])


def _details(findings: Iterable[jsonschema_rs.ValidationError]) -> list[Detail]:
    """One detail per finding, named by the parameter or the path of the body's member."""
    details = []
    for found in findings:
        keyword, value = found.kind.name, found.kind.value
        place = [*map(str, found.instance_path), *([value] if keyword == "required" else [])]
        details.append(Detail(".".join(place) or "body", errors.finding(keyword, value)))
    return details


def _kind(parameter: Parameter) -> tuple[str, str | None]:
    return parameter.schema.get("type", "string"), parameter.schema.get("format")


def _reference(pointer: str) -> str:
    """A pointer as a URI fragment: the braces of templated paths are not allowed there."""
    return "urn:oas#" + pointer.replace("{", "%7B").replace("}", "%7D")


def _raw(document: Mapping[str, Any], pointer: str) -> Mapping[str, Any]:
    found: Any = document
    for segment in pointer.split("/")[1:]:
        key = segment.replace("~1", "/").replace("~0", "~")
        found = found[int(key)] if isinstance(found, list) else found[key]
    raw: Mapping[str, Any] = found
    return raw
