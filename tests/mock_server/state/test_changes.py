"""The changes that workers share: counted, with the organisations of the last ones."""

import multiprocessing
import sys

import pytest

from sepolo_mock_server.state import changes
from sepolo_mock_server.state.changes import Changes

FIRST, SECOND = "0d4b6cf5-9b55-4a1e-8c55-0c1c4e0b6f2e", "7f2d3f0a-7c51-42cf-a06d-2c2df5f0c20b"
SPAWN = multiprocessing.get_context("spawn")


def test_changed_organizations() -> None:
    """Each change is counted, and a reader gets the organisations of those that it has not seen."""
    found = Changes.made(stored=False)
    assert (found.count, found.since(0)) == (0, (0, []))
    found.add(FIRST)
    found.add(SECOND)
    assert (found.since(0), found.since(1), found.since(2)) == ((2, [FIRST, SECOND]), (2, [SECOND]), (2, []))


def test_too_many_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that missed more changes than are remembered gets none of them."""
    monkeypatch.setattr(changes, "_REMEMBERED", 3)
    found = Changes.made(stored=False)
    for organization in (FIRST, SECOND, FIRST, SECOND):
        found.add(organization)
    assert (found.since(0), found.since(1)) == ((4, None), (4, [SECOND, FIRST, SECOND]))


def test_stored_changes() -> None:
    """Of a state that stores something, no reader has seen everything."""
    found = Changes.made(stored=True)
    count, organizations = found.since(0)
    assert (count, organizations, found.since(count)) == (found.count, None, (count, []))


ADD = """
for _ in range(200):
    changes.add("0d4b6cf5-9b55-4a1e-8c55-0c1c4e0b6f2e")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX locks")
def test_processes_count_together() -> None:
    """Changes of several processes at the same time are all counted."""
    found = Changes.made(stored=False)
    # A spawned process can't import test modules.
    processes = [SPAWN.Process(target=exec, args=(ADD, {"changes": found})) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert found.since(0) == (400, [FIRST] * 400)
