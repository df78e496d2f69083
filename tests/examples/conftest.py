"""A small organisation for the programs of docs/examples, and how they find it."""

import os
from collections.abc import Iterator

import pytest

from sepolo_mock_server.testing.organization import Organization
from sepolo_mock_server.testing.sandbox import Sandbox


@pytest.fixture(name="small")
def _small(sepolo_sandbox: Sandbox) -> Iterator[Organization]:
    """An organisation of the profile `small`, three days after the first rows that pipelines read.

    On the next day, one of its three devices changes, and two movements before are judged.
    """
    with sepolo_sandbox.organization(template="small", seed=23, examples=False) as made:
        made.call("PUT", "/clock", {"mode": "fixed", "now": "2026-06-07T00:00:00Z"})
        yield made


@pytest.fixture(name="variables")
def _variables(small: Organization) -> dict[str, str]:
    """The environment in which an example finds the organisation."""
    return {**os.environ, "SEPOLO_URL": small.base_url, "SEPOLO_API_KEY": small.key()}
