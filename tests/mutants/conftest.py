"""Fixtures of the tests of mutants and variants."""

from collections.abc import Iterator

import pytest

from tests.mutants.harness.judging import PROFILE, SEED
from tests.mutants.harness.probing import Placeholders, placeholders
from tests.mutants.harness.serving import Direct
from tests.mutants.harness.wrapper import facts, sandbox


@pytest.fixture(scope="session")
def direct() -> Iterator[Direct]:
    """Calls applications without a socket."""
    made = Direct()
    yield made
    made.close()


@pytest.fixture(scope="session")
def probe_values(direct: Direct) -> Placeholders:
    """Values for the placeholders of probes."""
    return placeholders(direct, sandbox(PROFILE, SEED), facts(PROFILE))
