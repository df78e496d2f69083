"""One short function per operation: from a validated call to what the world knows.

A table binds each operationId of the contract to its function; a test holds the two together. No HTTP here,
and no rule about parameters, windows or cursors: they were applied before. None means that the id in the
path names nothing that the key may see.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from sepolo_mock_server.operations import service_reports, telemetry_json
from sepolo_mock_server.rules import api_keys, query_strings, windows
from sepolo_mock_server.rules.cursors import Position
from sepolo_mock_server.rules.windows import Span
from sepolo_mock_server.sandbox import Principal, Sandbox

if TYPE_CHECKING:
    from sepolo_fixtures.values.pages import Slice
    from sepolo_fixtures.world import View

MEASURES = frozenset(
    {
        "current",
        "temperature",
        "humidity",
        "voltage",
        "batteryVoltage",
        "batteryPercentage",
        "vibrationRms",
        "signalStrength",
    }
)
"""Members that the `metrics` hint can leave out of a telemetry row."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request that has passed every rule. `query` holds values by parameter name, defaults included."""

    sandbox: Sandbox
    principal: Principal
    path: Mapping[str, str]
    query: Mapping[str, Any]
    span: Span
    after: Position | None
    limit: int
    members: Sequence[str]
    """Members of a row, in the contract's order."""

    @property
    def view(self) -> "View":
        return self.principal.view


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a page as a JSON array, where they end, whether more follow, and what was ignored."""

    array: bytes
    position: Position | None = None
    more: bool = False
    warnings: tuple[str, ...] = ()


Answer = bytes | Rows | None
"""A JSON object or bare array; a page; or nothing, which is a 404."""


def _listed(found: "Slice | None") -> Rows | None:
    return None if found is None else Rows(orjson.dumps(found.rows), found.position, found.more)


def _whole(rows: list[dict[str, Any]]) -> Rows:
    return Rows(orjson.dumps(rows))


def _one(row: dict[str, Any] | None) -> bytes | None:
    return None if row is None else orjson.dumps(row)


def _bounds(span: Span) -> tuple[int, int]:
    """Both ends of a window that has both."""
    assert span.start is not None and span.stop is not None  # noqa: S101, PT018 - the contract's window rule
    return span.start, span.stop


def get_me(call: Call) -> Answer:
    fact, world = call.principal.fact, call.sandbox.world
    organization = world.organizations[fact.organization]
    return orjson.dumps(
        {
            "organizationId": organization.id,
            "clientId": api_keys.masked(fact.key),
            "clientName": fact.client_name,
            "scopes": list(fact.scopes),
            "version": "v1",
            "rateLimit": {
                "requestsPerMinute": fact.requests_per_minute,
                "requestsPerDay": fact.requests_per_day,
            },
            "allowedGroupIds": sorted(fact.allowed_group_ids),
            "allowedCustomerIds": sorted(call.principal.owner.customers),
            "organizationName": organization.name,
            "environment": "sandbox",
            "keyExpiresOn": None if fact.expires is None else windows.text(fact.expires),
            "serverTimeUtc": windows.text(world.now()),
        }
    )


def list_assets(call: Call) -> Answer:
    return _listed(
        call.view.assets(
            status=call.query["status"],
            group_id=call.query.get("groupId"),
            customer_id=call.query.get("customerId"),
            updated_since=call.query.get("updatedSince"),
            after=call.after,
            limit=call.limit,
        )
    )


def get_asset(call: Call) -> Answer:
    return _one(call.view.asset(call.path["assetId"]))


def list_asset_children(call: Call) -> Answer:
    return _listed(call.view.asset_children(call.path["assetId"], after=call.after, limit=call.limit))


def get_assets_summary(call: Call) -> Answer:
    return orjson.dumps(call.view.assets_summary())


def list_devices(call: Call) -> Answer:
    status = call.query.get("status")
    return _listed(
        call.view.devices(
            status=None if status is None else int(status),
            group_id=call.query.get("groupId"),
            updated_since=call.query.get("updatedSince"),
            after=call.after,
            limit=call.limit,
        )
    )


def get_device(call: Call) -> Answer:
    return _one(call.view.device(call.path["deviceId"]))


def list_device_telemetry(call: Call) -> Answer:
    start, stop = _bounds(call.span)
    found = call.view.telemetry(
        call.path["deviceId"],
        start,
        stop,
        telemetry_type=call.query.get("telemetryType"),
        cycle_id=call.query.get("cycleId"),
        after=call.after,
        limit=call.limit,
    )
    if found is None:
        return None
    blank, warnings = _hinted(call.query.get("metrics"))
    return Rows(telemetry_json.telemetry(found, call.members, blank), found.position, found.more, warnings)


def _hinted(metrics: str | None) -> tuple[frozenset[str], tuple[str, ...]]:
    """Members to blank out, and warnings about unknown metrics. A hint that names no metric is no hint."""
    named = [] if metrics is None else [name.strip() for name in metrics.split(",") if name.strip()]
    unknown = [name for name in named if name not in MEASURES]
    wanted = MEASURES.intersection(named)
    warnings = (query_strings.warning(unknown, "metric"),) if unknown else ()
    return (MEASURES - wanted if wanted else frozenset()), warnings


def list_point_guard_cycles(call: Call) -> Answer:
    start, stop = _bounds(call.span)
    return _listed(call.view.cycles(call.path["deviceId"], start, stop, after=call.after, limit=call.limit))


def list_point_guard_cycle_samples(call: Call) -> Answer:
    found = call.view.cycle_samples(call.path["deviceId"], call.path["cycleId"], after=call.after, limit=call.limit)
    if found is None:
        return None
    return Rows(telemetry_json.telemetry(found, call.members), found.position, found.more)


def list_movements(call: Call) -> Answer:
    start, stop = _bounds(call.span)
    return _listed(
        call.view.movements(
            call.path["deviceId"],
            start,
            stop,
            min_duration=call.query.get("minDurationSeconds"),
            after=call.after,
            limit=call.limit,
        )
    )


def get_movement_signature(call: Call) -> Answer:
    return _one(call.view.signature(call.path["deviceId"], call.path["movementId"]))


def list_incidents(call: Call) -> Answer:
    return _listed(
        call.view.incidents(
            start=call.span.start,
            stop=call.span.stop,
            device_id=call.query.get("deviceId"),
            state=call.query.get("state"),
            after=call.after,
            limit=call.limit,
        )
    )


def list_service_reports(call: Call) -> Answer:
    wanted = service_reports.Wanted(
        start=call.span.start,
        stop=call.span.stop,
        asset_id=call.query.get("assetId"),
        device_id=call.query.get("deviceId"),
        state=call.query.get("state"),
    )
    return _listed(
        service_reports.merged(call.view, call.sandbox.store, call.principal.owner, wanted, call.after, call.limit)
    )


def get_service_report(call: Call) -> Answer:
    report_id = call.path["serviceReportId"]
    stored = call.sandbox.store.report(call.principal.owner, report_id)
    return _one(call.view.service_report(report_id) if stored is None else stored)


def list_service_visits(call: Call) -> Answer:
    return _whole(call.view.service_visits(*_bounds(call.span)))


def list_appointments(call: Call) -> Answer:
    return _whole(call.view.appointments(*_bounds(call.span), user_id=call.query.get("userId")))


def get_service_performance(call: Call) -> Answer:
    return orjson.dumps(call.view.service_performance(*_bounds(call.span)))


def list_customers(call: Call) -> Answer:
    return _listed(
        call.view.customers(external_system=call.query.get("externalSystem"), after=call.after, limit=call.limit)
    )


def list_vendors(call: Call) -> Answer:
    return _whole(call.view.vendors())


def list_inventory_parts(call: Call) -> Answer:
    return _listed(
        call.view.parts(
            vendor_id=call.query.get("vendorId"),
            status=call.query["status"],
            after=call.after,
            limit=call.limit,
        )
    )


def get_telemetry_daily(call: Call) -> Answer:
    return orjson.dumps(call.view.telemetry_daily(*_bounds(call.span), device_id=call.query.get("deviceId")))


HANDLERS: Mapping[str, Callable[[Call], Answer]] = {
    "getMe": get_me,
    "listAssets": list_assets,
    "getAsset": get_asset,
    "listAssetChildren": list_asset_children,
    "getAssetsSummary": get_assets_summary,
    "listDevices": list_devices,
    "getDevice": get_device,
    "listDeviceTelemetry": list_device_telemetry,
    "listPointGuardCycles": list_point_guard_cycles,
    "listPointGuardCycleSamples": list_point_guard_cycle_samples,
    "listMovements": list_movements,
    "getMovementSignature": get_movement_signature,
    "listIncidents": list_incidents,
    "listServiceReports": list_service_reports,
    "getServiceReport": get_service_report,
    "listServiceVisits": list_service_visits,
    "listAppointments": list_appointments,
    "getServicePerformance": get_service_performance,
    "listCustomers": list_customers,
    "listVendors": list_vendors,
    "listInventoryParts": list_inventory_parts,
    "getTelemetryDaily": get_telemetry_daily,
}

CREATED = "createServiceReport"
"""The one operation that writes; `reports.create` is its function."""

STORED = frozenset({"listServiceReports", "getServiceReport", CREATED})
"""Operations that touch what partners have written, so that they may wait for the state."""

PARENTS: Mapping[str, Callable[["View", str], object]] = {
    "deviceId": lambda view, device_id: view.device(device_id),
}
"""Whether an id in the path of an operation with a window names something, which needs no window to be known."""
