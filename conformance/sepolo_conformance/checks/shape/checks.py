"""Shape: openapi-core's word on every answer of the run, shared out by how sure the contract is."""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from sepolo_conformance.api.calls import Call, reads
from sepolo_conformance.api.timestamps import parse_instant
from sepolo_conformance.checks.shape.oracle import Basis, Fault, Kind, faults
from sepolo_conformance.engine.case import Case, describe, observe, requirement
from sepolo_conformance.engine.registry import Mismatch
from sepolo_conformance.engine.shared_responses import fetch_once
from sepolo_conformance.model.outcomes import NotTested, Vacuous
from sepolo_conformance.model.requirement import MUST, SANDBOX, SHOULD
from sepolo_conformance.transport.exchange import Exchange
from sepolo_openapi import reader
from sepolo_openapi.contract import Operation

_READ_TWICE = 100_000
"""Bytes up to which a body is read a second time, for names that stand in it twice."""


@requirement(
    "SHP-001",
    MUST,
    clause="The page documents each operation with what it returns.",
    title="Each operation answers a valid call with its documented status",
)
def tour(case: Case) -> None:
    """Calls every operation that reads once, with ids and windows that have data."""
    for operation in reads(case.contract):
        with case.part(operation.operation_id):
            exchange = fetch_once(case, case.home.call(operation.operation_id))
            case.expect(exchange.status == operation.status, f"status {operation.status}", describe(exchange), exchange)


def _share(exchange: Exchange, kinds: set[Kind], *bases: Basis) -> Iterable[Mismatch] | None:
    """Return the faults of some kinds in a successful answer to a call of an operation."""
    if not exchange.ok or exchange.request.operation_id is None:
        return None
    return [
        Mismatch(fault.expected, fault.actual, _kind(exchange, fault))
        for fault in faults(exchange)
        if fault.kind in kinds and fault.basis in bases
    ]


def _kind(exchange: Exchange, fault: Fault) -> str:
    return f"{exchange.request.operation_id} {fault.member} {fault.kind}"


