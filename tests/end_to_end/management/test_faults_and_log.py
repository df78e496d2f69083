"""Fault rules and the request log of two workers, over HTTP."""

import http.client
import json
import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.end_to_end.harness import ServerProcess, serve
from tests.harness.managed import OPERATOR

pytestmark = pytest.mark.no_cover  # processes are several times slower under the tracer

REQUESTS = "/sandbox/v1/requests"


class Api:
    """Calls the management API of a server."""

    def __init__(self, server: ServerProcess) -> None:
        self.server = server
        made = self("POST", "/organizations", {"name": "Test"})
        self.path = f"/organizations/{made['organization']['organizationId']}"
        self.key: str = made["key"]["key"]

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        headers = [("Authorization", f"Bearer {OPERATOR}")]
        response = self.server(method, "/sandbox/v1" + path, key=None, headers=headers, body=body)
        assert response.status < 300, response
        return response.json

    def get(self, target: str = "/api/v1/me", **headers: str) -> int:
        """Send a request with the organisation's key; return its status."""
        pairs = [("X-Sepolo-Api-Key", self.key), *headers.items()]
        return self.server("GET", target, key=None, headers=pairs).status


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    folder = tmp_path_factory.mktemp("server")
    options = ("--workers", "2", "--state", str(folder / "state.db"), "--operator-token", OPERATOR)
    made = serve(folder, *options)
    yield made
    assert made.stop() == 0
    assert made.stderr == ""


@pytest.fixture
def api(server: ServerProcess) -> Api:
    return Api(server)


def test_log_of_two_workers_is_whole(api: Api) -> None:
    """The log has every request once, whichever worker served it, before its client has the response."""
    with ThreadPoolExecutor(8) as pool:
        statuses = Counter(pool.map(lambda number: api.get(f"/api/v1/me?n={number}"), range(200)))
    assert statuses == {200: 200}
    query = f"?organizationId={api.path.rpartition('/')[2]}&pageSize=500"
    rows = api("GET", f"/requests{query}")["data"]
    assert sorted(row["path"] for row in rows) == sorted(f"/api/v1/me?n={number}" for number in range(200))
    assert len({row["number"] for row in rows}) == 200
    api.get("/api/v1/me?last")
    assert api("GET", f"/requests{query}")["data"][0]["path"] == "/api/v1/me?last"


def test_count_of_a_rule_is_exact_over_workers(api: Api) -> None:
    """Two workers together make as many requests fail as the rule says, and the rule is then gone."""
    api("POST", f"{api.path}/faults", {"effect": "status", "status": 500, "count": 30, "share": 0.5})
    with ThreadPoolExecutor(8) as pool:
        statuses = Counter(pool.map(lambda _: api.get(), range(100)))
    assert statuses == {200: 70, 500: 30}
    assert api("GET", f"{api.path}/faults")["data"] == []


def test_rule_is_effective_at_once(api: Api) -> None:
    """A rule that was made concerns the next request, and one that was deleted concerns none, in every worker."""
    for _ in range(5):
        rule = api("POST", f"{api.path}/faults", {"effect": "status", "status": 502})
        assert [api.get() for _ in range(4)] == [502] * 4
        api("DELETE", f"{api.path}/faults/{rule['faultId']}")
        assert [api.get() for _ in range(4)] == [200] * 4


def test_close(api: Api) -> None:
    """The effect close ends the connection without a response; the log says so."""
    rule = api("POST", f"{api.path}/faults", {"effect": "close", "count": 1})
    with pytest.raises(http.client.RemoteDisconnected):
        api.get()
    assert api.get() == 200
    _, closed = api("GET", f"/requests?organizationId={api.path.rpartition('/')[2]}")["data"]
    assert (closed["status"], closed["requestId"], closed["faultId"]) == (None, None, rule["faultId"])
    assert closed["reason"] == f"The fault rule {rule['faultId']} closed the connection without a response."


def test_truncate(api: Api) -> None:
    """The effect truncate ends the connection in the middle of the body; a client that asks for no body is spared."""
    api("POST", f"{api.path}/faults", {"effect": "truncate", "count": 1})
    assert api.server("HEAD", "/api/v1/me", key=None, headers=[("X-Sepolo-Api-Key", api.key)]).status == 200
    with pytest.raises(http.client.IncompleteRead) as caught:
        api.get()
    assert caught.value.expected == pytest.approx(len(caught.value.partial), abs=1)
    assert api.get() == 200


