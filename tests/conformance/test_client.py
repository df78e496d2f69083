"""The client's manners: what is asked again, what is waited for, when it gives up."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from sepolo_conformance.model.outcomes import RunError
from sepolo_conformance.transport.client import Client
from sepolo_conformance.transport.exchange import Exchange, Request
from sepolo_conformance.transport.response import LostConnectionError, NoResponseError, Response
from sepolo_conformance.transport.pacing import Budget, Pace
from tests.conformance.test_exchange import KEY
from tests.conformance.test_pace import Hands

GET = Request("GET", "/api/v1/me")
POST = Request("POST", "/api/v1/service-reports", body=b"{}")
OK = Response(200, (), b"{}")
LOST = LostConnectionError("the connection failed")
SILENT = NoResponseError("no complete response within 10 s")


@dataclass
class Script:
    """In place of sockets: plays back answers and errors, the last one for ever."""

    plays: list[Response | Exception]
    asked: list[str] = field(default_factory=list)

    def send(self, method: str, target: str, *_: Any, timeout: float) -> Response:
        assert timeout > 0
        self.asked.append(f"{method} {target}")
        play = self.plays.pop(0) if len(self.plays) > 1 else self.plays[0]
        if isinstance(play, Exception):
            raise play
        return play


@dataclass
class Setting:
    client: Client
    script: Script
    hands: Hands
    heard: list[Exchange]


def client(*plays: Response | Exception, seconds: float = 100.0) -> Setting:
    hands, script = Hands(), Script(list(plays))
    heard: list[Exchange] = []
    made = Client(
        base_url="http://target",
        transport=script,  # type: ignore[arg-type]
        budget=Budget(hands.clock(), hands.time, seconds, 1_000),
        pace=Pace(hands.clock(), None),
        clock=hands.clock(),
        on_exchange=heard.append,
    )
    return Setting(made, script, hands, heard)


def busy(status: int, *headers: tuple[str, str]) -> Response:
    return Response(status, headers, b"")


def test_a_lost_connection_is_asked_again() -> None:
    """Two failures of the network and then an answer are an answer, heard once."""
    it = client(LOST, LOST, OK)
    assert it.client.send(GET).status == 200
    assert (len(it.script.asked), len(it.heard)) == (3, 1)


def test_a_post_is_never_sent_twice() -> None:
    """The first try may have created something."""
    it = client(LOST, OK)
    with pytest.raises(RunError, match="POST /api/v1/service-reports: the connection failed"):
        it.client.send(POST)
    assert it.script.asked == ["POST /api/v1/service-reports"]


def test_silence_is_not_asked_again() -> None:
    """Who took all the time there was gets no second helping of it."""
    it = client(SILENT)
    with pytest.raises(RunError, match="no complete response"):
        it.client.send(GET)
    assert len(it.script.asked) == 1


@pytest.mark.parametrize(
    ("answer", "slept"),
    [
        (busy(429, ("Retry-After", "7")), [7.0]),
        (busy(503, ("Retry-After", "2")), [2.0]),
        (busy(429), [1.0]),
        (busy(429, ("Retry-After", "Thu, 01 Jan 1970 00:16:45 GMT")), [5.0]),
        (busy(429, ("Retry-After", "soon")), [1.0]),
    ],
)
def test_those_who_ask_for_later_are_asked_later(answer: Response, slept: list[float]) -> None:
    """429, and 503 with Retry-After, are waited for as they say, in seconds or as a date."""
    it = client(answer, OK)
    assert it.client.send(GET).status == 200
    assert it.hands.slept == slept
    assert [exchange.status for exchange in it.heard] == [200]


def test_503_without_retry_after_is_an_answer() -> None:
    """Nobody asked for patience, so it is judged like any other 5xx."""
    it = client(busy(503))
    assert it.client.send(GET).status == 503


def test_patience_ends() -> None:
    """After three times later it is the run that fails."""
    it = client(busy(429, ("Retry-After", "1")))
    with pytest.raises(RunError, match="still 429 after 3 attempts: lower --rate"):
        it.client.send(GET)
    assert it.hands.slept == [1.0, 1.0]


def reasons(it: Setting, count: int) -> list[str | None]:
    """Return why each of some requests, all to other places, wasn't sent, None for those that were."""
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
def test_who_is_refused_by_the_pace_gives_its_place_back(limited: bool) -> None:
    """What isn't sent costs nothing, so that all that is refused has one reason, and what has time still goes."""
    it = client(OK, seconds=15.5)
    if limited:
        it.client.pace.limit(KEY.secret, 60, None)
    else:
        it.client.pace.rate = 1.0
    found = reasons(it, 60)
    refused = "the pace (--rate, or the rate limit of the key) would exceed the budget of 15.5 s: raise --budget"
    assert found == [None] * len(it.script.asked) + [refused] * (60 - len(it.script.asked))
    assert len(it.script.asked) == it.client.sent == it.client.budget.spent > 15
    it.client.budget.seconds = 17.0
    assert None in reasons(it, 60)


@pytest.mark.parametrize("headers", [(("Retry-After", "40"),), (("Retry-After", "41"),)])
@pytest.mark.parametrize("status", [429, 503])
def test_a_wait_that_is_too_long_has_one_reason(status: int, headers: tuple[tuple[str, str], ...]) -> None:
    """Neither the address nor the seconds are in it, as both differ from one requirement to the next."""
    it = client(busy(status, *headers), seconds=15.0)
    reason = f"the wait that a {status} requires would exceed the budget of 15 s: raise --budget"
    assert reasons(it, 3) == [reason] * 3


def test_those_who_stay_busy_have_one_reason() -> None:
    """Which address stayed busy says nothing: it is the pace."""
    it = client(busy(429, ("Retry-After", "0")))
    assert reasons(it, 2) == ["still 429 after 3 attempts: lower --rate"] * 2


def test_a_target_that_is_gone_is_left_alone() -> None:
    """After three requests without an answer nothing is sent any more, until a probe is allowed."""
    it = client(SILENT)
    for _ in range(5):
        with pytest.raises(RunError):
            it.client.send(GET)
    assert len(it.script.asked) == 3
    it.client.probe()
    for said in ("no complete response", "stopped after 4 requests in a row"):
        with pytest.raises(RunError, match=said):
            it.client.send(GET)
    assert len(it.script.asked) == 4


def test_probes_end_too() -> None:
    """However many checks are left, a dead target is asked a bounded number of times."""
    it = client(SILENT)
    for _ in range(100):
        it.client.probe()
        with pytest.raises(RunError):
            it.client.send(GET)
    assert len(it.script.asked) == 6


def test_an_answer_restores_trust() -> None:
    """One answer, and silence is counted from the beginning."""
    it = client(SILENT, SILENT, OK, SILENT, SILENT, OK)
    for _ in range(2):
        for _ in range(2):
            with pytest.raises(RunError):
                it.client.send(GET)
        assert it.client.send(GET).status == 200
