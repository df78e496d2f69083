"""Finds test data on an unknown deployment: lists with rows, valid ids, and windows with data.

A search starts when its data are first needed; its result, or the reason why there is none, is remembered. The order of
the search does not depend on chance, so several processes find the same data.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sepolo_conformance.api.calls import Call, Listing
from sepolo_conformance.api.identity import Identity, authorised
from sepolo_conformance.api.links import DETAILS
from sepolo_conformance.model.memory import Memory
from sepolo_conformance.model.outcomes import NotTested, Vacuous
from sepolo_conformance.model.settings import Settings
from sepolo_conformance.target.keys import Target
from sepolo_conformance.target.narrowing import narrower_calls
from sepolo_conformance.transport.client import Client
from sepolo_conformance.transport.exchange import Exchange, Request
from sepolo_openapi.contract import Contract, Operation

_DEVICES = 6
_WINDOWS_BACK = 13
"""Devices that are tried, and windows of 30 days before now that are tried on the first of them."""
_PARENTS = 8
_MONTH, _HALF_DAY = timedelta(days=30), timedelta(hours=12)
"""Windows of devices end half a day before now, so that they cross the end of a month on any day."""


class Discovery:
    """Data of one organisation; `choose_key` returns the identity to call an operation with."""

    def __init__(
        self,
        settings: Settings,
        contract: Contract,
        client: Client,
        target: Target,
        choose_key: Callable[[Operation], Identity],
    ) -> None:
        self._settings = settings
        self._operations = contract.operations
        self._client = client
        self._target = target
        self._choose_key = choose_key
        self._memory = Memory()

    def listing(self, operation_id: str) -> Listing:
        """Return a call of a list with rows, and its first page of the largest size.

        Raises Vacuous if the deployment has no such rows, NotTested if no key may read them.
        """
        return self._memory.once(("listing", operation_id), lambda: self._listing(self._operations[operation_id]))

    def small(self, operation_id: str, at_least: int = 2, at_most: int = 40) -> Listing:
        """Return a list of `at_least` to `at_most` rows, narrowed by a window or a filter, to be walked row by row.

        Without such a list it is `listing`: `complete` and the number of rows show which.
        """
        key = ("small", operation_id, str(at_least), str(at_most))
        return self._memory.once(key, lambda: self._small(self.listing(operation_id), at_least, at_most))

    def call(self, operation_id: str) -> Call:
        """Return a valid call, which returns 200, of any operation except createServiceReport."""
        return self._memory.once(("call", operation_id), lambda: self._call(self._operations[operation_id]))

    def reader(self, operation_id: str) -> Identity:
        """Return the identity to call an operation with; raise NotTested if no key may call it."""
        return self._choose_key(self._operations[operation_id])

    # -- Lists with rows -------------------------------------------------------------------------------------

    def _listing(self, operation: Operation) -> Listing:
        for call in self._candidates(operation):
            found = self._try(call)
            if found is not None and found.rows:
                return found
        hint = ""
        if "{deviceId}" in operation.path:
            hint = " in --window: give another" if self._settings.window else ": give --device and --window"
        raise Vacuous(f"{operation.operation_id} returns no rows{hint}")

    def _candidates(self, operation: Operation) -> Iterator[Call]:
        """Yield calls that may return rows, the likeliest first."""
        match operation.operation_id:
            case "listAssets" | "listInventoryParts":
                yield Call(operation, query={"status": "all"})
                yield Call(operation)
            case "listAssetChildren":
                yield from (Call(operation, {"assetId": asset}) for asset in self._parents())
            case "listPointGuardCycleSamples":
                yield from self._cycles(operation)
            case "getTelemetryDaily":
                yield from self._days(operation)
            case _ if operation.window is None:
                yield Call(operation)
            case _ if "{deviceId}" in operation.path:
                yield from self._device_windows(operation)
            case _ if operation.window.max_days is None:
                yield Call(operation)
                yield from (Call(operation).within(*window) for window in self._windows())
            case _:
                yield from (Call(operation).within(*window) for window in self._windows())

    def _windows(self) -> Iterator[tuple[datetime, datetime]]:
        """Yield windows for whole organisations: the one of --window, growing ones around now, then earlier years."""
        if self._settings.window is not None:
            yield self._settings.window
        now = self._target.now()
        for days in (7, 31, 182):
            yield now - timedelta(days=days), now + timedelta(days=days)
        for years in range(1, 5):
            yield now - timedelta(days=365 * years), now - timedelta(days=365 * (years - 1))

    def _device_windows(self, operation: Operation) -> Iterator[Call]:
        devices = self._devices()
        if self._settings.window is not None:
            # With --window, no other window is tried.
            yield from (Call(operation, {"deviceId": device}).within(*self._settings.window) for device in devices)
            return
        now = self._target.now()
        end = now - _HALF_DAY
        for device in devices:
            yield Call(operation, {"deviceId": device}).within(end - _MONTH, end)
        for back in range(1, _WINDOWS_BACK):
            for device in devices[: 1 if back > 3 else 2]:
                yield Call(operation, {"deviceId": device}).within(end - (back + 1) * _MONTH, end - back * _MONTH)
        yield from (Call(operation, {"deviceId": device}).within(end, now) for device in devices)

    def _devices(self) -> list[str]:
        """Return devices that may have data: the one of --device, PointGuard devices, then some of the whole list."""
        try:
            rows = self._rows("listDevices")
        except NotTested:
            if self._settings.device is None:
                raise
            rows = []
        point_guards = [row for row in rows if row.get("isPointGuard") is True]
        spread = rows[:: max(1, len(rows) // _DEVICES)]
        names = [row.get("deviceId") for row in (*point_guards[: _DEVICES // 2], *spread)]
        names = [self._settings.device, *names]
        found = list(dict.fromkeys(name for name in names if isinstance(name, str) and name))[: _DEVICES + 1]
        if not found:
            raise Vacuous("there are no devices: give one by --device")
        return found

    def _parents(self) -> list[str]:
        """Return ids of assets that probably have children; ids of any assets if none is known to have some."""
        rows = self._rows("listAssets")
        known = {row.get("parentAssetId") for row in rows if isinstance(row.get("parentAssetId"), str)}
        likely = [row for row in rows if _count(row, "childCount") > 0 or str(row.get("assetId")) in known]
        names = (*(row.get("assetId") for row in likely), *(row.get("parentAssetId") for row in rows))
        found = dict.fromkeys(name for name in names if isinstance(name, str))
        if not found:
            found = dict.fromkeys(str(row["assetId"]) for row in rows if row.get("assetId"))
        return list(found)[:_PARENTS]

    def _cycles(self, operation: Operation) -> Iterator[Call]:
        listing = self.listing("listPointGuardCycles")
        for row in sorted(listing.rows, key=lambda row: _count(row, "samples") < 2)[:3]:
            if isinstance(row.get("cycleId"), str):
                yield Call(operation, {**listing.call.ids, "cycleId": row["cycleId"]})

    def _days(self, operation: Operation) -> Iterator[Call]:
        """Yield days of single devices: all devices of an organisation over a year may be millions of rows."""
        listing = self.listing("listDeviceTelemetry")
        window = listing.call.window
        for ends in ([window] if window else []) + list(self._windows()):
            yield Call(operation, query=dict(listing.call.ids)).within(*ends)
        # The device with the most telemetry may have no daily rows.
        for device in self._devices():
            yield Call(operation, query={"deviceId": device}).within(*next(self._windows()))

    def _rows(self, operation_id: str) -> list[dict[str, Any]]:
        try:
            return list(self.listing(operation_id).rows)
        except Vacuous:
            return []

    def _try(self, call: Call) -> Listing | None:
        """Return the listing of a call, None if the response is not a list."""
        reader = self._choose_key(call.operation)
        exchange = self._send(call.with_page_size(), reader)
        if not exchange.ok or exchange.fault is not None:
            return None
        more = exchange.has_more
        return Listing(call, reader, tuple(exchange.rows), not more, exchange)

    def _send(self, call: Call, reader: Identity) -> Exchange:
        operation = call.operation
        request = Request("GET", call.target, authorised(reader.key), None, reader.key, operation.operation_id)
        return self._client.send(request)

    # -- Smaller lists ---------------------------------------------------------------------------------------

    def _small(self, listing: Listing, at_least: int, at_most: int) -> Listing:
        def fits(found: Listing | None) -> bool:
            return found is not None and found.complete and at_least <= len(found.rows) <= at_most

        if fits(listing):
            return listing
        for call in narrower_calls(listing, at_least, at_most):
            found = self._try(call)
            if found is not None and fits(found):
                return found
        return listing

    # -- One valid call of each operation ---------------------------------------------------------------------

    def _call(self, operation: Operation) -> Call:
        if operation.method != "GET":
            raise NotTested(f"{operation.operation_id} writes: --allow-writes")
        if operation.returns in ("page", "array"):
            return self.listing(operation.operation_id).call
        if operation.window is not None:
            now = self._target.now()
            return Call(operation).within(now - _MONTH, now)
        if "{" not in operation.path:
            return Call(operation)
        return self._detail(operation)

    def _detail(self, operation: Operation) -> Call:
        """Return a call of an operation that needs an id, with an id from a list."""
        source, (_, parameter, member) = next(
            (source, link) for source, link in DETAILS.items() if link.operation_id == operation.operation_id
        )
        listing = self.listing(source)
        # A signature is calculated after the movement; the list shows which movements have one.
        rows = sorted(listing.rows, key=lambda row: "currentSignature" in row and row["currentSignature"] is None)
        for row in rows:
            if isinstance(row.get(member), str):
                return Call(operation, {**listing.call.ids, parameter: row[member]})
        raise Vacuous(f"no row of {source} has a {member}")


def _count(row: Mapping[str, Any], member: str) -> int:
    value = row.get(member)
    return value if isinstance(value, int) else 0
