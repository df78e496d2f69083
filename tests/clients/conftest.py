"""A sandbox in this process, whose counts those of generated clients must equal."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from tests.clients.clients import expected
from tests.end_to_end.harness import in_process


@pytest.fixture(scope="session")
def counts() -> Iterator[dict[str, Any]]:
    """What a walk must print, without the parameter that the refused window names."""
    with asyncio.Runner() as runner:
        client = in_process(runner)
        yield expected(client)
        client.close()
