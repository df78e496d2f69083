"""Keys that do not exist, the two authentication headers, and the expectation of 401."""

from collections.abc import Mapping

from sepolo_conformance.checks.common.status_checks import outcome
from sepolo_conformance.engine import Case, Exchange

LIVE_KEY = "sep_live_0000000000000000000000000000"
"""A live key that does not exist. A sandbox rejects it by its prefix."""
UNKNOWN_KEY = "sep_test_0000000000000000000000000000"
"""A test key that does not exist. A sandbox has to look it up, as its prefix is right."""


def both_headers(secret: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the two ways to send a key: X-Sepolo-Api-Key and Authorization: Bearer."""
    return {"X-Sepolo-Api-Key": secret}, {"Authorization": f"Bearer {secret}"}


def expect_401(case: Case, exchange: Exchange, reason: str) -> None:
    """Expect status 401; `reason` completes the sentence "status 401 for …"."""
    case.expect(exchange.status == 401, f"status 401 for {reason}", outcome(exchange), exchange)
