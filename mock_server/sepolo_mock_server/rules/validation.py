"""Validation against the contract: parameters, request bodies and responses, by compiled JSON Schema validators.

The text of a parameter is first converted by the type and format of its schema, strictly; then jsonschema-rs checks the
values, and each violation becomes a detail of the error response. This module also contains the look-ups in the
contract's document. It does not depend on single operations, the world or API keys.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

import jsonschema_rs
import orjson

from sepolo_mock_server.errors import Detail, RejectedError, messages
from sepolo_mock_server.rules import instant_slips, query_strings, windows
from sepolo_openapi.contract import Contract, Operation, Parameter

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,18})", re.ASCII)
_NAME_LENGTH = 64
"""Characters of a member's name that are shown."""
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


class ContractBrokenError(Exception):
    """A response of the sandbox that does not match the contract."""


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise RejectedError(messages.not_integer(text))
    return int(text)


def _uuid(text: str) -> str:
    if not _UUID.fullmatch(text):
        raise RejectedError(messages.not_uuid(text))
    return text.lower()


def _plain(text: str) -> str:
    return text


# By type and format; tests call the converter of every parameter of both documents.
_CONVERTERS: Mapping[tuple[str, str | None], Callable[[str], Any]] = {
    ("integer", "int32"): _integer,
    ("integer", "int64"): _integer,
    ("string", None): _plain,
    ("string", "uuid"): _uuid,
    ("string", "date-time"): windows.parse_instant,
}


