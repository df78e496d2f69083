"""Common slips in date-times: each is rejected with a hint of its own."""

import pytest

from sepolo_mock_server.errors import RejectedError, messages
from sepolo_mock_server.rules import instant_slips, windows

CASES = [
    ("2026-06-01T00:00:00%2B02:00", messages.INSTANT_ENCODED_TWICE),
    ("2026-06-01T00%3A00%3A00Z", messages.INSTANT_ENCODED_TWICE),
    (" 2026-06-01T00:00:00Z", messages.INSTANT_SPACE_AROUND),
    ("2026-06-01T00:00:00Z\n", messages.INSTANT_SPACE_AROUND),
    ('"2026-06-01T00:00:00Z"', messages.INSTANT_QUOTES),
    ("2026-06-01T00:00:00+02:00[Europe/Vienna]", messages.INSTANT_ZONE_NAME),
    ("2026-06-01T00:00:00 UTC", messages.INSTANT_ZONE_NAME),
    ("2026-06-01 00:00:00 GMT", messages.INSTANT_ZONE_NAME),
    ("2026-06-01T00:00:00 02:00", messages.INSTANT_SPACE),
    ("2026-06-01T00:00:00 0200", messages.INSTANT_SPACE),
    ("2026-06-01 00:00:00 02:00", messages.INSTANT_SPACE),
    ("2026-06-01 00:00:00Z", messages.INSTANT_SPACE_FOR_T),
    ("2026-06-01 00:00:00", messages.INSTANT_SPACE_FOR_T),
    ("2026-06-01 00:00:00+02:00", messages.INSTANT_SPACE_FOR_T),
    ("2026-06-01T00:00:00 +02:00", messages.INSTANT_SPACE_BEFORE_OFFSET),
    ("2026-06-01T00:00:00", messages.INSTANT_NO_OFFSET),
    ("2026-06-01T00:00:00.5", messages.INSTANT_NO_OFFSET),
    ("2026-06-01T00:00:00+02", messages.INSTANT_SHORT_OFFSET),
    ("2026-06-01T00:00Z", messages.INSTANT_NO_SECONDS),
    ("2026-06-01T00:00+02:00", messages.INSTANT_NO_SECONDS),
    ("2026-06-01T00:00 02:00", messages.INSTANT_NO_SECONDS),
    ("2026-06-01T00:00", messages.INSTANT_NO_SECONDS),
    ("2026-06-01T00:00:00,5Z", messages.INSTANT_COMMA),
    ("2026-06-01", messages.INSTANT_DATE_ONLY),
    ("20260601T000000Z", messages.INSTANT_BASIC_FORMAT),
    ("1780272000", messages.INSTANT_NUMBER),
    ("1780272000000", messages.INSTANT_NUMBER),
    ("06/01/2026 00:00", messages.INSTANT_DAY_FIRST),
    ("1.6.2026", messages.INSTANT_DAY_FIRST),
    ("2026-6-1T0:00:00Z", messages.INSTANT_TWO_DIGITS),
]


@pytest.mark.parametrize(("text", "message"), CASES)
def test_slips(text: str, message: str) -> None:
    """The hint says what is wrong and how to write it."""
    with pytest.raises(RejectedError) as caught:
        windows.parse_instant(text)
    assert caught.value.message == message


def test_every_slip_has_a_case() -> None:
    """The cases above cover the table."""
    assert {slip.hint for slip in instant_slips.SLIPS} == {message for _, message in CASES}
