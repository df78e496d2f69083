"""ISO 8601 durations of fixed length: weeks, or days, hours, minutes and seconds. Pure rules."""

import re

from sepolo_mock_server.errors import RejectedError, management_messages

_DURATION = re.compile(
    r"P(?:([0-9]{1,9})W|(?:([0-9]{1,9})D)?(?:T(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})S)?)?)"
)
_UNITS_MS = (7 * 86_400_000, 86_400_000, 3_600_000, 60_000, 1_000)


def milliseconds(text: str) -> int:
    """Return the length of a duration longer than zero; raise RejectedError with the reason for any other text."""
    match = _DURATION.fullmatch(text)
    if match is None or text.endswith(("P", "T")):
        raise RejectedError(_reason(text))
    length = sum(int(number) * unit for number, unit in zip(match.groups(), _UNITS_MS, strict=True) if number)
    if length == 0:
        raise RejectedError(management_messages.DURATION_ZERO)
    return length


def _reason(text: str) -> str:
    if text.startswith("-"):
        return management_messages.DURATION_NEGATIVE
    if re.fullmatch(r"P[0-9.,YMWD]*[0-9][YM][0-9.,YMWD]*(T.*)?", text):
        return management_messages.DURATION_CALENDAR
    if re.fullmatch(r"P[0-9.,WDTHMS]*[0-9][.,][0-9][0-9.,WDTHMS]*", text):
        return management_messages.DURATION_FRACTION
    return management_messages.DURATION_FORM
