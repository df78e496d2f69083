"""Instants and windows: accepted texts, rounding, defaults, and the message of each rejection."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sepolo_mock_server.errors import ApiError, Detail, RejectedError, messages
from sepolo_mock_server.rules import windows
from sepolo_mock_server.rules.windows import DAY_MS, EARLIEST, LATEST, Span
from sepolo_openapi.contract import WindowRule

NOON = 1_782_907_200_000
"""2026-07-01T12:00:00Z"""


@pytest.mark.parametrize(
    ("text", "down", "up"),
    [
        ("2026-07-01T12:00:00Z", NOON, NOON),
        ("2026-07-01t12:00:00z", NOON, NOON),
        ("2026-07-01T14:00:00+02:00", NOON, NOON),
        ("2026-07-01T06:30:00-05:30", NOON, NOON),
        ("2026-07-01T12:00:00-00:00", NOON, NOON),
        ("2026-07-01T14:00:00+0200", NOON, NOON),
        ("2026-07-01T12:00:00+0000", NOON, NOON),
        ("2026-07-01T06:30:00.0000000-0530", NOON, NOON),
        ("2026-07-01T12:00:00.5Z", NOON + 500, NOON + 500),
        ("2026-07-01T12:00:00.001999999Z", NOON + 1, NOON + 2),
        ("2026-07-01T12:00:00.000000001Z", NOON, NOON + 1),
        ("2026-07-01T12:00:00.999999999Z", NOON + 999, NOON + 1000),
        ("0001-01-01T00:00:00Z", EARLIEST, EARLIEST),
        ("9999-12-31T23:59:59.999Z", LATEST, LATEST),
        ("2024-02-29T00:00:00Z", 1_709_164_800_000, 1_709_164_800_000),
    ],
)
def test_accepted_instants(text: str, down: int, up: int) -> None:
    """An RFC 3339 date-time with an offset becomes milliseconds; fractions of them round down or up."""
    assert (windows.parse_instant(text), windows.parse_instant(text, up=True)) == (down, up)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2026-07-01T12:00:00", messages.INSTANT_NO_OFFSET),
        ("2026-07-01T14:00:00 02:00", messages.INSTANT_SPACE),
        ("2026-06-30T23:59:60Z", messages.INSTANT_LEAP),
        ("2026-07-01T12:00:00.0000000001Z", messages.INSTANT_FRACTION),
        ("0001-01-01T00:00:00+00:01", messages.INSTANT_RANGE),
        ("9999-12-31T23:59:59-00:01", messages.INSTANT_RANGE),
        ("yesterday", messages.not_instant("yesterday")),
        ("2026-07-01T12:00:00.Z", messages.not_instant("2026-07-01T12:00:00.Z")),
        ("٢٠٢٦-07-01T12:00:00Z", messages.not_instant("٢٠٢٦-07-01T12:00:00Z")),
        ("2025-02-29T00:00:00Z", messages.no_such_instant("2025-02-29T00:00:00Z")),
        ("0000-01-01T00:00:00Z", messages.no_such_instant("0000-01-01T00:00:00Z")),
        ("2026-07-01T24:00:00Z", messages.no_such_instant("2026-07-01T24:00:00Z")),
        ("2026-07-01T12:60:00Z", messages.no_such_instant("2026-07-01T12:60:00Z")),
        ("2026-07-01T12:00:61Z", messages.no_such_instant("2026-07-01T12:00:61Z")),
        ("2026-07-01T12:00:00+2400", messages.no_such_instant("2026-07-01T12:00:00+2400")),
        ("2026-07-01T12:00:00+24:00", messages.no_such_instant("2026-07-01T12:00:00+24:00")),
    ],
)
def test_rejected_instants(text: str, message: str) -> None:
    """Each kind of wrong instant is rejected with a message that says what is accepted."""
    with pytest.raises(RejectedError) as caught:
        windows.parse_instant(text)
    assert caught.value.message == message


@given(
    st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)),  # noqa: DTZ001 - the offset is added below
    st.integers(-23 * 60, 23 * 60),
)
def test_instants_against_datetime(naive: datetime, offset_minutes: int) -> None:
    """Every date-time with any offset is the same instant as by Python's datetime."""
    sign, (hours, minutes) = "-" if offset_minutes < 0 else "+", divmod(abs(offset_minutes), 60)
    text = f"{naive.isoformat(timespec='microseconds')}{sign}{hours:02d}:{minutes:02d}"
    moment = naive.replace(tzinfo=UTC) - timedelta(minutes=offset_minutes)
    microseconds = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    assert windows.parse_instant(text) == microseconds // 1000
    assert windows.parse_instant(text, up=True) == -(-microseconds // 1000)


@given(st.integers(EARLIEST, LATEST))
def test_text_round_trip(instant: int) -> None:
    """The text of an instant parses to that instant."""
    assert windows.parse_instant(windows.text(instant)) == instant


TELEMETRY = WindowRule("from", "to", {"fromUtc": "from", "toUtc": "to"}, 31, None, required=True)
VISITS = WindowRule("fromUtc", "toUtc", {}, 366, -30, required=False)
APPOINTMENTS = WindowRule("fromUtc", "toUtc", {}, 366, 30, required=False)
INCIDENTS = WindowRule("fromUtc", "toUtc", {}, None, None, required=False)


@pytest.mark.parametrize(
    ("rule", "given_ends", "span"),
    [
        (TELEMETRY, {"from": 5, "to": 9}, Span(5, 9)),
        (TELEMETRY, {"fromUtc": 5, "to": 9}, Span(5, 9)),
        (TELEMETRY, {"from": 5, "fromUtc": 5, "toUtc": 9}, Span(5, 9)),
        (TELEMETRY, {"from": 7, "to": 7}, Span(7, 7)),
        (TELEMETRY, {"from": 0, "to": 31 * DAY_MS}, Span(0, 31 * DAY_MS)),
        (INCIDENTS, {}, Span(None, None, defaulted=True)),
        (INCIDENTS, {"toUtc": 5}, Span(None, 5, defaulted=True)),
        (VISITS, {}, Span(NOON - 30 * DAY_MS, NOON, defaulted=True)),
        (APPOINTMENTS, {}, Span(NOON, NOON + 30 * DAY_MS, defaulted=True)),
        (VISITS, {"fromUtc": NOON}, Span(NOON, NOON + 366 * DAY_MS, defaulted=True)),
        (VISITS, {"toUtc": NOON}, Span(NOON - 366 * DAY_MS, NOON, defaulted=True)),
        (VISITS, {"fromUtc": LATEST}, Span(LATEST, LATEST, defaulted=True)),
        (VISITS, {"toUtc": EARLIEST}, Span(EARLIEST, EARLIEST, defaulted=True)),
    ],
)
def test_windows(rule: WindowRule, given_ends: dict[str, int], span: Span) -> None:
    """An end may be given by any of its names; missing ends follow from the rule and the clock."""
    assert windows.resolve(rule, given_ends, NOON) == span


@pytest.mark.parametrize(
    ("rule", "given_ends", "details"),
    [
        (
            TELEMETRY,
            {},
            [
                Detail("from", messages.window_missing(["from", "fromUtc"])),
                Detail("to", messages.window_missing(["to", "toUtc"])),
            ],
        ),
        (TELEMETRY, {"fromUtc": 1}, [Detail("to", messages.window_missing(["to", "toUtc"]))]),
        (TELEMETRY, {"from": 1, "fromUtc": 2, "to": 9}, [Detail("fromUtc", messages.aliases_differ("from"))]),
        (TELEMETRY, {"fromUtc": 9, "to": 1}, [Detail("fromUtc", messages.WINDOW_REVERSED)]),
        (TELEMETRY, {"from": 0, "toUtc": 31 * DAY_MS + 1}, [Detail("toUtc", messages.window_too_long(31))]),
        (INCIDENTS, {"fromUtc": 2, "toUtc": 1}, [Detail("fromUtc", messages.WINDOW_REVERSED)]),
    ],
)
def test_rejected_windows(rule: WindowRule, given_ends: dict[str, int], details: list[Detail]) -> None:
    """A window that breaks its rule is a 400 that names the parameter as the client did."""
    with pytest.raises(ApiError) as caught:
        windows.resolve(rule, given_ends, NOON)
    assert (caught.value.status, list(caught.value.details)) == (400, details)
