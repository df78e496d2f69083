"""Stores that are closed after the test."""

from collections.abc import Callable, Iterator

import pytest

from sepolo_mock_server.state.store import StateStore


@pytest.fixture
def connect() -> Iterator[Callable[[str], StateStore]]:
    """Return a new store of the state at a URL."""
    stores: list[StateStore] = []

    def make(url: str) -> StateStore:
        stores.append(StateStore(url))
        return stores[-1]

    yield make
    for each in stores:
        each.close()
