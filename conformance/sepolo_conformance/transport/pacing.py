"""Limits on the rate of requests, and on the time and number of requests of a run.

Time comes from the given clock only, so tests do not wait.
"""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from sepolo_conformance.model.outcomes import RunError


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock of a run: `now` returns seconds since the Unix epoch, `sleep` waits for seconds."""

    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


@dataclass
class Budget:
    """The seconds and the number of requests that a run may use, from the time `started` on."""

    clock: Clock
    started: float
    seconds: float
    requests: int
    spent: int = 0

    @property
    def spent_time(self) -> str:
        """The message after the end of the budget."""
        return f"the time budget of {self.seconds:g} s is spent: raise --budget"

    def left(self) -> float:
        """Return the seconds that are left, negative after the end."""
        return self.started + self.seconds - self.clock.now()

    def spend(self, wait: float = 0.0, why: str = "") -> None:
        """Count a request that is sent after `wait` seconds; raise RunError, and count nothing, if the budget is spent.

        `why` names the reason for the wait.
        """
        if self.left() <= 0:
            raise RunError(self.spent_time)
        if self.spent >= self.requests:
            raise RunError(f"the budget of {self.requests} requests is spent: raise --max-requests")
        self.require(wait, why)
        self.spent += 1

    def wait(self, seconds: float, why: str) -> None:
        """Wait; raise RunError at once if the wait would exceed the budget."""
        self.require(seconds, why)
        self.clock.sleep(seconds)

    def require(self, seconds: float, why: str) -> None:
        """Raise RunError if a wait would exceed the budget."""
        # Leave the length of the wait out, so that equal errors are grouped.
        if seconds > self.left():
            raise RunError(f"{why} would exceed the budget of {self.seconds:g} s: raise --budget")


@dataclass
class Bucket:
    """A token bucket that allows at most `limit` requests within any `period` seconds.

    A tenth of the limit may be sent in a burst, the rest evenly. Burst and refill of one period add up to the limit,
    so neither a fixed nor a sliding window of the server overflows. `spent` requests were sent before.
    """

    limit: float
    period: float
    clock: Clock
    spent: float = 0.0
    tokens: float = field(init=False)
    filled: float = field(init=False)

    def __post_init__(self) -> None:
        self.tokens = self._burst - self.spent
        self.filled = self.clock.now()

    @property
    def _burst(self) -> float:
        return max(1.0, self.limit * 0.1)

    @property
    def _rate(self) -> float:
        return max(self.limit - self._burst, self.limit * 0.5) / self.period

    def _level(self, now: float) -> float:
        return min(self._burst, self.tokens + max(0.0, now - self.filled) * self._rate)

    def delay(self) -> float:
        """Return the seconds until there is a token, without taking it."""
        return max(0.0, (1 - self._level(self.clock.now())) / self._rate)

    def take(self) -> None:
        """Take a token. It may be a future one, which the caller waits for."""
        now = self.clock.now()
        self.tokens = self._level(now) - 1
        self.filled = now


@dataclass
class Pace:
    """The pace of all keys together, and of each key.

    `rate` is in requests per second, None for no limit. `processes` share all limits evenly. `quotas` are the requests
    that each key may still send. Not safe to use from several threads: the client calls it under a lock.
    """

    clock: Clock
    rate: float | None
    processes: int = 1
    limits: dict[str, Bucket] = field(default_factory=dict)
    quotas: dict[str, int] = field(default_factory=dict)
    _next: float = 0.0
    _sent: Counter[str] = field(default_factory=Counter)
    _unusable: set[str] = field(default_factory=set)
    _paused: dict[str | None, float] = field(default_factory=dict)

    def limit(self, key: str, per_minute: int | None, per_day: int | None) -> None:
        """Obey the rate limits that `/me` gives for a key; None means no such limit.

        A run uses at most half of the requests of a day, because the owner of the key needs the rest. One of several
        processes begins without a burst: the others begin at the same time.
        """
        if per_minute is not None:
            share = per_minute // self.processes
            if share == 0:
                self._unusable.add(key)
            # A twentieth is kept back, because requests do not take the same time to arrive.
            bucket = Bucket(max(1.0, share * 0.95), 60.0, self.clock, self._sent[key])
            if self.processes > 1:
                bucket.tokens = 0.0
            self.limits[key] = bucket
        if per_day is not None:
            self.quotas[key] = int(per_day / self.processes / 2)

    def pause(self, key: str | None, seconds: float) -> None:
        """Let the requests of a key wait for some seconds from now, or all requests if `key` is None."""
        self._paused[key] = max(self._paused.get(key, 0.0), self.clock.now() + seconds)

    def delay(self, key: str | None) -> float:
        """Return the seconds that a request with `key` has to wait; raise RunError if the key's quota is spent.

        Reserves nothing, so a request that cannot wait that long delays no other request.
        """
        name = key or ""
        if name in self._unusable:
            raise RunError("the rate limit of the key is too low to be shared by so many processes: lower -n")
        if self.quotas.get(name, 1) <= 0:
            raise RunError("half of the requests that /me allows the key in a day are spent")
        waits = [self.limits[name].delay()] if name in self.limits else []
        if self.rate is not None:
            waits.append(self._next - self.clock.now())
        waits += [self._paused[each] - self.clock.now() for each in (name, None) if each in self._paused]
        return max([0.0, *waits])

    def take(self, key: str | None) -> None:
        """Reserve the next slot for a request with `key`, which waits for the seconds that `delay` returned."""
        name = key or ""
        self._sent[name] += 1
        if name in self.quotas:
            self.quotas[name] -= 1
        if name in self.limits:
            self.limits[name].take()
        if self.rate is not None:
            self._next = max(self.clock.now(), self._next) + self.processes / self.rate
