"""openapi-core's word on every answer, as faults that the watchers of the area `shape` share out.

Each answer of the run is validated: status, media type, headers and body. Rows that passed through before, byte for
byte, are taken out first, as walking a list at several page sizes brings each row many times, and openapi-core
takes a tenth of a millisecond for one.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from conformance.exchange import Exchange
from conformance.times import has_offset
from openapi import contract
from openapi.contract import Operation

__all__ = ["Basis", "Fault", "Kind", "faults"]


class Kind(StrEnum):
    """What sort of fault an answer has."""

    BODY = "body"
    MEDIA = "media"
    STATUS = "status"
    HEADER = "header"
    MISSING = "missing"
    TYPE = "type"
    FORMAT = "format"
    OFFSET = "offset"
    RANGE = "range"


class Basis(StrEnum):
    """How sure it is that a member is as the contract says."""

    DOCUMENTED = "documented"
    IMPLIED = "implied"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Fault:
    """One deviation of an answer. `member` is its place without row numbers, e.g. `data[].stamp`."""

    kind: Kind
    basis: Basis
    member: str
    expected: str
    actual: str


_KINDS = {"required": Kind.MISSING, "type": Kind.TYPE, "format": Kind.FORMAT}


class Oracle:
    """Validates exchanges against one contract; remembers the rows that it has seen."""

    def __init__(self, document: dict[str, Any], operations: Mapping[str, Operation]) -> None:
        from openapi_core import OpenAPI  # noqa: PLC0415 - half a second, which `list` and `explain` don't need

        self._openapi = OpenAPI.from_dict(document)
        self._document = document
        self._operations = operations
        self._seen: set[tuple[str, int]] = set()
        self._last: tuple[Exchange, tuple[Fault, ...]] | None = None

    def faults(self, exchange: Exchange) -> tuple[Fault, ...]:
        """Return what is wrong with an answer to a call of an operation, remembered for the next who asks."""
        if self._last is None or self._last[0] is not exchange:
            self._last = (exchange, tuple(self._judge(exchange)))
        return self._last[1]

    def _judge(self, exchange: Exchange) -> Iterator[Fault]:
        operation = self._operations[exchange.request.operation_id or ""]
        if exchange.status in (204, 304) or exchange.request.method == "HEAD":
            return
        if exchange.fault is not None:
            yield Fault(Kind.BODY, Basis.DOCUMENTED, "", "a body of JSON in UTF-8", exchange.fault)
            return
        body = self._unseen(operation, exchange)
        if body is not None:
            yield from self._validate(operation, exchange, body)

    def _unseen(self, operation: Operation, exchange: Exchange) -> Any:
        """Return the body without rows that were judged before; None if all of it was."""
        data = exchange.data
        rows = data.get("data") if isinstance(data, dict) else data
        if not exchange.ok or not isinstance(rows, list) or operation.row_schema is None:
            return data
        fresh = [row for row in rows if self._is_new(operation.row_schema, row)]
        if not isinstance(data, dict):
            return fresh
        return data | {"data": fresh}

    def _is_new(self, schema: str, row: Any) -> bool:
        mark = (schema, hash(json.dumps(row)))
        if mark in self._seen:
            return False
        self._seen.add(mark)
        return True

    def _validate(self, operation: Operation, exchange: Exchange, body: Any) -> Iterator[Fault]:
        from openapi_core.exceptions import OpenAPIError  # noqa: PLC0415 - see above

        from conformance.adapters import CoreRequest, CoreResponse  # noqa: PLC0415 - see above

        request = CoreRequest(exchange, operation)
        response = CoreResponse(exchange, json.dumps(body).encode())
        try:
            for error in self._openapi.response_validator.iter_errors(request, response):
                yield from self._explain(error, operation, exchange, body)
        except OpenAPIError as error:
            yield Fault(Kind.STATUS, Basis.DOCUMENTED, "", "an answer that the contract offers", str(error))
        yield from self._offsets(operation, exchange, body)

    def _explain(self, error: Exception, operation: Operation, exchange: Exchange, body: Any) -> Iterator[Fault]:
        name = type(error).__name__
        if name == "ResponseNotFound":
            offered = f"a status that the contract offers for {operation.operation_id}"
            yield Fault(Kind.STATUS, Basis.IMPLIED, "", offered, str(exchange.status))
            return
        cause = error.__cause__
        schema_errors = getattr(cause, "schema_errors", None)
        if schema_errors is None:
            media = "MediaType" in type(cause or error).__name__
            kind = Kind.MEDIA if media else Kind.HEADER
            expected = "Content-Type: application/json" if media else "headers as the contract says"
            actual = exchange.header("content-type") or "no Content-Type" if media else str(error)
            yield Fault(kind, Basis.DOCUMENTED, "", expected, actual)
            return
        for found in schema_errors:
            yield self._fault(found, operation, exchange, body)

    def _fault(self, error: Any, operation: Operation, exchange: Exchange, body: Any) -> Fault:
        path = list(error.absolute_path)
        if error.validator == "required":
            missing = re.match(r"'(.*)' is a required property", error.message)
            path.append(missing[1] if missing else "?")
        kind = _KINDS.get(error.validator, Kind.RANGE)
        member = _dotted(path)
        where = f"{operation.operation_id} {exchange.status}: {member or 'the body'}"
        value = _brief(_follow(body, path)) if kind is not Kind.MISSING else "absent"
        return Fault(
            kind,
            self._basis(operation, exchange, path),
            member,
            f"{where} {_wanted(error)}",
            f"{value}{_whose(body, path)}",
        )

    def _basis(self, operation: Operation, exchange: Exchange, path: list[str | int]) -> Basis:
        """Return how sure the contract is of the member at a path, or of the nearest above it that says so."""
        schema: Any = {"$ref": f"#/components/schemas/{_schema_name(operation, exchange)}"}
        basis = Basis.DOCUMENTED
        for step in path:
            schema = self._resolve(schema)
            inner = schema.get("items") if isinstance(step, int) else schema.get("properties", {}).get(step)
            if inner is None:
                break
            schema = inner
            basis = Basis(schema.get("x-sepolo-basis") or self._resolve(schema).get("x-sepolo-basis") or basis)
        return basis

    def _resolve(self, schema: Any) -> Any:
        while "$ref" in schema:
            schema = self._document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return schema

    def _offsets(self, operation: Operation, exchange: Exchange, body: Any) -> Iterator[Fault]:
        """Yield date-times without an offset: the classic fault, which shifts a partner's data by hours."""
        schema = {"$ref": f"#/components/schemas/{_schema_name(operation, exchange)}"}
        for path, value in self._date_times(schema, body, []):
            if not has_offset(value):
                member = _dotted(path)
                yield Fault(
                    Kind.OFFSET,
                    self._basis(operation, exchange, path),
                    member,
                    f"{operation.operation_id} {exchange.status}: {member} says its offset, e.g. {value}Z",
                    f"{value!r}, which every reader takes for another instant{_whose(body, path)}",
                )

    def _date_times(self, schema: Any, value: Any, path: list[str | int]) -> Iterator[tuple[list[str | int], str]]:
        schema = self._resolve(schema)
        if isinstance(value, str) and schema.get("format") == "date-time":
            yield path, value
        elif isinstance(value, dict):
            for name, member in schema.get("properties", {}).items():
                if isinstance(value.get(name), str | dict | list):
                    yield from self._date_times(member, value[name], [*path, name])
        elif isinstance(value, list) and "items" in schema:
            for index, row in enumerate(value):
                yield from self._date_times(schema["items"], row, [*path, index])


