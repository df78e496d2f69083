"""Keys that see a part of their organisation only, and what lies outside of that part."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sepolo_conformance.api.calls import Call, Listing
from sepolo_conformance.compare.rows import Row, text, texts
from sepolo_conformance.engine.case import Case
from sepolo_conformance.model.outcomes import NotTested, Vacuous
from sepolo_conformance.target.keys import Identity
from sepolo_openapi.contract import Operation

__all__ = ["Bound", "bounds"]

_TRIES = 6
"""Devices outside that are asked for data before giving up."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A bounded key, and what the unbounded key of its organisation sees of the rest."""

    case: Case
    key: Identity
    kind: str

    def outside(self, row: Row) -> bool:
        """Return whether a row says that it lies outside: of another group, and of another customer."""
        said = []
        if self.key.groups:
            said.append(isinstance(row.get("groupId"), int) and row["groupId"] not in self.key.groups)
        if self.key.customers:
            said.append(isinstance(row.get("customerId"), str) and row["customerId"] not in self.key.customers)
        return bool(said) and all(said)

    def may(self, operation_id: str) -> Identity:
        """Return the key, end the part where it may not call the operation."""
        scope = self.case.operation(operation_id).scope
        if not self.key.holds(scope):
            self.case.not_tested(f"the bounded key {self.key.key.placeholder} lacks the scope {scope}")
        return self.key

    def assets(self) -> list[dict[str, Any]]:
        """Return assets outside; raises Vacuous where there are none."""
        return self._found("assets", [row for row in self._all("listAssets") if self.outside(row)])

    def devices(self) -> list[dict[str, Any]]:
        """Return devices outside: of another group, or mounted on an asset of another customer."""
        mounted = {text(row, "deviceId"): self.outside(row) for row in self._all("listAssets")}
        rows = self._all("listDevices")
        found = [
            row
            for row in rows
            if (name := text(row, "deviceId")) and mounted.get(name, True) and (self.outside(row) or name in mounted)
        ]
        return self._found("devices", found)

    def reports(self) -> list[dict[str, Any]]:
        """Return service reports of assets outside."""
        assets = set(texts(self.assets(), "assetId"))
        rows = self.case.home.listing("listServiceReports").rows
        return self._found("service reports", [row for row in rows if text(row, "assetId") in assets])

    def elsewhere(self, operation: Operation) -> Listing:
        """Return a list under an asset or device outside that has rows for the unbounded key."""
        name = "assetId" if "{assetId}" in operation.path else "deviceId"
        known = self.case.home.listing(operation.operation_id)
        places = self.assets() if name == "assetId" else self.devices()
        likely = sorted(places, key=lambda row: (row.get("isPointGuard") is not True, not row.get("childCount")))
        ids = texts(likely, name)
        if known.call.ids[name] in ids:
            return known
        for value in ids[:_TRIES]:
            call = Call(operation, {**known.call.ids, name: value}, known.call.query)
            exchange = self.case.call(call.having(pageSize=20), key=known.reader)
            if exchange.ok and exchange.rows:
                return Listing(call, known.reader, tuple(exchange.rows), complete=False, exchange=exchange)
        raise Vacuous(f"{operation.operation_id} shows no rows outside the boundary: give --device and --window")

    def under(self, operation: Operation) -> Call:
        """Return a call of what lies under an asset or a device outside, that shows data to the unbounded key."""
        if operation.operation_id == "listPointGuardCycleSamples":
            found = self.elsewhere(self.case.operation("listPointGuardCycles"))
            return Call(operation, {**found.call.ids, "cycleId": str(found.rows[0].get("cycleId"))})
        if operation.operation_id == "getMovementSignature":
            found = self.elsewhere(self.case.operation("listMovements"))
            return Call(operation, {**found.call.ids, "movementId": str(found.rows[0].get("id"))})
        return self.elsewhere(operation).call

    def _all(self, operation_id: str) -> Sequence[dict[str, Any]]:
        return self.case.home.listing(operation_id).rows

    @staticmethod
    def _found(what: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if not rows:
            raise Vacuous(f"no {what} are known to lie outside the boundary")
        return rows


def bounds(case: Case, *kinds: str) -> Iterator[Bound]:
    """Yield a key for each kind of boundary, `groups` and `customers`; NotTested becomes a note where there is none."""
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
            yield Bound(case, max(found, key=lambda entry: len(entry.scopes or ())), kind)
