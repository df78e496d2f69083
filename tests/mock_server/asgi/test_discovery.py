"""What a sandbox tells without a key: its addresses at `/`, and its contract at `/openapi.json` and `/openapi.yaml`."""

import json
from typing import Any

import pytest
import yaml

import sepolo_openapi as openapi
from sepolo_mock_server.errors import messages

HOST = ("Host", "sandbox.example:8080")
BASE = "http://sandbox.example:8080"
ADDRESSES = {
    "name": "Sepolo sandbox",
    "contract": f"{BASE}/openapi.json",
    "health": f"{BASE}/healthz",
    "ready": f"{BASE}/readyz",
    "api": f"{BASE}/api/v1/me",
}


def get(client: Any, target: str, *headers: tuple[str, str]) -> Any:
    return client.get(target, key=None, headers=[HOST, *headers])


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "text/html;q=0.5, application/json", "image/png"])
def test_addresses_in_json(client: Any, accept: str | None) -> None:
    """`/` lists the addresses in JSON, unless the client prefers HTML."""
    response = get(client, "/", *([("Accept", accept)] if accept else []))
    assert (response.status, response.headers["content-type"], response.json) == (200, "application/json", ADDRESSES)
    assert response.headers["vary"] == "accept-encoding, accept"


def test_addresses_in_html(client: Any) -> None:
    """A browser gets a page with links."""
    response = get(client, "/", ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8"))
    assert (response.status, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    text = response.body.decode()
    assert [path for path in ("/console/", "/openapi.json", "/healthz") if f'<a href="{path}">' in text] == [
        "/openapi.json",
        "/healthz",
    ]


@pytest.mark.parametrize("path", ["/console/", "/reference/"])
def test_a_page_that_is_served_is_listed(client: Any, path: str) -> None:
    """Console and reference are listed exactly when the application serves them."""
    client.app.add_url_rule(path, view_func=lambda *_: None)
    assert get(client, "/").json == {"name": "Sepolo sandbox", path.strip("/"): BASE + path} | ADDRESSES


@pytest.mark.parametrize(("query", "version"), [("", "3.1.1"), ("?version=3.1", "3.1.1"), ("?version=3.0", "3.0.3")])
def test_the_contract(client: Any, query: str, version: str) -> None:
    """The contract is served in both formats and versions, with this sandbox as first server and without 304."""
    document = openapi.served_from(openapi.for_generators(openapi.load().document), BASE)
    expected = openapi.downgrade(document) if version == "3.0.3" else document
    as_json, as_yaml = get(client, f"/openapi.json{query}"), get(client, f"/openapi.yaml{query}")
    assert (as_json.headers["content-type"], as_json.json) == ("application/json", expected)
    assert (as_yaml.headers["content-type"], yaml.safe_load(as_yaml.body)) == ("application/yaml", expected)
    assert expected["openapi"] == version


def test_the_server_is_the_one_that_was_called(client: Any) -> None:
    """Each host name gets a document of its own; without one it is the address of the socket."""
    shown = [
        client.get("/openapi.json", key=None, headers=headers).json["servers"][0]["url"]
        for headers in ([HOST], [("Host", "localhost:1")], [("Host", "[::1]:8080")], [])
    ]
    assert shown == [BASE, "http://localhost:1", "http://[::1]:8080", "http://127.0.0.1:80"]


def test_an_unchanged_contract_is_not_sent_again(client: Any) -> None:
    """`If-None-Match` with the current ETag gives 304."""
    first = get(client, "/openapi.json")
    again = get(client, "/openapi.json", ("If-None-Match", first.headers["etag"]))
    assert (first.headers["cache-control"], again.status, again.body) == ("private, no-cache", 304, b"")


def test_the_contract_is_compressed(client: Any) -> None:
    """A client that accepts gzip gets it, with the type of the content."""
    response = get(client, "/openapi.yaml", ("Accept-Encoding", "gzip"))
    assert (response.headers["content-encoding"], response.headers["content-type"]) == ("gzip", "application/yaml")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("version=2.0", messages.not_openapi_version(("3.1", "3.0"), "2.0")),
        ("version=", messages.not_openapi_version(("3.1", "3.0"), "")),
        ("version=3.0&version=3.1", messages.repeated(2)),
        ("version=%zz", messages.BAD_PERCENT),
    ],
)
def test_a_wrong_version_is_refused(client: Any, query: str, message: str) -> None:
    """A version that there is not is a 400 that names the parameter and the versions."""
    response = get(client, f"/openapi.json?{query}")
    assert (response.status, response.json["details"]) == (400, [{"parameter": "version", "message": message}])


def test_an_unknown_parameter_is_reported(client: Any) -> None:
    """An unknown parameter is ignored and named, as in calls of the API."""
    assert get(client, "/openapi.json?format=x").headers["x-sandbox-warning"] == 'unknown parameter "format" ignored'


@pytest.mark.parametrize("path", ["/", "/openapi.json", "/openapi.yaml"])
def test_methods(client: Any, path: str) -> None:
    """GET and HEAD are answered, OPTIONS lists them, and other methods are a 405."""
    assert client("HEAD", path, key=None).status == 200
    assert client("OPTIONS", path, key=None).headers["allow"] == "GET, HEAD, OPTIONS"
    refused = client("POST", path, key=None)
    assert (refused.status, json.loads(refused.body)["error"]) == (405, "method_not_allowed")
