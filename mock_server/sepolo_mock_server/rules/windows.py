"""Instants and windows: RFC 3339 date-times to milliseconds, the longest window, and defaults for open ends.

Pure rules: no request, no clock of its own, no world. Instants are integer milliseconds since the Unix epoch in UTC, so
no year between 1 and 9999 can overflow. The longest window of each operation (such as 31 days) stands in the contract.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sepolo_mock_server.errors import Detail, RejectedError, messages
from sepolo_mock_server.rules import instant_slips
from sepolo_openapi.contract import WindowRule

DAY_MS = 86_400_000
EARLIEST = (date.min.toordinal() - date(1970, 1, 1).toordinal()) * DAY_MS
LATEST = (date.max.toordinal() - date(1970, 1, 1).toordinal() + 1) * DAY_MS - 1
"""First and last millisecond of the years 0001 to 9999, which RFC 3339 is limited to."""

_EPOCH = date(1970, 1, 1).toordinal()
_INSTANT = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?([Zz]|([+-])(\d\d):?(\d\d))", re.ASCII)


@dataclass(frozen=True, slots=True)
class Span:
    """A closed interval of milliseconds, `start ≤ t ≤ stop`; an end that is None has no limit.

    `defaulted`: the client left an end out, and the rule supplied it.
    """

    start: int | None
    stop: int | None
    defaulted: bool = False


def parse_instant(text: str, *, up: bool = False) -> int:
    """Return the milliseconds of an RFC 3339 date-time with an offset; raise RejectedError for any other text.

    The offset may lack its colon, as the `%z` of many languages writes it.
    Fractions of a millisecond round down, or up with `up`. The start of a closed window rounds up and its end down,
    so that no row outside the window is returned.
    """
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise RejectedError(instant_slips.hint(text))
    year, month, day, hour, minute, second = map(int, match.group(1, 2, 3, 4, 5, 6))
    fraction = match.group(7) or ""
    if len(fraction) > 9:
        raise RejectedError(messages.INSTANT_FRACTION)
    if second == 60:
        raise RejectedError(messages.INSTANT_LEAP)
    try:
        days = date(year, month, day).toordinal() - _EPOCH
    except ValueError:
        raise RejectedError(messages.no_such_instant(text)) from None
    offset_hour, offset_minute = int(match.group(10) or 0), int(match.group(11) or 0)
    if hour > 23 or minute > 59 or second > 59 or offset_hour > 23 or offset_minute > 59:
        raise RejectedError(messages.no_such_instant(text))
    offset = (offset_hour * 60 + offset_minute) * (-1 if match.group(9) == "-" else 1)
    whole = days * DAY_MS + ((hour * 60 + minute - offset) * 60 + second) * 1_000
    instant = whole + _milliseconds(fraction, up=up)
    if not EARLIEST <= instant <= LATEST:
        raise RejectedError(messages.INSTANT_RANGE)
    return instant


def _milliseconds(fraction: str, *, up: bool) -> int:
    nanoseconds = int(fraction.ljust(9, "0"))
    return -(-nanoseconds // 1_000_000) if up else nanoseconds // 1_000_000


def text(instant: int) -> str:
    """Return `2026-06-01T00:00:00Z`, with milliseconds only if they are not zero."""
    days, rest = divmod(instant, DAY_MS)
    seconds, ms = divmod(rest, 1_000)
    clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return f"{date.fromordinal(days + _EPOCH).isoformat()}T{clock}" + (f".{ms:03d}Z" if ms else "Z")


def names(rule: WindowRule) -> Mapping[str, str]:
    """Map every parameter name of the window, aliases included, to the canonical name of its end."""
    return {rule.start: rule.start, rule.end: rule.end, **rule.aliases}


def resolve(rule: WindowRule, given: Mapping[str, int], now: int) -> Span:
    """Return the effective window of the given instants by parameter name; raise ApiError 400 if it breaks the rule.

    Both ends left out: the rule's default window before or after `now`. One left out: the other end ± the longest
    window. Without a default or a longest window, an end that is left out stays open.
    """
    ends, details = _ends(rule, given)
    start, stop = ends.get(rule.start), ends.get(rule.end)
    if not details and start is not None and stop is not None:
        details = _length_details(rule, given, start, stop)
    if details:
        raise messages.invalid(details)
    if start is not None and stop is not None:
        return Span(start, stop)
    start, stop = _with_defaults(rule, start, stop, now)
    return Span(start, stop, defaulted=True)


def _ends(rule: WindowRule, given: Mapping[str, int]) -> tuple[dict[str, int], list[Detail]]:
    """Return the instant of each end, and details for names that contradict each other and for missing ends."""
    ends: dict[str, int] = {}
    first_names: dict[str, str] = {}
    details = []
    for name, end in names(rule).items():
        if name not in given:
            continue
        if ends.setdefault(end, given[name]) != given[name]:
            details.append(Detail(name, messages.aliases_differ(first_names[end])))
        first_names.setdefault(end, name)
    for end in (rule.start, rule.end):
        if rule.required and end not in ends:
            accepted = [name for name, of_end in names(rule).items() if of_end == end]
            details.append(Detail(end, messages.window_missing(accepted)))
    return ends, details


def _length_details(rule: WindowRule, given: Mapping[str, int], start: int, stop: int) -> list[Detail]:
    if start > stop:
        return [Detail(_given_name(rule, given, rule.start), messages.WINDOW_REVERSED)]
    if rule.max_days is not None and stop - start > rule.max_days * DAY_MS:
        return [Detail(_given_name(rule, given, rule.end), messages.window_too_long(rule.max_days))]
    return []


def _given_name(rule: WindowRule, given: Mapping[str, int], end: str) -> str:
    """The name that the client used for an end."""
    return next(name for name, of_end in names(rule).items() if of_end == end and name in given)


def _with_defaults(rule: WindowRule, start: int | None, stop: int | None, now: int) -> tuple[int | None, int | None]:
    if start is None and stop is None:
        if rule.default_days is None:
            return None, None
        other = now + rule.default_days * DAY_MS
        return _clamped(min(now, other)), _clamped(max(now, other))
    if rule.max_days is None:
        return start, stop
    reach = rule.max_days * DAY_MS
    if start is None:
        assert stop is not None  # noqa: S101 - one of the two was given
        return _clamped(stop - reach), stop
    return start, _clamped(start + reach)


def _clamped(instant: int) -> int:
    return min(max(instant, EARLIEST), LATEST)
