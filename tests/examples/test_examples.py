"""The programs of docs/examples run against a sandbox. `tox -e examples` installs what they need."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sepolo_fixtures import profiles
from sepolo_openapi import reader

FOLDER = Path(__file__).parents[2] / "docs/examples"
BIN = Path(sys.executable).parent
CONTRACT = reader.load()
MOST_TOKENS = 8_000


@pytest.fixture(name="variables", scope="module")
def _variables() -> Iterator[dict[str, str]]:
    """Start a sandbox; yields the environment in which an example finds it."""
    command = [str(BIN / "sepolo-mock"), "serve", "--port", "0", "--profile", "small", "--state", ":memory:"]
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
