"""openapi-core's word on every answer, as faults that the watchers of the area `shape` share out.

Every answer of the run is validated, but nothing is validated twice: rows that passed through before, byte for byte,
are taken out first, as walking a list at several page sizes brings each row many times; an answer whose rest has the
shape of one before (same operation, status, media type, names and types) brings nothing new. Headers are validated on
the first answers of each operation and status. openapi-core takes 0.1 ms for a row and up to 30 ms for an answer.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

import orjson

from sepolo_conformance.api.timestamps import has_offset
from sepolo_conformance.transport.exchange import Exchange
from sepolo_openapi import reader
from sepolo_openapi.contract import Operation

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
    ZONE = "zone"
    CASE = "case"
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


_HEADERS_JUDGED = 3
_KINDS = {"required": Kind.MISSING, "type": Kind.TYPE, "format": Kind.FORMAT}


class Oracle:
    """Validates exchanges against one contract; remembers the rows that it has seen."""

    def __init__(self, document: dict[str, Any], operations: Mapping[str, Operation]) -> None:
        # Half a second, which `list` and `explain` don't need.
        from openapi_core import Config, OpenAPI  # noqa: PLC0415

        # The contract was validated when it was written; doing it once more would delay the first request.
        config = Config(spec_validator_cls=None)
        self._whole = OpenAPI.from_dict(document, config=config)
        self._headless = OpenAPI.from_dict(_without_headers(document), config=config)
        self._document = document
        self._operations = operations
        self._rows: set[tuple[str, int]] = set()
        self._shapes: set[tuple[str, int, str, str]] = set()
        self._judged: Counter[tuple[str, int]] = Counter()
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
        body, fresh = self._unseen(operation, exchange)
        shape = (operation.operation_id, exchange.status, exchange.media_type, _shape(body) if not fresh else "")
        if fresh or shape not in self._shapes:
            self._shapes.add(shape)
            yield from self._validate(operation, exchange, body)

    def _unseen(self, operation: Operation, exchange: Exchange) -> tuple[Any, bool]:
        """Return the body without rows that were judged before, and whether it has values that weren't."""
        data = exchange.data
        rows = data.get("data") if isinstance(data, dict) else data
        if not exchange.ok:
            return data, False
        if not isinstance(rows, list) or operation.row_schema is None:
            return data, True
        fresh = [row for row in rows if self._is_new(operation.row_schema, row)]
        return (data | {"data": fresh} if isinstance(data, dict) else fresh), bool(fresh)

    def _is_new(self, schema: str, row: Any) -> bool:
        mark = (schema, hash(_bytes(row)))
        if mark in self._rows:
            return False
        self._rows.add(mark)
        return True

    def _validate(self, operation: Operation, exchange: Exchange, body: Any) -> Iterator[Fault]:
        from openapi_core.exceptions import OpenAPIError  # noqa: PLC0415 - see above

        from sepolo_conformance.checks.shape.adapters import CoreRequest, CoreResponse  # noqa: PLC0415 - see above

        kind = (operation.operation_id, exchange.status)
        self._judged[kind] += 1
        openapi = self._whole if self._judged[kind] <= _HEADERS_JUDGED else self._headless
        request = CoreRequest(exchange, operation)
        response = CoreResponse(exchange, _bytes(body))
        try:
            for error in openapi.response_validator.iter_errors(request, response):
                yield from self._explain(error, operation, exchange, body)
        except OpenAPIError as error:
            yield Fault(Kind.STATUS, Basis.DOCUMENTED, "", "an answer that the contract offers", str(error))
        yield from self._texts(operation, exchange, body)

    def _explain(self, error: Exception, operation: Operation, exchange: Exchange, body: Any) -> Iterator[Fault]:
        name = type(error).__name__
        if name == "ResponseNotFound":
            offered = f"a status that the contract offers for {operation.operation_id}"
            yield Fault(Kind.STATUS, Basis.IMPLIED, "", offered, str(exchange.status))
            return
        cause = error.__cause__
        schema_errors = getattr(cause, "schema_errors", None)
        if "Header" in name:
            yield Fault(Kind.HEADER, Basis.ASSUMED, "", "headers as the contract says", f"{error}: {cause}")
            return
        if schema_errors is None:
            media = exchange.header("content-type") or "no Content-Type"
            yield Fault(Kind.MEDIA, Basis.DOCUMENTED, "", "Content-Type: application/json", media)
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

    def _texts(self, operation: Operation, exchange: Exchange, body: Any) -> Iterator[Fault]:
        """Yield what JSON Schema can't say of instants and ids.

        A missing offset is the classic fault, which shifts a partner's data by hours.
        """
        schema = {"$ref": f"#/components/schemas/{_schema_name(operation, exchange)}"}
        for path, value, form in self._formatted(schema, body, []):
            found = _written(value, form)
            if found is not None:
                kind, wanted, actual = found
                member = _dotted(path)
                yield Fault(
                    kind,
                    self._basis(operation, exchange, path),
                    member,
                    f"{operation.operation_id} {exchange.status}: {member} {wanted}",
                    f"{actual}{_whose(body, path)}",
                )

    def _formatted(self, schema: Any, value: Any, path: list[str | int]) -> Iterator[tuple[list[str | int], str, str]]:
        """Yield path, text and format of each instant and id."""
        schema = self._resolve(schema)
        if isinstance(value, str) and schema.get("format") in ("date-time", "uuid"):
            yield path, value, schema["format"]
        elif isinstance(value, dict):
            for name, member in schema.get("properties", {}).items():
                if isinstance(value.get(name), str | dict | list):
                    yield from self._formatted(member, value[name], [*path, name])
        elif isinstance(value, list) and "items" in schema:
            for index, row in enumerate(value):
                yield from self._formatted(schema["items"], row, [*path, index])


@cache
def _oracle() -> Oracle:
    loaded = reader.load()
    return Oracle(loaded.document, loaded.operations)


def faults(exchange: Exchange) -> tuple[Fault, ...]:
    """Return what is wrong with an answer; empty for what isn't a call of an operation."""
    if exchange.request.operation_id is None:
        return ()
    return _oracle().faults(exchange)


def _without_headers(value: Any) -> Any:
    """Return a document whose answers promise no headers."""
    if isinstance(value, dict):
        kept = {name: member for name, member in value.items() if name != "headers" or "content" not in value}
        return {name: _without_headers(member) for name, member in kept.items()}
    return [_without_headers(member) for member in value] if isinstance(value, list) else value


def _bytes(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # whole numbers beyond 64 bits, lone surrogates
        return json.dumps(value).encode()


def _shape(value: Any) -> str:
    """Return names and types of a value, without the values."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{name}:{_shape(value[name])}" for name in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(sorted({_shape(member) for member in value})) + "]"
    return type(value).__name__


def _written(value: str, form: str) -> tuple[Kind, str, str] | None:
    """Return what is odd about the way an instant or id is written: kind, what is wanted, what came."""
    if form == "uuid":
        plain = value == value.lower() and value.count("-") == 4
        return None if plain else (Kind.CASE, "is in lower case, with hyphens", repr(value))
    if not has_offset(value):
        wanted = f"says its offset, e.g. {value}Z"
        return Kind.OFFSET, wanted, f"{value!r}, which every reader takes for another instant"
    return None if value.endswith("Z") else (Kind.ZONE, "is in UTC, with Z", repr(value))


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
