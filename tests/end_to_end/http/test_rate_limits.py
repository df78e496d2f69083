"""Rate limits: what counts, the headers, and 429."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.end_to_end.harness import InProcess, assert_error, serve


def test_exhausted_limit_is_429(new_sandbox: InProcess) -> None:
    """Successful and rejected requests count; after the limit every request is a 429, even without the scope."""
    limit = new_sandbox.keys["limited"].requests_per_minute
    assert limit == 60
    for left in reversed(range(limit)):
        target = ("/api/v1/me", "/api/v1/me?%ZZ=1", "/api/v1/devices/none")[left % 3]
        response = new_sandbox("GET", target, key="limited")
        assert response.status == (200, 400, 404)[left % 3]
        assert response.headers["x-ratelimit-remaining"] == str(left)
        assert response.headers["x-ratelimit-limit"] == "60"
        assert 0 < int(response.headers["x-ratelimit-reset"]) <= 60
        assert response.headers["ratelimit-policy"] == '"minute";q=60;w=60, "day";q=5000;w=86400'
        assert f'"minute";r={left};t=' in response.headers["ratelimit"]
    for method in ("GET", "HEAD", "POST"):
        rejected = new_sandbox(method, "/api/v1/service-reports", key="limited")
        assert rejected.status == 429
        assert 0 < int(rejected.headers["retry-after"]) <= 60
        assert rejected.headers["x-ratelimit-remaining"] == "0"
        if method != "HEAD":
            assert_error(rejected, 429, "rate_limited")
            assert "60 requests a minute" in rejected.json["message"]
    assert new_sandbox("GET", "/api/v1/me", key="readonly").status == 200


def test_requests_without_authentication_do_not_count(new_sandbox: InProcess) -> None:
    """Preflights, unknown paths and unsupported methods do not count, because their key is not checked."""
    for _ in range(70):
        new_sandbox("OPTIONS", "/api/v1/me", key="limited")
        new_sandbox("GET", "/nowhere", key="limited")
        new_sandbox("PUT", "/api/v1/me", key="limited")
    assert new_sandbox("GET", "/api/v1/me", key="limited").headers["x-ratelimit-remaining"] == "59"


def test_key_without_limits_has_no_rate_headers(sandbox: InProcess) -> None:
    """Responses to a key without limits have no rate limit headers."""
    assert not [name for name in sandbox("GET", "/api/v1/me").headers if "ratelimit" in name]


def test_limit_is_exact_over_workers(tmp_path: Path) -> None:
    """Two workers together let a limited key make as many requests as one worker would."""
    server = serve(tmp_path, "--state", str(tmp_path / "state.db"), "--workers", "2")
    try:
        with ThreadPoolExecutor(8) as pool:
            statuses = Counter(pool.map(lambda _: server("GET", "/api/v1/me", key="limited").status, range(100)))
    finally:
        assert server.stop() == 0
    assert statuses == {200: 60, 429: 40}
    assert server.stderr == ""
