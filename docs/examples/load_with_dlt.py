"""Loads every list of the API into DuckDB with dlt. Every run loads what is new since the one before.

pip install 'dlt[duckdb]'
SEPOLO_URL=http://127.0.0.1:8080 SEPOLO_API_KEY=... python load_with_dlt.py

A run that fails loads nothing; the next one loads what it would have loaded.
"""

import os
from datetime import datetime, timedelta

import dlt
from dlt.sources.helpers import requests
from dlt.sources.rest_api import rest_api_resources

URL, KEY = os.environ["SEPOLO_URL"], os.environ["SEPOLO_API_KEY"]
HEADERS = {"X-Sepolo-Api-Key": KEY}
START = datetime.fromisoformat(os.environ.get("SEPOLO_START", "2026-06-01T00:00:00+00:00"))
AHEAD = timedelta(days=365)
# The next run reads the last day again: a movement is judged, and its signature calculated, after it.
AGAIN = timedelta(days=1)
PAGES = {"type": "cursor", "cursor_path": "nextCursor", "cursor_param": "cursor", "has_more_path": "hasMore"}
CHANGED = {
    "cursor_path": "updatedOn",
    "start_param": "updatedSince",
    "initial_value": "2000-01-01T00:00:00Z",
    # updatedSince excludes its instant, and times are whole seconds: rows of the same second must come again.
    "lag": 1,
}


def windows(start, end, days):
    """Yield the windows of at most so many days from start to end."""
    while start < end:
        stop = min(start + timedelta(days=days), end)
        yield {"start": f"{start:%Y-%m-%dT%H:%M:%SZ}", "end": f"{stop:%Y-%m-%dT%H:%M:%SZ}"}
        start = stop


def server_time():
    """Return the time of the server, whose clock is the one that counts."""
    me = requests.get(f"{URL}/api/v1/me", headers=HEADERS).json()
    return datetime.fromisoformat(me["serverTimeUtc"])


@dlt.resource(selected=False)
def years():
    """The windows of lists that are loaded as a whole each time; they also show what is planned."""
    yield [*windows(START, server_time() + AHEAD, 366)]


@dlt.resource(selected=False)
def device_windows():
    """Every device with the windows that it has not been read for.

    Not the devices that have changed: a device that has not still has new telemetry.
    """
    now = server_time()
    state = dlt.current.resource_state()
    query = {"pageSize": 500}
    while True:
        page = requests.get(f"{URL}/api/v1/devices", headers=HEADERS, params=query).json()
        for device in page["data"]:
            start = datetime.fromisoformat(state.get(device["deviceId"], START.isoformat()))
            for window in windows(start, now, 31):
                yield [{"deviceId": device["deviceId"], **window}]
            state[device["deviceId"]] = max(START, now - AGAIN).isoformat()
        if not page["hasMore"]:
            return
        query["cursor"] = page["nextCursor"]


def whole(name, path, key, **params):
    """Return a list that is loaded as a whole each time, because it has no filter of changes."""
    return {"name": name, "primary_key": key, "endpoint": {"path": path, "data_selector": "data", "params": params}}


def changed(name, path, key, **params):
    """Return a list that is loaded by its changes."""
    return whole(name, path, key, **params) | {
        "endpoint": {"path": path, "data_selector": "data", "params": params, "incremental": CHANGED}
    }


def planned(name, path, key):
    """Return a list of the organisation that is loaded by windows of a year."""
    return whole(name, path, key, fromUtc="{resources.years.start}", toUtc="{resources.years.end}")


def windowed(name, path, key):
    """Return a list of a device, loaded by windows. Rows on the border of two of them come twice and are merged."""
    window = {"from": "{resources.device_windows.start}", "to": "{resources.device_windows.end}"}
    path = f"/api/v1/devices/{{resources.device_windows.deviceId}}/{path}"
    return whole(name, path, key, **window, pageSize=500)


def with_row_id(sample):
    """Give a sample a key of one text: two members of its identity may be null, which a key of a table may not be."""
    names = ("deviceId", "stamp", "telemetryType", "cycleId", "cycleSampleIndex")
    return sample | {"rowId": "/".join(str(sample.get(name)) for name in names)}


def unwrapped(listed, **more):
    """Return a list, or one row, that comes without the envelope of pages."""
    return listed | {"endpoint": listed["endpoint"] | {"data_selector": "$", "paginator": "single_page", **more}}


CYCLE = "/api/v1/devices/{resources.cycles.deviceId}/pointguard/cycles/{resources.cycles.cycleId}"
MOVEMENT = "/api/v1/devices/{resources.movements.deviceId}/movements/{resources.movements.id}"
NOT_CALCULATED_YET = {"status_code": 404, "action": "ignore"}

config = {
    "client": {
        "base_url": URL,
        "auth": {"type": "api_key", "name": "X-Sepolo-Api-Key", "api_key": KEY, "location": "header"},
        "paginator": PAGES,
    },
    "resource_defaults": {"write_disposition": "merge"},
    "resources": [
        years(),
        device_windows(),
        changed("assets", "/api/v1/assets", "assetId", status="all", pageSize=500),
        whole("all_assets", "/api/v1/assets", "assetId", status="all", pageSize=500) | {"selected": False},
        whole("asset_children", "/api/v1/assets/{resources.all_assets.assetId}/children", "assetId", pageSize=500),
        changed("devices", "/api/v1/devices", "deviceId", pageSize=500),
        whole("customers", "/api/v1/customers", "customerId", pageSize=500),
        whole("vendors", "/api/v1/vendors", "vendorId"),
        whole("parts", "/api/v1/inventory/parts", "partId", status="all", pageSize=500),
        whole("incidents", "/api/v1/incidents", "incidentId", pageSize=500),
        whole("service_reports", "/api/v1/service-reports", "serviceReportId", pageSize=500),
        planned("service_visits", "/api/v1/service-visits", "serviceVisitId"),
        planned("appointments", "/api/v1/appointments", "appointmentId"),
        unwrapped(planned("telemetry_daily", "/api/v1/reporting/telemetry-daily", ["deviceId", "date"])),
        windowed("cycles", "pointguard/cycles", ["deviceId", "cycleId"]),
        whole("samples", f"{CYCLE}/samples", ["deviceId", "cycleId", "cycleSampleIndex"], pageSize=500),
        windowed("movements", "movements", "id"),
        unwrapped(whole("signatures", f"{MOVEMENT}/signature", "movementId"), response_actions=[NOT_CALCULATED_YET]),
        windowed("telemetry", "telemetry", "rowId") | {"processing_steps": [{"map": with_row_id}]},
    ],
}

if __name__ == "__main__":
    # The state of the pipeline, which says what has been loaded, stands beside the database.
    database = dlt.destinations.duckdb("sepolo.duckdb")
    pipeline = dlt.pipeline("sepolo", destination=database, dataset_name="api", pipelines_dir="pipelines")
    print(pipeline.run(rest_api_resources(config)))
