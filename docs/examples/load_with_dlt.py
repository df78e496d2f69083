"""Loads the API into DuckDB with dlt. Every run loads what is new since the one before.

pip install 'dlt[duckdb]'
SEPOLO_URL=http://127.0.0.1:8080 SEPOLO_API_KEY=... python load_with_dlt.py
"""

import os
from datetime import datetime, timedelta

import dlt
from dlt.sources.helpers import requests
from dlt.sources.rest_api import rest_api_resources

URL, KEY = os.environ["SEPOLO_URL"], os.environ["SEPOLO_API_KEY"]
HEADERS = {"X-Sepolo-Api-Key": KEY}
START = datetime.fromisoformat(os.environ.get("SEPOLO_START", "2026-06-01T00:00:00+00:00"))
LONGEST = timedelta(days=31)
PAGES = {"type": "cursor", "cursor_path": "nextCursor", "cursor_param": "cursor", "has_more_path": "hasMore"}
CHANGED = {
    "cursor_path": "updatedOn",
    "start_param": "updatedSince",
    "initial_value": "2000-01-01T00:00:00Z",
    # updatedSince excludes its instant, and times are whole seconds: rows of the same second must come again.
    "lag": 1,
}


def text(instant):
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


@dlt.resource(selected=False)
def device_windows():
    """Every device with the windows that it has not been read for.

    Not the devices that have changed: a device that has not still has new telemetry.
    """
    me = requests.get(f"{URL}/api/v1/me", headers=HEADERS).json()
    now = datetime.fromisoformat(me["serverTimeUtc"])
    state = dlt.current.resource_state()
    query = {"pageSize": 500}
    while True:
        page = requests.get(f"{URL}/api/v1/devices", headers=HEADERS, params=query).json()
        for device in page["data"]:
            start = datetime.fromisoformat(state.get(device["deviceId"], START.isoformat()))
            while start < now:
                end = min(start + LONGEST, now)
                yield [{"deviceId": device["deviceId"], "start": text(start), "end": text(end)}]
                start = end
            state[device["deviceId"]] = now.isoformat()
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


def windowed(name, path, key):
    """Return a list of a device, loaded by windows. Rows on the border of two of them come twice and are merged."""
    params = {"from": "{resources.device_windows.start}", "to": "{resources.device_windows.end}", "pageSize": 500}
    path = f"/api/v1/devices/{{resources.device_windows.deviceId}}/{path}"
    return whole(name, path, key, **params)


def with_row_id(sample):
    """Give a sample a key of one text: two members of its identity may be null, which a key of a table may not be."""
    names = ("deviceId", "stamp", "telemetryType", "cycleId", "cycleSampleIndex")
    return sample | {"rowId": "/".join(str(sample.get(name)) for name in names)}


config = {
    "client": {
        "base_url": URL,
        "auth": {"type": "api_key", "name": "X-Sepolo-Api-Key", "api_key": KEY, "location": "header"},
        "paginator": PAGES,
    },
    "resource_defaults": {"write_disposition": "merge"},
    "resources": [
        device_windows(),
        changed("assets", "/api/v1/assets", "assetId", status="all", pageSize=500),
        changed("devices", "/api/v1/devices", "deviceId", pageSize=500),
        whole("customers", "/api/v1/customers", "customerId", pageSize=500),
        whole("vendors", "/api/v1/vendors", "vendorId"),
        whole("parts", "/api/v1/inventory/parts", "partId", status="all", pageSize=500),
        whole("incidents", "/api/v1/incidents", "incidentId", pageSize=500),
        whole("service_reports", "/api/v1/service-reports", "serviceReportId", pageSize=500),
        windowed("cycles", "pointguard/cycles", ["deviceId", "cycleId"]),
        windowed("movements", "movements", "id"),
        windowed("telemetry", "telemetry", "rowId") | {"processing_steps": [{"map": with_row_id}]},
    ],
}

if __name__ == "__main__":
    # The state of the pipeline, which says what has been loaded, stands beside the database.
    database = dlt.destinations.duckdb("sepolo.duckdb")
    pipeline = dlt.pipeline("sepolo", destination=database, dataset_name="api", pipelines_dir="pipelines")
    print(pipeline.run(rest_api_resources(config)))
