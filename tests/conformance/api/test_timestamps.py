"""Instants, also those at the ends of the calendar."""

from datetime import UTC, timedelta, timezone

import pytest

from sepolo_conformance.api.timestamps import FIRST, LAST, Instant, parse_instant, stamp

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("0001-01-01T00:00:00+14:00", FIRST),
        ("9999-12-31T23:59:59.9999999-14:00", LAST),
        ("9999-12-31T23:59:59.9999999Z", LAST),
        ("2026-06-30T23:59:60Z", Instant(2026, 6, 30, 23, 59, 59, tzinfo=UTC)),
        ("2026-02-30T00:00:00Z", None),
        ("0000-01-01T00:00:00Z", None),
    ],
)
def test_instant_outside_of_the_calendar_is_its_end(text: str, instant: Instant | None) -> None:
    """The offset may move it out of the years 1 to 9999."""
    assert parse_instant(text) == instant


def test_arithmetic_ends_with_the_calendar() -> None:
    """Instants before the first and after the last one do not raise an error."""
    middle = Instant(2026, 7, 1, tzinfo=UTC)
    assert (LAST + DAY, DAY + LAST, LAST - DAY + DAY, FIRST - DAY, FIRST + -DAY) == (LAST, LAST, LAST, FIRST, FIRST)
    assert (middle + DAY, type(middle - DAY)) == (Instant(2026, 7, 2, tzinfo=UTC), Instant)
    assert middle - (middle - DAY) == DAY
    assert FIRST.astimezone(timezone(-DAY / 4)) == FIRST
    assert stamp(LAST + DAY) == "9999-12-31T23:59:59.999Z"
