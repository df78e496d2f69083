"""What a running sandbox is made of: the contract, the world, the keys, the store, the kept answers.

Built once per process by `app.py`, read by every operation. No request is handled here.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from sepolo_fixtures.profiles.profile import KeyFact
from sepolo_mock_server.asgi.response_cache import PageCache
from sepolo_mock_server.operations.service_reports import Owner
from sepolo_mock_server.rules import cursors
from sepolo_mock_server.rules.api_keys import Carriers, Keyring
from sepolo_mock_server.rules.cursors import Signer
from sepolo_mock_server.rules.rate_limits import RateLimiter
from sepolo_mock_server.state.store import StateStore
from sepolo_openapi.contract import Contract

if TYPE_CHECKING:
    from sepolo_fixtures.world import View, World

P = ParamSpec("P")
R = TypeVar("R")

CACHE_BYTES = 24 * 1024 * 1024


@dataclass
class Principal:
    """A key in use: what it may do, what it sees, how often it may ask."""

    number: int
    fact: KeyFact
    owner: Owner
    """Whose stored reports it sees and writes; holds its boundaries."""
    make_view: "Callable[[], View]"
    limiter: RateLimiter | None = None

    @cached_property
    def view(self) -> "View":
        """What the key sees; made when the key is first used."""
        return self.make_view()

    @cached_property
    def scopes(self) -> frozenset[str]:
        """Granted scopes."""
        return frozenset(self.fact.scopes)

    @cached_property
    def digest(self) -> bytes:
        """Tells cursors of different keys apart."""
        return cursors.digest("key", self.fact.key)


@dataclass
class Sandbox:
    """Everything an operation needs to answer."""

    contract: Contract
    world: "World"
    keyring: Keyring
    principals: tuple[Principal, ...]
    carriers: Carriers
    signer: Signer
    world_digest: bytes
    store: StateStore
    check_responses: bool = False
    cache: PageCache = field(default_factory=lambda: PageCache(CACHE_BYTES))

    async def in_store(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run what may wait for the state in its own thread, one at a time."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._store_thread, lambda: work(*args, **kwargs))

    @cached_property
    def _store_thread(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(max_workers=1, thread_name_prefix="state")

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()
