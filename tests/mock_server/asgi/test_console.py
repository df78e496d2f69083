"""The files of the console and of the reference: headers, methods, hosts, size, and what their pages load."""

import asyncio
import gzip
import re
import zlib
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


KINDS = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


@pytest.mark.parametrize("path", ["/console/", "/reference/"])
def test_a_page_loads_its_own_files_only(call: Call, path: str) -> None:
    """Each page has the policy without inline scripts, and names files that are served with their media type."""
    page = call(path)
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert {name: page.headers[name] for name in SAFETY} == SAFETY
    assert "access-control-allow-origin" not in page.headers
    text = page.body.decode()
    named = re.findall(r'<(?:link|script)[^>]* (?:src|href)="(?!data:)([^"]+)"', text)
    assert {name: call(urljoin(path, name)).headers["content-type"] for name in named} == {
        name: KINDS[PurePath(name).suffix] for name in named
    }
    assert not re.search(r"<script(?! (?:type=\"module\"|defer) src)|<style|\son\w+=|\sstyle=", text)


def test_every_import_is_served(call: Call) -> None:
    """Each module that a module imports is a file of the console, and only the reference names its renderer."""
    found = {f"/console/{name}": file.content.decode() for name, file in files.of("static").items()}
    assert [name for name, text in found.items() if "swagger" in text.lower()] == []
    found["/reference/reference.js"] = files.of("reference")["reference.js"].content.decode()
    for name, text in found.items():
        for imported in re.findall(r'from "([./][^"]+)"', text):
            assert call(urljoin(name, imported)).status == 200, f"{name} imports {imported}"


def test_the_bundle_is_sent_as_it_is_stored(call: Call) -> None:
    """The renderer is sent compressed to clients that accept gzip, whole to others, and with its licence beside it."""
    name = next(name for name in files.of("reference") if name.endswith("bundle.js"))
    file, path = files.of("reference")[name], f"/reference/{name}"
    body = gzip.decompress(file.content)
    compressed, whole = call(path, accept_encoding="gzip"), call(path)
    assert (compressed.headers["content-encoding"], compressed.body) == ("gzip", file.content)
    assert ("content-encoding" in whole.headers, whole.body) == (False, body)
    for response in compressed, whole, call(path, "HEAD"):
        assert (response.headers["vary"], response.headers["etag"]) == (
            "accept-encoding",
            f'W/"{len(body):x}-{zlib.crc32(body):08x}"',
        )
    assert [one.headers["content-length"] for one in (compressed, whole)] == [str(len(file.content)), str(len(body))]
    assert call(path, if_none_match=whole.headers["etag"]).status == 304
    assert b"Apache License" in call(f"/reference/{PurePath(name).with_name('LICENSE.txt')}").body


def test_the_bundle_is_not_unpacked_for_a_browser(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start, a client that accepts gzip, and a 304 cost no decompression."""
    monkeypatch.delattr(gzip, "decompress")
    names = [name for name, file in files.of("reference").items() if file.packed]
    assert len(names) == 2
    for name in names:
        received = call(f"/reference/{name}", accept_encoding="gzip, br")
        assert call(f"/reference/{name}", if_none_match=received.headers["etag"]).status == 304


def test_the_reference_has_both_documents(call: Call) -> None:
    """The documents are those of the project, without servers, so that the page calls the sandbox that serves it."""
    for name, contract in (("public", reader.load()), ("management", reader.load_management())):
        expected = {key: value for key, value in contract.document.items() if key != "servers"}
        assert call(f"/reference/{name}.json").json == expected


def test_scripts_and_styles_are_small() -> None:
    """All scripts and styles are below 150 KB when they are compressed."""
    own = [file.content for name, file in files.of("static").items() if name.endswith((".js", ".css"))]
    sizes = [len(gzip.compress(body)) for body in own]
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
    for path in ("/console/", "/reference/"):
        moved = call(path.rstrip("/"))
        assert (moved.status, moved.headers["location"]) == (308, path)
    for path in ("/console/nothing.js", "/console/../settings.py", "/console/index.html", "/reference/index.html"):
        assert (call(path).status, call(path).json["message"]) == (404, messages.no_route(path).message)


def test_hosts_of_others_are_refused(call: Call) -> None:
    """A name that was made to resolve to this machine gets no page (DNS rebinding)."""
    answer = call("/console/", host="evil.example:8080")
    assert (answer.status, answer.json["message"]) == (
        421,
        management_messages.misdirected("evil.example:8080").message,
    )
    assert [call("/console/", host=host).status for host in ("127.0.0.1:8080", "localhost", "[::1]:1")] == [200] * 3


def test_without_management_there_is_no_page() -> None:
    """A sandbox without management serves neither the console nor the reference."""
    app = build.app(Settings(state=MEMORY, management=False))
    assert [asyncio.run(exchange(app, "GET", path))[0] for path in (b"/console/", b"/reference/")] == [404, 404]
    app.sandbox.close()
