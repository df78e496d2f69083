"""Sandboxes: one in this process for reads, new ones for writes, and one in a process of its own."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.end_to_end.calls import ResourceIds, find_ids
from tests.end_to_end.harness import InProcess, ServerProcess, in_process, serve


@pytest.fixture(scope="session")
def runner() -> Iterator[asyncio.Runner]:
    """The event loop of all sandboxes in this process."""
    with asyncio.Runner() as made:
        yield made


@pytest.fixture(scope="session")
def sandbox(runner: asyncio.Runner) -> Iterator[InProcess]:
    """The demo sandbox in this process, for tests that write nothing."""
    made = in_process(runner)
    yield made
    made.close()


@pytest.fixture
def make_sandbox(runner: asyncio.Runner) -> Iterator[Callable[..., InProcess]]:
    """Make new sandboxes in this process."""
    made: list[InProcess] = []

    def make(**options: Any) -> InProcess:
        made.append(in_process(runner, **options))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def new_sandbox(make_sandbox: Callable[..., InProcess]) -> InProcess:
    """A new demo sandbox, for a test that writes."""
    return make_sandbox()


@pytest.fixture(scope="session")
def own_ids(sandbox: InProcess) -> ResourceIds:
    """Ids of the first organisation, which the key `full` can see."""
    return find_ids(sandbox, "full")


@pytest.fixture(scope="session")
def foreign_ids(sandbox: InProcess) -> ResourceIds:
    """Ids of the second organisation, which only the key `other` can see."""
    return find_ids(sandbox, "other")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """The demo sandbox in a process of its own; it must not write to stderr, whatever it receives."""
    made = serve(tmp_path_factory.mktemp("server"), "--state", ":memory:", "--check-responses")
    yield made
    assert made.stop() == 0
    assert made.stderr == ""


@pytest.fixture(autouse=True)
def _no_warnings_are_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail if the sandbox logs a warning or an error, which it does only for its own faults."""
    with caplog.at_level(logging.WARNING):
        yield
    logged = [record for when in ("setup", "call") for record in caplog.get_records(when)]
    assert [record.getMessage() for record in logged if record.name != "hypothesis"] == []
