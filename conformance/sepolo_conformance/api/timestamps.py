"""Parses timestamps tolerantly, and formats them in the form that every deployment must accept."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any

TOLERANCE = timedelta(seconds=1)
"""How far a row may lie outside of its window, because clocks and stored seconds are rounded."""
CLOCK_TOLERANCE = timedelta(minutes=10)
"""How far the clocks of the machines of a deployment may differ."""

_DATE_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)?", re.ASCII
)


class Instant(datetime):
    """A datetime whose arithmetic ends at the first or the last instant of the calendar instead of raising an error.

    Deployments show instants of the years 1 and 9999 where a value is missing or has no end.
    """

    def __add__(self, shift: timedelta) -> "Instant":
        try:
            return super().__add__(shift)
        except OverflowError:
            return LAST if shift > timedelta() else FIRST

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        if isinstance(other, timedelta):
            return self + -other
        return super().__sub__(other)

    def astimezone(self, tz: tzinfo | None = None) -> "Instant":
        try:
            return super().astimezone(tz)
        except OverflowError:
            return self


FIRST, LAST = Instant(1, 1, 1, tzinfo=UTC), Instant(9999, 12, 31, 23, 59, 59, 999_999, UTC)
"""The first and the last instant of the calendar."""


def parse_instant(value: Any) -> Instant | None:
    """Return a date-time as an instant in UTC, to the microsecond; None for anything else.

    A missing offset is read as UTC: it is a separate finding and must not hide other findings.
    """
    return _parsed(value) if isinstance(value, str) else None


@lru_cache(maxsize=2**16)  # checks parse the same texts again; on large deployments it was a tenth of the time of a run
def _parsed(text: str) -> Instant | None:
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        return None
    micros = int((match[7] or "0")[:6].ljust(6, "0"))
    offset = (match[8] or "Z").upper()
    try:
        # datetime has no leap seconds.
        year, month, day, hour, minute, second = map(int, match.groups()[:6])
        local = Instant(year, month, day, hour, minute, min(second, 59), micros, UTC)
    except ValueError:
        return None
    if offset == "Z":
        return local
    shift = timedelta(hours=int(offset[1:3]), minutes=int(offset[4:6]))
    return local + shift if offset.startswith("-") else local - shift


def has_offset(value: str) -> bool:
    """Return whether a date-time has an offset or Z; True for a text that is not a date-time."""
    match = _DATE_TIME.fullmatch(value)
    return match is None or match[8] is not None


def stamp(instant: datetime) -> str:
    """Return an instant in the form of the contract, `2026-06-01T00:00:00Z`, with milliseconds unless they are 0."""
    utc = instant.astimezone(UTC)
    text = f"{utc.year:04}-{utc.month:02}-{utc.day:02}T{utc.hour:02}:{utc.minute:02}:{utc.second:02}"
    millis = utc.microsecond // 1_000
    return f"{text}.{millis:03}Z" if millis else f"{text}Z"
