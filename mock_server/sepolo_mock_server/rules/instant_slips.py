"""Common slips in date-times: offsets without a colon, which are accepted, and a hint for each that is rejected.

The table is read from top to bottom, and the first pattern that matches gives the hint.
"""

import re
from typing import NamedTuple

from sepolo_mock_server.errors import messages

_DATE = r"\d{4}-\d\d-\d\d"
_TIME = r"\d\d:\d\d:\d\d(?:\.\d+)?"
_ZONE = r"(?:[Zz]|[+-]\d\d:?\d\d)"
_ONE_DIGIT = r"\d{4}-\d\d?-\d\d?[Tt ]\d\d?:\d\d?:\d\d?"
_WITHOUT_COLON = re.compile(rf"({_DATE}[Tt]{_TIME}[+-]\d\d)(\d\d)", re.ASCII)


class Slip(NamedTuple):
    """A kind of wrong text and the hint that tells how to write it instead."""

    pattern: re.Pattern[str]
    hint: str


def _slip(pattern: str, hint: str) -> Slip:
    return Slip(re.compile(pattern, re.ASCII | re.DOTALL), hint)


SLIPS = (
    _slip(r".*%[0-9A-Fa-f]{2}.*", messages.INSTANT_ENCODED_TWICE),
    _slip(r"\s+.*|.*\s", messages.INSTANT_SPACE_AROUND),
    _slip(r"([\"']).*\1", messages.INSTANT_QUOTES),
    _slip(r".*\[.*\]", messages.INSTANT_ZONE_NAME),
    _slip(rf"{_DATE}[Tt ]{_TIME} ?[A-Za-z]{{2,5}}", messages.INSTANT_ZONE_NAME),
    _slip(rf"{_DATE}[Tt ]{_TIME} \d\d(?::?\d\d)?", messages.INSTANT_SPACE),
    _slip(rf"{_DATE} {_TIME} ?{_ZONE}?", messages.INSTANT_SPACE_FOR_T),
    _slip(rf"{_DATE}[Tt]{_TIME} {_ZONE}", messages.INSTANT_SPACE_BEFORE_OFFSET),
    _slip(rf"{_DATE}[Tt]{_TIME}", messages.INSTANT_NO_OFFSET),
    _slip(rf"{_DATE}[Tt]{_TIME}[+-]\d\d?", messages.INSTANT_SHORT_OFFSET),
    _slip(rf"{_DATE}[Tt ]\d\d:\d\d ?(?:{_ZONE}|\d\d:?\d\d)?", messages.INSTANT_NO_SECONDS),
    _slip(rf"{_DATE}[Tt ]\d\d:\d\d:\d\d,\d+.*", messages.INSTANT_COMMA),
    _slip(_DATE, messages.INSTANT_DATE_ONLY),
    _slip(r"\d{8}T\d{6}.*", messages.INSTANT_BASIC_FORMAT),
    _slip(r"-?\d{9,}(?:\.\d+)?", messages.INSTANT_NUMBER),
    _slip(r"\d{1,2}[./-]\d{1,2}[./-]\d{4}.*", messages.INSTANT_DAY_FIRST),
    _slip(rf"(?!{_DATE}.\d\d:\d\d:\d\d){_ONE_DIGIT}.*", messages.INSTANT_TWO_DIGITS),
)


def hint(text: str) -> str:
    """Return what is wrong with a text that is not a date-time."""
    return next((slip.hint for slip in SLIPS if slip.pattern.fullmatch(text)), messages.not_instant(text))


def with_colon(text: str) -> str:
    """Return the text with a colon in its offset, `+0200` as `+02:00`; any other text unchanged."""
    match = _WITHOUT_COLON.fullmatch(text)
    return text if match is None else f"{match.group(1)}:{match.group(2)}"


def warning(name: str, text: str) -> str:
    """Return the warning about a parameter or member whose offset lacks the colon."""
    return f'offset {text[-5:]} of "{name}" lacks a colon: write {text[-5:-2]}:{text[-2:]}'
