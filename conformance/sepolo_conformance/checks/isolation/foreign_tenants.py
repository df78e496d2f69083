"""Two organisations that ask for each other's data, and how to tell whose a row is.

Works on what discovery finds; sends nothing itself but through it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sepolo_conformance.api.calls import Call, Listing, identify, is_paged
from sepolo_conformance.compare.rows import Row, is_uuid, mark, spread, text
from sepolo_conformance.engine.case import Case, describe
from sepolo_conformance.engine.shared_answers import answered
from sepolo_conformance.model.verdict import Vacuous
from sepolo_conformance.target.discovery import Discovery
from sepolo_conformance.target.keys import Identity
from sepolo_conformance.transport.exchange import Exchange
from sepolo_openapi.contract import Operation

__all__ = [
    "Side",
    "halves",
    "leaked",
    "marks",
    "no_data",
    "no_leak",
    "no_series",
    "same_thing",
    "short",
    "sides",
    "telling",
]


@dataclass(frozen=True, slots=True)
class Side:
    """One organisation, the asker, that asks for what another one owns."""

    case: Case
    owner: Discovery
    asker: Discovery

    def owned(self, operation_id: str) -> Listing:
        """Return a list of the owner; raises Vacuous where it has none."""
        self.asker.reader(operation_id)
        return self.owner.listing(operation_id)

    def own(self, operation_id: str) -> Listing | None:
        """Return the asker's own list, None where it is empty."""
        try:
            return self.asker.listing(operation_id)
        except Vacuous:
            return None

    def own_rows(self, operation_id: str) -> tuple[Row, ...]:
        """Return the rows that are the asker's own, as far as its first page shows them."""
        own = self.own(operation_id)
        return own.rows if own else ()

    def key(self, operation_id: str) -> Identity:
        """Return the asker's key for an operation."""
        return self.asker.reader(operation_id)

    def ask(self, call: Call) -> Exchange:
        """Return the answer to the asker's call of what the owner has, asked for once in a run."""
        return answered(self.case, call, self.key(call.operation.operation_id))

    def foreign(self, operation_id: str, member: str, count: int = 3) -> list[dict[str, Any]]:
        """Return rows of the owner whose `member` no row of the asker has, from all over the list."""
        own = {str(row.get(member)).lower() for row in self.own_rows(operation_id)}
        rows = [row for row in self.owned(operation_id).rows if text(row, member)]
        found = [row for row in rows if text(row, member).lower() not in own]
        odd = [row for row in found if row.get("isActive") is False][:1]
        chosen = {id(row): row for row in (*odd, *spread(found, count))}
        if not chosen:
            raise Vacuous(f"no {member} of {operation_id} belongs to one organisation alone")
        return list(chosen.values())

    def naming(self, exchange: Exchange, member: str, owner: Identity) -> list[str]:
        """Return what a refusal tells of whose the thing is, that the refusal of what nobody has doesn't."""
        told, operation = exchange.body.decode("utf-8", "replace").lower(), exchange.request.operation_id or ""
        key = self.key(operation)
        theirs, own = _me(owner), _me(key).values()
        found = [name for name, value in theirs.items() if len(value) > 5 and value in told and value not in own]
        if not found:
            return []
        # An organisation may be called what refusals speak of anyway.
        nobody = str(UUID(int=self.case.rng.getrandbits(128), version=4))
        usual = self.case.get(operation, {member: nobody}, key=key)
        said = usual.body.decode("utf-8", "replace").lower()
        return [f"{name} {theirs[name]!r}" for name in found if theirs[name] not in said]

    def is_foreign(self, name: str, value: str) -> bool:
        """Return whether an id can't be one of the asker's own; names of devices may be used by several."""
        if is_uuid(value):
            return True
        own = self.own("listDevices")
        if own is None or (own.complete and own.operation.operation_id == "listDevices"):
            return own is None or value.lower() not in {str(row.get("deviceId")).lower() for row in own.rows}
        call = Call(self.case.operation("getDevice"), {"deviceId": value})
        return name == "deviceId" and not self.case.call(call, key=self.key("getDevice")).ok

    def need_foreign(self, call: Call) -> None:
        """End the part where the path of a call may be the asker's own as well."""
        for name, value in call.ids.items():
            if name in ("assetId", "deviceId") and not self.is_foreign(name, value):
                self.case.vacuous(f"{name} {value} is used by both organisations")


