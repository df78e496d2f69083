"""Durations: the accepted forms in milliseconds, and the reason for every other."""

import pytest

from sepolo_mock_server.errors import RejectedError, management_messages
from sepolo_mock_server.rules import durations


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("P1D", 86_400_000),
        ("PT10M", 600_000),
        ("P2W", 1_209_600_000),
        ("P1DT12H", 129_600_000),
        ("PT1H2M3S", 3_723_000),
        ("P0DT1S", 1_000),
        ("PT999999999S", 999_999_999_000),
    ],
)
def test_durations(text: str, length: int) -> None:
    """A duration of weeks, or of days, hours, minutes and seconds, has a length in milliseconds."""
    assert durations.milliseconds(text) == length


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "DURATION_FORM"),
        ("P", "DURATION_FORM"),
        ("PT", "DURATION_FORM"),
        ("P1DT", "DURATION_FORM"),
        ("1D", "DURATION_FORM"),
        ("P1D ", "DURATION_FORM"),
        ("p1d", "DURATION_FORM"),
        ("P1H", "DURATION_FORM"),
        ("PT1D", "DURATION_FORM"),
        ("P1W1D", "DURATION_FORM"),
        ("P1D\n", "DURATION_FORM"),
        ("P١D", "DURATION_FORM"),
        ("PT9999999999S", "DURATION_FORM"),
        ("P1Y", "DURATION_CALENDAR"),
        ("P1M", "DURATION_CALENDAR"),
        ("P1Y2M3DT4H", "DURATION_CALENDAR"),
        ("P0Y1D", "DURATION_CALENDAR"),
        ("-P1D", "DURATION_NEGATIVE"),
        ("P0D", "DURATION_ZERO"),
        ("PT0S", "DURATION_ZERO"),
        ("P1.5D", "DURATION_FRACTION"),
        ("PT0,5S", "DURATION_FRACTION"),
    ],
)
def test_rejected_durations(text: str, reason: str) -> None:
    """Any other text is rejected with the reason."""
    with pytest.raises(RejectedError) as caught:
        durations.milliseconds(text)
    assert caught.value.message == getattr(management_messages, reason)
