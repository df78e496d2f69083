"""The programs of docs/examples run against a sandbox. `tox -e tools` installs what they need."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sepolo_fixtures import profiles
from sepolo_openapi import reader

FOLDER = Path(__file__).parents[2] / "docs/examples"
BIN = Path(sys.executable).parent
CONTRACT = reader.load()
MOST_TOKENS = 8_000


@contextmanager
def sandbox(*options: str) -> Iterator[dict[str, str]]:
    """Start a sandbox; yields the environment in which an example finds it."""
    command = [str(BIN / "sepolo-mock"), "serve", "--port", "0", "--profile", "small", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = next(line.split()[-1] for line in process.stdout if "Base URL" in line)
            key = next(fact.key for fact in profiles.load("small").keys(CONTRACT.scopes) if fact.name == "full")
            found = {"SEPOLO_URL": url, "SEPOLO_API_KEY": key, "PATH": f"{BIN}:{os.environ['PATH']}"}
            yield {**os.environ, **found}
        finally:
            process.terminate()
            process.wait(30)


@pytest.fixture(name="variables", scope="module")
def _variables() -> Iterator[dict[str, str]]:
    with sandbox("--state", ":memory:") as found:
        yield found


def run(name: str, variables: dict[str, str], folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, str(FOLDER / name)],
        cwd=folder, env=variables, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_rows_become_tables(variables: dict[str, str], tmp_path: Path) -> None:
    """read_rows.py reads all devices into pandas, and a day of telemetry into polars."""
    for name in ("pandas", "polars", "httpx"):
        pytest.importorskip(name)
    devices, rows = map(int, run("read_rows.py", variables, tmp_path).split())
    assert (devices, rows > 0) == (3, True)


def test_mcp_server_offers_reading_only(variables: dict[str, str]) -> None:
    """mcp_server.py offers every GET as a tool, in less than 8,000 tokens; calls return rows or the reason."""
    pytest.importorskip("fastmcp")
    from fastmcp import Client  # type: ignore[import-not-found]  # noqa: PLC0415 - an extra of this environment
    from fastmcp.client.transports import StdioTransport  # type: ignore[import-not-found]  # noqa: PLC0415 - likewise

    async def talk() -> tuple[list[Any], Any, Any]:
        transport = StdioTransport(sys.executable, [str(FOLDER / "mcp_server.py")], env=variables)
        async with Client(transport) as client:
            tools = await client.list_tools()
            page = await client.call_tool("listDevices", {"pageSize": 2})
            refused = await client.call_tool("getDevice", {"deviceId": "nowhere"}, raise_on_error=False)
            return tools, page, refused

    tools, page, refused = asyncio.run(talk())
    reading = {name for name, operation in CONTRACT.operations.items() if operation.method == "GET"}
    assert {tool.name for tool in tools} == reading
    definitions = json.dumps([tool.model_dump(exclude_none=True, by_alias=True) for tool in tools])
    assert len(definitions) / 4 < MOST_TOKENS, "a token is about four characters"
    assert len(json.loads(page.content[0].text)["data"]) == 2
    assert (refused.is_error, "No such resource belongs to" in refused.content[0].text) == (True, True)


WINDOW = {"from": "2026-06-01T00:00:00Z", "pageSize": "500"}
LISTS = {
    "assets": ("/api/v1/assets", {"status": "all"}),
    "devices": ("/api/v1/devices", {}),
    "customers": ("/api/v1/customers", {}),
    "parts": ("/api/v1/inventory/parts", {"status": "all"}),
    "incidents": ("/api/v1/incidents", {}),
    "service_reports": ("/api/v1/service-reports", {}),
    "cycles": ("/api/v1/devices/{}/pointguard/cycles", WINDOW),
    "movements": ("/api/v1/devices/{}/movements", WINDOW),
    "telemetry": ("/api/v1/devices/{}/telemetry", WINDOW),
}
"""The tables of load_with_dlt.py with the lists that they come from; {} is each device. The profile has no vendors."""


def counts(variables: dict[str, str]) -> dict[str, int]:
    """Return the numbers of rows that the sandbox has itself."""
    httpx = pytest.importorskip("httpx")
    headers = {"X-Sepolo-Api-Key": variables["SEPOLO_API_KEY"]}
    with httpx.Client(base_url=variables["SEPOLO_URL"], headers=headers, timeout=60) as client:
        now = client.get("/api/v1/me").json()["serverTimeUtc"]

        def rows(path: str, query: dict[str, str]) -> list[dict[str, Any]]:
            parameters = query | ({"to": now} if "from" in query else {})
            page = client.get(path, params=parameters).json()
            found = list(page["data"])
            while page["hasMore"]:
                page = client.get(path, params=parameters | {"cursor": page["nextCursor"]}).json()
                found += page["data"]
            return found

        devices = [row["deviceId"] for row in rows("/api/v1/devices", {})]
        return {
            table: sum(len(rows(path.format(device), query)) for device in (devices if "{}" in path else [""]))
            for table, (path, query) in LISTS.items()
        }


def loaded(variables: dict[str, str], folder: Path) -> dict[str, int]:
    duckdb = pytest.importorskip("duckdb")
    run("load_with_dlt.py", variables | {"RUNTIME__DLTHUB_TELEMETRY": "false"}, folder)
    with duckdb.connect(str(folder / "sepolo.duckdb"), read_only=True) as database:
        return {table: database.sql(f"SELECT count(*) FROM api.{table}").fetchall()[0][0] for table in LISTS}  # noqa: S608


def test_pipeline_loads_everything_and_then_what_is_new(tmp_path: Path) -> None:
    """load_with_dlt.py has the counts of the sandbox, also after a second run, two days and a service report later."""
    pytest.importorskip("dlt")
    httpx = pytest.importorskip("httpx")
    state = ("--state", str(tmp_path / "state.db"))
    with sandbox("--clock", "2026-06-10T00:00:00Z", *state) as variables:
        first = counts(variables)
        assert loaded(variables, tmp_path) == first
    with sandbox("--clock", "2026-06-12T00:00:00Z", *state) as variables:
        headers = {"X-Sepolo-Api-Key": variables["SEPOLO_API_KEY"]}
        device = httpx.get(f"{variables['SEPOLO_URL']}/api/v1/devices", headers=headers).json()["data"][0]["deviceId"]
        report = {"deviceId": device, "title": "Relay replaced"}
        created = httpx.post(f"{variables['SEPOLO_URL']}/api/v1/service-reports", headers=headers, json=report)
        assert created.status_code == 201
        second = counts(variables)
        assert loaded(variables, tmp_path) == second
    grown = {table for table in second if second[table] > first[table]}
    assert grown >= {"service_reports", "telemetry", "movements"}
