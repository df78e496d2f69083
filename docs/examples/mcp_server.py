"""An MCP server over stdio: every read operation of the API is a tool, and nothing can be written.

pip install fastmcp sepolo-contract
SEPOLO_URL=http://127.0.0.1:8080 SEPOLO_API_KEY=... python mcp_server.py
"""

import os

import httpx
from fastmcp import FastMCP
from fastmcp.server.providers.openapi import MCPType, RouteMap

from sepolo_openapi import load

INSTRUCTIONS = """A list returns {data, nextCursor, hasMore}: while hasMore is true, call it again with cursor set to
nextCursor and all else unchanged. Times are RFC 3339, such as 2026-06-01T00:00:00Z. Call getMe first: serverTimeUtc is
the clock of the server, which may stand still."""


def short(route, component):
    """Leave out what a model does not need to call the tool: schemas of results and lists of statuses."""
    component.output_schema = None
    component.description = f"{route.summary}. {route.description}"


client = httpx.AsyncClient(
    base_url=os.environ["SEPOLO_URL"], headers={"X-Sepolo-Api-Key": os.environ["SEPOLO_API_KEY"]}, timeout=30
)
server = FastMCP.from_openapi(
    load().document,
    client=client,
    name="Sepolo",
    instructions=INSTRUCTIONS,
    route_maps=[RouteMap(methods=["GET"], mcp_type=MCPType.TOOL), RouteMap(mcp_type=MCPType.EXCLUDE)],
    mcp_component_fn=short,
    validate_output=False,
)

if __name__ == "__main__":
    server.run(show_banner=False)
