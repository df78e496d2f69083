"""Reads every list with the client of openapi-generator, type-checked strictly; prints what it found as JSON."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Protocol
from uuid import UUID

from sepolo.api.aggregates_api import AggregatesApi
from sepolo.api.assets_api import AssetsApi
from sepolo.api.commerce_api import CommerceApi
from sepolo.api.devices_api import DevicesApi
from sepolo.api.service_api import ServiceApi
from sepolo.api_client import ApiClient
from sepolo.configuration import Configuration
from sepolo.exceptions import ApiException
from sepolo.models.activity_status import ActivityStatus
from sepolo.models.public_api_create_service_report_request import PublicApiCreateServiceReportRequest
from sepolo.models.public_api_error import PublicApiError

OSLO = timezone(timedelta(hours=2))
FROM, TO = (datetime(2026, 5, 27, hour, tzinfo=OSLO).astimezone(UTC) for hour in (14, 18))
FIRST, LAST = (datetime(2026, 6, day, tzinfo=OSLO).astimezone(UTC) for day in (1, 30))
DEVICE, STATION = "SEP-DEVICE-001", UUID("451735d5-c080-4196-9063-6feeea49ea75")


class Page(Protocol):
    data: Any
    has_more: Any
    next_cursor: str | None


Read = Callable[[str], Page]


def connect(key: str) -> ApiClient:
    return ApiClient(
        Configuration(host=os.environ["BASE_URL"], api_key={"ApiKeyHeader": key}, datetime_format="%Y-%m-%dT%H:%M:%SZ")
    )


def rows(read: Read) -> int:
    count, cursor = 0, ""
    while True:
        page = read(cursor)
        count += len(page.data)
        if not page.has_more:
            return count
        cursor = page.next_cursor or ""


def refused(call: Callable[[], object]) -> PublicApiError:
    try:
        call()
    except ApiException as error:
        if isinstance(error.data, PublicApiError):
            return error.data
        raise
    raise AssertionError("the call was not refused")


def main() -> None:
    full = connect(os.environ["API_KEY"])
    assets, devices, service, commerce = AssetsApi(full), DevicesApi(full), ServiceApi(full), CommerceApi(full)
    lists: dict[str, Read] = {
        "listAssets": lambda c: assets.list_assets(cursor=c, status=ActivityStatus.ALL),
        "listAssetChildren": lambda c: assets.list_asset_children(STATION, cursor=c, page_size=5),
        "listDevices": lambda c: devices.list_devices(cursor=c, page_size=40),
        "listDeviceTelemetry": lambda c: devices.list_device_telemetry(DEVICE, cursor=c, from_utc=FROM, to_utc=TO),
        "listPointGuardCycles": lambda c: devices.list_point_guard_cycles(
            DEVICE, cursor=c, var_from=FROM, to=TO, page_size=1
        ),
        "listPointGuardCycleSamples": lambda c: devices.list_point_guard_cycle_samples(
            DEVICE, "cyc_20260527_120000", cursor=c
        ),
        "listMovements": lambda c: devices.list_movements(DEVICE, cursor=c, from_utc=FROM, to_utc=TO),
        "listIncidents": lambda c: devices.list_incidents(cursor=c, from_utc=FIRST, to_utc=LAST),
        "listServiceReports": lambda c: service.list_service_reports(cursor=c, from_utc=FIRST, to_utc=LAST),
        "listCustomers": lambda c: commerce.list_customers(cursor=c, page_size=10),
        "listInventoryParts": lambda c: commerce.list_inventory_parts(cursor=c, status=ActivityStatus.ALL),
        "listServiceVisits": lambda _: service.list_service_visits(from_utc=FIRST, to_utc=LAST),
        "listAppointments": lambda _: service.list_appointments(from_utc=FIRST, to_utc=LAST),
        "listVendors": lambda _: commerce.list_vendors(),
    }
    found: dict[str, Any] = {name: rows(read) for name, read in lists.items()}
    daily = AggregatesApi(full).get_telemetry_daily(from_utc=FIRST, to_utc=LAST, device_id=DEVICE)
    found["getTelemetryDaily"] = len(daily)

    report = PublicApiCreateServiceReportRequest(title="Relay replaced", deviceId=DEVICE)
    read_only = ServiceApi(connect(os.environ["READ_ONLY_KEY"]))
    found["forbidden"] = refused(lambda: read_only.create_service_report(report)).message
    wrong = refused(lambda: devices.list_movements(DEVICE, from_utc=TO, to_utc=FROM))
    assert wrong.details is not None
    found["invalid"] = wrong.details[0].parameter
    created = service.create_service_report(report, idempotency_key=os.environ["IDEMPOTENCY_KEY"])
    found["created"] = service.get_service_report(created.service_report_id).title
    print(json.dumps(found))


main()
