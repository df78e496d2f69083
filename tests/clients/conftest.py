"""A sandbox whose counts those of generated clients must equal, and the clients that one program generates."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.clients import openapi_generator
from tests.clients.clients import Sandbox
from tests.end_to_end.harness import serve


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The sandbox of all tests: what they write does not change what they read."""
    server = serve(tmp_path_factory.mktemp("sandbox"), "--state", ":memory:")
    yield Sandbox(server)
    server.stop()


@pytest.fixture(scope="session")
def walked(sandbox: Sandbox) -> dict[str, Any]:
    """What a walk must print."""
    return sandbox.walked()


@pytest.fixture(scope="session")
def samples(walked: dict[str, Any]) -> str:
    """What a documented example must print."""
    return f"{walked['listDeviceTelemetry']} samples\n"


@pytest.fixture(scope="session")
def generated(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> openapi_generator.Generated:
    """The clients of openapi-generator, made by the documented commands."""
    return openapi_generator.generate(sandbox, tmp_path_factory.mktemp("openapi-generator"))
