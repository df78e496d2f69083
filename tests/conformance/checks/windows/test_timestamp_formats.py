"""Windows written with other offsets."""

from datetime import UTC, datetime

import pytest

from sepolo_conformance.api.calls import Call
from sepolo_conformance.checks.windows.timestamp_formats import with_offset
from sepolo_openapi import reader

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("minutes", [120, -330, 0, 845, None])
def test_offset_does_not_move_the_window(minutes: int | None) -> None:
    """A window written with another offset, or in lower case, has the same instants and another text."""
    call = Call(reader.load().operations["listIncidents"]).within(NOON, NOON.replace(hour=20))
    again = with_offset(call, minutes)
    assert again.window == call.window
    assert again.query != call.query