def sides(case: Case) -> tuple[Side, Side]:
    """Return both ways in which two organisations can ask for each other's data."""
    return Side(case, case.away, case.home), Side(case, case.home, case.away)


def marks(operation: Operation, rows: Iterable[Row]) -> set[str]:
    """Return what some rows are known by, without those that can't be told from others."""
    found = (mark(identify(operation, row), row) for row in rows)
    return {known for known in found if known is not None}


def leaked(operation: Operation, rows: Sequence[Row], theirs: Iterable[Row], own: Iterable[Row]) -> list[Row]:
    """Return the rows that are of the owner and not the asker's own."""
    foreign = marks(operation, theirs) - marks(operation, own)
    return [row for row in rows if mark(identify(operation, row), row) in foreign]


def same_thing(one: Row, other: Any) -> bool:
    """Return whether two objects, read at different times by different keys, are one and the same."""
    if not isinstance(other, dict) or mark(None, one) is None:
        return False
    return mark(None, one) == mark(None, {name: other.get(name) for name in one})


def telling(row: Row, exchange: Exchange) -> Iterator[str]:
    """Yield what a refusal tells of the thing that it refuses to show: its name, as nobody else would know."""
    told = exchange.body.decode("utf-8", "replace")
    for name in ("name", "deviceName", "title", "serialNumber", "address"):
        value = text(row, name)
        if len(value) > 5 and value in told and value not in exchange.request.target:
            yield f"{name} {value!r}"


def short(call: Call, size: int = 20) -> Call:
    """Return a call that asks for at most `size` rows, where it can ask for that."""
    return call.having(pageSize=size) if is_paged(call.operation) else call


def halves(listing: Listing) -> Call:
    """Return a call that brings the rows known of a list in two pages, as what leaks may leak on later pages only."""
    return short(listing.call, min(500, -(-max(2, len(listing.rows)) // 2)))


def no_data(case: Case, exchange: Exchange, why: str) -> None:
    """Expect an answer without data: a refusal, or a list without rows."""
    listed = case.operation(exchange.request.operation_id or "").returns != "object"
    shown = len(exchange.rows) if listed else int(exchange.ok)
    what = f"{shown} rows, the first {exchange.rows[0]}"[:300] if exchange.rows else describe(exchange)
    case.expect(not (exchange.ok and shown), f"no data: {why}", what, exchange)


def no_series(case: Case, exchange: Exchange, theirs: Listing, device: str) -> None:
    """Expect no samples of another device's cycle, whichever device they are said to be of.

    Cycles of two devices may have the same id, so rows as such are no fault.
    """
    if not exchange.ok:
        case.expect(True, "no data", describe(exchange))
        return
    known = {_sample(row) for row in theirs.rows}
    odd = [row for row in exchange.rows if str(row.get("deviceId")).lower() != device.lower()]
    same = [row for row in exchange.rows if row.get("current") is not None and _sample(row) in known]
    cycle = theirs.call.ids.get("cycleId")
    expected = f"no samples of {theirs.call.ids.get('deviceId')}'s cycle {cycle} under device {device}"
    case.expect(not odd and not same, expected, f"{len(odd) or len(same)} of them", (theirs.exchange, exchange))


def no_leak(case: Case, operation: Operation, exchange: Exchange, theirs: Iterable[Row], own: Iterable[Row]) -> None:
    """Expect no row of the owner in an answer to the asker."""
    found = leaked(operation, exchange.rows, theirs, own) if exchange.ok else []
    actual = f"{len(found)} of them, the first {found[0]}"[:300] if found else ""
    case.expect(not found, f"no rows of another organisation in {operation.operation_id}", actual, exchange)


def _me(identity: Identity) -> dict[str, str]:
    """Return what /me calls the organisation of a key, in lower case."""
    said = {name: identity.answer.member(name) for name in ("organizationId", "organizationName") if identity.answer}
    return {name: value.lower() for name, value in said.items() if isinstance(value, str)}


def _sample(row: Row) -> tuple[str, ...]:
    return tuple(
        str(row.get(name))
        for name in ("stamp", "cycleSampleIndex", "cycleSampleOffsetMs", "cycleSampleCount", "current")
    )