class OperationValidator:
    """Validates one operation's path, query, body and response; each validator is compiled when it is first used."""

    def __init__(self, operation: Operation, contract: Contract, registry: jsonschema_rs.Registry) -> None:
        self.operation = operation
        self._registry = registry
        self._query = {p.name: p for p in operation.parameters if p.where == "query"}
        self._path = {p.name: p for p in operation.parameters if p.where == "path"}
        self._defaults = {p.name: p.schema["default"] for p in self._query.values() if "default" in p.schema}
        rounds_up = operation.window.start if operation.window else None
        aliases = windows.names(operation.window) if operation.window else {}
        self._starts = {name for name, end in aliases.items() if end == rounds_up}
        members = contract.members(operation.body_schema) if operation.body_schema else {}
        self._body_members = tuple(members)
        self._body_defaults = {name: schema["default"] for name, schema in members.items() if "default" in schema}
        self._body_instants = [name for name, schema in members.items() if schema.get("format") == "date-time"]
        self._empty_allowed = {p.name for p in operation.parameters if contract.at(p.pointer).get("allowEmptyValue")}

    def path_values(self, raw: Mapping[str, bytes]) -> tuple[dict[str, Any], list[Detail]]:
        """Return the decoded path parameters, and a detail for each that is not valid."""
        values: dict[str, Any] = {}
        details = []
        for name, segment in raw.items():
            try:
                values[name] = self._converted(self._path[name], query_strings.decoded(segment))
            except RejectedError as rejected:
                details.append(Detail(name, rejected.message))
        details += self._against_schema(self._path, values)
        return values, details

    def query_values(self, raw: bytes) -> tuple[dict[str, Any], list[str], list[Detail]]:
        """Return values by name (instants in milliseconds), warnings, and details of values that are not valid."""
        given, details = query_strings.parameters(raw)
        values = dict(self._defaults)
        texts: dict[str, Any] = {}
        unknown = [name for name in given if name not in self._query]
        warnings = [query_strings.warning(unknown, "parameter")] if unknown else []
        for name, parameter in self._query.items():
            found = given.get(name)
            if found is None:
                if parameter.required:
                    details.append(Detail(name, messages.MISSING))
                continue
            if not found:  # the value could not be decoded, which `details` states already
                continue
            try:
                values[name] = self._value(parameter, found)
                texts[name] = values[name]
                if _kind(parameter)[1] == "date-time":
                    texts[name] = _with_colon(name, found[0], warnings)
            except RejectedError as rejected:
                details.append(Detail(name, rejected.message))
        details += self._against_schema(self._query, texts)
        return values, warnings, details

    def _value(self, parameter: Parameter, found: list[str]) -> Any:
        if len(found) > 1:
            raise RejectedError(messages.repeated(len(found)))
        if not found[0] and parameter.name not in self._empty_allowed:
            raise RejectedError(messages.EMPTY)
        return self._converted(parameter, found[0])

    def _converted(self, parameter: Parameter, text: str) -> Any:
        if parameter.name in self._starts:
            return windows.parse_instant(text, up=True)
        return _CONVERTERS[_kind(parameter)](text)

    def _against_schema(self, known: Mapping[str, Parameter], values: Mapping[str, Any]) -> list[Detail]:
        if not values:
            return []
        validator = self._path_validator if known is self._path else self._query_validator
        if validator.is_valid(values):
            return []
        return _details(validator.iter_errors(values))

    def with_colons(self, payload: Any) -> tuple[Any, list[str]]:
        """Return a parsed JSON body with a colon in each offset, and a warning for each that lacked it."""
        if not isinstance(payload, dict):
            return payload, []
        warnings: list[str] = []
        texts = {name: text for name in self._body_instants if isinstance(text := payload.get(name), str)}
        return payload | {name: _with_colon(name, text, warnings) for name, text in texts.items()}, warnings

    def body(self, payload: Any) -> list[Detail]:
        """Return a detail for each violation of the schema by a parsed JSON body."""
        if self._body_validator is None or self._body_validator.is_valid(payload):
            return []
        return _details(self._body_validator.iter_errors(payload), self._body_members)

    def with_defaults(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Return a valid JSON body with the defaults of the schema for members that it lacks."""
        return {**self._body_defaults, **payload}

    def check_response(self, body: bytes) -> None:
        """Raise ContractBrokenError if the body of a successful response does not match the contract."""
        violation = next(self._response_validator.iter_errors(orjson.loads(body)), None)
        if violation is not None:
            place = "/".join(map(str, violation.instance_path))
            raise ContractBrokenError(f"{self.operation.operation_id}: /{place}: {violation.message[:300]}")

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
    """Return the registry in which compiled schemas resolve `$ref` into the contract's document."""
    return jsonschema_rs.Registry([("urn:oas", contract.document)])


def row_members(contract: Contract, operation: Operation) -> tuple[str, ...]:
    """Return the members of an operation's rows in the order of the contract; none if it returns no rows."""
    return () if operation.row_schema is None else tuple(contract.members(operation.row_schema))


def _details(violations: Iterable[jsonschema_rs.ValidationError], members: Iterable[str] = ()) -> list[Detail]:
    """One detail for each violation, named by the parameter or the path of the body's member.

    `members` are those of the body that a schema lists, if it allows no others.
    """
    details = []
    for violation in violations:
        keyword, value = violation.kind.name, violation.kind.value
        if keyword == "additionalProperties":
            details += [Detail(name[:_NAME_LENGTH], messages.member_unknown(members)) for name in value]
            continue
        place = [*map(str, violation.instance_path), *([value] if keyword == "required" else [])]
        is_instant = (keyword, value) == ("format", "date-time")
        text = instant_slips.hint(str(violation.instance)) if is_instant else messages.schema_violation(keyword, value)
        details.append(Detail(".".join(place) or "body", text))
    return details


def _with_colon(name: str, text: str, warnings: list[str]) -> str:
    """Return a date-time with a colon in its offset; a warning is added if it lacked one."""
    standard = instant_slips.with_colon(text)
    if standard != text:
        warnings.append(instant_slips.warning(name, text))
    return standard


def _kind(parameter: Parameter) -> tuple[str, str | None]:
    return parameter.schema.get("type", "string"), parameter.schema.get("format")


def _reference(pointer: str) -> str:
    """Return a JSON pointer as a URI fragment, where the braces of templated paths must be encoded."""
    return "urn:oas#" + pointer.replace("{", "%7B").replace("}", "%7D")
