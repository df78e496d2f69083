"""What variants are called with."""

from collections.abc import Iterator

import pytest

from tests.mutants.serving import Direct


@pytest.fixture(scope="session")
def direct() -> Iterator[Direct]:
    """Calls applications without a socket."""
    made = Direct()
    yield made
    made.close()
