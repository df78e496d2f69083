"""Sandboxes to ask: one in this process for reading, fresh ones for writing, one in a process of its own."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sepolo_fixtures.profiles.profile import KeyFact
from tests.end_to_end.calls import Seen, seen_by
from tests.end_to_end.harness import InProcess, Served, in_process, serve
from tests.harness.in_process import key_facts


@pytest.fixture(scope="session")
def runner() -> Iterator[asyncio.Runner]:
    """One event loop for all sandboxes in this process."""
    with asyncio.Runner() as made:
        yield made


@pytest.fixture(scope="session")
def keys() -> dict[str, KeyFact]:
    """The demo profile's keys, by name."""
    return key_facts()


@pytest.fixture(scope="session")
def sandbox(runner: asyncio.Runner) -> Iterator[InProcess]:
    """The demo sandbox in this process, for tests that write nothing."""
    made = in_process(runner)
    yield made
    made.close()


@pytest.fixture
def make_sandbox(runner: asyncio.Runner) -> Iterator[Callable[..., InProcess]]:
    """Makes sandboxes of the test's own."""
    made: list[InProcess] = []

    def make(**options: Any) -> InProcess:
        made.append(in_process(runner, **options))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def fresh(make_sandbox: Callable[..., InProcess]) -> InProcess:
    """A demo sandbox of the test's own, for tests that write."""
    return make_sandbox()


@pytest.fixture(scope="session")
def seen(sandbox: InProcess) -> Seen:
    """Ids that the first organisation's full key sees."""
    return seen_by(sandbox, "full")


@pytest.fixture(scope="session")
def foreign(sandbox: InProcess) -> Seen:
    """Ids that only the second organisation sees."""
    return seen_by(sandbox, "other")


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demo sandbox in a process of its own; nothing that clients send may make it complain."""
    made = serve(tmp_path_factory.mktemp("served"), "--state", ":memory:", "--check-responses")
    yield made
    assert made.end() == 0
    assert made.complaints == ""


@pytest.fixture(autouse=True)
def _no_complaint(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever a client does, the log stays empty: a line there means that the sandbox itself failed."""
    with caplog.at_level(logging.WARNING):
        yield
    complaints = [record for when in ("setup", "call") for record in caplog.get_records(when)]
    assert [record.getMessage() for record in complaints if record.name != "hypothesis"] == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of the test's own to run commands in."""
    return tmp_path
