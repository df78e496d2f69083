"""Deployments that runs of the suite judge."""

from collections.abc import Iterator

import pytest

from tests.conformance.runs.commands import break_deployment, deployment
from tests.conformance.tiny import served


@pytest.fixture(scope="package")
def good() -> Iterator[str]:
    """The URL of a conforming deployment."""
    with served(deployment()) as url:
        yield url


@pytest.fixture(scope="package")
def bad() -> Iterator[str]:
    """The URL of a deployment with faults."""
    with served(deployment(change=break_deployment)) as url:
        yield url
