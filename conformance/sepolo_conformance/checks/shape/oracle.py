"""Validation of every response of a run against the contract, by openapi-core.

openapi-core takes 0.5 ms for a row and up to 30 ms for a response, so nothing is validated twice. Rows that are equal
to a row seen before are left out of the body: walks at several page sizes return each row many times. So are rows that
jsonschema-rs accepts, which takes some µs; openapi-core explains what is wrong with the others. A body without new rows
is validated only if no response of the operation had the same status, media type, member names and types. Single
objects are always validated, and headers in the first responses of each operation and status.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from typing import Any

import orjson

from sepolo_conformance.api.timestamps import has_offset
from sepolo_conformance.checks.shape.faults import (
    Basis,
    Fault,
    Kind,
    MemberPath,
    brief,
    keyword_text,
    member_name,
    row_description,
    value_at,
)
from sepolo_conformance.engine import Exchange, Mismatch
from sepolo_conformance.transport.json_values import is_beyond_range
from sepolo_openapi import reader
from sepolo_openapi.contract import Contract, Operation

_RESPONSES_WITH_HEADERS = 3
"""Responses of each operation and status whose headers are validated."""
_KINDS = {"required": Kind.MISSING, "type": Kind.TYPE, "format": Kind.FORMAT}


def mismatches(exchange: Exchange, kinds: Iterable[Kind], *bases: Basis) -> Iterable[Mismatch] | None:
    """Return the faults of some kinds in a successful response to a call of an operation, None for other responses."""
    if not exchange.ok or exchange.request.operation_id is None:
        return None
    return [
        Mismatch(fault.expected, fault.actual, f"{exchange.request.operation_id} {fault.member} {fault.kind}")
        for fault in faults(exchange)
        if fault.kind in kinds and fault.basis in bases
    ]


def faults(exchange: Exchange) -> tuple[Fault, ...]:
    """Return the faults of a response; none where the request did not call an operation."""
    return () if exchange.request.operation_id is None else _oracle().faults(exchange)


@cache
def _oracle() -> "Oracle":
    return Oracle(reader.load())


class Oracle:
    """Validates exchanges against one contract, and remembers which rows and bodies it has seen."""

    def __init__(self, contract: Contract) -> None:
        # Importing it takes half a second, which `list` and `explain` do not need.
        from openapi_core import Config, OpenAPI  # noqa: PLC0415

        # The tests validate the contract; validating it again would delay the first request.
        config = Config(spec_validator_cls=None)
        self._with_headers = OpenAPI.from_dict(contract.document, config=config)
        self._without_headers = OpenAPI.from_dict(_rebuilt(contract.document, _without_headers), config=config)
        self._contract = contract
        self._accepts = cache(partial(_acceptor, _rebuilt(contract.document["components"], _with_range)))
        self._rows: set[tuple[str | None, int]] = set()
        self._outlines: set[tuple[str, int, str, str]] = set()
        self._validated: Counter[tuple[str, int]] = Counter()
        self._last: tuple[Exchange, tuple[Fault, ...]] | None = None

    def faults(self, exchange: Exchange) -> tuple[Fault, ...]:
        """Return the faults of a response to a call of an operation; those of the last response are remembered."""
        if self._last is None or self._last[0] is not exchange:
            self._last = (exchange, tuple(self._judge(exchange)))
        return self._last[1]

    def _judge(self, exchange: Exchange) -> Iterator[Fault]:
        operation = self._contract.operations[exchange.request.operation_id or ""]
        if exchange.status in (204, 304) or exchange.request.method == "HEAD":
            return
        if exchange.fault is not None:
            yield Fault(Kind.BODY, Basis.DOCUMENTED, "", "a body of JSON in UTF-8", exchange.fault)
            return
        body, has_new = self._without_seen_rows(operation, exchange)
        outline = (operation.operation_id, exchange.status, exchange.media_type, "" if has_new else _outline(body))
        if has_new or outline not in self._outlines:
            self._outlines.add(outline)
            yield from self._validate(operation, exchange, body)

    def _without_seen_rows(self, operation: Operation, exchange: Exchange) -> tuple[Any, bool]:
        """Return the body without rows that were seen before, and whether it contains anything new."""
        rows = _rows(operation, exchange, exchange.data)
        if rows is None:
            return exchange.data, exchange.ok
        new = [row for row in rows if self._is_new(operation, row)]
        return _with_rows(exchange.data, new), bool(new)

    def _without_accepted_rows(self, operation: Operation, exchange: Exchange, body: Any) -> Any:
        """Return a body without the rows that match the schema."""
        rows = _rows(operation, exchange, body)
        if rows is None:
            return body
        accepts = self._accepts(operation.row_schema)
        return _with_rows(body, [row for row in rows if not accepts(row)])

    def _is_new(self, operation: Operation, row: Any) -> bool:
        fingerprint = (operation.row_schema, hash(_bytes(row)))
        if fingerprint in self._rows:
            return False
        self._rows.add(fingerprint)
        return True

    def _validate(self, operation: Operation, exchange: Exchange, body: Any) -> Iterator[Fault]:
        from openapi_core.exceptions import OpenAPIError  # noqa: PLC0415 - slow to import

        from sepolo_conformance.checks.shape.adapters import CoreRequest, CoreResponse  # noqa: PLC0415 - slow to import

        place = (operation.operation_id, exchange.status)
        self._validated[place] += 1
        early = self._validated[place] <= _RESPONSES_WITH_HEADERS
        openapi = self._with_headers if early else self._without_headers
        request, doubtful = CoreRequest(exchange, operation), self._without_accepted_rows(operation, exchange, body)
        response = CoreResponse(exchange, _bytes(doubtful))
        try:
            for error in openapi.response_validator.iter_errors(request, response):
                yield from self._explain(error, operation, exchange, doubtful)
        except OpenAPIError as error:
            yield Fault(Kind.STATUS, Basis.DOCUMENTED, "", "a response that the contract describes", str(error))
        yield from self._format_faults(operation, exchange, body)

    def _explain(self, error: Exception, operation: Operation, exchange: Exchange, body: Any) -> Iterator[Fault]:
        name = type(error).__name__
        if name == "ResponseNotFound":
            expected = f"a status that the contract describes for {operation.operation_id}"
            yield Fault(Kind.STATUS, Basis.IMPLIED, "", expected, str(exchange.status))
            return
        cause = error.__cause__
        schema_errors = getattr(cause, "schema_errors", None)
        if "Header" in name:
            yield Fault(Kind.HEADER, Basis.ASSUMED, "", "headers as the contract describes them", f"{error}: {cause}")
            return
        if schema_errors is None:
            media = exchange.header("content-type") or "no Content-Type"
            yield Fault(Kind.MEDIA, Basis.DOCUMENTED, "", "Content-Type: application/json", media)
            return
        for found in schema_errors:
            yield self._schema_fault(found, operation, exchange, body)

    def _schema_fault(self, error: Any, operation: Operation, exchange: Exchange, body: Any) -> Fault:
        path = list(error.absolute_path)
        if error.validator == "required":
            missing = re.match(r"'(.*)' is a required property", error.message)
            path.append(missing[1] if missing else "?")
        kind = _KINDS.get(error.validator, Kind.RANGE)
        member = member_name(path)
        requirement = keyword_text(error.validator, error.validator_value)
        return Fault(
            kind,
            self._basis(operation, exchange, path),
            member,
            f"{operation.operation_id} {exchange.status}: {member or 'the body'} {requirement}",
            f"{brief(value_at(body, path)) if kind is not Kind.MISSING else 'absent'}{row_description(body, path)}",
        )

    def _basis(self, operation: Operation, exchange: Exchange, path: MemberPath) -> Basis:
        """Return the basis of the member at a path, or of the nearest member above it that has one."""
        schema: Any = self._schema(operation, exchange)
        basis = Basis.DOCUMENTED
        for step in path:
            schema = self._resolve(schema)
            inner = schema.get("items") if isinstance(step, int) else schema.get("properties", {}).get(step)
            if inner is None:
                break
            schema = inner
            basis = Basis(schema.get("x-sepolo-basis") or self._resolve(schema).get("x-sepolo-basis") or basis)
        return basis

    def _schema(self, operation: Operation, exchange: Exchange) -> Any:
        name = operation.schema_name if exchange.ok else "PublicApiError"
        return self._contract.at(f"/components/schemas/{name}")

    def _resolve(self, schema: Any) -> Any:
        return self._contract.resolve(schema) if "$ref" in schema else schema

    def _format_faults(self, operation: Operation, exchange: Exchange, body: Any) -> Iterator[Fault]:
        """Yield faults of date-times and uuids that JSON Schema does not describe, such as a missing offset."""
        for path, value, schema_format in self._formatted(self._schema(operation, exchange), body, []):
            found = _spelling_fault(value, schema_format)
            if found is not None:
                kind, expected, actual = found
                member = member_name(path)
                yield Fault(
                    kind,
                    self._basis(operation, exchange, path),
                    member,
                    f"{operation.operation_id} {exchange.status}: {member} {expected}",
                    f"{actual}{row_description(body, path)}",
                )

    def _formatted(self, schema: Any, value: Any, path: MemberPath) -> Iterator[tuple[MemberPath, Any, str]]:
        """Yield path, value and format of each date-time, uuid and number beyond the range of its format."""
        schema = self._resolve(schema)
        if isinstance(value, str) and schema.get("format") in ("date-time", "uuid"):
            yield path, value, schema["format"]
        elif is_beyond_range(value):
            yield path, value, schema.get("format", "number")
        elif isinstance(value, dict):
            for name, member in schema.get("properties", {}).items():
                if isinstance(value.get(name), str | dict | list) or is_beyond_range(value.get(name)):
                    yield from self._formatted(member, value[name], [*path, name])
        elif isinstance(value, list) and "items" in schema:
            items = self._resolve(schema["items"])
            for index, row in enumerate(value):
                yield from self._formatted(items, row, [*path, index])


def _rows(operation: Operation, exchange: Exchange, body: Any) -> list[Any] | None:
    """Return the rows of a list in a body, None if it is no successful response with a list."""
    rows = body.get("data") if isinstance(body, dict) else body
    return rows if exchange.ok and operation.row_schema is not None and isinstance(rows, list) else None


def _with_rows(body: Any, rows: list[Any]) -> Any:
    """Return the body of a list with other rows."""
    return body | {"data": rows} if isinstance(body, dict) else rows


def _acceptor(components: Any, schema: str) -> Callable[[Any], bool]:
    """Return a function that tells whether a value matches a named schema, as openapi-core would find.

    It may reject a value that openapi-core accepts, but not the other way round, which a test proves.
    """
    import jsonschema_rs  # noqa: PLC0415 - as above
    from openapi_schema_validator import oas31_format_checker as checker  # noqa: PLC0415 - as above

    document = {"$ref": f"#/components/schemas/{schema}", "components": components}
    formats: dict[str, Callable[..., bool]] = {
        name: partial(checker.conforms, format=name) for name in checker.checkers
    }
    validator = jsonschema_rs.Draft202012Validator(document, formats=formats, validate_formats=True)

    def accepts(value: Any) -> bool:
        try:
            return validator.is_valid(value)
        except (TypeError, ValueError):  # lone surrogates, and numbers that it cannot represent
            return False

    return accepts


def _rebuilt(value: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    """Return a copy of a document in which each object is changed."""
    if isinstance(value, dict):
        return change({name: _rebuilt(member, change) for name, member in value.items()})
    return [_rebuilt(member, change) for member in value] if isinstance(value, list) else value


def _with_range(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema that states the range of int32, which jsonschema-rs takes from no format."""
    return {"minimum": -(2**31), "maximum": 2**31 - 1} | schema if schema.get("format") == "int32" else schema


def _without_headers(response: dict[str, Any]) -> dict[str, Any]:
    """Return a response that describes no headers; other objects as they are."""
    return {name: member for name, member in response.items() if name != "headers" or "content" not in response}


def _bytes(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # integers beyond 64 bits, lone surrogates
        return json.dumps(value).encode()


def _outline(value: Any) -> str:
    """Return member names and types of a value, without the values."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{name}:{_outline(value[name])}" for name in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(sorted({_outline(member) for member in value})) + "]"
    return type(value).__name__


def _spelling_fault(value: Any, schema_format: str) -> tuple[Kind, str, str] | None:
    """Return kind, expected and actual form of a value that is not in the form of the published page."""
    if not isinstance(value, str):
        return Kind.FORMAT, f"is a {schema_format}", "a number beyond the range of a double"
    if schema_format == "uuid":
        plain = value == value.lower() and value.count("-") == 4
        return None if plain else (Kind.CASE, "is in lower case, with hyphens", repr(value))
    if not has_offset(value):
        return Kind.OFFSET, f"has an offset, such as {value}Z", f"{value!r}, without an offset"
    return None if value.endswith("Z") else (Kind.ZONE, "is in UTC, with Z", repr(value))
