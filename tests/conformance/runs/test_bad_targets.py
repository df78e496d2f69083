"""Targets that break HTTP or are no API: the run ends within its budget, and its verdicts say what is wrong."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

import pytest

from sepolo_conformance.engine import registry, runner
from sepolo_conformance.engine.registry import catalogue
from sepolo_conformance.engine.session import Suite, selected
from sepolo_conformance.model.keys import Key
from sepolo_conformance.model.settings import Settings
from sepolo_conformance.model.verdict import Status, Verdict
from tests.conformance.rawserver import Raw, Wire, json_answer, raw_server

KEY = Key("key1", "$SEPOLO_API_KEY", "sep_test_0123456789abcdef")
BUDGET = 20.0
ME = {
    "organizationId": "7f2d3f0a-7c51-42cf-a06d-2c2df5f0c20b",
    "clientId": "sep_test_…",
    "clientName": None,
    "scopes": ["assets.read", "devices.read", "telemetry.read"],
    "version": "v1",
    "rateLimit": {"requestsPerMinute": None, "requestsPerDay": None},
    "allowedGroupIds": [],
    "allowedCustomerIds": [],
}


def judge(url: str, *, timeout: float = 0.15) -> dict[str, Verdict]:
    """Return the verdicts of a run of all areas."""
    settings = Settings(url, keys=(KEY,), timeout=timeout, budget=BUDGET, max_requests=200)
    suite = Suite(settings)
    checks = registry.checks()
    try:
        return {rule.id: runner.run(suite, rule, checks[rule.id]) for rule in selected(settings) if rule.id in checks}
    finally:
        suite.close()


def reasons(verdicts: dict[str, Verdict]) -> set[str]:
    """Return the reasons of errors of the run."""
    return {str(verdict.reason) for verdict in verdicts.values() if verdict.status is Status.ERROR}


def judged(verdicts: dict[str, Verdict]) -> list[str]:
    """Return the requirements with a verdict on the target."""
    verdict_on_the_target = (Status.PASS, Status.FAIL, Status.WARN)
    return [name for name, verdict in verdicts.items() if verdict.status in verdict_on_the_target]


@contextmanager
def answering(answer: Callable[[Wire, str], None]) -> Iterator[Raw]:
    """Serve until the block ends, which must not exceed the budget of the run."""
    begun = time.monotonic()
    with raw_server(answer) as raw:
        yield raw
    assert time.monotonic() - begun < BUDGET + 60  # generous: machines under load are slow


def after_me(then: Callable[[Wire], None]) -> Callable[[Wire, str], None]:
    """Respond to /me as an API does, and to other requests with `then`."""

    def answer(wire: Wire, target: str) -> None:
        if target.startswith("/api/v1/me"):
            wire.send(json_answer(json.dumps(ME).encode()))
        else:
            then(wire)

    return answer


def never(wire: Wire) -> None:
    """Send no response."""
    wire.hold()


def slowly(wire: Wire) -> None:
    """Send the headers one byte at a time."""
    wire.drip(b"HTTP/1.1 200 OK\r\n" + b"X-Pad: " + b"x" * 100_000)


def slow_body(wire: Wire) -> None:
    """Send the body one byte at a time."""
    wire.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n")
    wire.drip(b" " * 100_000)


def cut(wire: Wire) -> None:
    """Close the connection within the body."""
    wire.send(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"data": [')
    wire.connection.close()


def no_http(wire: Wire) -> None:
    """Send another protocol than HTTP."""
    wire.send(b"220 mail.example.com ESMTP\r\n")
    wire.connection.close()


@pytest.mark.parametrize(
    ("then", "reason"),
    [
        (never, "no complete response within 0.15 s"),
        (slowly, "no complete response within 0.15 s"),
        (slow_body, "no complete response within 0.15 s"),
        (cut, "the response is not valid HTTP: peer closed connection without sending complete message body"),
        (no_http, "the response is not valid HTTP"),
    ],
)
def test_incomplete_response_is_an_error_of_the_run(then: Callable[[Wire], None], reason: str) -> None:
    """A target without a complete response is not judged, and the run stops its requests."""
    with answering(after_me(then)) as raw:
        verdicts = judge(raw.url)
    found = reasons(verdicts)
    assert any(reason in text for text in found), found
    assert all("raised an exception" not in text for text in found), found
    assert verdicts["SHP-001"].status is Status.ERROR


def test_response_body_is_read_up_to_the_limit() -> None:
    """No more than 16 MiB of a body of 200 MB are read."""
    sent = []

    def flood(wire: Wire) -> None:
        wire.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 200000000\r\n\r\n")
        for _ in range(200):
            wire.send(b" " * 1_000_000)
            sent.append(1)

    with answering(after_me(flood)) as raw:
        verdicts = judge(raw.url, timeout=5.0)
    assert any("the response is longer than 16 MiB" in reason for reason in reasons(verdicts))
    assert max(sent, default=0) == 1


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (json_answer(b'{"data": ['), "the body is not JSON"),
        (json_answer(b'{"data": ["\xff"]}'), "the body is not UTF-8: byte 11 is 0xff"),
        (json_answer(b""), "the body is empty"),
        (json_answer(b'{"data": NaN}'), "the body is not JSON: NaN is not a JSON number"),
        (json_answer(b"[" * 200_000), "the body is not JSON"),
        (json_answer(b'{"data": []}').replace(b"Length: 12", b"Length: 5"), "the body is not JSON"),
        (
            json_answer(b'{"data": []}', "200 OK", "Content-Encoding: gzip"),
            "the body is not gzip, as Content-Encoding says",
        ),
    ],
    ids=["cut", "latin-1", "empty", "nan", "deep", "length too short", "not compressed"],
)
def test_body_without_json_is_a_finding(answer: bytes, fault: str) -> None:
    """The finding says what prevents the body from being read as JSON."""
    with answering(after_me(lambda wire: wire.send(answer))) as raw:
        suite = Suite(Settings(raw.url, keys=(KEY,), timeout=1.0, budget=BUDGET))
        runner.run(suite, catalogue()["SHP-001"], registry.judge_of("SHP-001"))
        seen = suite.observers.drain()["SHP-002"]
        suite.close()
    found = {finding["actual"] for finding in seen["findings"].values()}
    assert any(fault in text for text in found), found


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 15\r\n\r\n<h1>Welcome</h1>"[:-1],
        b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 20\r\n\r\n<h1>Bad Gateway</h1>",
        b"HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 307 Temporary Redirect\r\nLocation: /api/v1/me\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n[1,2]",
        b'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"me"',
        b"HTTP/1.1 204 No Content\r\n\r\n",
    ],
)
def test_response_of_another_server_is_a_finding(answer: bytes) -> None:
    """A web page, an error page of a proxy or a redirect breaks the first requirement."""
    with answering(lambda wire, _: wire.send(answer)) as raw:
        verdicts = judge(raw.url)
    assert verdicts["AUT-001"].status is Status.FAIL
    assert [name for name, verdict in verdicts.items() if "raised an exception" in str(verdict.reason)] == []


def test_permanent_429_is_an_error_of_the_run() -> None:
    """The client retries twice, then the run ends without a verdict on the target."""
    busy = json_answer(b'{"error": "rate_limited", "message": "Later."}', "429 Too Many Requests", "Retry-After: 0")
    with answering(lambda wire, _: wire.send(busy)) as raw:
        verdicts = judge(raw.url)
    assert judged(verdicts) == []
    assert any("still 429 after 3 attempts" in reason for reason in reasons(verdicts))


def test_retry_after_beyond_the_budget_is_not_awaited() -> None:
    """A Retry-After of an hour is an error of the run at once."""
    busy = json_answer(b"{}", "503 Service Unavailable", "Retry-After: 3600")
    with answering(lambda wire, _: wire.send(busy)) as raw:
        verdicts = judge(raw.url)
    assert any("would exceed the budget of" in reason for reason in reasons(verdicts))


@pytest.mark.no_cover  # several times slower under the tracer, and other tests reach the same lines
def test_endless_list_ends() -> None:
    """A list that always has a next page is not read for ever."""
    numbers = count()

    def more(wire: Wire) -> None:
        row = {"assetId": f"00000000-0000-4000-8000-{next(numbers):012}", "deviceId": "D", "isActive": True}
        page = {"data": [row], "nextCursor": f"c{next(numbers)}", "hasMore": True}
        wire.send(json_answer(json.dumps(page).encode()))

    with answering(after_me(more)) as raw:
        verdicts = judge(raw.url, timeout=2.0)
    assert [name for name, verdict in verdicts.items() if "raised an exception" in str(verdict.reason)] == []


def test_closed_port_is_an_error_of_the_run() -> None:
    """Every check says that it cannot connect."""
    with raw_server(lambda wire, _: wire.hold()) as raw:
        gone = raw.url
    verdicts = judge(gone)
    assert judged(verdicts) == []
    assert any("cannot connect" in reason for reason in reasons(verdicts))


def test_failed_tls_handshake_is_named() -> None:
    """An https URL of a plain HTTP server is an error of the run."""
    plain = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
    with raw_server(lambda wire, _: wire.send(plain), eager=True) as raw:
        verdicts = judge(raw.url.replace("http:", "https:"), timeout=1.0)
    assert judged(verdicts) == []
    assert any("TLS failed" in reason for reason in reasons(verdicts)), reasons(verdicts)
