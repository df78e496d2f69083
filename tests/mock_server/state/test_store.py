"""The state itself, in either database: durability, several processes at once, and states that can't be used."""

import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from sepolo_mock_server.errors import ApiError
from sepolo_mock_server.operations.service_reports import Draft, Owner, Wanted
from sepolo_mock_server.state import store
from sepolo_mock_server.state.store import Attempt, StateError, StateStore

OWNER = Owner("demo:1", "7f2d3f0a-7c51-42cf-a06d-2c2df5f0c20b", "EUR", "full", frozenset(), frozenset())
DRAFT = Draft(1_000, "asset", "device", 2, 12, "C-1", {"title": "t"})
ROOT = Path(__file__).parents[2]


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty state of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'state.db'}"
    found: str = request.getfixturevalue("postgres")
    return found


def titles(state: StateStore, owner: Owner = OWNER, **wanted: Any) -> list[int]:
    return [one.sequence for one in state.reports(owner, Wanted(**wanted), None, 1000)]


def test_keeps_what_it_was_given(url: str) -> None:
    """What one process stored, another reads, in the order of creation and number."""
    before = StateStore(url).version()
    first, _ = StateStore(url).create(OWNER, DRAFT, None)
    second, _ = StateStore(url).create(OWNER, DRAFT, None)
    state = StateStore(url)
    found = state.reports(OWNER, Wanted(), None, 10)
    assert [one.row["serviceReportId"] for one in found] == [second, first]
    assert state.report(OWNER, first) == found[1].row
    assert state.reports(OWNER, Wanted(), (found[0].created, found[0].sequence), 10) == found[1:]
    assert state.version()[1] == found[0].sequence != before[1]


def test_worlds_and_organisations_are_apart(url: str) -> None:
    """A report is its own world's and organisation's only."""
    state = StateStore(url)
    report_id, _ = state.create(OWNER, DRAFT, None)
    for stranger in (
        Owner("demo:2", OWNER.organization, "EUR", "full", frozenset(), frozenset()),
        Owner(OWNER.world, "2b9e1c54-6d0e-4f0b-9a57-3f6c1e8d7a10", "EUR", "full", frozenset(), frozenset()),
        Owner(OWNER.world, OWNER.organization, "EUR", "full", frozenset({99}), frozenset()),
        Owner(OWNER.world, OWNER.organization, "EUR", "full", frozenset(), frozenset({"C-2"})),
    ):
        assert (titles(state, stranger), state.report(stranger, report_id)) == ([], None)
    inside = Owner(OWNER.world, OWNER.organization, "EUR", "x", frozenset({12, 13}), frozenset({"C-1"}))
    assert state.report(inside, report_id) is not None


def test_one_attempt_creates_once(url: str) -> None:
    """Of many simultaneous posts with one key, over many connections, one creates and the others get its answer."""
    StateStore(url).version()
    attempt = Attempt("a1", "digest")

    def post(_number: int) -> tuple[str, bool]:
        return StateStore(url).create(OWNER, DRAFT, attempt)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(post, range(16)))
    assert len({report_id for report_id, _ in answers}) == 1
    assert sorted(replayed for _, replayed in answers) == [False] + [True] * 15
    assert len(titles(StateStore(url))) == 1
    with pytest.raises(ApiError) as caught:
        StateStore(url).create(OWNER, DRAFT, Attempt("a1", "another digest"))
    assert caught.value.status == 409


def test_reset(url: str) -> None:
    """A reset empties the state, tells how much there was, and begins a generation with new ids."""
    state = StateStore(url)
    generation = state.version()[0]
    before, _ = state.create(OWNER, DRAFT, Attempt("a1", "digest"))
    assert state.reset() == 1
    assert (titles(state), state.version()[0]) == ([], generation + 1)
    after, replayed = state.create(OWNER, DRAFT, Attempt("a1", "digest"))
    assert (after != before, replayed) == (True, False)


WRITER = """
import sys
from tests.mock_server.test_store import DRAFT, OWNER
from sepolo_mock_server.state.store import StateStore
state = StateStore(sys.argv[1])
while True:
    print(state.create(OWNER, DRAFT, None)[0], flush=True)
"""


def test_survives_a_kill(url: str) -> None:
    """Whatever was answered before a kill -9 is there afterwards."""
    command = [sys.executable, "-c", WRITER, url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        answered = [process.stdout.readline().strip() for _ in range(20)]
        process.send_signal(signal.SIGKILL)
    state = StateStore(url)
    assert all(state.report(OWNER, report_id) is not None for report_id in answered)


def test_memory() -> None:
    """A state in memory keeps its reports while the process lives."""
    state = StateStore(store.probe(":memory:"))
    state.create(OWNER, DRAFT, None)
    assert len(titles(state)) == 1
    state.close()


def test_locked_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A state that another process holds locked is a 503 that says when to come back."""
    path = tmp_path / "state.db"
    state = StateStore(f"sqlite:///{path}")
    monkeypatch.setattr(store, "_BUSY_S", 0.05)
    state.version()
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(ApiError) as caught:
        state.create(OWNER, DRAFT, None)
    holder.close()
    assert (caught.value.status, caught.value.headers) == (503, (("Retry-After", "1"),))


def test_probe_makes_the_folder(tmp_path: Path) -> None:
    """A state's path may name folders that aren't there yet."""
    path = tmp_path / "new" / "deeper" / "state.db"
    assert store.probe(str(path)) == store.probe(f"sqlite:///{path}") == f"sqlite:///{path}"
    assert path.exists()


def unusable(state: str) -> str:
    with pytest.raises(StateError) as caught:
        store.probe(state)
    return str(caught.value)


def test_unusable_states(tmp_path: Path) -> None:
    """A state that can't be used is refused with its name and the reason, before anything is served."""
    junk = tmp_path / "junk.db"
    junk.write_bytes(b"this is no database" * 100)
    assert str(junk) in (found := unusable(str(junk)))
    assert "file is not a database" in found
    assert "it is a folder" in unusable(str(tmp_path))
    assert "File exists" in (found := unusable(str(junk / "state.db"))) or "Not a directory" in found
    assert '--state "mysql://x" is not understood' in unusable("mysql://x")


def test_damaged_state(tmp_path: Path) -> None:
    """A database whose pages are damaged is refused."""
    path = tmp_path / "state.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (x)")
        connection.executemany("INSERT INTO t VALUES (?)", [("y" * 500,)] * 100)
    connection.close()
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    assert str(path) in unusable(str(path))


def test_unreachable_server() -> None:
    """A database server that doesn't answer, or a missing driver, is refused in one line."""
    found = unusable("postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert "nobody@127.0.0.1:1/none can't be used" in found or "driver psycopg is not installed" in found
    assert "\n" not in found
    assert "postgresql.nodriver" in unusable("postgresql+nodriver://x")
