"""Management of a server with two worker processes, over HTTP."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from tests.end_to_end.harness import ServerProcess, serve
from tests.harness.in_process import Response
from tests.harness.managed import BASE, FIRST_KEY, OPERATOR

pytestmark = pytest.mark.no_cover  # processes are several times slower under the tracer

TIMES = 40
"""Requests, each on a new connection, that reach both workers with a probability of practically one."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    folder = tmp_path_factory.mktemp("workers")
    made = serve(folder, "--state", str(folder / "state.db"), "--workers", "2", "--operator-token", OPERATOR)
    yield made
    assert made.stop() == 0
    assert made.stderr == ""


def manage(server: ServerProcess, method: str, path: str, body: Any = None, token: str = OPERATOR) -> Response:
    return server(method, BASE + path, key=None, headers=[("Authorization", f"Bearer {token}")], body=body)


def statuses(server: ServerProcess, key: str, times: int = TIMES) -> Counter[int]:
    """Call `/me` with a key many times at once; return how often each status came."""
    header = [("X-Sepolo-Api-Key", key)]
    with ThreadPoolExecutor(8) as pool:
        return Counter(pool.map(lambda _: server("GET", "/api/v1/me", key=None, headers=header).status, range(times)))


def test_keys_are_effective_at_once(server: ServerProcess) -> None:
    """A key works in every worker as soon as it is made, and in none as soon as it is revoked."""
    created = manage(server, "POST", "/organizations", {"name": "Workers"}).json
    path = f"/organizations/{created['organization']['organizationId']}"
    assert statuses(server, created["key"]["key"]) == {200: TIMES}
    for _ in range(3):
        made = manage(server, "POST", f"{path}/keys", {"name": "k", "scopes": ["public_api.read"]}).json
        assert statuses(server, made["key"]) == {200: TIMES}
        rotated = manage(server, "POST", f"{path}/keys/{made['keyId']}/rotate", {}).json
        assert (statuses(server, made["key"]), statuses(server, rotated["key"])) == ({401: TIMES}, {200: TIMES})
        assert manage(server, "DELETE", f"{path}/keys/{made['keyId']}").status == 200
        assert statuses(server, rotated["key"]) == {401: TIMES}
    assert manage(server, "DELETE", path, token=created["token"]).status == 200
    assert statuses(server, created["key"]["key"]) == {401: TIMES}


def test_limits_are_exact(server: ServerProcess) -> None:
    """The limit of a made key is exact over both workers, while other changes go on."""
    created = manage(server, "POST", "/organizations", {"name": "Limits"}).json
    path = f"/organizations/{created['organization']['organizationId']}"
    body = {"name": "k", "scopes": ["public_api.read"], "requestsPerMinute": 50, "requestsPerDay": 60}
    key = manage(server, "POST", f"{path}/keys", body).json["key"]
    assert statuses(server, key, 30) == {200: 30}
    manage(server, "POST", f"{path}/clock/advance", {"by": "P1D"})
    assert statuses(server, key, 60) == {200: 20, 429: 40}


def test_session_of_every_worker(server: ServerProcess) -> None:
    """Every worker knows the operator's token, and how the server was started."""
    found = [manage(server, "GET", "/session").json for _ in range(10)]
    assert found == [found[0]] * 10
    assert (found[0]["workers"], found[0]["baseUrl"], found[0]["role"]) == (2, server.base_url, "operator")


def test_random_token(tmp_path: Path) -> None:
    """Without a token of one's own, a random one stands in the fragment of the printed console address."""
    server = serve(tmp_path, "--state", str(tmp_path / "state.db"), "--workers", "2")
    try:
        line = next(line for line in server.startup_lines if "Console" in line)
        address, token = line.split()[-1].split("#token=")
        assert address == f"{server.base_url}/console/"
        assert {manage(server, "GET", "/session", token=unquote(token)).status for _ in range(8)} == {200}
        assert manage(server, "GET", "/session").status == 401
        refused = server("GET", f"{BASE}/session?token={token}", key=None)
        assert (refused.status, token in refused.body.decode()) == (401, False)
    finally:
        assert server.stop() == 0
    assert server.stderr == ""


def test_banner_without_demo_keys(tmp_path: Path) -> None:
    """Without demo keys none is printed, and without management no console; a state of before is used."""
    state = str(tmp_path / "state.db")
    server = serve(tmp_path, "--state", state, "--no-demo-keys", "--operator-token", OPERATOR)
    try:
        key = manage(server, "POST", "/organizations", {"name": "Kept"}).json["key"]["key"]
        assert not [line for line in server.startup_lines if "sep_test_" in line or "curl" in line]
        assert statuses(server, FIRST_KEY, 1) == {401: 1}
    finally:
        assert server.stop() == 0
    again = serve(tmp_path, "--state", state, "--no-management")
    try:
        assert not [line for line in again.startup_lines if "Console" in line or "token" in line]
        assert (statuses(again, FIRST_KEY, 1), statuses(again, key, 1)) == ({200: 1}, {401: 1})
        assert manage(again, "GET", "/session").status == 404
    finally:
        assert again.stop() == 0
    assert (server.stderr, again.stderr) == ("", "")
