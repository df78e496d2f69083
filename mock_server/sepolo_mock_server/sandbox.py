"""The running sandbox as values: contract, organisations, keys and store, and what belongs to each key.

Built once per process by `build`, used by every operation. No request is handled here.
"""

import itertools
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID, uuid5

from sepolo_fixtures.profiles.profile import KeyFact
from sepolo_mock_server.errors import messages
from sepolo_mock_server.rules import api_keys, cursors, rate_limits
from sepolo_mock_server.rules.api_keys import KeyHeaders
from sepolo_mock_server.rules.cursors import Signer
from sepolo_mock_server.rules.faults import FaultRule
from sepolo_mock_server.rules.rate_limits import RateLimiter, SharedCounts
from sepolo_mock_server.state.access import StateAccess
from sepolo_mock_server.state.fault_counts import FaultCounts
from sepolo_mock_server.state.reports import Owner
from sepolo_mock_server.state.request_log import RequestLog
from sepolo_mock_server.state.store import StateStore
from sepolo_openapi.contract import Contract

if TYPE_CHECKING:
    from sepolo_fixtures.view import View
    from sepolo_fixtures.world import Organization, World

_numbers = itertools.count()


@dataclass(frozen=True, eq=False)
class Tenant:
    """One organisation of the sandbox: its data at the time of its own clock, and what its cursors are bound to."""

    organization: "Organization"
    """Id and name as clients see them; `index` is its place in the world."""
    world: "World"
    signer: Signer
    digest: bytes
    """Binds cursors to profile, seed and clock."""
    faults: tuple[Mapping[str, Any], ...] = ()
    """Fault rules, in the order in which they are tried."""

    @cached_property
    def fault_rules(self) -> tuple[FaultRule, ...]:
        """The fault rules as values."""
        return tuple(map(FaultRule.of, self.faults))

    def now(self) -> int:
        """The organisation's time, ms."""
        return self.world.now()


@dataclass(eq=False)
class Principal:
    """The client that a key identifies: its organisation, its scopes, the data it sees, and its rate limit."""

    fact: KeyFact
    """For a key that was made, `key` has only its first characters."""
    tenant: Tenant
    owner: Owner
    """Owner of the reports that the key reads and writes, with the data boundaries of the key."""
    limiter: RateLimiter | None = None
    key_id: str = ""
    secret: str | None = None
    """What cursors are bound to if the text of the key is not in `fact`."""
    number: int = field(default_factory=lambda: next(_numbers))
    """Unlike that of any other principal of the process."""

    @cached_property
    def view(self) -> "View":
        """The data that the key sees; made when the key is first used."""
        fact = self.fact
        groups, customers = frozenset(fact.allowed_group_ids), frozenset(fact.allowed_customers)
        return self.tenant.world.view(self.tenant.organization.index, groups, customers)

    @cached_property
    def scopes(self) -> frozenset[str]:
        """Granted scopes."""
        return frozenset(self.fact.scopes)

    @cached_property
    def identity(self) -> bytes:
        """Organisation, id and name of the key as the request log has them."""
        return b"\0".join(text.encode() for text in (self.tenant.organization.id, self.key_id, self.fact.name))

    @cached_property
    def digest(self) -> bytes:
        """Binds cursors to the key."""
        return cursors.digest("key", self.secret or self.fact.key)


def profile_principal(tenant: Tenant, world_name: str, fact: KeyFact, limiter: RateLimiter | None) -> Principal:
    """Return the principal of a key of the profile."""
    organization = tenant.organization
    customers = frozenset(tenant.world.customer_ids(organization.index, fact.allowed_customers))
    groups = frozenset(fact.allowed_group_ids)
    owner = Owner(world_name, organization.id, organization.currency, fact.name, groups, customers)
    return Principal(fact, tenant, owner, limiter, str(uuid5(UUID(organization.id), f"{world_name}/{fact.name}")))


def limiter(per_minute: int | None, per_day: int | None, counts: SharedCounts | None) -> RateLimiter | None:
    """Return the limiter of a key, None for a key without a limit."""
    limits = rate_limits.policies(per_minute, per_day)
    return RateLimiter(limits, time.monotonic, counts) if limits else None


class Principals(Protocol):
    """The look-up of keys."""

    def known(self, key: str) -> Principal | None:
        """Return the principal of a key that is in memory."""

    async def find(self, key: str, /) -> Principal:
        """Return the principal of a key that is not in memory; raise ApiError 401 if there is none."""


class ProfilePrincipals:
    """The keys of the profile, looked up by hash, so that the time taken does not depend on the key."""

    def __init__(self, principals: Iterable[Principal]) -> None:
        self.all = tuple(principals)
        self._by_hash = {api_keys.key_hash(one.fact.key): one for one in self.all}

    def known(self, key: str) -> Principal | None:
        return self._by_hash.get(api_keys.key_hash(key))

    async def find(self, _key: str) -> Principal:
        raise messages.unauthorized(messages.KEY_UNKNOWN)


@dataclass(frozen=True, slots=True)
class FaultControl:
    """The counts of fault rules, and how a rule whose count is used up is removed, by its organisation and its id."""

    counts: FaultCounts
    remove_later: Callable[[str, str], None]


@dataclass
class Sandbox:
    """Everything that operations need."""

    contract: Contract
    principals: Principals
    key_headers: KeyHeaders
    state: StateAccess
    """The store as requests use it."""
    check_responses: bool = False
    log: RequestLog | None = None
    """None without management."""
    faults: FaultControl | None = None
    """None without management."""

    @property
    def store(self) -> StateStore:
        """The store, for the threads of `state`."""
        return self.state.store

    def close(self) -> None:
        """Close the store."""
        self.state.close()
