"""Fault rules: what they concern, and how failures are spread."""

from typing import Any

import pytest

from sepolo_mock_server.rules.faults import FaultRule

STORED: dict[str, Any] = {
    "faultId": "8a1f7a2c-2f0e-4be3-9f7d-64d1c61ef001",
    "effect": "status",
    "status": 500,
    "delaySeconds": None,
    "retryAfterSeconds": None,
    "keyId": None,
    "operationId": None,
    "share": 1,
    "count": None,
    "createdOn": "2026-11-29T09:00:00Z",
}


def failures(requests: int, **members: Any) -> list[int]:
    """Return the numbers of the requests that a rule makes fail, from 1."""
    rule, found = FaultRule.of(STORED | members), list[int]()
    for number in range(requests):
        if rule.hits_next(number, len(found)):
            found.append(number + 1)
    return found


@pytest.mark.parametrize(
    ("share", "expected"),
    [(1, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), (0.5, [2, 4, 6, 8, 10]), (0.25, [4, 8]), (0.3, [4, 7, 10]), (0.01, [])],
)
def test_share_is_spread_evenly(share: float, expected: list[int]) -> None:
    """A share of the requests fails, evenly spread."""
    assert failures(10, share=share) == expected


@pytest.mark.parametrize("share", [0.1, 0.29, 0.7, 0.001, 1e-5])
def test_share_is_exact(share: float) -> None:
    """Of 100,000 requests, exactly the share fails."""
    assert len(failures(100_000, share=share)) == round(100_000 * share)


def test_count() -> None:
    """A rule ends after its count."""
    assert failures(10, count=3) == [1, 2, 3]
    assert failures(10, count=2, share=0.5) == [2, 4]
    assert FaultRule.of(STORED | {"count": 2}).used_up(2)
    assert not FaultRule.of(STORED).used_up(10**9)


@pytest.mark.parametrize(
    ("key", "operation", "expected"),
    [(None, None, True), ("k", None, True), (None, "getMe", True), ("k", "getMe", True), ("x", None, False)],
)
def test_concerns(key: str | None, operation: str | None, expected: bool) -> None:
    """A rule concerns its key and its operation, or all of them."""
    rule = FaultRule.of(STORED | {"keyId": key, "operationId": operation})
    assert rule.concerns("k", "getMe") is expected
    assert rule.concerns("k", "listAssets") is (expected and operation is None)
