"""Types, formats and limits of members as the contract describes them, by how sure the contract is of them."""

from collections.abc import Iterable

from sepolo_conformance.checks.shape.faults import Basis, Kind
from sepolo_conformance.checks.shape.oracle import faults, mismatches
from sepolo_conformance.engine import MUST, SANDBOX, SHOULD, Exchange, Mismatch, observe


@observe(
    "SHP-003",
    MUST,
    clause="The published page shows the member with a value of that type.",
    title="A documented member that is present has its documented type, and is null only where null is documented",
)
def documented_types(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Validates the types of documented members in every successful response."""
    return mismatches(exchange, {Kind.TYPE}, Basis.DOCUMENTED)


@observe(
    "SHP-006",
    MUST,
    clause="The published page gives ids the type uuid and timestamps the type date-time.",
    title="Documented uuids and date-times have the format of their type",
)
def documented_formats(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Validates the formats of documented members, except date-times without offset, which SHP-005 judges."""
    found = mismatches(exchange, {Kind.FORMAT}, Basis.DOCUMENTED)
    if found is None:
        return None
    without_offset = {fault.member for fault in faults(exchange) if fault.kind is Kind.OFFSET}
    return [mismatch for mismatch in found if mismatch.kind.split(" ")[1] not in without_offset]


@observe(
    "SHP-007",
    SHOULD,
    clause="Counts and durations cannot be negative, and percentages lie between 0 and 100.",
    title="Documented values lie within their limits",
)
def documented_limits(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Validates the limits of documented members in every successful response."""
    return mismatches(exchange, {Kind.RANGE}, Basis.DOCUMENTED)


@observe(
    "SHP-008",
    SHOULD,
    clause="A filter or a sentence of the published page implies the member, although no example shows it.",
    title="A member that the published page implies has the implied type and format where it is present",
)
def implied_members(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Validates types, formats and limits of members that the published page implies."""
    return mismatches(exchange, {Kind.TYPE, Kind.FORMAT, Kind.RANGE}, Basis.IMPLIED)


@observe(
    "SHP-009",
    SANDBOX,
    clause="Our own choice: the published page does not show these members.",
    title="Assumed members and headers have the types, formats and limits of the contract",
)
def assumed_members(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Validates types, formats and limits of members that the contract assumes, and headers."""
    return mismatches(exchange, {Kind.TYPE, Kind.FORMAT, Kind.RANGE, Kind.HEADER}, Basis.ASSUMED)


@observe(
    "SHP-019",
    SANDBOX,
    clause="Our own choice: clients may compare uuids as text.",
    title="Members of type uuid are in lower case, with hyphens",
)
def uuids_are_in_lower_case(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Reads every member that the contract describes as uuid."""
    return mismatches(exchange, {Kind.CASE}, *Basis)