@observe(
    "SHP-002",
    MUST,
    clause='The page: "JSON over HTTPS".',
    title="Every successful answer is JSON in UTF-8, and says so in Content-Type",
)
def json_body(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Reads the body of every successful answer, and its Content-Type."""
    return _share(exchange, {Kind.BODY, Kind.MEDIA}, *Basis)


@observe(
    "SHP-003",
    MUST,
    clause="The page shows the member with a value of that type.",
    title="A documented member that is present has its documented type, null only where null may be",
)
def documented_types(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Compares types of documented members in every successful answer."""
    return _share(exchange, {Kind.TYPE}, Basis.DOCUMENTED)


@observe(
    "SHP-004",
    MUST,
    clause="The page shows the member in its example: identifiers, the three members of a page, counts.",
    title="Members that every answer needs are present",
)
def needed_members(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Looks for required members in every successful answer."""
    return _share(exchange, {Kind.MISSING}, *Basis)


@observe(
    "SHP-005",
    MUST,
    clause="The page types instants as date-time, which has an offset (RFC 3339), and shows `Z`.",
    title="Every date-time says its offset",
)
def offsets(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Looks at every member that the contract types as date-time, whether the page shows it or not."""
    return _share(exchange, {Kind.OFFSET}, *Basis)


@observe(
    "SHP-006",
    MUST,
    clause="The page types ids as uuid and instants as date-time.",
    title="Documented ids and instants are written in the format of their type",
)
def documented_formats(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Compares formats of documented members; an instant without offset is a finding of its own."""
    found = _share(exchange, {Kind.FORMAT}, Basis.DOCUMENTED)
    if found is None:
        return None
    shifted = {fault.member for fault in faults(exchange) if fault.kind is Kind.OFFSET}
    return [mismatch for mismatch in found if mismatch.kind.split(" ")[1] not in shifted]


@observe(
    "SHP-007",
    SHOULD,
    clause="Counts, percentages and durations mean nothing outside their range.",
    title="Documented values lie in their range",
)
def documented_ranges(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Compares limits of documented members."""
    return _share(exchange, {Kind.RANGE}, Basis.DOCUMENTED)


@observe(
    "SHP-008",
    SHOULD,
    clause="A filter or a sentence of the page needs the member, though no example shows it.",
    title="A member that the page implies has the implied type and format, where it is present",
)
def implied_members(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Compares types, formats and limits of members that the page implies."""
    return _share(exchange, {Kind.TYPE, Kind.FORMAT, Kind.RANGE}, Basis.IMPLIED)


@observe(
    "SHP-009",
    SANDBOX,
    clause="Our own choice: the page doesn't show these members.",
    title="Members that the contract assumes, and headers, are as it says",
)
def assumed_members(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Compares types, formats and limits of members that the contract assumes, and headers."""
    return _share(exchange, {Kind.TYPE, Kind.FORMAT, Kind.RANGE, Kind.HEADER}, Basis.ASSUMED)


@observe(
    "SHP-014",
    SHOULD,
    clause="All instants of the page end in `Z`.",
    title="Instants are written in UTC, with Z",
)
def in_utc(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Looks at every member that the contract types as date-time and that says its offset."""
    return _share(exchange, {Kind.ZONE}, *Basis)


@observe(
    "SHP-019",
    SANDBOX,
    clause="Our own choice: text is compared by careless clients.",
    title="Ids of type uuid are in lower case, with hyphens",
)
def plain_uuids(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Looks at every member that the contract types as uuid."""
    return _share(exchange, {Kind.CASE}, *Basis)


@observe(
    "SHP-016",
    MUST,
    clause='The page: "JSON over HTTPS"; RFC 8259: JSON is UTF-8.',
    title="A charset, where Content-Type names one, is UTF-8",
)
def charset(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Reads the charset of every JSON answer that names one."""
    _, _, parameters = (exchange.header("content-type") or "").lower().partition(";")
    names = [part.partition("=")[2].strip(' "') for part in parameters.split(";") if part.strip().startswith("charset")]
    if not exchange.media_type.endswith("json"):
        return None
    if all(name in ("utf-8", "utf8") for name in names):
        return ()
    return [Mismatch("charset=utf-8, or none", ", ".join(names), names[0])]


@observe(
    "SHP-018",
    SHOULD,
    clause="RFC 8259, section 4: names within an object are unique.",
    title="No object names a member twice",
)
def names_once(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Reads every JSON answer up to 100,000 bytes as pairs of names and values."""
    if exchange.request.operation_id is None or exchange.fault is not None or len(exchange.body) > _READ_TWICE:
        return None
    doubled: set[str] = set()

    def pairs(found: list[tuple[str, Any]]) -> None:
        names = [name for name, _ in found]
        doubled.update(name for name in names if names.count(name) > 1)

    json.loads(exchange.body, object_pairs_hook=pairs)
    where = exchange.request.operation_id
    return [
        Mismatch("each name once in an object", f"{name} twice, of {where}", f"{where} {name}")
        for name in sorted(doubled)
    ]


# -- Names -------------------------------------------------------------------------------------------------------


@observe(
    "SHP-015",
    MUST,
    clause="The page shows the member's name, in camelCase.",
    title="Members have their names exactly as the page spells them",
)
def exact_names(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Compares names of members with those that the page shows, without their case, hyphens and underscores."""
    operation = reader.load().operations.get(exchange.request.operation_id or "")
    if operation is None or not exchange.ok or exchange.fault is not None:
        return None
    wrong = {
        (name, shown)
        for schema, members in _objects(operation, exchange.data)
        for name, shown in _misspelt(schema, frozenset(members))
    }
    where = operation.operation_id
    return [
        Mismatch(f"a member {shown} in {where}", f"it is called {name}", f"{where} {name}") for name, shown in wrong
    ]


@cache
def _misspelt(schema: str, names: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """Return the names that are a documented one in another spelling, with that one."""
    plain = {_plain(name): name for name in _documented(schema)}
    pairs = ((name, plain.get(_plain(name), name)) for name in names)
    return tuple((name, shown) for name, shown in pairs if name != shown and shown not in names)


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


@cache
def _documented(schema: str) -> tuple[str, ...]:
    """Return the members of a schema that the page shows."""
    properties = _schemas()[schema].get("properties", {})
    return tuple(name for name, member in properties.items() if _basis(member) == Basis.DOCUMENTED)


def _nullable(schema: str, name: str) -> bool:
    member = _schemas()[schema]["properties"][name]
    return any("null" in part.get("type", ()) for part in (member, *member.get("anyOf", ())))


def _basis(member: Mapping[str, Any]) -> object:
    return member.get("x-sepolo-basis") or _schemas()[_reference(member)].get("x-sepolo-basis", Basis.DOCUMENTED)


def _reference(member: Mapping[str, Any]) -> str:
    """Return the schema that a member refers to, whether or not it may be null."""
    found = [member, *member.get("anyOf", ()), *member.get("oneOf", ()), *member.get("allOf", ())]
    return next((part["$ref"].rpartition("/")[2] for part in found if "$ref" in part), "PublicApiError")


def _schemas() -> Mapping[str, Any]:
    schemas: Mapping[str, Any] = reader.load().document["components"]["schemas"]
    return schemas


def _objects(operation: Operation, data: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield schema and members of the objects of an answer: the whole, its rows, and those one level below."""
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
        for name, member in _schemas()[schema].get("properties", {}).items():
            if isinstance(row.get(name), dict):
                yield _reference(member), row[name]


@requirement(
    "SHP-013",
    SHOULD,
    clause="The page shows the member in its example.",
    title="Each member that the page shows appears in the answers of its operation",
)
def shown_members_appear(case: Case) -> None:
    """Looks for each member that the page shows in the rows that were found; it may be null or absent in some.

    Where no member of these rows is null, a deployment seems to leave nulls out, and what may be null isn't missed.
    """
    for operation in reads(case.contract):
        with case.part(operation.operation_id):
            exchange = _shown(case, operation)
            seen: dict[str, set[str]] = {}
            nulls = False
            for schema, members in _objects(operation, exchange.data if exchange.fault is None else None):
                seen.setdefault(schema, set()).update(members)
                needed = _schemas()[schema].get("required", ())
                nulls = nulls or any(value is None and name not in needed for name, value in members.items())
            for schema, names in seen.items():
                missed = [name for name in _documented(schema) if nulls or not _nullable(schema, name)]
                absent = [name for name in missed if name not in names]
                expected = f"{', '.join(absent) or 'all'} in an answer of {operation.operation_id}"
                where = f"all {len(exchange.rows)} rows" if exchange.rows else "the answer"
                case.expect(not absent, expected, f"absent from {where}", exchange)


def _shown(case: Case, operation: Operation) -> Exchange:
    """Return an answer with as many rows as discovery found."""
    if operation.returns == "object":
        return fetch_once(case, case.home.call(operation.operation_id))
    return case.home.listing(operation.operation_id).exchange


# -- Single answers ----------------------------------------------------------------------------------------------


@requirement(
    "SHP-010",
    MUST,
    clause='The page shows `"version": "v1"`.',
    title="/me says version v1",
)
def version(case: Case) -> None:
    """Reads version in the answer of /me to each key."""
    for exchange in _me(case):
        case.expect(exchange.member("version") == "v1", '"version": "v1"', repr(exchange.member("version")), exchange)


@requirement(
    "SHP-011",
    MUST,
    clause="The page shows rateLimit with requestsPerMinute and requestsPerDay, both null.",
    title="The limits of /me are there, each null or a whole number",
)
def rate_limit(case: Case) -> None:
    """Reads both limits in the answer of /me to each key."""
    for exchange in _me(case):
        limits = exchange.member("rateLimit")
        if case.expect(isinstance(limits, dict), "an object rateLimit", repr(limits), exchange):
            for name in ("requestsPerMinute", "requestsPerDay"):
                value = limits.get(name, "absent")
                held = value is None or (
                    isinstance(value, int | float) and not isinstance(value, bool) and value % 1 == 0
                )
                case.expect(held, f"rateLimit.{name} to be null or a whole number", repr(value), exchange)


@requirement(
    "SHP-012",
    MUST,
    clause="The page types the answer as a list and shows a bare array.",
    title="telemetry-daily is a bare array, with no envelope round it",
)
def bare_array(case: Case) -> None:
    """Reads the daily rows of a device, or of the days that a call without a window shows."""
    operation = case.operation("getTelemetryDaily")
    try:
        call = case.home.call(operation.operation_id)
    except (Vacuous, NotTested):
        call = Call(operation)
    exchange = case.call(call)
    case.need(exchange.status == 200, "status 200", describe(exchange), exchange)
    data = case.json(exchange)
    actual = f"an object with {', '.join(data)}" if isinstance(data, dict) else type(data).__name__
    case.expect(isinstance(data, list), "an array: [...]", actual, exchange)


@observe(
    "SHP-017",
    SHOULD,
    clause="The page shows days as `2026-05-13T00:00:00Z`.",
    title="The date of a day is midnight UTC",
)
def midnight(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Looks at the time of day in every date of telemetry-daily."""
    if exchange.request.operation_id != "getTelemetryDaily" or not exchange.rows:
        return None
    dates = [(row.get("date"), parse_instant(row.get("date"))) for row in exchange.rows]
    odd = [text for text, date in dates if date is not None and (date.hour, date.minute, date.second) != (0, 0, 0)]
    return [Mismatch("date to be midnight UTC, as 2026-05-13T00:00:00Z", repr(text), "date") for text in odd[:1]]


def _me(case: Case) -> list[Exchange]:
    return [entry.answer for entry in case.target.identities() if entry.answer is not None]