def test_preferences(api: Api) -> None:
    """Prefer works for any partner key: documented errors and delays are applied and reported, others ignored."""
    headers = [("X-Sepolo-Api-Key", api.key), ("Prefer", "code=429, delay=0.01")]
    response = api.server("GET", "/api/v1/me", key=None, headers=headers)
    assert (response.status, response.headers["preference-applied"]) == (429, "code=429, delay=0.01")
    assert response.headers["retry-after"] == "1"
    assert response.json["error"] == "rate_limited"
    delayed = api.server("GET", "/api/v1/me", key=None, headers=[headers[0], ("Prefer", "delay=0.01")])
    assert (delayed.status, delayed.headers["preference-applied"]) == (200, "delay=0.01")
    ignored = api.server("GET", "/api/v1/me", key=None, headers=[headers[0], ("Prefer", "code=404")])
    assert (ignored.status, "preference-applied" in ignored.headers) == (200, False)


def test_stream_of_another_worker(api: Api) -> None:
    """A stream has the requests that other workers serve, while they arrive."""
    parts = urlsplit(api.server.base_url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=30)
    organization = api.path.rpartition("/")[2]
    connection.request(
        "GET", f"{REQUESTS}/stream?organizationId={organization}", headers={"Authorization": f"Bearer {OPERATOR}"}
    )
    response = connection.getresponse()
    assert response.readline() == b"retry: 1000\n"
    for number in range(10):
        api.get(f"/api/v1/me?n={number}")
    found: list[str] = []
    while len(found) < 10:
        line = response.readline()
        if line.startswith(b"data: "):
            found.append(json.loads(line.removeprefix(b"data: "))["path"])
    assert found == [f"/api/v1/me?n={number}" for number in range(10)]
    connection.close()


def test_shutdown_with_a_reader(tmp_path: Path) -> None:
    """The server ends in order although a stream is open."""
    server = serve(tmp_path, "--state", ":memory:", "--operator-token", OPERATOR)
    parts = urlsplit(server.base_url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=30)
    connection.request("GET", f"{REQUESTS}/stream", headers={"Authorization": f"Bearer {OPERATOR}"})
    response = connection.getresponse()
    assert response.readline() == b"retry: 1000\n"
    assert server.stop() == 0
    # The stream is complete: the last chunk was sent before the connection was closed.
    assert response.read() == b"\n"
    assert server.stderr == ""
    connection.close()


def test_documented_call_for_the_ground_truth(api: Api) -> None:
    """The command of the page on waveforms prints what the page shows."""
    page = (Path(__file__).parents[3] / "docs/waveforms.md").read_text(encoding="utf-8")
    command = re.search(r"^```console\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    shown = re.search(r"^ \"faults\": (\[.*?\]),$", page, re.MULTILINE | re.DOTALL)
    assert command is not None
    assert shown is not None
    line = command[1].replace("http://127.0.0.1:8080", api.server.base_url)
    organization = api.path.rpartition("/")[2]
    environment = {**os.environ, "ORGANIZATION": organization, "TOKEN": OPERATOR}
    done = subprocess.run(["bash", "-ec", line], capture_output=True, check=True, timeout=30, env=environment)
    assert json.loads(done.stdout)["faults"] == json.loads(shown[1])


@pytest.mark.parametrize(
    ("request_", "status", "path"),
    [
        (b"GET /api/v1/me HTTP/1.1\r\n\r\n", 400, "/api/v1/me"),
        (b"GET /api/v1/me?key=%s HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n" % (b"k" * 20), 400, "/api/v1/me?key=..."),
        (b"GET /api/v1/me HTTP/1.1\r\nHost: h\r\nA: %s\r\n\r\n" % (b"x" * 70_000), 431, "/api/v1/me"),
        (b"nonsense\r\n\r\n", 400, ""),
    ],
)
def test_requests_that_the_server_refuses(api: Api, request_: bytes, status: int, path: str) -> None:
    """Requests that never reach the API are in the log of the operator, with their reason."""
    received = api.server.raw(request_)
    error = json.loads(received.partition(b"\r\n\r\n")[2])
    row = api("GET", "/requests")["data"][0]
    found = row["status"], row["path"], row["requestId"], row["organizationId"]
    assert found == (status, path, error["requestId"], None)
    assert row["reason"] == error["message"]
