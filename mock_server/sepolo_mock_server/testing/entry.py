"""The fixtures that pytest loads in every session of the environment (entry point `pytest11`).

Nothing else of the project is imported before a test asks for one of them.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sepolo_mock_server.testing.organization import Organization
    from sepolo_mock_server.testing.sandbox import Sandbox


@pytest.fixture(scope="session")
def sepolo_sandbox() -> "Iterator[Sandbox]":
    """A sandbox in a process of its own on a free port, or the running one that SEPOLO_SANDBOX_URL names.

    With pytest-xdist each worker has one; to share one, start it before and set the variable.
    """
    from sepolo_mock_server.testing import sandbox  # noqa: PLC0415 - other sessions must not import it

    with sandbox.found_or_started() as found:
        yield found


@pytest.fixture
def sepolo(sepolo_sandbox: "Sandbox") -> "Iterator[Organization]":
    """An organisation of the test's own, with its data, keys, clock, faults and log; it is deleted after the test."""
    with sepolo_sandbox.organization() as made:
        yield made
