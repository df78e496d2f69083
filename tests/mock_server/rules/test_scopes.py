"""Scopes: the error for a scope that was not granted."""

import pytest

from sepolo_mock_server.errors import ApiError
from sepolo_mock_server.rules import scopes


def test_missing_scope_is_forbidden() -> None:
    """A granted scope is enough; a missing one is a 403 with the sentence of the published page."""
    scopes.require("assets.read", {"assets.read", "devices.read"})
    with pytest.raises(ApiError) as caught:
        scopes.require("assets.read", {"devices.read"})
    expected = (403, "The API key does not include the assets.read scope.")
    assert (caught.value.status, caught.value.message) == expected
