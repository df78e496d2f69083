"""Reads a list of the API into pandas and polars, page by page.

pip install httpx pandas polars
SEPOLO_URL=http://127.0.0.1:8080 SEPOLO_API_KEY=... python read_rows.py
"""

import os
import time

import httpx
import pandas
import polars


def rows(path, **query):
    with httpx.Client(base_url=os.environ["SEPOLO_URL"], timeout=30) as client:
        client.headers["X-Sepolo-Api-Key"] = os.environ["SEPOLO_API_KEY"]
        while True:
            response = client.get(path, params=query)
            if response.status_code in (429, 503):
                time.sleep(int(response.headers.get("Retry-After", 5)))
                continue
            response.raise_for_status()
            page = response.json()
            yield from page["data"]
            if not page["hasMore"]:
                return
            query["cursor"] = page["nextCursor"]


if __name__ == "__main__":
    devices = pandas.DataFrame(rows("/api/v1/devices", pageSize=500))
    devices["updatedOn"] = pandas.to_datetime(devices["updatedOn"], format="ISO8601")
    # A window has at most 31 days here, and both of its ends belong to it.
    window = {"from": "2026-06-01T00:00:00Z", "to": "2026-06-02T00:00:00Z"}
    path = f"/api/v1/devices/{devices['deviceId'][0]}/telemetry"
    # A member may be null in the first rows, so that all of them decide about the type of a column.
    telemetry = polars.DataFrame(rows(path, pageSize=500, **window), infer_schema_length=None)
    print(len(devices), len(telemetry))
