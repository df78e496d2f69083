"""Pace and budget, with a clock that moves only when code sleeps."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sepolo_conformance.model.outcomes import RunError
from sepolo_conformance.transport.pacing import Budget, Clock, Pace


@dataclass
class ManualClock:
    """A clock that moves only when code sleeps."""

    time: float = 1_000.0
    slept: list[float] = field(default_factory=list)

    def as_clock(self) -> Clock:
        return Clock(lambda: self.time, self.sleep)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


def sent_at(pace: Pace, clock: ManualClock, count: int, key: str | None = None) -> list[float]:
    """Return the times of requests that are sent as fast as the pace allows."""
    times = []
    for _ in range(count):
        clock.sleep(pace.delay(key))
        pace.take(key)
        times.append(clock.time)
    return times


@given(st.integers(1, 600), st.integers(1, 400))
def test_rate_limit_of_the_key_holds_in_every_minute(limit: int, count: int) -> None:
    """No interval of a minute contains more requests than requestsPerMinute."""
    clock = ManualClock()
    pace = Pace(clock.as_clock(), None)
    pace.limit("key", limit, None)
    times = sent_at(pace, clock, count, "key")
    # A token bucket fills in floating point: the last of a full minute may fall on its very end.
    assert max(sum(begin <= time < begin + 59.999 for time in times) for begin in times) <= limit + 1


def test_rate_spaces_requests_evenly() -> None:
    """At 4/s a request is sent every 0.25 s, the first one at once."""
    clock = ManualClock()
    assert sent_at(Pace(clock.as_clock(), 4.0), clock, 4) == [1_000.0, 1_000.25, 1_000.5, 1_000.75]


def test_processes_share_the_rate() -> None:
    """One of four processes uses a quarter of the rate."""
    clock = ManualClock()
    assert sent_at(Pace(clock.as_clock(), 4.0, 4), clock, 3) == [1_000.0, 1_001.0, 1_002.0]


def test_without_limits_no_request_waits() -> None:
    """Requests of an unlimited key do not wait."""
    clock = ManualClock()
    assert sent_at(Pace(clock.as_clock(), None), clock, 3, "key") == [1_000.0] * 3


def test_run_uses_at_most_half_of_the_daily_limit() -> None:
    """Of 10 requests a day a run sends 5."""
    pace = Pace(ManualClock().as_clock(), None)
    pace.limit("key", None, 10)
    for _ in range(5):
        pace.take("key")
    with pytest.raises(RunError, match="half of the requests"):
        pace.delay("key")


def test_budget_limits_time_and_number_of_requests() -> None:
    """The error names the option that allows more."""
    clock = ManualClock()
    by_number = Budget(clock.as_clock(), clock.time, 10.0, 1)
    by_number.spend()
    with pytest.raises(RunError, match="budget of 1 requests is spent: raise --max-requests"):
        by_number.spend()
    by_time = Budget(clock.as_clock(), clock.time - 10, 10.0, 5)
    with pytest.raises(RunError, match="time budget of 10 s is spent: raise --budget"):
        by_time.spend()


def test_delay_reserves_nothing() -> None:
    """The delay stays the same until a request takes the slot."""
    pace = Pace(ManualClock().as_clock(), 4.0)
    pace.limit("key", 10, None)
    pace.take("key")
    assert [pace.delay("key") for _ in range(4)] == [pace.delay("key")] * 4
    before = pace.delay("key")
    pace.take("key")
    assert pace.delay("key") > before > 0


def test_wait_that_exceeds_the_budget_is_rejected() -> None:
    """The wait is rejected at once, with the same message for any length; shorter waits are waited for."""
    clock = ManualClock()
    budget = Budget(clock.as_clock(), clock.time, 10.0, 5)
    budget.wait(4.0, "being busy")
    for seconds in (7.0, 8.5):
        with pytest.raises(RunError) as caught:
            budget.wait(seconds, "being busy")
        assert str(caught.value) == "being busy would exceed the budget of 10 s: raise --budget"
    assert clock.slept == [4.0]


@given(st.integers(1, 200), st.integers(1, 8))
def test_processes_together_obey_the_limit_of_a_key(limit: int, processes: int) -> None:
    """In no minute do all processes together send more requests than requestsPerMinute."""
    times: list[float] = []
    for _ in range(processes):
        clock = ManualClock()
        pace = Pace(clock.as_clock(), None, processes)
        pace.limit("key", limit, None)
        if limit < processes:
            with pytest.raises(RunError, match="too low to be shared by so many processes: lower -n"):
                pace.delay("key")
        else:
            times += sent_at(pace, clock, 2 * limit // processes, "key")
    assert max((sum(begin <= time < begin + 59.999 for time in times) for begin in times), default=0) <= limit


def test_first_requests_count_for_the_limit() -> None:
    """The request of /me, which tells the limit, is one of those that the limit allows."""
    clock = ManualClock()
    pace = Pace(clock.as_clock(), None)
    for _ in range(3):
        pace.take("key")
    pace.limit("key", 30, None)
    assert pace.delay("key") > 0
