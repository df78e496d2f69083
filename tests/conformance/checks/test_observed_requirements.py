"""The observers of authentication, errors, shape and robustness, on single responses."""

import base64
import binascii
import json
from collections.abc import Callable

import pytest

from sepolo_conformance.engine import registry
from sepolo_conformance.transport.exchange import Exchange, Request

SECRET = "sep_test_0123456789abcdef"  # noqa: S105 - made up
JSON = (("Content-Type", "application/json"),)
ERROR = b'{"error": "not_found", "message": "There is no such asset."}'


def response(
    status: int,
    body: bytes = b"{}",
    headers: tuple[tuple[str, str], ...] = JSON,
    *,
    operation_id: str | None = "listVendors",
    sent: tuple[tuple[str, str], ...] = (),
    method: str = "GET",
) -> Exchange:
    request = Request(method, "/api/v1/vendors", sent, operation_id=operation_id)
    return Exchange("http://127.0.0.1:1", request, status, headers, body, 0.01)


def reported(requirement_id: str, exchange: Exchange) -> list[str] | None:
    """Return the actual values that an observer reports, None if the response is not subject to the requirement."""
    found = registry.observers()[requirement_id].function(exchange)
    return None if found is None else [mismatch.actual for mismatch in found]


def rows(*found: object) -> bytes:
    return json.dumps({"data": found, "nextCursor": None, "hasMore": False}).encode()


@pytest.mark.parametrize(
    ("requirement_id", "exchange", "expected"),
    [
        ("ERR-001", response(500), ["500"]),
        ("ERR-001", response(501, method="OPTIONS"), []),
        ("ERR-001", response(501), ["501"]),
        ("ERR-002", response(404, ERROR), []),
        ("ERR-002", response(404, b'{"error": "not_found", "message": ""}'), ['{"error": "not_found", "message": ""}']),
        ("ERR-002", response(404, b""), ["the body is empty"]),
        ("ERR-002", response(404, ERROR, operation_id=None), None),
        ("ERR-002", response(405, b""), None),
        ("ERR-009", response(400, ERROR, (("Content-Type", "application/json; charset=utf-8"),)), []),
        (
            "ERR-009",
            response(400, ERROR, (("Content-Type", "application/problem+json"),)),
            ["application/problem+json"],
        ),
        ("ERR-009", response(400, b""), None),
        ("ERR-011", response(403, rows({"id": 1})), ["403 with 1 rows of data"]),
        ("ERR-011", response(400, b'[{"field": "groupId"}]'), []),
        ("ERR-012", response(404, ERROR), []),
        ("ERR-012", response(400, ERROR), ["'not_found'"]),
        ("ERR-013", response(404, ERROR, (*JSON, ("X-Request-Id", "r1"))), ["None"]),
        ("SHP-016", response(200, b"{}", (("Content-Type", 'application/json; charset="UTF-8"'),)), []),
        ("SHP-016", response(200, b"{}", (("Content-Type", "application/json; charset=iso-8859-1"),)), ["iso-8859-1"]),
        ("SHP-018", response(200, b'{"a": 1, "b": {"c": 1, "c": 2}}'), ["c twice in a response of listVendors"]),
        ("SHP-018", response(200, b'{"a": [{"c": 1}, {"c": 2}]}'), []),
        ("AUT-010", response(401, ERROR), ["none"]),
        ("AUT-010", response(401, ERROR, (("WWW-Authenticate", "Bearer"),)), []),
        ("ROB-017", response(200, sent=(("X-Request-Id", "mine"),), headers=(("X-Request-Id", "other"),)), ["'other'"]),
        ("ROB-017", response(200, sent=(("X-Request-Id", "a b"),), headers=(("X-Request-Id", "other"),)), []),
    ],
)
def test_observer_reports_deviations(requirement_id: str, exchange: Exchange, expected: list[str] | None) -> None:
    """Deviations are reported; tolerated responses, and those not subject to the requirement, are not."""
    assert reported(requirement_id, exchange) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Boom\n   at Sepolo.Api.Assets.Get(Guid id) in /src/Assets.cs:line 12",
        "Traceback (most recent call last):",
        'File "/app/main.py", line 3, in get',
        "System.NullReferenceException: Object reference not set",
        "org.springframework.dao.DataAccessException",
        "handlers/assets.go:41",
        'relation failed: SELECT * FROM "Assets"',
    ],
)
def test_stack_traces_and_queries_are_reported(text: str) -> None:
    """Stack traces, exceptions, source files and queries of common platforms are reported, also inside JSON."""
    assert reported("ERR-010", response(500, json.dumps({"message": text}).encode()))


