"""Reads every list with the client of openapi-python-client, type-checked strictly; prints what it found as JSON."""

import json
import os
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any, Protocol
from uuid import UUID

from sepolo_public_api_client import AuthenticatedClient
from sepolo_public_api_client.api.aggregates import get_telemetry_daily
from sepolo_public_api_client.api.assets import list_asset_children, list_assets
from sepolo_public_api_client.api.commerce import list_customers, list_inventory_parts, list_vendors
from sepolo_public_api_client.api.devices import (
    list_device_telemetry,
    list_devices,
    list_incidents,
    list_movements,
    list_point_guard_cycle_samples,
    list_point_guard_cycles,
)
from sepolo_public_api_client.api.service import (
    create_service_report,
    get_service_report,
    list_appointments,
    list_service_reports,
    list_service_visits,
)
from sepolo_public_api_client.models.activity_status import ActivityStatus
from sepolo_public_api_client.models.public_api_create_service_report_request import PublicApiCreateServiceReportRequest
from sepolo_public_api_client.models.public_api_error import PublicApiError

OSLO = timezone(timedelta(hours=2))
FROM, TO = datetime(2026, 5, 27, 14, tzinfo=OSLO), datetime(2026, 5, 27, 18, tzinfo=OSLO)
FIRST, LAST = datetime(2026, 6, 1, tzinfo=OSLO), datetime(2026, 6, 30, tzinfo=OSLO)
DEVICE, STATION = "SEP-DEVICE-001", UUID("451735d5-c080-4196-9063-6feeea49ea75")


class Page(Protocol):
    data: list[Any]
    has_more: bool
    next_cursor: str | None


Read = Callable[[str], Page | PublicApiError | None]


def connect(key: str) -> AuthenticatedClient:
    return AuthenticatedClient(os.environ["BASE_URL"], key, prefix="", auth_header_name="X-Sepolo-Api-Key")


def rows(read: Read) -> int:
    count, cursor = 0, ""
    while True:
        page = read(cursor)
        assert page is not None
        assert not isinstance(page, PublicApiError), page
        count += len(page.data)
        if not page.has_more:
            return count
        cursor = page.next_cursor or ""


def refused(answer: object) -> PublicApiError:
    assert isinstance(answer, PublicApiError), answer
    return answer


def main() -> None:
    full, read_only = connect(os.environ["API_KEY"]), connect(os.environ["READ_ONLY_KEY"])
    lists: dict[str, Read] = {
        "listAssets": lambda c: list_assets.sync(client=full, cursor=c, status=ActivityStatus.ALL),
        "listAssetChildren": lambda c: list_asset_children.sync(STATION, client=full, cursor=c, page_size=5),
        "listDevices": lambda c: list_devices.sync(client=full, cursor=c, page_size=40),
        "listDeviceTelemetry": lambda c: list_device_telemetry.sync(
            DEVICE, client=full, cursor=c, from_utc=FROM, to_utc=TO
        ),
        "listPointGuardCycles": lambda c: list_point_guard_cycles.sync(
            DEVICE, client=full, cursor=c, from_=FROM, to=TO, page_size=1
        ),
        "listPointGuardCycleSamples": lambda c: list_point_guard_cycle_samples.sync(
            DEVICE, "cyc_20260527_120000", client=full, cursor=c
        ),
        "listMovements": lambda c: list_movements.sync(DEVICE, client=full, cursor=c, from_utc=FROM, to_utc=TO),
        "listIncidents": lambda c: list_incidents.sync(client=full, cursor=c, from_utc=FIRST, to_utc=LAST),
        "listServiceReports": lambda c: list_service_reports.sync(client=full, cursor=c, from_utc=FIRST, to_utc=LAST),
        "listCustomers": lambda c: list_customers.sync(client=full, cursor=c, page_size=10),
        "listInventoryParts": lambda c: list_inventory_parts.sync(client=full, cursor=c, status=ActivityStatus.ALL),
        "listServiceVisits": lambda _: list_service_visits.sync(client=full, from_utc=FIRST, to_utc=LAST),
        "listAppointments": lambda _: list_appointments.sync(client=full, from_utc=FIRST, to_utc=LAST),
        "listVendors": lambda _: list_vendors.sync(client=full),
    }
    found: dict[str, Any] = {name: rows(read) for name, read in lists.items()}
    daily = get_telemetry_daily.sync(client=full, from_utc=FIRST, to_utc=LAST, device_id=DEVICE)
    assert isinstance(daily, list)
    found["getTelemetryDaily"] = len(daily)

    report = PublicApiCreateServiceReportRequest(title="Relay replaced", device_id=DEVICE)
    found["forbidden"] = refused(create_service_report.sync(client=read_only, body=report)).message
    wrong = refused(list_movements.sync(DEVICE, client=full, from_utc=TO, to_utc=FROM))
    assert isinstance(wrong.details, list)
    found["invalid"] = wrong.details[0].parameter
    created = create_service_report.sync(client=full, body=report, idempotency_key=os.environ["IDEMPOTENCY_KEY"])
    assert created is not None
    assert not isinstance(created, PublicApiError), created
    stored = get_service_report.sync(created.service_report_id, client=full)
    assert stored is not None
    assert not isinstance(stored, PublicApiError), stored
    found["created"] = stored.title
    print(json.dumps(found))


main()
