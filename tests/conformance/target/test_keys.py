"""The choice of a key for an operation, where several keys get the same data."""

from typing import Any

from sepolo_conformance.engine.session import Suite
from sepolo_conformance.model.keys import Key
from sepolo_openapi import reader
from tests.conformance.tiny import Tiny, suite_over

KEYS = tuple(Key(f"key{number}", f"$KEY_{number}", f"sep_test_{number}") for number in range(3))
OPERATIONS = [operation for operation in reader.load().operations.values() if operation.method == "GET"]


class Keys(Tiny):
    """A deployment whose keys have these rate limits."""

    def __init__(self, *limits: int | None) -> None:
        super().__init__(scopes=sorted({operation.scope for operation in OPERATIONS}))
        self.limits = dict(zip((key.secret for key in KEYS), limits, strict=False))

    def answer(self, path: str, query: dict[str, str], key: str | None) -> tuple[int, Any]:
        assert (path, query) == ("/me", {})
        return 200, self.me() | {"rateLimit": {"requestsPerMinute": self.limits[str(key)], "requestsPerDay": None}}


def suite(*limits: int | None) -> Suite:
    """Return a suite with as many keys."""
    return suite_over(Keys(*limits), keys=KEYS[: len(limits)])


def readers(made: Suite) -> set[str]:
    return {made.target.reader(operation).key.name for operation in OPERATIONS}


def test_key_without_a_rate_limit_is_preferred() -> None:
    """A slow key is not used if another key of the organisation gets the same data."""
    assert readers(suite(60, None, 60)) == {"key1"}


def test_operations_are_spread_over_slow_keys() -> None:
    """Each of several limited keys is used, and always the same one for an operation."""
    first, second = suite(60, 60, 60), suite(60, 60, 60)
    assert readers(first) == {"key0", "key1", "key2"}
    assert [first.target.reader(one).key for one in OPERATIONS] == [second.target.reader(one).key for one in OPERATIONS]


def test_first_key_is_used_if_it_has_no_limit() -> None:
    """Without a rate limit, one key sends all requests."""
    assert readers(suite(None, None, 60)) == {"key0"}


def test_identities_of_another_process_are_not_requested_again() -> None:
    """A process that learns the responses of /me sends no such request, and obeys the limits in them."""
    made, other = suite(60, None), suite(60, None)
    other.target.learn(made.target.responses())
    identities = other.target.identities()
    assert [identity.per_minute for identity in identities] == [60, None]
    assert (other.client.sent, KEYS[0].secret in other.client.pace.limits) == (0, True)
