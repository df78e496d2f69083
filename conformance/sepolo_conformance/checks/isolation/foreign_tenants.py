"""Two organisations, one of which requests data of the other, and expectations that no response contains such data.

Rows are compared by their fingerprint (see `compare.rows`), so that rows that are equal by chance are not reported.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sepolo_conformance.api.calls import Call, Listing
from sepolo_conformance.api.identity import Identity
from sepolo_conformance.api.row_identity import identify, is_uuid, normal_id, same_id
from sepolo_conformance.checks.common.list_walks import MAX_PAGE_SIZE
from sepolo_conformance.checks.common.prepared_requests import call_by_bearer
from sepolo_conformance.checks.common.varied_rows import varied
from sepolo_conformance.checks.isolation.operations import FEW_ROWS
from sepolo_conformance.compare.rows import Row, fingerprint, text, texts
from sepolo_conformance.engine import Case, Exchange, Vacuous, describe, fetch_once
from sepolo_conformance.target.discovery import Discovery
from sepolo_openapi.contract import Operation

_SHORTEST_NAME = 6
"""Shorter names may occur in an error message by chance."""
_NAMES = ("name", "deviceName", "title", "serialNumber", "address")
_SAMPLE = ("stamp", "cycleSampleIndex", "cycleSampleOffsetMs", "cycleSampleCount", "current")


@dataclass(frozen=True, slots=True)
class TenantPair:
    """The organisation that owns data, and the organisation whose key requests them."""

    case: Case
    owner: Discovery
    requester: Discovery

    def key(self, operation_id: str) -> Identity:
        """Return the requester's key for an operation."""
        return self.requester.reader(operation_id)

    def owner_list(self, operation_id: str) -> Listing:
        """Return a list of the owner; raises Vacuous if it is empty, NotTested if the requester has no key for it."""
        self.key(operation_id)
        return self.owner.listing(operation_id)

    def own_list(self, operation_id: str) -> Listing | None:
        """Return the requester's own list, None if it is empty."""
        try:
            return self.requester.listing(operation_id)
        except Vacuous:
            return None

    def own_rows(self, operation_id: str) -> tuple[Row, ...]:
        """Return the requester's own rows that its first page shows."""
        own = self.own_list(operation_id)
        return own.rows if own else ()

    def request(self, call: Call, *, bearer: bool = False) -> Exchange:
        """Send a call of the owner's data with the requester's key, once per run, or by Bearer.

        The owner sends it before, because a cache may leave out whose data it keeps.
        """
        name = call.operation.operation_id
        fetch_once(self.case, call, self.owner.reader(name))
        if bearer:
            return call_by_bearer(self.case, call, self.key(name))
        return fetch_once(self.case, call, self.key(name))

    def request_owned(self, operation_id: str) -> Exchange:
        """Send the call that shows data to the owner; end the part if its ids may be the requester's as well."""
        call = self.owner.call(operation_id)
        self.require_foreign_ids(call)
        return self.request(call.with_page_size(FEW_ROWS))

    def foreign_rows(self, operation_id: str, member: str, count: int = 4) -> list[dict[str, Any]]:
        """Return rows of the owner whose `member` no row of the requester has, chosen for variety."""
        own = {normal_id(row.get(member)) for row in self.own_rows(operation_id)}
        rows = [row for row in self.owner_list(operation_id).rows if text(row, member)]
        found = [row for row in rows if normal_id(row[member]) not in own]
        if not found:
            raise Vacuous(f"no {member} of {operation_id} belongs to one organisation alone")
        return varied(found, count, self.case.rng)

    def is_foreign(self, name: str, value: str) -> bool:
        """Return whether an id can't be one of the requester's own. Only device names may be used by both."""
        if is_uuid(value):
            return True
        own = self.own_list("listDevices")
        if own is None or (own.complete and own.operation.operation_id == "listDevices"):
            return own is None or value not in texts(own.rows, "deviceId")
        call = Call(self.case.operation("getDevice"), {"deviceId": value})
        return name == "deviceId" and not self.case.call(call, key=self.key("getDevice")).ok

    def require_foreign_ids(self, call: Call) -> None:
        """End the part if an asset or device id in the path may be the requester's own as well."""
        for name, value in call.ids.items():
            if name in ("assetId", "deviceId") and not self.is_foreign(name, value):
                self.case.vacuous(f"{name} {value} is used by both organisations")

    def revealed(self, row: Row, member: str, owner: Identity, exchange: Exchange) -> list[str]:
        """Return the names of a row and of its owner that an error response contains.

        `member` is the path parameter that the response is about, with the id of the row.
        """
        return [*_row_names(row, exchange), *self._organisation_names(member, owner, exchange)]

    def _organisation_names(self, member: str, owner: Identity, exchange: Exchange) -> list[str]:
        body, operation = _body(exchange).lower(), exchange.request.operation_id or ""
        key = self.key(operation)
        theirs, own = _organisation(owner), _organisation(key).values()
        found = [
            name
            for name, value in theirs.items()
            if len(value) >= _SHORTEST_NAME and value in body and value not in own
        ]
        if not found:
            return []
        # The name of an organisation may occur in the error for any unknown id, such as "Asset".
        unknown = str(UUID(int=self.case.rng.getrandbits(128), version=4))
        usual = _body(self.case.get(operation, {member: unknown}, key=key)).lower()
        return [f"{name} {theirs[name]!r}" for name in found if theirs[name] not in usual]


