"""The keys of the profile and those that were made, as one worker knows them.

A worker keeps the keys and organisations that its requests used, and compares the counter of changes at every request.
It drops what belongs to a changed organisation, and reads it again when it is next used: a revoked key stops at once
in every worker, and a new key works at once. As long as nothing is stored, the database is not used.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sepolo_fixtures.profiles.profile import KeyFact
from sepolo_mock_server import sandbox
from sepolo_mock_server.errors import messages
from sepolo_mock_server.management.live import LiveOrganization, Worlds
from sepolo_mock_server.rules import api_keys, windows
from sepolo_mock_server.rules.rate_limits import RateLimiter
from sepolo_mock_server.sandbox import Principal
from sepolo_mock_server.state.access import StateAccess
from sepolo_mock_server.state.managed import StoredKey
from sepolo_mock_server.state.managed_store import ManagedStore
from sepolo_mock_server.state.worker_memory import WorkerMemory

_MAXIMUM_KEYS, _MAXIMUM_ORGANIZATIONS, _MAXIMUM_WORLDS = 20_000, 10_000, 32
"""What a worker keeps in memory; when it is more, everything that was made is dropped and read again."""


class ManagedPrincipals:
    """Looks up keys by hash, first in memory, then in the state."""

    def __init__(
        self,
        worlds: Worlds,
        facts: Sequence[KeyFact],
        state: StateAccess,
        store: ManagedStore,
        memory: WorkerMemory,
        *,
        demo_keys: bool = True,
    ) -> None:
        self.worlds = worlds
        self.own = worlds.profile_organizations()
        """The organisations of the profile, as they are when the sandbox starts."""
        self._own_by_id = {one.id: one for one in self.own}
        self.own_world = self.own[0].world
        self.demo_keys = demo_keys
        self._state, self._store, self._memory = state, store, memory
        self._changes = memory.changes
        self._facts: dict[bytes, tuple[KeyFact, RateLimiter | None]] = {
            api_keys.key_hash(fact.key): (fact, _profile_limiter(memory, number, fact))
            for number, fact in enumerate(facts)
        }
        self._seen = 0
        self._principals: dict[bytes, Principal] = {}
        self._hashes: dict[str, list[bytes]] = {}
        """The keys in memory by organisation."""
        self._organizations: dict[str, LiveOrganization] = {}
        for one in self.own:
            self._keep(worlds.live(one))

    # Keys

    def known(self, key: str) -> Principal | None:
        """Return the principal of a key that is in memory, and that nothing has changed since."""
        if self._changes.words[0] != self._seen:
            self._catch_up()
        return self._principals.get(api_keys.key_hash(key))

    async def find(self, key: str) -> Principal:
        """Return the principal of a key that is not in memory; raise ApiError 401 if it can't be used."""
        key_hash = api_keys.key_hash(key)
        fact = self._facts.get(key_hash)
        if fact is not None:
            if not self.demo_keys:
                raise messages.unauthorized(messages.KEY_DEMO)
            await self.organization(self.own[fact[0].organization].id)
            return self._principals.get(key_hash) or await self.find(key)
        if key.startswith(api_keys.MANAGEMENT):
            raise messages.unauthorized(messages.KEY_OF_MANAGEMENT)
        if self._changes.count == 0:
            raise messages.unauthorized(messages.KEY_UNKNOWN)
        while True:
            self._catch_up()
            seen = self._seen
            principal = await self._stored(key_hash)
            self._catch_up()
            if seen == self._seen:
                self._remember(key_hash, principal)
                return principal

    async def _stored(self, key_hash: bytes) -> Principal:
        found = await self._state.read(self._store.key_of_hash, self.own_world, key_hash.hex())
        if found is None:
            raise messages.unauthorized(messages.KEY_UNKNOWN)
        key, current = found
        if key.revoked is not None:
            raise messages.key_revoked(windows.text(key.revoked))
        if not current:
            raise messages.unauthorized(messages.KEY_ROTATED)
        organization = await self.organization(key.organization)
        if organization is None:
            raise messages.unauthorized(messages.KEY_UNKNOWN)
        return self._principal(organization, key, key_hash)

    def _principal(self, organization: LiveOrganization, key: StoredKey, key_hash: bytes) -> Principal:
        tenant = organization.tenant
        index = tenant.organization.index
        numbers = [tenant.world.customer_number(index, customer) for customer in key.customer_ids]
        fact = KeyFact(
            name=key.name,
            key=key.shown,
            organization=index,
            scopes=key.scopes,
            client_name=key.name,
            note="",
            allowed_group_ids=key.group_ids,
            # A template may have lost a customer since the key was made; -1 is the number of none.
            allowed_customers=tuple(-1 if number is None else number for number in numbers),
            requests_per_minute=key.requests_per_minute,
            requests_per_day=key.requests_per_day,
            expires=key.expires,
        )
        groups, customers = frozenset(key.group_ids), frozenset(key.customer_ids)
        # Keys of equal names share no idempotency keys.
        owner = replace(organization.owner, key_name=key.id, groups=groups, customers=customers)
        counts = self._memory.counts.of_made_key(key.number)
        limiter = sandbox.limiter(key.requests_per_minute, key.requests_per_day, counts)
        return Principal(fact, tenant, owner, limiter, key.id, key_hash.hex())

    # Organisations

    async def organization(self, organization: str) -> LiveOrganization | None:
        """Return an organisation by its id, None if there is none."""
        while True:
            self._catch_up()
            found = self._organizations.get(organization)
            if found is not None:
                return found
            own = self._own_by_id.get(organization)
            if own is None and self._changes.count == 0:
                return None
            seen = self._seen
            stored = await self._state.read(self._store.organization, self.own_world, organization)
            self._catch_up()
            if seen != self._seen:
                continue
            if own is not None:
                stored = own.with_stored(stored)
            if stored is None:
                return None
            return self._keep(self.worlds.live(stored))

    def profile_keys(self, live: LiveOrganization) -> list[Principal]:
        """Return the keys of the profile that work for an organisation, in the order of the profile."""
        return list(self._profile_principals(live).values())

    def _keep(self, live: LiveOrganization) -> LiveOrganization:
        self._organizations[live.stored.id] = live
        for key_hash, principal in self._profile_principals(live).items():
            self._remember(key_hash, principal)
        return live

    def _remember(self, key_hash: bytes, principal: Principal) -> None:
        self._principals[key_hash] = principal
        self._hashes.setdefault(principal.tenant.organization.id, []).append(key_hash)

    def _profile_principals(self, live: LiveOrganization) -> dict[bytes, Principal]:
        if not self.demo_keys or not live.stored.of_profile:
            return {}
        return {
            key_hash: sandbox.profile_principal(live.tenant, live.stored.world, fact, limiter)
            for key_hash, (fact, limiter) in self._facts.items()
            if fact.organization == live.tenant.organization.index
        }

    # Changes

    def _catch_up(self) -> None:
        """Drop what belongs to organisations that were changed, and everything that was made if it is too much."""
        self._seen, changed = self._changes.since(self._seen)
        if changed is None:
            self._drop(self._kept())
            self.worlds.clear()
        elif changed:
            self._drop(changed)
        if (
            len(self._principals) > _MAXIMUM_KEYS + len(self._facts)
            or len(self._organizations) > _MAXIMUM_ORGANIZATIONS + len(self.own)
            or self.worlds.count > _MAXIMUM_WORLDS
        ):
            self._drop(self._kept() - self._own_by_id.keys())
            self.worlds.clear()

    def _kept(self) -> set[str]:
        """The organisations that something is kept of."""
        return {*self._organizations, *self._hashes}

    def _drop(self, organizations: Iterable[str]) -> None:
        for organization in organizations:
            self._organizations.pop(organization, None)
            for key_hash in self._hashes.pop(organization, ()):
                self._principals.pop(key_hash, None)


def _profile_limiter(memory: WorkerMemory, number: int, fact: KeyFact) -> RateLimiter | None:
    return sandbox.limiter(fact.requests_per_minute, fact.requests_per_day, memory.counts.of_key(number))