@cache
def _oracle() -> Oracle:
    loaded = contract.load()
    return Oracle(loaded.document, loaded.operations)


def faults(exchange: Exchange) -> tuple[Fault, ...]:
    """Return what is wrong with an answer; empty for what isn't a call of an operation."""
    if exchange.request.operation_id is None:
        return ()
    return _oracle().faults(exchange)


def _schema_name(operation: Operation, exchange: Exchange) -> str:
    return operation.schema_name if exchange.ok else "PublicApiError"


def _dotted(path: list[str | int]) -> str:
    text = ""
    for step in path:
        text += "[]" if isinstance(step, int) else f".{step}" if text else step
    return text


def _follow(value: Any, path: list[str | int]) -> Any:
    for step in path:
        value = value[step]
    return value


def _brief(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else f"{text[:119]}…"


def _wanted(error: Any) -> str:
    """Return what a schema keyword demands, in words."""
    keyword, value = error.validator, error.validator_value
    match keyword:
        case "required":
            return "is there"
        case "type":
            return f"is of type {value if isinstance(value, str) else ' or '.join(value)}"
        case "format":
            return f"is a {value}"
        case _:
            return f"keeps {keyword} {_brief(value)}"


def _whose(body: Any, path: list[str | int]) -> str:
    """Return which row it is, by the first text in it, as rows taken out before would shift a number."""
    row = body
    for step in path:
        if isinstance(step, int):
            row = row[step]
            break
        row = row.get(step) if isinstance(row, dict) else None
    if row is body or not isinstance(row, dict):
        return ""
    name = next(((key, value) for key, value in row.items() if isinstance(value, str) and value), None)
    return f" (in the row whose {name[0]} is {name[1]!r})" if name else ""
