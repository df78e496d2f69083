"""Rate limits of a key: fixed windows per minute and per day, and the headers that report them.

Pure arithmetic on the times of a monotonic clock, which the caller passes. The world's clock is not used, because it
may be fixed, and a rate limit applies to real time. Counts are kept here, or where the caller says if several processes
count the same requests.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Protocol

from sepolo_mock_server.errors import ApiError, messages

Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """At most `quota` requests in `window_s` seconds."""

    name: str
    quota: int
    window_s: int


def policies(per_minute: int | None, per_day: int | None) -> tuple[Policy, ...]:
    """Return the policies of a key's two limits; None means no such limit."""
    table = (("minute", per_minute, 60), ("day", per_day, 86_400))
    return tuple(Policy(name, quota, window) for name, quota, window in table if quota is not None)


@dataclass(slots=True)
class _Window:
    """The current window of a policy and the requests counted in it."""

    policy: Policy
    started_s: float
    used: int = 0

    @property
    def remaining(self) -> int:
        return self.policy.quota - self.used

    def reset_s(self, now: float) -> int:
        """Seconds until the window ends, rounded up, at least 1."""
        return max(1, ceil(self.started_s + self.policy.window_s - now))


class SharedCounts(Protocol):
    """The start and the count of each window of a key, which several processes use in turn.

    The start is 0 before the first request.
    """

    def lock(self) -> Iterable[tuple[float, int]]: ...

    def unlock(self, windows: Sequence[tuple[float, int]]) -> None: ...


class RateLimiter:
    """Counts the requests of one key. A window that has ended is followed by one that starts with the next request."""

    def __init__(
        self, policies: tuple[Policy, ...], clock_s: Callable[[], float], shared: SharedCounts | None = None
    ) -> None:
        self._clock_s = clock_s
        self._windows = [_Window(policy, clock_s()) for policy in policies]
        self._shared = shared

    def take(self) -> Headers:
        """Count one request and return the rate limit headers; raise ApiError 429 if a quota is used up.

        A rejected request is not counted.
        """
        if self._shared is None:
            return self._take()
        for window, (started_s, used) in zip(self._windows, self._shared.lock(), strict=False):
            if started_s:
                window.started_s, window.used = started_s, used
        try:
            return self._take()
        finally:
            self._shared.unlock([(window.started_s, window.used) for window in self._windows])

    def _take(self) -> Headers:
        now = self._clock_s()
        for window in self._windows:
            if now - window.started_s >= window.policy.window_s:
                window.started_s, window.used = now, 0
        exhausted = [window for window in self._windows if window.remaining <= 0]
        if exhausted:
            longest = max(exhausted, key=lambda window: window.reset_s(now))
            error = messages.rate_limited(longest.policy.name, longest.policy.quota, longest.reset_s(now))
            shown = tuple((name.decode(), value.decode()) for name, value in self._headers(now))
            raise ApiError(error.code, error.message, headers=(*error.headers, *shown))
        for window in self._windows:
            window.used += 1
        return self._headers(now)

    def _headers(self, now: float) -> Headers:
        """RateLimit-Policy and RateLimit for all policies, X-RateLimit-* for the one with the fewest requests left."""
        tightest = min(self._windows, key=lambda window: window.remaining)
        policies = ", ".join(f'"{w.policy.name}";q={w.policy.quota};w={w.policy.window_s}' for w in self._windows)
        remaining = ", ".join(f'"{w.policy.name}";r={w.remaining};t={w.reset_s(now)}' for w in self._windows)
        return (
            (b"ratelimit-policy", policies.encode()),
            (b"ratelimit", remaining.encode()),
            (b"x-ratelimit-limit", b"%d" % tightest.policy.quota),
            (b"x-ratelimit-remaining", b"%d" % tightest.remaining),
            (b"x-ratelimit-reset", b"%d" % tightest.reset_s(now)),
        )