@pytest.mark.parametrize(
    "text",
    [
        'groupId: must be an integer in plain digits; got "1.5"',
        "Select a shorter window: the page says that 31 days is the maximum, at most.",
        'There is no "/api/v1/nothing.cs" in this API.',
        "Exception: this device is out of order (at 12:30)",
    ],
)
def test_messages_for_people_are_not_reported_as_stack_traces(text: str) -> None:
    """Ordinary error messages are not reported."""
    assert reported("ERR-010", response(400, json.dumps({"message": text}).encode())) == []


@pytest.mark.parametrize("name", ["X-Sepolo-Api-Key", "x-sepolo-api-key", "Authorization"])
def test_repeated_key_is_reported_in_headers_and_body(name: str) -> None:
    """The key of the request, in either header, is searched for in the headers and the body of the response."""
    sent = ((name, f"Bearer {SECRET}" if name == "Authorization" else SECRET),)
    exchange = response(401, f'{{"message": "No key {SECRET}"}}'.encode(), (("X-Key", SECRET),), sent=sent)
    assert reported("AUT-008", exchange) == ["the key in X-Key, the body"]
    assert reported("AUT-008", response(401, ERROR, sent=sent)) == []
    assert reported("AUT-008", response(401, ERROR)) is None


@pytest.mark.parametrize("before", ["", "k", "k:", "key"])
@pytest.mark.parametrize("encoded", [base64.b64encode, base64.urlsafe_b64encode, binascii.hexlify])
def test_encoded_key_is_reported(encoded: Callable[[bytes], bytes], before: str) -> None:
    """A key in base64 or hexadecimal is reported, whatever surrounds it; its beginning alone is not."""
    sent = (("X-Sepolo-Api-Key", SECRET),)
    for after in ("", ";", ";;", "at the end"):
        exchange = response(200, b'{"nextCursor": "%s"}' % encoded(f"{before}{SECRET}{after}".encode()), sent=sent)
        assert reported("AUT-008", exchange) == ["the key in the body"]
    assert reported("AUT-008", response(200, encoded(f"{before}{SECRET[:-3]}".encode()), sent=sent)) == []


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"deviceId": "a", "batteryPercentage": 3}, []),
        ({"deviceId": "a", "battery_percentage": 3}, ["it is named battery_percentage"]),
        ({"DeviceId": "a"}, ["it is named DeviceId"]),
        ({"deviceId": "a", "deviceid": "a"}, []),
        ({"deviceId": "a", "Serial_Number": "1"}, []),
    ],
)
def test_misspelt_member_is_reported(row: object, expected: list[str]) -> None:
    """Another spelling of a documented member is reported; assumed and additional members are not."""
    assert reported("SHP-015", response(200, rows(row), operation_id="listDevices")) == expected


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2026-05-13T00:00:00Z", []),
        ("2026-05-13T02:00:00+02:00", []),
        ("2026-05-12T22:00:00Z", ["'2026-05-12T22:00:00Z'"]),
        (None, []),
    ],
)
def test_day_that_does_not_start_at_midnight_utc_is_reported(date: str | None, expected: list[str]) -> None:
    """Midnight may have any offset; a null date is not reported."""
    body = json.dumps([{"date": date}]).encode()
    assert reported("SHP-017", response(200, body, operation_id="getTelemetryDaily")) == expected
