"""The function of each operationId. A test compares the table with the contract."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from sepolo_mock_server.operations import aggregates, assets, customers, devices, me, visits
from sepolo_mock_server.operations.call import Call, Result

if TYPE_CHECKING:
    from sepolo_fixtures.view import View

READ: Mapping[str, Callable[[Call], Result]] = {
    "getMe": me.get_me,
    "listAssets": assets.list_assets,
    "getAsset": assets.get_asset,
    "listAssetChildren": assets.list_asset_children,
    "getAssetsSummary": assets.get_assets_summary,
    "listDevices": devices.list_devices,
    "getDevice": devices.get_device,
    "listDeviceTelemetry": devices.list_device_telemetry,
    "listPointGuardCycles": devices.list_point_guard_cycles,
    "listPointGuardCycleSamples": devices.list_point_guard_cycle_samples,
    "listMovements": devices.list_movements,
    "getMovementSignature": devices.get_movement_signature,
    "listIncidents": devices.list_incidents,
    "listServiceReports": visits.list_service_reports,
    "getServiceReport": visits.get_service_report,
    "listServiceVisits": visits.list_service_visits,
    "listAppointments": visits.list_appointments,
    "getServicePerformance": visits.get_service_performance,
    "listCustomers": customers.list_customers,
    "listVendors": customers.list_vendors,
    "listInventoryParts": customers.list_inventory_parts,
    "getTelemetryDaily": aggregates.get_telemetry_daily,
}

CREATE = "createServiceReport"
"""The one operation that writes."""

ALL: Mapping[str, Callable[..., object]] = {**READ, CREATE: visits.create_service_report}

STATEFUL = frozenset({"listServiceReports", "getServiceReport", CREATE})
"""Operations that read or write the stored state, which may block."""

PARENTS: Mapping[str, Callable[["View", str], object]] = {"deviceId": lambda view, device_id: view.device(device_id)}
"""Look-ups of the path ids of operations with a window: they tell whether an id exists without reading the window."""
