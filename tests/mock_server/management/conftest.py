"""Sandboxes with their management API: one for a module, and new ones."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.harness.managed import Managed, managed


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    """The event loop of the sandboxes of a module."""
    with asyncio.Runner() as made:
        yield made


@pytest.fixture(scope="module")
def sandbox(runner: asyncio.Runner) -> Iterator[Managed]:
    """The demo sandbox for tests that make organisations of their own."""
    made = managed(runner)
    yield made
    made.close()


@pytest.fixture
def make(runner: asyncio.Runner) -> Iterator[Callable[..., Managed]]:
    """Make new sandboxes."""
    made: list[Managed] = []

    def new(*args: Any, **options: Any) -> Managed:
        made.append(managed(runner, *args, **options))
        return made[-1]

    yield new
    for each in made:
        each.close()
