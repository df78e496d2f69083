"""The running sandbox as values: contract, world, keys and store, and what belongs to each key.

Built once per process by `build`, used by every operation. No request is handled here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sepolo_fixtures.profiles.profile import KeyFact
from sepolo_mock_server.rules import cursors
from sepolo_mock_server.rules.api_keys import KeyHeaders, Keyring
from sepolo_mock_server.rules.cursors import Signer
from sepolo_mock_server.rules.rate_limits import RateLimiter
from sepolo_mock_server.state.access import StateAccess
from sepolo_mock_server.state.reports import Owner
from sepolo_mock_server.state.store import StateStore
from sepolo_openapi.contract import Contract

if TYPE_CHECKING:
    from sepolo_fixtures.view import View
    from sepolo_fixtures.world import World


@dataclass
class Principal:
    """The client that a key identifies: its scopes, the data it sees, and its rate limit."""

    number: int
    fact: KeyFact
    owner: Owner
    """Owner of the reports that the key reads and writes, with the data boundaries of the key."""
    make_view: "Callable[[], View]"
    limiter: RateLimiter | None = None

    @cached_property
    def view(self) -> "View":
        """The data that the key sees; made when the key is first used."""
        return self.make_view()

    @cached_property
    def scopes(self) -> frozenset[str]:
        """Granted scopes."""
        return frozenset(self.fact.scopes)

    @cached_property
    def digest(self) -> bytes:
        """Binds cursors to the key."""
        return cursors.digest("key", self.fact.key)


@dataclass
class Sandbox:
    """Everything that operations need."""

    contract: Contract
    world: "World"
    keyring: Keyring
    principals: tuple[Principal, ...]
    key_headers: KeyHeaders
    signer: Signer
    world_digest: bytes
    store: StateStore
    check_responses: bool = False

    @cached_property
    def state(self) -> StateAccess:
        """The store as requests use it."""
        return StateAccess(self.store)

    def close(self) -> None:
        """Close the store."""
        self.state.close()
