"""Keys with boundaries: they may read a part of their organisation only. Finds the data outside that part."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sepolo_conformance.api.calls import Call, Listing
from sepolo_conformance.api.identity import Identity
from sepolo_conformance.checks.common.prepared_requests import call_by_bearer
from sepolo_conformance.checks.isolation.operations import FEW_ROWS
from sepolo_conformance.compare.rows import Row, text, texts
from sepolo_conformance.engine import Case, Exchange, NotTested, Vacuous, fetch_once
from sepolo_openapi.contract import Operation

_MOST_PARENTS = 6
"""Assets or devices outside the boundary that are searched for data."""


@dataclass(frozen=True, slots=True)
class BoundedKey:
    """A key bounded to `groups` or `customers`, and the data outside its boundary.

    The data outside are read with the unbounded key of the same organisation. `kind` is the boundary under test; a key
    may have both.
    """

    case: Case
    identity: Identity
    kind: str

    @property
    def allowed(self) -> tuple[str, list[str]]:
        """The member of a row that the boundary is about, and its allowed values."""
        if self.kind == "groups":
            return "groupId", sorted(map(str, self.identity.groups))
        return "customerId", sorted(self.identity.customers)

    def key(self, operation_id: str) -> Identity:
        """Return the key; end the part if it lacks the scope of the operation."""
        scope = self.case.operation(operation_id).scope
        if not self.identity.holds(scope):
            self.case.not_tested(f"the bounded key {self.identity.key.placeholder} lacks the scope {scope}")
        return self.identity

    def request(self, call: Call, *, bearer: bool = False) -> Exchange:
        """Send a call with the key, in either header. The unbounded key sends it before, because a cache may leave out
        the boundary."""
        key = self.key(call.operation.operation_id)
        fetch_once(self.case, call)
        return call_by_bearer(self.case, call, key) if bearer else self.case.call(call, key=key)

    def is_outside(self, row: Row) -> bool:
        """Return whether a row lies outside the boundary; outside both of them if the key has two."""
        outside = []
        if self.identity.groups:
            outside.append(isinstance(row.get("groupId"), int) and row["groupId"] not in self.identity.groups)
        if self.identity.customers:
            outside.append(isinstance(row.get("customerId"), str) and row["customerId"] not in self.identity.customers)
        return bool(outside) and all(outside)

    def assets(self) -> list[dict[str, Any]]:
        """Return assets outside the boundary; raises Vacuous if there are none."""
        return _some("assets", [row for row in self._rows("listAssets") if self.is_outside(row)])

    def devices(self) -> list[dict[str, Any]]:
        """Return devices outside the boundary: of another group, or mounted on an asset of another customer."""
        mounted = {text(row, "deviceId"): self.is_outside(row) for row in self._rows("listAssets")}
        found = [
            row
            for row in self._rows("listDevices")
            if (name := text(row, "deviceId")) and mounted.get(name, True) and (self.is_outside(row) or name in mounted)
        ]
        return _some("devices", found)

    def reports(self) -> list[dict[str, Any]]:
        """Return service reports about assets outside the boundary."""
        assets = set(texts(self.assets(), "assetId"))
        rows = self.case.home.listing("listServiceReports").rows
        return _some("service reports", [row for row in rows if text(row, "assetId") in assets])

    def call_outside(self, operation: Operation) -> Call:
        """Return a call for an asset or device outside the boundary that shows data to the unbounded key."""
        if operation.operation_id == "listPointGuardCycleSamples":
            found = self._listing_outside(self.case.operation("listPointGuardCycles"))
            return Call(operation, {**found.call.ids, "cycleId": str(found.rows[0].get("cycleId"))})
        if operation.operation_id == "getMovementSignature":
            found = self._listing_outside(self.case.operation("listMovements"))
            return Call(operation, {**found.call.ids, "movementId": str(found.rows[0].get("id"))})
        return self._listing_outside(operation).call

    def _listing_outside(self, operation: Operation) -> Listing:
        name = "assetId" if "{assetId}" in operation.path else "deviceId"
        known = self.case.home.listing(operation.operation_id)
        parents = self.assets() if name == "assetId" else self.devices()
        # Point machines and assets with children are the most likely to have data.
        likely = sorted(parents, key=lambda row: (row.get("isPointGuard") is not True, not row.get("childCount")))
        ids = texts(likely, name)
        if known.call.ids[name] in ids:
            return known
        for value in ids[:_MOST_PARENTS]:
            call = Call(operation, {**known.call.ids, name: value}, known.call.query)
            exchange = self.case.call(call.with_page_size(FEW_ROWS), key=known.reader)
            if exchange.ok and exchange.rows:
                return Listing(call, known.reader, tuple(exchange.rows), complete=False, exchange=exchange)
        raise Vacuous(f"{operation.operation_id} shows no rows outside the boundary: give --device and --window")

    def _rows(self, operation_id: str) -> Sequence[dict[str, Any]]:
        return self.case.home.listing(operation_id).rows


def bounded_keys(case: Case, *kinds: str) -> Iterator[BoundedKey]:
    """Yield the key of most scopes for each kind of boundary, `groups` and `customers`.

    A kind without a key, or without an unbounded key of the same organisation to compare with, becomes a note.
    """
    home = case.target.main().organization_id
    for kind in kinds or ("groups", "customers"):
        found = [
            entry
            for entry in case.target.identities()
            if getattr(entry, kind) and entry.organization_id == home and len(entry.scopes or ()) > 1
        ]
        with case.part(kind):
            if not found:
                raise NotTested(f"needs a key of the first organisation with allowed {kind}: --api-key")
            if case.target.main().bounded:
                raise NotTested("needs an unbounded key of the same organisation: --api-key")
        if found and not case.target.main().bounded:
            yield BoundedKey(case, max(found, key=lambda entry: len(entry.scopes or ())), kind)


def _some(what: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows; raise Vacuous if there are none."""
    if not rows:
        raise Vacuous(f"no {what} are known to lie outside the boundary")
    return rows
