"""The fixtures `sepolo_sandbox` and `sepolo`, in sessions of pytest as a partner runs them."""

import subprocess
import sys
from pathlib import Path

import pytest

from sepolo_mock_server.testing import sandbox
from sepolo_mock_server.testing.sandbox import SandboxError
from tests.end_to_end.harness import environment, serve
from tests.harness.managed import OPERATOR

pytestmark = pytest.mark.no_cover  # processes are several times slower under the tracer

OPTIONS = ("-p", "no:cacheprovider", "-p", "no:randomly")
SESSION = """
import os
from datetime import UTC, datetime

import pytest

ASSETS = "/api/v1/assets?pageSize=1"
REPORT = {"title": "Pump changed", "deviceId": "SEP-DEVICE-001"}


def test_client(sepolo):
    me = sepolo.client.get("/api/v1/me").json()
    assert (me["organizationId"], me["serverTimeUtc"]) == (sepolo.id, "2026-07-01T00:00:00Z")
    assert str(sepolo.client.base_url) == sepolo.base_url


def test_keys(sepolo):
    client = sepolo.client_with(sepolo.key(scopes=["assets.read"]))
    assert [client.get(path).status_code for path in (ASSETS, "/api/v1/devices")] == [200, 403]
    limited = sepolo.client_with(sepolo.key(requestsPerMinute=1))
    assert [limited.get("/api/v1/me").status_code for _ in range(2)] == [200, 429]


def test_clock(sepolo):
    start = datetime(2026, 7, 1, tzinfo=UTC)
    assert sepolo.clock.now() == start
    assert sepolo.clock.advance(days=1, minutes=10) == datetime(2026, 7, 2, 0, 10, tzinfo=UTC)
    assert sepolo.client.get("/api/v1/me").json()["serverTimeUtc"] == "2026-07-02T00:10:00Z"
    assert sepolo.clock.set(start) == start
    assert sepolo.clock.follow_wall() > start
    for wrong in (lambda: sepolo.clock.set(datetime(2026, 7, 1)), lambda: sepolo.clock.advance(days=-1),
                  lambda: sepolo.clock.advance(milliseconds=1)):
        with pytest.raises(ValueError):
            wrong()


def test_reset(sepolo):
    sepolo.clock.advance(hours=1)
    sepolo.client.post("/api/v1/service-reports", json=REPORT)
    newest = sepolo.client.get("/api/v1/service-reports?pageSize=1").json()["data"][0]["title"]
    sepolo.reset()
    after = sepolo.client.get("/api/v1/service-reports?pageSize=1").json()["data"][0]["title"]
    assert (newest, newest == after, sepolo.clock.now()) == ("Pump changed", False, datetime(2026, 7, 1, tzinfo=UTC))


@pytest.mark.parametrize("number", range(int(os.environ["APART"])))
def test_organisations_are_apart(sepolo, number):
    rows = sepolo.client.get("/api/v1/service-reports").json()["data"]
    assert "Pump changed" not in {row["title"] for row in rows}
    assert sepolo.client.post("/api/v1/service-reports", json=REPORT).status_code == 201
"""
FAULTS = """
def test_fail_next(sepolo):
    sepolo.fail_next(503, operation="listAssets")
    statuses = [sepolo.client.get(path).status_code for path in ("/api/v1/me", *["/api/v1/assets?pageSize=1"] * 2)]
    assert statuses == [200, 503, 200]


def test_requests(sepolo):
    sepolo.client.get("/api/v1/me")
    sepolo.client.get("/api/v1/assets/none")
    assert [row["status"] for row in sepolo.requests()] == [400, 200]
    assert [row["operationId"] for row in sepolo.requests(status="4xx")] == ["getAsset"]
"""


def session(folder: Path, text: str, *arguments: str, **variables: str) -> str:
    """Run a session of pytest on a file with this text in a process of its own; return what it printed."""
    (folder / "test_partner.py").write_text(text)
    program = [sys.executable, "-m", "pytest", "-q", *OPTIONS, *arguments, "test_partner.py"]
    done = subprocess.run(
        program, capture_output=True, text=True, check=False, cwd=folder, env=environment(**variables)
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_fixtures_with_a_sandbox_of_their_own(tmp_path: Path) -> None:
    """Tests get a sandbox that is started for the session, and an organisation each."""
    assert "6 passed" in session(tmp_path, SESSION, APART="2")


def test_faults_and_requests(tmp_path: Path) -> None:
    """A test makes its next request fail, and reads the requests that it made."""
    assert "2 passed" in session(tmp_path, FAULTS)


@pytest.mark.parametrize(("console", "workers", "tests"), [(True, 2, 10), (False, 4, 200)])
def test_running_sandbox_shared_by_xdist(tmp_path: Path, console: bool, workers: int, tests: int) -> None:
    """Workers of xdist share a running sandbox, named by its address and token or the console's URL, and clean up."""
    server = serve(tmp_path, "--state", ":memory:", "--operator-token", OPERATOR)
    try:
        if console:
            line = next(line for line in server.startup_lines if "Console" in line)
            variables = {sandbox.URL_VARIABLE: line.split()[-1]}
        else:
            variables = {sandbox.URL_VARIABLE: server.base_url, sandbox.TOKEN_VARIABLE: OPERATOR}
        # Each worker imports plug-ins; only these two are needed.
        variables |= {"APART": str(tests - 4), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        options = ("-p", "xdist", "-p", "sepolo_mock_server.testing.entry", "-n", str(workers))
        assert f"{tests} passed" in session(tmp_path, SESSION, *options, **variables)
        found = sandbox.Sandbox(server.base_url, OPERATOR)
        assert {row["ofProfile"] for row in found.call("GET", "/organizations")["data"]} == {True}
        found.close()
    finally:
        assert server.stop() == 0
    assert server.stderr == ""


def test_other_sessions_import_nothing(tmp_path: Path) -> None:
    """A session that uses neither fixture imports no HTTP client and nothing else of the project."""
    text = (
        "import sys\n\n\ndef test_imports():\n"
        "    own = {name for name in sys.modules if name.startswith('sepolo_mock_server')}\n"
        "    assert own == {'sepolo_mock_server', 'sepolo_mock_server.testing', 'sepolo_mock_server.testing.entry'}\n"
        "    assert 'httpx' not in sys.modules\n"
    )
    assert "1 passed" in session(tmp_path, text)


def test_unusable_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """A URL without a token, one that nobody serves, and a wrong token are reported with the reason."""
    for url, token, fragment in (
        ("http://127.0.0.1:9", "", sandbox.TOKEN_VARIABLE),
        ("nonsense", "x" * 16, sandbox.URL_VARIABLE),
        ("http://127.0.0.1:9", "x" * 16, "does not answer"),
    ):
        monkeypatch.setenv(sandbox.URL_VARIABLE, url)
        monkeypatch.setenv(sandbox.TOKEN_VARIABLE, token)
        with pytest.raises(SandboxError, match=fragment), sandbox.found_or_started():
            pass
    monkeypatch.delenv(sandbox.URL_VARIABLE)
    with sandbox.started("--profile", "small") as found:
        found.token = "x" * 16
        with pytest.raises(SandboxError, match="401: The management token is not known"):
            found.call("GET", "/session")
    with pytest.raises(SandboxError, match="exit code 2"), sandbox.started("--profile", "nowhere"):
        pass
