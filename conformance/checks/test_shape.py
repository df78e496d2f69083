"""Shape: openapi-core's word on every answer of the run, shared out by how sure the contract is."""

from collections.abc import Iterable

from conformance.case import Case, describe, requirement, watch
from conformance.exchange import Exchange
from conformance.oracle import Basis, Fault, Kind, faults
from conformance.registry import TOUR, Mismatch


@requirement(TOUR)
def tour(case: Case) -> None:
    """Calls every operation that reads once, with ids and windows that have data."""
    for operation in case.contract.operations.values():
        if operation.method != "GET":
            continue
        with case.part(operation.operation_id):
            exchange = case.call(case.home.call(operation.operation_id))
            case.expect(exchange.status == operation.status, f"status {operation.status}", describe(exchange))


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


@watch("SHP-002")
def json_body(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Reads the body of every successful answer, and its Content-Type."""
    return _share(exchange, {Kind.BODY, Kind.MEDIA}, *Basis)


@watch("SHP-003")
def documented_types(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Compares types of documented members in every successful answer."""
    return _share(exchange, {Kind.TYPE}, Basis.DOCUMENTED)


@watch("SHP-004")
def needed_members(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Looks for required members in every successful answer."""
    return _share(exchange, {Kind.MISSING}, *Basis)


@watch("SHP-005")
def offsets(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Looks at every member that the contract types as date-time, whether the page shows it or not."""
    return _share(exchange, {Kind.OFFSET}, *Basis)


@watch("SHP-006")
def documented_formats(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Compares formats of documented members; an instant without offset is a finding of its own."""
    found = _share(exchange, {Kind.FORMAT}, Basis.DOCUMENTED)
    if found is None:
        return None
    shifted = {fault.member for fault in faults(exchange) if fault.kind is Kind.OFFSET}
    return [mismatch for mismatch in found if mismatch.kind.split(" ")[1] not in shifted]


@watch("SHP-007")
def documented_ranges(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Compares limits of documented members."""
    return _share(exchange, {Kind.RANGE}, Basis.DOCUMENTED)


@watch("SHP-008")
def implied_members(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Compares types, formats and limits of members that the page implies."""
    return _share(exchange, {Kind.TYPE, Kind.FORMAT, Kind.RANGE}, Basis.IMPLIED)


@watch("SHP-009")
def assumed_members(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Compares types, formats and limits of members that the contract assumes, and headers."""
    return _share(exchange, {Kind.TYPE, Kind.FORMAT, Kind.RANGE, Kind.HEADER}, Basis.ASSUMED)
