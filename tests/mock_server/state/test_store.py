"""The store, in both databases: durability, concurrent processes, owners, and resets."""

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from sepolo_mock_server.errors import ApiError
from sepolo_mock_server.state import store, tables
from sepolo_mock_server.state.reports import IdempotencyKey, NewReport, Owner, ReportFilter
from sepolo_mock_server.state.store import StateStore

OWNER = Owner("demo:1", "7f2d3f0a-7c51-42cf-a06d-2c2df5f0c20b", "EUR", "full", frozenset(), frozenset())
REPORT = NewReport(1_000, "asset", "device", 2, 12, "C-1", {"title": "t"})
ROOT = Path(__file__).parents[3]

Connect = Callable[[str], StateStore]


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty state in each database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'state.db'}"
    found: str = request.getfixturevalue("postgres")
    return found


def numbers(state: StateStore, owner: Owner = OWNER) -> list[int]:
    """Numbers of the stored reports."""
    return [report.sequence for report in state.reports(owner, ReportFilter(), None, 1000)]


def test_reports_are_shared_between_connections(url: str, connect: Connect) -> None:
    """A report that one connection stored is read by another, newest first."""
    before = connect(url).version()
    first, _ = connect(url).create(OWNER, REPORT, None)
    second, _ = connect(url).create(OWNER, REPORT, None)
    state = connect(url)
    found = state.reports(OWNER, ReportFilter(), None, 10)
    assert [report.row["serviceReportId"] for report in found] == [second, first]
    assert state.report(OWNER, first) == found[1].row
    assert state.reports(OWNER, ReportFilter(), (found[0].created, found[0].sequence), 10) == found[1:]
    assert state.version()[1] == found[0].sequence != before[1]


def test_reports_belong_to_their_owner(url: str, connect: Connect) -> None:
    """A report is visible only in its world and organisation, and within the boundaries of the key."""
    state = connect(url)
    report_id, _ = state.create(OWNER, REPORT, None)
    for other in (
        Owner("demo:2", OWNER.organization, "EUR", "full", frozenset(), frozenset()),
        Owner(OWNER.world, "2b9e1c54-6d0e-4f0b-9a57-3f6c1e8d7a10", "EUR", "full", frozenset(), frozenset()),
        Owner(OWNER.world, OWNER.organization, "EUR", "full", frozenset({99}), frozenset()),
        Owner(OWNER.world, OWNER.organization, "EUR", "full", frozenset(), frozenset({"C-2"})),
    ):
        assert (numbers(state, other), state.report(other, report_id)) == ([], None)
    inside = Owner(OWNER.world, OWNER.organization, "EUR", "x", frozenset({12, 13}), frozenset({"C-1"}))
    assert state.report(inside, report_id) is not None


def test_idempotency_key_creates_one_report(url: str, connect: Connect) -> None:
    """Of many concurrent writes with one key, one creates a report and the others return its id."""
    connect(url).version()
    key = IdempotencyKey("a1", "digest")

    def post(_number: int) -> tuple[str, bool]:
        return connect(url).create(OWNER, REPORT, key)

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(post, range(16)))
    assert len({report_id for report_id, _ in results}) == 1
    assert sorted(replayed for _, replayed in results) == [False] + [True] * 15
    assert len(numbers(connect(url))) == 1
    with pytest.raises(ApiError) as caught:
        connect(url).create(OWNER, REPORT, IdempotencyKey("a1", "another digest"))
    assert caught.value.status == 409


def test_reset(url: str, connect: Connect) -> None:
    """A reset deletes everything, returns the number of reports, and begins a generation with new ids."""
    state = connect(url)
    generation = state.version()[0]
    before, _ = state.create(OWNER, REPORT, IdempotencyKey("a1", "digest"))
    assert state.reset() == 1
    assert (numbers(state), state.version()[0]) == ([], generation + 1)
    after, replayed = state.create(OWNER, REPORT, IdempotencyKey("a1", "digest"))
    assert (after != before, replayed) == (True, False)


def test_generation_of_an_organisation(connect: Connect) -> None:
    """The generation of an organisation counts its own resets and those of the whole state."""
    state = connect("sqlite://")
    state.reset()
    name = tables.generation_name(OWNER.world, OWNER.organization)
    with state.writing() as connection:
        connection.execute(state.tables.facts.insert().values(name=name, value=2))
    other = replace(OWNER, organization="2b9e1c54-6d0e-4f0b-9a57-3f6c1e8d7a10")
    assert [state.version(owner)[0] for owner in (None, OWNER, other)] == [1, 3, 1]


WRITER = """
import sys
from tests.mock_server.state.test_store import REPORT, OWNER
from sepolo_mock_server.state.store import StateStore
state = StateStore(sys.argv[1])
while True:
    print(state.create(OWNER, REPORT, None)[0], flush=True)
"""


def test_reports_survive_a_kill(url: str, connect: Connect) -> None:
    """Every report whose id was returned before a kill -9 is stored afterwards."""
    command = [sys.executable, "-c", WRITER, url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        created = [process.stdout.readline().strip() for _ in range(20)]
        process.send_signal(signal.SIGKILL)
    state = connect(url)
    assert all(state.report(OWNER, report_id) is not None for report_id in created)


def test_memory(connect: Connect) -> None:
    """A state in memory keeps its reports until it is closed."""
    state = connect("sqlite://")
    state.create(OWNER, REPORT, None)
    assert len(numbers(state)) == 1


def test_locked_state(connect: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A state that another process keeps locked is a 503 with Retry-After."""
    path = tmp_path / "state.db"
    state = connect(f"sqlite:///{path}")
    monkeypatch.setattr(store, "TIMEOUT_S", 0.05)
    state.version()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(ApiError) as caught:
        state.create(OWNER, REPORT, None)
    other.close()
    assert (caught.value.status, caught.value.headers) == (503, (("Retry-After", "1"),))
