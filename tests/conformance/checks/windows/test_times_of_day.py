"""The nights at which the time of day of a window's ends is judged."""

from datetime import UTC, datetime, timedelta

from sepolo_conformance.api.calls import Call, Listing
from sepolo_conformance.api.identity import Identity
from sepolo_conformance.checks.windows.times_of_day import _nights
from sepolo_conformance.model.keys import Key
from sepolo_conformance.transport.exchange import Exchange, Request
from sepolo_openapi import reader

START = datetime(2026, 5, 20, tzinfo=UTC)
DAY = timedelta(days=1)


def listing_of(*stamps: str) -> Listing:
    """Return a list of reports that were created at these times, over thirty days."""
    call = Call(reader.load().operations["listServiceReports"]).within(START, START + 30 * DAY)
    identity = Identity(Key("key1", "$SEPOLO_API_KEY", "secret"), None, None)
    exchange = Exchange("http://127.0.0.1", Request("GET", "/"), 200, (), b"", 0.0)
    return Listing(call, identity, tuple({"createdOn": stamp} for stamp in stamps), complete=True, exchange=exchange)


def test_night_lies_between_the_rows_of_two_days() -> None:
    """The quiet time starts after the last row of a day; it ends at midnight, and before the first row of the next."""
    found = _nights(listing_of("2026-05-24T09:00:00Z", "2026-05-24T17:00:00Z", "2026-05-25T08:00:00Z"))
    assert [(night.quiet, night.stop, resumed) for night, resumed in found] == [
        (
            datetime(2026, 5, 24, 17, 0, 2, tzinfo=UTC),
            datetime(2026, 5, 25, tzinfo=UTC),
            datetime(2026, 5, 25, 7, 59, 58, tzinfo=UTC),
        )
    ]


def test_end_of_month_comes_first() -> None:
    """Of several nights with rows on both days, the one at the end of a month is chosen."""
    days = ("24", "25", "26", "31")
    found = _nights(listing_of(*(f"2026-05-{day}T12:00:00Z" for day in days), "2026-06-01T12:00:00Z"))
    assert [night.stop for night, _ in found] == [datetime(2026, 6, 1, tzinfo=UTC)]


def test_rows_of_single_days_give_two_nights() -> None:
    """Without rows on two days in a row, there is a night after a day with rows and one before another."""
    found = _nights(listing_of("2026-05-24T12:00:00Z", "2026-05-27T12:00:00Z"))
    assert [night.stop.day for night, _ in found] == [28, 27]


def test_no_rows_give_no_night() -> None:
    """A list without times has no night."""
    assert _nights(listing_of()) == []
