"""The programs of docs/examples run against a sandbox. `tox -e tools` installs what they need."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from sepolo_openapi import reader
from tests.examples.programs import FOLDER, start

CONTRACT = reader.load()
MOST_TOKENS = 8_000


def test_rows_become_tables(variables: dict[str, str], tmp_path: Path) -> None:
    """read_rows.py reads all devices into pandas, and a day of telemetry into polars."""
    for name in ("pandas", "polars", "httpx"):
        pytest.importorskip(name)
    done = start("read_rows.py", variables, tmp_path)
    assert done.returncode == 0, done.stderr
    devices, rows = map(int, done.stdout.split())
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
