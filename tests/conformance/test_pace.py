"""Pace and budget, on a clock that tests turn by hand."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sepolo_conformance.model.outcomes import RunError
from sepolo_conformance.transport.pacing import Budget, Clock, Pace


@dataclass
class Hands:
    """A clock that moves only when somebody sleeps."""

    time: float = 1_000.0
    slept: list[float] = field(default_factory=list)

    def clock(self) -> Clock:
        return Clock(lambda: self.time, self.sleep)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


def sent_at(pace: Pace, hands: Hands, count: int, key: str | None = None) -> list[float]:
    """Return when each of some requests goes out, as fast as the pace lets them."""
    times = []
    for _ in range(count):
        hands.sleep(pace.delay(key))
        pace.take(key)
        times.append(hands.time)
    return times


@given(st.integers(1, 600), st.integers(1, 400))
def test_no_minute_holds_more_than_the_key_may_send(limit: int, count: int) -> None:
    """Whenever a minute begins, what goes out in it stays within requestsPerMinute."""
    hands = Hands()
    pace = Pace(hands.clock(), None)
    pace.limit("key", limit, None)
    times = sent_at(pace, hands, count, "key")
    # A token bucket fills in floating point: the last of a full minute may fall on its very end.
    assert max(sum(begin <= time < begin + 59.999 for time in times) for begin in times) <= limit + 1


def test_the_rate_spaces_requests_evenly() -> None:
    """At 4/s a request goes out every quarter of a second, the first at once."""
    hands = Hands()
    assert sent_at(Pace(hands.clock(), 4.0), hands, 4) == [1_000.0, 1_000.25, 1_000.5, 1_000.75]


def test_processes_share_the_rate() -> None:
    """One of four processes takes a quarter of the rate."""
    hands = Hands()
    assert sent_at(Pace(hands.clock(), 4.0, 0.25), hands, 3) == [1_000.0, 1_001.0, 1_002.0]


def test_without_limits_nothing_waits() -> None:
    """An unlimited key is sent as fast as answers come."""
    hands = Hands()
    assert sent_at(Pace(hands.clock(), None), hands, 3, "key") == [1_000.0] * 3


def test_half_of_a_day_is_left_to_the_owner() -> None:
    """Of 10 requests a day a run sends 5."""
    pace = Pace(Hands().clock(), None)
    pace.limit("key", None, 10)
    for _ in range(5):
        pace.take("key")
    with pytest.raises(RunError, match="half of the requests"):
        pace.delay("key")


def test_a_budget_ends_by_time_and_by_number() -> None:
    """What is over the budget isn't sent, and the error names the option that allows more."""
    hands = Hands()
    by_number = Budget(hands.clock(), hands.time, 10.0, 1)
    by_number.spend()
    with pytest.raises(RunError, match="budget of 1 requests is spent: raise --max-requests"):
        by_number.spend()
    by_time = Budget(hands.clock(), hands.time - 10, 10.0, 5)
    with pytest.raises(RunError, match="time budget of 10 s is spent: raise --budget"):
        by_time.spend()


def test_asking_for_the_wait_takes_no_place() -> None:
    """However often one asks how long to wait, the answer stays, until a request takes its place."""
    pace = Pace(Hands().clock(), 4.0)
    pace.limit("key", 10, None)
    pace.take("key")
    assert [pace.delay("key") for _ in range(4)] == [pace.delay("key")] * 4
    before = pace.delay("key")
    pace.take("key")
    assert pace.delay("key") > before > 0


def test_no_wait_outlasts_the_budget() -> None:
    """A wait that can't be afforded is refused at once, in words that stay the same; others are waited for."""
    hands = Hands()
    budget = Budget(hands.clock(), hands.time, 10.0, 5)
    budget.wait(4.0, "being busy")
    for seconds in (7.0, 8.5):
        with pytest.raises(RunError) as caught:
            budget.wait(seconds, "being busy")
        assert str(caught.value) == "being busy would exceed the budget of 10 s: raise --budget"
    assert hands.slept == [4.0]
