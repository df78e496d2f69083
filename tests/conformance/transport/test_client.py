"""Retries, waits and limits of the client."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest

from sepolo_conformance.model.outcomes import RunError
from sepolo_conformance.transport.client import Client
from sepolo_conformance.transport.exchange import Exchange, Request
from sepolo_conformance.transport.pacing import Budget, Pace
from sepolo_conformance.transport.response import LostConnectionError, NoResponseError, Response
from tests.conformance.transport.test_exchange import KEY
from tests.conformance.transport.test_pacing import ManualClock

GET = Request("GET", "/api/v1/me")
POST = Request("POST", "/api/v1/service-reports", body=b"{}")
OK = Response(200, (), b"{}")
LOST = LostConnectionError("the connection failed")
TIMEOUT = NoResponseError("no complete response within 10 s")


@dataclass
class Script:
    """A transport that returns scripted responses and errors, the last one repeatedly."""

    steps: list[Response | Exception]
    sent: list[str] = field(default_factory=list)

    def send(self, method: str, target: str, *_: Any, timeout: float) -> Response:
        assert timeout > 0
        self.sent.append(f"{method} {target}")
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, Exception):
            raise step
        return step


@dataclass
class Setup:
    client: Client
    script: Script
    clock: ManualClock
    exchanges: list[Exchange]


def client(*steps: Response | Exception, seconds: float = 100.0) -> Setup:
    clock, script = ManualClock(), Script(list(steps))
    exchanges: list[Exchange] = []
    made = Client(
        base_url="http://target",
        transport=script,  # type: ignore[arg-type]
        budget=Budget(clock.as_clock(), clock.time, seconds, 1_000),
        pace=Pace(clock.as_clock(), None),
        clock=clock.as_clock(),
        on_exchange=exchanges.append,
    )
    return Setup(made, script, clock, exchanges)


def busy(status: int, *headers: tuple[str, str]) -> Response:
    return Response(status, headers, b"")


def test_lost_connection_is_retried() -> None:
    """A response after two lost connections is reported once."""
    it = client(LOST, LOST, OK)
    assert it.client.send(GET).status == 200
    assert (len(it.script.sent), len(it.exchanges)) == (3, 1)


def test_post_is_not_retried() -> None:
    """A POST is not retried, because the first attempt may have created something."""
    it = client(LOST, OK)
    with pytest.raises(RunError, match="POST /api/v1/service-reports: the connection failed"):
        it.client.send(POST)
    assert it.script.sent == ["POST /api/v1/service-reports"]


def test_timeout_is_not_retried() -> None:
    """A request that timed out is not sent again."""
    it = client(TIMEOUT)
    with pytest.raises(RunError, match="no complete response"):
        it.client.send(GET)
    assert len(it.script.sent) == 1


@pytest.mark.parametrize(
    ("response", "slept"),
    [
        (busy(429, ("Retry-After", "7")), [7.0]),
        (busy(503, ("Retry-After", "2")), [2.0]),
        (busy(429), [1.0]),
        (busy(429, ("Retry-After", "Thu, 01 Jan 1970 00:16:45 GMT")), [5.0]),
        (busy(429, ("Retry-After", "soon")), [1.0]),
    ],
)
def test_retry_after_is_obeyed(response: Response, slept: list[float]) -> None:
    """429, and 503 with Retry-After, are retried after the given seconds or date."""
    it = client(response, OK)
    assert it.client.send(GET).status == 200
    assert it.clock.slept == slept
    assert [exchange.status for exchange in it.exchanges] == [200]


def test_503_without_retry_after_is_a_response() -> None:
    """503 without Retry-After is judged like any other 5xx."""
    it = client(busy(503))
    assert it.client.send(GET).status == 503


def test_retries_of_429_are_limited() -> None:
    """After three attempts the request fails."""
    it = client(busy(429, ("Retry-After", "1")))
    with pytest.raises(RunError, match="still 429 after 3 attempts: lower --rate"):
        it.client.send(GET)
    assert it.clock.slept == [1.0, 1.0]


def reasons(it: Setup, count: int) -> list[str | None]:
    """Send requests to different URLs, and return the error of each, None for a response."""
    found: list[str | None] = []
    for number in range(count):
        try:
            it.client.send(Request("GET", f"/api/v1/assets?pageSize={number}", key=KEY))
        except RunError as error:
            found.append(str(error))
        else:
            found.append(None)
    return found


@pytest.mark.parametrize("limited", [True, False], ids=["key", "rate"])
def test_request_rejected_by_the_pace_reserves_nothing(limited: bool) -> None:
    """All rejected requests have the same message, and requests within a longer budget are still sent."""
    it = client(OK, seconds=15.5)
    if limited:
        it.client.pace.limit(KEY.secret, 60, None)
    else:
        it.client.pace.rate = 1.0
    found = reasons(it, 60)
    refused = "the pace (--rate, or the rate limit of the key) would exceed the budget of 15.5 s: raise --budget"
    assert found == [None] * len(it.script.sent) + [refused] * (60 - len(it.script.sent))
    assert len(it.script.sent) == it.client.sent == it.client.budget.spent > 15
    it.client.budget.seconds = 17.0
    assert None in reasons(it, 60)


@pytest.mark.parametrize("headers", [(("Retry-After", "40"),), (("Retry-After", "41"),)])
@pytest.mark.parametrize("status", [429, 503])
def test_message_of_a_wait_beyond_the_budget_has_no_url(status: int, headers: tuple[tuple[str, str], ...]) -> None:
    """The message is equal for different requests and waits, so that errors are grouped."""
    it = client(busy(status, *headers), seconds=15.0)
    reason = f"the wait that a {status} requires would exceed the budget of 15 s: raise --budget"
    assert reasons(it, 3) == [reason] * 3


def test_message_of_repeated_429_has_no_url() -> None:
    """The message is equal for different requests."""
    it = client(busy(429, ("Retry-After", "0")))
    assert reasons(it, 2) == ["still 429 after 3 attempts: lower --rate"] * 2


def test_target_that_is_down_gets_no_requests() -> None:
    """After three requests without a response none is sent until the next probe."""
    it = client(TIMEOUT)
    for _ in range(5):
        with pytest.raises(RunError):
            it.client.send(GET)
    assert len(it.script.sent) == 3
    it.client.probe()
    for message in ("no complete response", "stopped after 4 requests in a row"):
        with pytest.raises(RunError, match=message):
            it.client.send(GET)
    assert len(it.script.sent) == 4


def test_number_of_probes_is_limited() -> None:
    """A target that stays down gets a bounded number of requests."""
    it = client(TIMEOUT)
    for _ in range(100):
        it.client.probe()
        with pytest.raises(RunError):
            it.client.send(GET)
    assert len(it.script.sent) == 6


def test_response_resets_the_count_of_failures() -> None:
    """After a response, failures are counted from zero."""
    it = client(TIMEOUT, TIMEOUT, OK, TIMEOUT, TIMEOUT, OK)
    for _ in range(2):
        for _ in range(2):
            with pytest.raises(RunError):
                it.client.send(GET)
        assert it.client.send(GET).status == 200


def test_429_pauses_all_requests_of_the_key() -> None:
    """A request that is sent during the pause waits too; one with another key does not."""
    it = client(OK)
    it.client.pace.pause(KEY.secret, 7.0)
    it.client.send(GET)
    it.client.send(Request("GET", "/api/v1/assets", key=KEY))
    assert it.clock.slept == [7.0]


def test_503_pauses_all_requests() -> None:
    """Retry-After of a 503 concerns the deployment, not a key."""
    it = client(busy(503, ("Retry-After", "3")), OK)
    assert it.client.send(GET).status == 200
    assert it.client.pace.delay(KEY.secret) == 0
    it.client.pace.pause(None, 2.0)
    assert it.client.pace.delay(KEY.secret) == 2.0


def test_ended_client_sends_nothing() -> None:
    """After the end of the run each request is an error with its reason."""
    it = client(OK)
    it.client.end("the run has ended")
    it.client.probe()
    with pytest.raises(RunError, match="the run has ended"):
        it.client.send(GET)
    assert it.script.sent == []


def test_requests_of_a_key_are_sent_one_by_one_after_429() -> None:
    """Of eight requests in flight, all of which are rejected, each is answered after the pause."""
    it = client(OK)
    together, numbers = threading.Barrier(8), count()

    def send(*_: Any, **__: Any) -> Response:
        if next(numbers) >= 8:
            return OK
        together.wait(60.0)
        return busy(429, ("Retry-After", "1"))

    it.script.send = send  # type: ignore[method-assign]
    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(lambda _: it.client.send(GET).status, range(8)))
    assert statuses == [200] * 8
