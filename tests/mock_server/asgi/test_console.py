"""The files of the console: headers, methods, hosts, size, and what its page loads."""

import asyncio
import gzip
import re
from collections.abc import Callable, Iterator
from pathlib import PurePath
from urllib.parse import urljoin

import pytest

from sepolo_mock_server import build
from sepolo_mock_server.asgi.console import POLICY
from sepolo_mock_server.console import files
from sepolo_mock_server.errors import management_messages, messages
from sepolo_mock_server.settings import Settings
from sepolo_openapi import reader
from tests.harness.in_process import MEMORY, Response, exchange, joined_headers

Call = Callable[..., Response]
MAXIMUM_BYTES = 150_000
"""Limit of all scripts and styles together, compressed."""
SAFETY = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


@pytest.fixture(scope="module")
def call() -> Iterator[Call]:
    """Sends requests to a sandbox of this process."""
    app = build.app(Settings(state=MEMORY))
    with asyncio.Runner() as runner:

        def send(path: str, method: str = "GET", **headers: str) -> Response:
            raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
            status, received, body = runner.run(exchange(app, method, path.encode(), raw))
            return Response(status, joined_headers(received), body)

        yield send
    app.sandbox.close()


def test_the_page_loads_its_own_files_only(call: Call) -> None:
    """The page has the policy without inline scripts, and names files that are served with their media type."""
    page = call("/console/")
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert {name: page.headers[name] for name in SAFETY} == SAFETY
    assert "access-control-allow-origin" not in page.headers
    named = re.findall(r'(?:src|href)="([^"#]+)"', page.body.decode())
    kinds = {".svg": "image/svg+xml", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
    assert {name: call(f"/console/{name}").headers["content-type"] for name in named} == {
        name: kinds[PurePath(name).suffix] for name in named
    }
    assert not re.search(r"<script(?! type=\"module\" src)|<style|\son\w+=|\sstyle=", page.body.decode())


def test_every_import_is_served(call: Call) -> None:
    """Each module that a module imports is a file of the console."""
    scripts = {name: body.decode() for name, (_, body) in files.static().items() if name.endswith(".js")}
    for name, text in scripts.items():
        for imported in re.findall(r'from "(\.{1,2}/[^"]+)"', text):
            assert call(urljoin(f"/console/{name}", imported)).status == 200, f"{name} imports {imported}"


def test_scripts_and_styles_are_small() -> None:
    """All scripts and styles are below 150 KB when they are compressed."""
    sizes = [len(gzip.compress(body)) for name, (_, body) in files.static().items() if name.endswith((".js", ".css"))]
    assert sum(sizes) < MAXIMUM_BYTES


def test_the_operations_are_those_of_the_contract(call: Call) -> None:
    """The console reads scopes and operations from the contract."""
    contract = reader.load()
    read = call("/console/operations.json").json
    assert list(read["scopes"]) == list(contract.scopes)
    assert [one["operationId"] for one in read["operations"]] == list(contract.operations)
    assert {one["scope"] for one in read["operations"]} == set(contract.scopes)


def test_methods_and_paths(call: Call) -> None:
    """Files can be read only, an unchanged one is a 304, the path without a slash leads to the page, others are 404."""
    page = call("/console/")
    assert call("/console/", if_none_match=page.headers["etag"]).status == 304
    assert call("/console/", "HEAD").body == b""
    assert call("/console/", "OPTIONS").headers["allow"] == "GET, HEAD, OPTIONS"
    refused = call("/console/app.js", "POST")
    assert (refused.status, refused.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    moved = call("/console")
    assert (moved.status, moved.headers["location"]) == (308, "/console/")
    for path in ("/console/nothing.js", "/console/../settings.py", "/console/index.html"):
        assert (call(path).status, call(path).json["message"]) == (404, messages.no_route(path).message)


def test_hosts_of_others_are_refused(call: Call) -> None:
    """A name that was made to resolve to this machine gets no page (DNS rebinding)."""
    answer = call("/console/", host="evil.example:8080")
    assert (answer.status, answer.json["message"]) == (
        421,
        management_messages.misdirected("evil.example:8080").message,
    )
    assert [call("/console/", host=host).status for host in ("127.0.0.1:8080", "localhost", "[::1]:1")] == [200] * 3


def test_without_management_there_is_no_console() -> None:
    """A sandbox without management serves no page."""
    app = build.app(Settings(state=MEMORY, management=False))
    assert asyncio.run(exchange(app, "GET", b"/console/"))[0] == 404
    app.sandbox.close()
