"""Rate limits of a key: fixed windows per minute and per day, and the headers that report them.

Pure arithmetic over a monotonic clock that is handed in: limits are about traffic, so real time rules here
even when the world's clock stands still. Counts live in the process: several workers count each for itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from sepolo_mock_server import errors

Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """At most `quota` requests in `window_s` seconds."""

    name: str
    quota: int
    window_s: int


@dataclass(slots=True)
class _Count:
    policy: Policy
    started_s: float
    used: int = 0


class RateLimiter:
    """Counts one key's requests against its policies; a window starts with the first request in it."""

    def __init__(self, policies: tuple[Policy, ...], clock_s: Callable[[], float]) -> None:
        self._clock_s = clock_s
        self._counts = [_Count(policy, clock_s()) for policy in policies]

    def take(self) -> Headers:
        """Count one request and return the headers that tell what is left; ApiError 429 when nothing is.

        A refused request is not counted.
        """
        now = self._clock_s()
        for count in self._counts:
            if now - count.started_s >= count.policy.window_s:
                count.started_s, count.used = now, 0
        spent = [count for count in self._counts if count.used >= count.policy.quota]
        if spent:
            worst = max(spent, key=lambda count: self._reset_s(count, now))
            error = errors.rate_limited(worst.policy.name, worst.policy.quota, self._reset_s(worst, now))
            shown = tuple((name.decode(), value.decode()) for name, value in self._headers(now))
            raise errors.ApiError(error.code, error.message, headers=(*error.headers, *shown))
        for count in self._counts:
            count.used += 1
        return self._headers(now)

    def _headers(self, now: float) -> Headers:
        tightest = min(self._counts, key=lambda count: count.policy.quota - count.used)
        policies = ", ".join(f'"{c.policy.name}";q={c.policy.quota};w={c.policy.window_s}' for c in self._counts)
        left = ", ".join(
            f'"{c.policy.name}";r={c.policy.quota - c.used};t={self._reset_s(c, now)}' for c in self._counts
        )
        return (
            (b"ratelimit-policy", policies.encode()),
            (b"ratelimit", left.encode()),
            (b"x-ratelimit-limit", b"%d" % tightest.policy.quota),
            (b"x-ratelimit-remaining", b"%d" % (tightest.policy.quota - tightest.used)),
            (b"x-ratelimit-reset", b"%d" % self._reset_s(tightest, now)),
        )

    @staticmethod
    def _reset_s(count: _Count, now: float) -> int:
        return max(1, ceil(count.started_s + count.policy.window_s - now))


def policies(per_minute: int | None, per_day: int | None) -> tuple[Policy, ...]:
    """The policies of a key's two limits; None means no such limit."""
    table = (("minute", per_minute, 60), ("day", per_day, 86_400))
    return tuple(Policy(name, quota, window) for name, quota, window in table if quota is not None)
