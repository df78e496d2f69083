"""How fast requests may follow each other, and how long the run may take.

Pure but for the clock it is given, so that tests need not wait.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sepolo_conformance.model.outcomes import RunError

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

    def spend(self, wait: float = 0.0, why: str = "") -> None:
        """Count a request that goes out after a `wait` in seconds; raise RunError if the run may not send it any more.

        What is refused isn't counted.
        """
        if self.left() <= 0:
            raise RunError(f"the time budget of {self.seconds:g} s is spent: raise --budget")
        if self.spent >= self.requests:
            raise RunError(f"the budget of {self.requests} requests is spent: raise --max-requests")
        self._afford(wait, why)
        self.spent += 1

    def wait(self, seconds: float, why: str) -> None:
        """Wait, or raise RunError at once where that would outlast the budget."""
        self._afford(seconds, why)
        self.clock.sleep(seconds)

    def _afford(self, seconds: float, why: str) -> None:
        # Without the seconds: requirements that fail for one reason are reported together by its text.
        if seconds > self.left():
            raise RunError(f"{why} would outlast the budget of {self.seconds:g} s: raise --budget")


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

    @property
    def _rate(self) -> float:
        return max(self.limit - self._burst, self.limit * 0.5) / self.period

    def _level(self, now: float) -> float:
        return min(self._burst, self.tokens + max(0.0, now - self.filled) * self._rate)

    def delay(self) -> float:
        """Return how long to wait until there is a token, in seconds; takes none."""
        return max(0.0, (1 - self._level(self.clock.now())) / self._rate)

    def take(self) -> None:
        """Take a token, which may be one that is still to come: its owner waits for it."""
        now = self.clock.now()
        self.tokens = self._level(now) - 1
        self.filled = now


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
        """Return how long a request with `key` would have to wait, in seconds; RunError if it may not be sent today.

        Reserves nothing, so that a request that can't wait so long leaves its place to others.
        """
        name = key or ""
        if self.quotas.get(name, 1) <= 0:
            raise RunError("half of the requests that /me allows the key in a day are spent")
        waits = [self.limits[name].delay()] if name in self.limits else []
        return max(0.0, *waits, self._next - self.clock.now() if self.rate is not None else 0.0)

    def take(self, key: str | None) -> None:
        """Reserve the next place for a request with `key`, which waits for it as long as `delay` has just said."""
        name = key or ""
        if name in self.quotas:
            self.quotas[name] -= 1
        if name in self.limits:
            self.limits[name].take()
        if self.rate is not None:
            self._next = max(self.clock.now(), self._next) + 1.0 / (self.rate * self.share)
