"""The look-up of the profile's keys."""

import asyncio
from typing import Any, cast

import pytest

from sepolo_fixtures.profiles.profile import KeyFact
from sepolo_mock_server.errors import ApiError, messages
from sepolo_mock_server.sandbox import Principal, ProfilePrincipals


def test_look_up() -> None:
    """A key is found by its whole text; any other is a 401."""
    found = [
        Principal(KeyFact(key, key, 0, (), "Client", "note"), cast("Any", None), cast("Any", None))
        for key in ("sep_test_a", "sep_test_b")
    ]
    keys = ProfilePrincipals(found)
    assert [keys.known("sep_test_a"), keys.known("sep_test_b"), keys.known("sep_test_")] == [*found, None]
    with pytest.raises(ApiError) as caught:
        asyncio.run(keys.find("sep_test_"))
    assert caught.value.message == messages.KEY_UNKNOWN
