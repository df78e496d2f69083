"""Path ids that identify no resource: unknown ids, altered ids, and values that are not uuids."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sepolo_conformance.api.calls import Call, reads
from sepolo_conformance.api.row_identity import same_id
from sepolo_conformance.checks.common.prepared_requests import UNKNOWN_UUID
from sepolo_conformance.checks.common.response_checks import excerpt, outcome
from sepolo_conformance.engine import MUST, SHOULD, Case, Exchange, collect_once, describe, requirement
from sepolo_openapi.contract import Operation, Parameter

_UNKNOWN_TEXT = "conformance-no-such-id"
_UNKNOWN_IDS = (UNKNOWN_UUID, _UNKNOWN_TEXT)
_WILDCARDS = ("_", "%")


@requirement(
    "ERR-006",
    MUST,
    clause='Published page: a single resource is returned "if it belongs to the API key organization".',
    title="A call with an id that does not exist returns neither data nor 5xx",
)
def unknown_id_returns_no_data(case: Case) -> None:
    """Calls operations with ids that do not exist: unknown ids, and real ids with a character appended, without the
    last character, or with a SQL wildcard in its place.

    An empty list is accepted. For an altered id, data counts only if its own id differs from the requested one.
    """
    for name, call, exchange in _calls_with_unknown_id(case):
        requested = call.ids[name]
        returned = _returned(exchange)
        if requested not in _UNKNOWN_IDS:
            returned = [row for row in returned if not same_id(row.get(name, requested), requested)]
        expected = f"neither data nor 5xx for {name} {requested!r}, which does not exist"
        actual = f"{describe(exchange)} with {excerpt(exchange)}" if exchange.ok else describe(exchange)
        case.expect(exchange.status < 500 and not returned, expected, actual, exchange)


@requirement(
    "ERR-007",
    SHOULD,
    clause="RFC 9110, section 15.5.5: 404 means that the origin server did not find the target resource.",
    title="A call with an id that does not exist is answered with 404",
)
def unknown_id_is_not_found(case: Case) -> None:
    """Calls operations with an unknown id; the other ids of the path are valid."""
    for name, call, exchange in _calls_with_unknown_id(case):
        if call.ids[name] in _UNKNOWN_IDS:
            expected = f"status 404: {name} {call.ids[name]} does not exist"
            case.expect(exchange.status == 404, expected, outcome(exchange), exchange)


@requirement(
    "ERR-008",
    MUST,
    clause="The published page gives the id in the path the type uuid.",
    title="A path id that is not a uuid is rejected with 400 or 404",
)
def malformed_path_id_is_rejected(case: Case) -> None:
    """Sends text, a shortened uuid and a lengthened uuid in each path parameter of type uuid."""
    for operation in reads(case.contract):
        with case.part(operation.operation_id):
            for parameter in _path_parameters(operation):
                if not _is_uuid(parameter):
                    continue
                call = case.home.call(operation.operation_id)
                real = call.ids[parameter.name]
                for value in ("not-a-uuid", real[:-1], f"{real}0"):
                    exchange = case.call(_with_id(call, parameter, value))
                    expected = f"status 400 or 404: {parameter.name} {value!r} is not a uuid"
                    case.expect(exchange.status in (400, 404), expected, outcome(exchange), exchange)


@collect_once
def _calls_with_unknown_id(case: Case) -> Iterator[tuple[str, Call, Exchange]]:
    """Return path parameter, call and response for each id that does not exist, requested once in a run."""
    for operation in reads(case.contract):
        with case.part(operation.operation_id):
            for parameter in _path_parameters(operation):
                valid = case.home.call(operation.operation_id)
                real = valid.ids[parameter.name]
                for value in (UNKNOWN_UUID,) if _is_uuid(parameter) else _unknown_texts(real):
                    call = _with_id(valid, parameter, value)
                    yield parameter.name, call, case.call(call)


def _unknown_texts(real: str) -> Iterator[str]:
    """Yield an unknown id, and alterations of a real one."""
    yield from (_UNKNOWN_TEXT, f"{real}~")
    if len(real) > 1:
        yield from (real[:-1], *(real[:-1] + wildcard for wildcard in _WILDCARDS))


def _path_parameters(operation: Operation) -> list[Parameter]:
    return [parameter for parameter in operation.parameters if parameter.where == "path"]


def _is_uuid(parameter: Parameter) -> bool:
    return parameter.schema.get("format") == "uuid"


def _with_id(call: Call, parameter: Parameter, value: str) -> Call:
    return replace(call, ids={**call.ids, parameter.name: value})


def _returned(exchange: Exchange) -> list[dict[str, Any]]:
    """Return the rows of a successful list response, or the one object of another."""
    if not exchange.ok or exchange.fault is not None:
        return []
    single = isinstance(exchange.data, dict) and "data" not in exchange.data
    return [exchange.data] if single else exchange.rows
