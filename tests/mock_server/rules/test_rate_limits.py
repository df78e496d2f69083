"""Rate limits: counting, windows and headers."""

import pytest

from sepolo_mock_server.errors import ApiError
from sepolo_mock_server.rules import rate_limits
from sepolo_mock_server.rules.rate_limits import Policy, RateLimiter


class Clock:
    """A monotonic clock that a test sets."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_headers_count_down() -> None:
    """Headers report all policies with their remaining requests, and the tightest one as X-RateLimit-*."""
    clock = Clock()
    limiter = RateLimiter(rate_limits.policies(2, 50), clock)
    clock.now_s += 10.2
    assert limiter.take() == (
        (b"ratelimit-policy", b'"minute";q=2;w=60, "day";q=50;w=86400'),
        (b"ratelimit", b'"minute";r=1;t=50, "day";r=49;t=86390'),
        (b"x-ratelimit-limit", b"2"),
        (b"x-ratelimit-remaining", b"1"),
        (b"x-ratelimit-reset", b"50"),
    )


def test_exhausted_quota_is_429_until_the_window_ends() -> None:
    """A request over the quota is a 429 with Retry-After; after that time a new window begins."""
    clock = Clock()
    limiter = RateLimiter((Policy("minute", 1, 60),), clock)
    limiter.take()
    clock.now_s += 59.5
    with pytest.raises(ApiError) as caught:
        limiter.take()
    headers = dict(caught.value.headers)
    assert (caught.value.status, headers["Retry-After"], headers["ratelimit"]) == (429, "1", '"minute";r=0;t=1')
    clock.now_s += 0.5
    assert dict(limiter.take())[b"x-ratelimit-remaining"] == b"0"


def test_longest_wait_is_reported() -> None:
    """With several quotas used up, the response reports the one whose window ends last."""
    limiter = RateLimiter((Policy("minute", 1, 60), Policy("day", 1, 86_400)), Clock())
    limiter.take()
    with pytest.raises(ApiError) as caught:
        limiter.take()
    assert dict(caught.value.headers)["Retry-After"] == "86400"


def test_policies() -> None:
    """A limit of None is no policy."""
    assert rate_limits.policies(None, 5) == (Policy("day", 5, 86_400),)
    assert rate_limits.policies(None, None) == ()
