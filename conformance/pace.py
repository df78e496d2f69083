"""How fast requests may follow each other, and how long the run may take.

Pure but for the clock it is given, so that tests need not wait.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from conformance.verdict import RunError

__all__ = ["Bucket", "Budget", "Clock", "Pace"]


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock of the run: `now` in seconds since the Unix epoch, `sleep` waits."""

    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


@dataclass
class Budget:
    """Wall time and number of requests that a run may use, `started` at a time of `clock`."""

    clock: Clock
    started: float
    seconds: float
    requests: int
    spent: int = 0

    def left(self) -> float:
        """Return the seconds that are left, negative once they are over."""
        return self.started + self.seconds - self.clock.now()

    def spend(self) -> None:
        """Count a request; raise RunError if the run may not send it any more."""
        if self.left() <= 0:
            raise RunError(f"the time budget of {self.seconds:g} s is spent: raise --budget")
        if self.spent >= self.requests:
            raise RunError(f"the budget of {self.requests} requests is spent: raise --max-requests")
        self.spent += 1

    def wait(self, seconds: float, why: str) -> None:
        """Wait, or raise RunError at once where that would outlast the budget."""
        if seconds > self.left():
            raise RunError(f"{why}: waiting {seconds:g} s would outlast the time budget ({self.seconds:g} s)")
        self.clock.sleep(seconds)


@dataclass
class Bucket:
    """Never more than `limit` requests within any `period` seconds.

    A tenth of the limit may go in a burst, the rest evenly: burst and refill of one period add up to the
    limit, so that no window of the server, fixed or sliding, can overflow.
    """

    limit: float
    period: float
    clock: Clock
    tokens: float = field(init=False)
    filled: float = field(init=False)

    def __post_init__(self) -> None:
        self.tokens = self._burst
        self.filled = self.clock.now()

    @property
    def _burst(self) -> float:
        return max(1.0, self.limit * 0.1)

    def delay(self) -> float:
        """Take one token and return how long to wait before it may be used, in seconds."""
        rate = max(self.limit - self._burst, self.limit * 0.5) / self.period
        now = self.clock.now()
        self.tokens = min(self._burst, self.tokens + max(0.0, now - self.filled) * rate)
        self.filled = now
        self.tokens -= 1
        return max(0.0, -self.tokens / rate)


@dataclass
class Pace:
    """The pace over all keys (`rate` requests a second, None: as fast as answers come) and of each key."""

    clock: Clock
    rate: float | None
    share: float = 1.0
    limits: dict[str, Bucket] = field(default_factory=dict)
    quotas: dict[str, int] = field(default_factory=dict)
    _next: float = 0.0

    def limit(self, key: str, per_minute: int | None, per_day: int | None) -> None:
        """Keep to what `/me` says of a key; None means it has no such limit.

        Of what it may send in a day a run takes half at most: its owner needs the rest.
        """
        if per_minute is not None:
            self.limits[key] = Bucket(per_minute * self.share, 60.0, self.clock)
        if per_day is not None:
            self.quotas[key] = int(per_day * self.share / 2)

    def delay(self, key: str | None) -> float:
        """Reserve the next place for a request with `key` and return how long to wait for it, in seconds."""
        name = key or ""
        if name in self.quotas:
            if self.quotas[name] <= 0:
                raise RunError("half of the requests that /me allows the key in a day are spent")
            self.quotas[name] -= 1
        waits = [self.limits[name].delay()] if name in self.limits else []
        if self.rate is not None:
            now = self.clock.now()
            start = max(now, self._next)
            self._next = start + 1.0 / (self.rate * self.share)
            waits.append(start - now)
        return max(waits, default=0.0)