def tenant_pairs(case: Case) -> tuple[TenantPair, TenantPair]:
    """Return both directions in which the two organisations can request each other's data."""
    return TenantPair(case, case.away, case.home), TenantPair(case, case.home, case.away)


def fingerprints(operation: Operation, rows: Iterable[Row]) -> set[str]:
    """Return the fingerprints of some rows; rows that may look the same elsewhere by chance have none."""
    found = (fingerprint(identify(operation, row), row) for row in rows)
    return {known for known in found if known is not None}


def is_same_object(one: Row, other: Any) -> bool:
    """Return whether two objects, read at different times with different keys, are the same."""
    if not isinstance(other, dict) or fingerprint(None, one) is None:
        return False
    return fingerprint(None, one) == fingerprint(None, {name: other.get(name) for name in one})


def in_two_pages(listing: Listing) -> Call:
    """Return a call that returns the known rows of a list in two pages: a deployment may filter only the first page."""
    return listing.call.with_page_size(min(MAX_PAGE_SIZE, -(-max(2, len(listing.rows)) // 2)))


def expect_no_data(case: Case, exchange: Exchange, why: str) -> None:
    """Expect an error response or a list without rows."""
    is_list = case.operation(exchange.request.operation_id or "").returns != "object"
    shown = len(exchange.rows) if is_list else int(exchange.ok)
    actual = f"{shown} rows, the first {exchange.rows[0]}"[:300] if exchange.rows else describe(exchange)
    case.expect(not (exchange.ok and shown), f"no data: {why}", actual, exchange)


def expect_no_foreign_rows(
    case: Case, operation: Operation, exchange: Exchange, theirs: Iterable[Row], own: Iterable[Row]
) -> None:
    """Expect no row of `theirs` that isn't one of `own` as well."""
    foreign = fingerprints(operation, theirs) - fingerprints(operation, own)
    rows: Sequence[Row] = exchange.rows if exchange.ok else ()
    found = [row for row in rows if fingerprint(identify(operation, row), row) in foreign]
    actual = f"{len(found)} of them, the first {found[0]}"[:300] if found else ""
    case.expect(not found, f"no rows of another organisation in {operation.operation_id}", actual, exchange)


def expect_no_foreign_samples(case: Case, exchange: Exchange, theirs: Listing, device: str) -> None:
    """Expect no samples of another device's cycle, whatever deviceId they show.

    Cycles of two devices may have the same id, so samples of `device` itself are correct.
    """
    if not exchange.ok:
        case.expect(True, "no data", describe(exchange))
        return
    known = {_sample(row) for row in theirs.rows}
    misplaced = [row for row in exchange.rows if not same_id(row.get("deviceId"), device)]
    foreign = [row for row in exchange.rows if row.get("current") is not None and _sample(row) in known]
    cycle = theirs.call.ids.get("cycleId")
    expected = f"no samples of {theirs.call.ids.get('deviceId')}'s cycle {cycle} under device {device}"
    actual = f"{len(misplaced) or len(foreign)} of them"
    case.expect(not misplaced and not foreign, expected, actual, (theirs.exchange, exchange))


def _row_names(row: Row, exchange: Exchange) -> Iterator[str]:
    body = _body(exchange)
    for name in _NAMES:
        value = text(row, name)
        if len(value) >= _SHORTEST_NAME and value in body and value not in exchange.request.target:
            yield f"{name} {value!r}"


def _organisation(identity: Identity) -> dict[str, str]:
    """Return id and name of a key's organisation as /me shows them, in lower case."""
    response = identity.me_response
    shown = {name: response.member(name) for name in ("organizationId", "organizationName")} if response else {}
    return {name: value.lower() for name, value in shown.items() if isinstance(value, str)}


def _body(exchange: Exchange) -> str:
    return exchange.body.decode("utf-8", "replace")


def _sample(row: Row) -> tuple[str, ...]:
    return tuple(str(row.get(name)) for name in _SAMPLE)
