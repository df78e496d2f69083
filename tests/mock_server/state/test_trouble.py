"""A database in trouble: 503 for what it can't do, nothing stored by it, and the reason for the log."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from sepolo_mock_server.errors import command_line, messages
from sepolo_mock_server.state import store
from sepolo_mock_server.state.reports import IdempotencyKey, NewReport, Owner, ReportFilter
from sepolo_mock_server.state.store import StateStore
from sepolo_mock_server.state.trouble import StateError
from tests.harness.interruptible import Proxy

OWNER = Owner("demo:1", "7f2d3f0a-7c51-42cf-a06d-2c2df5f0c20b", "EUR", "full", frozenset(), frozenset())
REPORT = NewReport(1_000, "asset", "device", 2, 12, "C-1", {"title": "t"})
LARGE = NewReport(1_000, "asset", "device", 2, 12, "C-1", {"title": "t", "description": "x" * 100_000})
KEY = IdempotencyKey("a1", "digest")

Opened = Callable[[str], StateStore]


@pytest.fixture
def opened(connect: Opened) -> Opened:
    """Return a new store whose tables exist."""

    def make(url: str) -> StateStore:
        store = connect(url)
        store.open()
        return store

    return make


def titles(state: StateStore) -> list[str]:
    return [report.row["title"] for report in state.reports(OWNER, ReportFilter(), None, 10)]


def failure(call: Callable[[], object]) -> StateError:
    with pytest.raises(StateError) as caught:
        call()
    assert (caught.value.status, caught.value.headers[0][0]) == (503, "Retry-After")
    assert "\n" not in caught.value.reason
    return caught.value


def pragma(state: StateStore, text: str) -> None:
    """Set a pragma of the store's one connection."""
    with state._opened().connect() as connection:
        connection.exec_driver_sql(f"PRAGMA {text}")


def test_full_disk(opened: Opened, tmp_path: Path) -> None:
    """A write that finds the disk full is a 503 and stores nothing; with more space it succeeds with the same key."""
    state = opened(f"sqlite:///{tmp_path / 'state.db'}")
    pragma(state, "max_page_count=20")
    found = failure(lambda: state.create(OWNER, LARGE, KEY))
    assert (found.message, found.reason) == (messages.STATE_FULL, "database or disk is full")
    assert titles(state) == []
    pragma(state, "max_page_count=1000000")
    assert state.create(OWNER, LARGE, KEY)[1] is False
    assert titles(state) == ["t"]


def test_read_only_database(opened: Opened, tmp_path: Path) -> None:
    """A database that became read-only still serves reads; writes and the probe are a 503."""
    state = opened(f"sqlite:///{tmp_path / 'state.db'}")
    state.create(OWNER, REPORT, None)
    pragma(state, "query_only=1")
    for call in (lambda: state.create(OWNER, REPORT, None), state.probe):
        assert failure(call).reason == "attempt to write a readonly database"
    assert titles(state) == ["t"]


def test_lost_tables(opened: Opened, tmp_path: Path) -> None:
    """Tables that were dropped under the server are a 503."""
    path = tmp_path / "state.db"
    state = opened(f"sqlite:///{path}")
    with sqlite3.connect(path) as other:
        other.execute("DROP TABLE service_reports")
    other.close()
    assert "no such table" in failure(state.version).reason


def test_new_state_is_read_without_a_lock(connect: Opened, tmp_path: Path) -> None:
    """A state without tables has no reports, also while another process locks it."""
    path = tmp_path / "state.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA journal_mode=WAL")
    other.execute("BEGIN IMMEDIATE")
    state = connect(f"sqlite:///{path}")
    assert (state.version(), titles(state), state.report(OWNER, "x")) == ((0, 0), [], None)
    other.close()
    state.create(OWNER, REPORT, None)
    assert titles(state) == ["t"]


def test_locked_postgresql(postgres: str, opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table that another session keeps locked is a 503 after the time-out, and nothing is stored."""
    import psycopg  # noqa: PLC0415 - an extra

    monkeypatch.setattr(store, "TIMEOUT_S", 1.0)
    state = opened(postgres)
    with psycopg.connect(postgres.replace("+psycopg", "")) as other:
        other.execute("LOCK TABLE service_reports")
        assert failure(lambda: state.create(OWNER, REPORT, KEY)).message == messages.STATE_LOCKED
        assert failure(state.version).message == messages.STATE_LOCKED
    assert titles(state) == []
    assert state.create(OWNER, REPORT, KEY)[1] is False


def test_refusing_postgresql(cluster: Path, postgres: str, opened: Opened) -> None:
    """A server that is gone is a 503 for reads and writes; when it is back, they work on new connections."""
    with Proxy(cluster) as proxy:
        state = opened(postgres.replace(str(cluster), str(proxy.folder)))
        state.create(OWNER, REPORT, KEY)
        proxy.refuse()
        for call in (state.version, lambda: state.create(OWNER, REPORT, None), state.probe):
            found = failure(call)
            assert (found.message, found.unreachable) == (messages.STATE_UNREACHABLE, True)
        proxy.resume()
        assert state.create(OWNER, REPORT, KEY)[1] is True
        assert titles(state) == ["t"]


def test_tables_of_another_program(postgres: str, connect: Opened) -> None:
    """A server whose tables have other columns is refused, and no table is created in it."""
    import psycopg  # noqa: PLC0415 - an extra

    with psycopg.connect(postgres.replace("+psycopg", ""), autocommit=True) as other:
        other.execute("CREATE TABLE service_reports (sequence int, note text)")
        assert failure(connect(postgres).open).reason == command_line.STATE_OF_OTHER_PROGRAM
        assert other.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (1,)
