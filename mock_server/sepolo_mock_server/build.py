"""Makes the world, the sandbox and the ASGI application that settings describe."""

import time
import warnings
from hashlib import blake2b
from typing import TYPE_CHECKING

from sepolo_fixtures import clock, profiles
from sepolo_fixtures.profiles.profile import KeyFact
from sepolo_fixtures.world import World
from sepolo_mock_server.rules import cursors, rate_limits
from sepolo_mock_server.rules.api_keys import KeyHeaders
from sepolo_mock_server.rules.cursors import Signer
from sepolo_mock_server.rules.rate_limits import RateLimiter
from sepolo_mock_server.sandbox import Principal, ProfilePrincipals, Sandbox, Tenant
from sepolo_mock_server.settings import Settings
from sepolo_mock_server.state.reports import Owner
from sepolo_mock_server.state.store import StateStore
from sepolo_openapi import reader

if TYPE_CHECKING:
    from sepolo_mock_server.asgi.app import SandboxApp
    from sepolo_mock_server.state.rate_counts import RateCounts


def world(settings: Settings) -> World:
    """Return the world of the settings; raise ProfileError or ClockError if they describe none."""
    profile = profiles.load(settings.profile)
    return World(profile, settings.seed, clock.of(settings.clock, profile))


def sandbox(settings: Settings, counts: "RateCounts | None" = None) -> Sandbox:
    """Return the sandbox of the settings. The store and the views of the keys are opened when they are first used.

    `counts` are those of the rate limits if several processes serve.
    """
    contract, made = reader.load(), world(settings)
    facts = made.profile.keys(contract.scopes)
    name = f"{made.profile.name}:{settings.seed}"
    signer = Signer(_cursor_secret(settings, name), None if made.clock.fixed else time.time)
    digest = cursors.digest(name, made.profile, made.now() if made.clock.fixed else clock.WALL)
    tenants = [Tenant(organization, made, signer, digest) for organization in made.organizations]
    return Sandbox(
        contract=contract,
        principals=ProfilePrincipals(
            _principal(tenants[fact.organization], name, number, fact, counts) for number, fact in enumerate(facts)
        ),
        key_headers=KeyHeaders.of(contract.document["components"]["securitySchemes"]),
        store=StateStore(settings.state),
        check_responses=settings.check_responses,
    )


def app(settings: Settings, counts: "RateCounts | None" = None) -> "SandboxApp":
    """Return the ASGI application of the settings; `counts` as in `sandbox`."""
    # Deprecation warnings of Connexion's imports do not concern the users of a sandbox.
    warnings.filterwarnings("ignore", module=r"connexion\.")
    from sepolo_mock_server.asgi.app import SandboxApp  # noqa: PLC0415 - Connexion is slow to import

    return SandboxApp(sandbox(settings, counts))


def _principal(tenant: Tenant, name: str, number: int, fact: KeyFact, counts: "RateCounts | None") -> Principal:
    organization = tenant.organization
    groups = frozenset(fact.allowed_group_ids)
    customers = frozenset(tenant.world.customer_ids(fact.organization, fact.allowed_customers))
    limits = rate_limits.policies(fact.requests_per_minute, fact.requests_per_day)
    shared = counts.of_key(number) if counts else None
    return Principal(
        fact,
        tenant,
        Owner(name, organization.id, organization.currency, fact.name, groups, customers),
        RateLimiter(limits, time.monotonic, shared) if limits else None,
    )


def _cursor_secret(settings: Settings, name: str) -> bytes:
    """The secret that signs cursors; without one in the settings, all replicas of a profile and seed use the same."""
    source = settings.cursor_secret or f"sepolo-cursor/{name}"
    return blake2b(source.encode(), digest_size=32).digest()
