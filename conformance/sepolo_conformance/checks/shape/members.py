"""Member names of responses: required members, spelling, and the members that the published page shows."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from sepolo_conformance.api.calls import reads
from sepolo_conformance.checks.shape.faults import Basis, Kind
from sepolo_conformance.checks.shape.oracle import mismatches
from sepolo_conformance.engine import MUST, SHOULD, Case, Exchange, Mismatch, fetch_once, observe, requirement
from sepolo_openapi import reader
from sepolo_openapi.contract import Operation


@observe(
    "SHP-004",
    MUST,
    clause="The published page shows the member in its example: identifiers, the three members of a page, counts.",
    title="Required members are present in every response",
)
def required_members_are_present(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Looks for the required members in every successful response."""
    return mismatches(exchange, {Kind.MISSING}, *Basis)


@observe(
    "SHP-015",
    MUST,
    clause="The published page shows the member's name, in camelCase.",
    title="Member names are spelt exactly as on the published page",
)
def names_are_spelt_as_documented(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Compares member names with the documented ones, ignoring case, hyphens and underscores."""
    operation = reader.load().operations.get(exchange.request.operation_id or "")
    if operation is None or not exchange.ok or exchange.fault is not None:
        return None
    misspelt = {
        (name, documented)
        for schema, members in _objects(operation, exchange.data)
        for name, documented in _misspelt(schema, frozenset(members))
    }
    where = operation.operation_id
    return [
        Mismatch(f"the member {documented} in a response of {where}", f"it is named {name}", f"{where} {name}")
        for name, documented in misspelt
    ]


@requirement(
    "SHP-013",
    SHOULD,
    clause="The published page shows the member in its example.",
    title="Each member that the published page shows appears in the responses of its operation",
)
def documented_members_appear(case: Case) -> None:
    """Looks for each documented member in the rows that were found; it may be null or absent in some of them.

    If no object of a schema has a member that is null, in any response, the deployment seems to omit nulls, and members
    of this schema that may be null are not required.
    """
    found: dict[str, tuple[Exchange, dict[str, set[str]]]] = {}
    with_nulls: set[str] = set()
    for operation in reads(case.contract):
        with case.part(operation.operation_id):
            exchange = _largest_response(case, operation)
            seen: dict[str, set[str]] = {}
            for schema, members in _objects(operation, exchange.data if exchange.fault is None else None):
                seen.setdefault(schema, set()).update(members)
                required = case.contract.at(f"/components/schemas/{schema}").get("required", ())
                if any(value is None and name not in required for name, value in members.items()):
                    with_nulls.add(schema)
            found[operation.operation_id] = exchange, seen
    for name, (exchange, seen) in found.items():
        for schema, names in seen.items():
            wanted = [each for each in _documented(schema) if schema in with_nulls or not _nullable(schema, each)]
            absent = [each for each in wanted if each not in names]
            expected = f"{', '.join(absent) or 'all members'} in a response of {name}"
            where = f"all {len(exchange.rows)} rows" if exchange.rows else "the response"
            case.expect(not absent, expected, f"absent from {where}", exchange)


def _largest_response(case: Case, operation: Operation) -> Exchange:
    """Return the response with as many rows as discovery found."""
    if operation.returns == "object":
        return fetch_once(case, case.home.call(operation.operation_id))
    return case.home.listing(operation.operation_id).exchange


def _objects(operation: Operation, data: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield schema name and members of the objects in a body: the whole, its rows, and the objects one level below."""
    if isinstance(data, dict) and operation.returns != "array":
        yield operation.schema_name, data
    rows = data if isinstance(data, list) else data.get("data") if isinstance(data, dict) else None
    found = [(operation.row_schema, row) for row in rows] if isinstance(rows, list) and operation.row_schema else []
    if operation.returns == "object":
        found = [(operation.schema_name, data)]
    for schema, row in found:
        if not isinstance(row, dict) or schema is None:
            continue
        if operation.returns != "object":
            yield schema, row
        for name, nested in _nested_schemas(schema):
            if isinstance(row.get(name), dict):
                yield nested, row[name]


@cache
def _nested_schemas(schema: str) -> tuple[tuple[str, str], ...]:
    """Return the members of a schema that refer to another one, also beside null, each with the name of that schema."""
    return tuple(
        (name, part["$ref"].rpartition("/")[2])
        for name, member in reader.load().members(schema).items()
        for part in (member, *member.get("anyOf", ()))
        if "$ref" in part
    )


@cache
def _misspelt(schema: str, names: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """Return the names that spell a documented one otherwise, each with the documented spelling."""
    documented = {_letters(name): name for name in _documented(schema)}
    pairs = ((name, documented.get(_letters(name), name)) for name in names)
    return tuple((name, spelling) for name, spelling in pairs if name != spelling and spelling not in names)


def _letters(name: str) -> str:
    """Return a name in lower case without hyphens and underscores, for comparison."""
    return name.replace("_", "").replace("-", "").lower()


@cache
def _documented(schema: str) -> tuple[str, ...]:
    """Return the members of a schema that the published page shows."""
    contract = reader.load()
    return tuple(
        name for name, member in contract.members(schema).items() if contract.basis(member) == Basis.DOCUMENTED
    )


def _nullable(schema: str, name: str) -> bool:
    member = reader.load().members(schema)[name]
    return any("null" in part.get("type", ()) for part in (member, *member.get("anyOf", ())))
