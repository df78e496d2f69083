"""A state in trouble: 503 with Retry-After for what needs it, two lines in the log, `/healthz` and `/readyz`."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sepolo_mock_server.state import access, store
from tests.end_to_end.harness import InProcess, assert_error
from tests.harness.in_process import Response
from tests.harness.interruptible import Proxy

REPORTS = "/api/v1/service-reports"
BODY = {"assetId": "a33b5a5d-e55a-423d-9bdf-0bc2c61f7e63", "title": "stored"}
KEY = [("Idempotency-Key", "key-1")]


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "TIMEOUT_S", 1.0)
    monkeypatch.setattr(access, "ANSWER_S", 1.5)


def assert_unavailable(response: Response) -> None:
    assert_error(response, 503, "service_unavailable")
    assert int(response.headers["retry-after"]) >= 1


def wait_until_ready(client: InProcess) -> None:
    """Poll `/readyz`, whose probes are cached for a second."""
    deadline = time.monotonic() + 60
    while client("GET", "/readyz", key=None).status != 200:
        assert time.monotonic() < deadline


@contextmanager
def logged_outage(caplog: pytest.LogCaptureFixture, reason: str) -> Iterator[None]:
    """Check that the log gets one line for the beginning and one for the end of an outage, without tracebacks."""
    yield
    first, last = (record.getMessage() for record in caplog.records)
    assert reason in first
    assert last == "the state can be used again"
    assert not any(record.exc_info for record in caplog.records)
    caplog.clear()


def test_locked_state(make_sandbox: Callable[..., InProcess], tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """While another process locks the state, writes are 503, and everything that needs no lock is answered."""
    client = make_sandbox(state=f"sqlite:///{tmp_path / 'state.db'}")
    first = client("POST", REPORTS, body=BODY).headers["location"]
    assert client("GET", "/readyz", key=None).body == b'{"status":"ok"}'
    other = sqlite3.connect(tmp_path / "state.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with logged_outage(caplog, "database is locked"):
        for response in client.concurrently(6, "POST", REPORTS, headers=KEY, body=BODY):
            assert_unavailable(response)
        for path in (first, REPORTS, "/api/v1/assets", "/healthz"):
            assert client("GET", path).status == 200
        client.app.sandbox.state._probe = None
        assert_unavailable(client("GET", "/readyz", key=None))
        assert client("HEAD", "/readyz", key=None).status == 503
        other.close()
        wait_until_ready(client)
    created = client("POST", REPORTS, headers=KEY, body=BODY)
    assert (created.status, "idempotent-replayed" in created.headers) == (201, False)


def test_lists_while_another_process_creates_the_state(make_sandbox: Callable[..., InProcess], tmp_path: Path) -> None:
    """A list is complete while another worker locks the new state to create its tables."""
    path = tmp_path / "state.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA journal_mode=WAL")
    other.execute("BEGIN IMMEDIATE")
    client = make_sandbox(state=f"sqlite:///{path}")
    page = client("GET", f"{REPORTS}?pageSize=2")
    other.close()
    assert page.status == 200, page
    assert page.json["nextCursor"]


@pytest.mark.parametrize("trouble", ["refuse", "hang"])
def test_postgresql_in_trouble(
    trouble: str, cluster: Path, postgres: str, make_sandbox: Callable[..., InProcess], caplog: pytest.LogCaptureFixture
) -> None:
    """While the server refuses or does not answer, only operations on stored reports are 503; then all works again."""
    with Proxy(cluster) as proxy:
        client = make_sandbox(state=postgres.replace(str(cluster), str(proxy.folder)))
        stored = client("POST", REPORTS, headers=KEY, body=BODY)
        with logged_outage(caplog, ""):
            getattr(proxy, trouble)()
            for _ in range(2):
                assert_unavailable(client("POST", REPORTS, headers=KEY, body=BODY))
                assert_unavailable(client("GET", REPORTS))
                assert_unavailable(client("GET", stored.headers["location"]))
                assert_unavailable(client("GET", "/readyz", key=None))
            for path in ("/api/v1/assets", "/healthz"):
                assert client("GET", path).status == 200
            proxy.resume()
            wait_until_ready(client)
        again = client("POST", REPORTS, headers=KEY, body=BODY)
        assert (again.status, again.body, again.headers["idempotent-replayed"]) == (201, stored.body, "true")
        client.close()


def test_readiness_needs_no_key(sandbox: InProcess) -> None:
    """`/readyz` answers as `/healthz` does while the state can be used."""
    for method, status in (("GET", 200), ("HEAD", 200), ("OPTIONS", 204)):
        assert sandbox(method, "/readyz", key=None).status == status
    assert_error(sandbox("POST", "/readyz", key=None), 405, "method_not_allowed")
