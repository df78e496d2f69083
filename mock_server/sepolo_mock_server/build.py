"""From settings to a sandbox: the contract and the profile loaded, the world made, each key with its view."""

import time
import warnings
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING

from sepolo_fixtures import clock, profiles
from sepolo_fixtures.profiles.profile import KeyFact
from sepolo_fixtures.world import World
from sepolo_mock_server.operations.service_reports import Owner
from sepolo_mock_server.rules import cursors, rate_limits
from sepolo_mock_server.rules.api_keys import Carriers, Keyring
from sepolo_mock_server.rules.cursors import Signer
from sepolo_mock_server.rules.rate_limits import RateLimiter
from sepolo_mock_server.sandbox import Principal, Sandbox
from sepolo_mock_server.settings import Settings
from sepolo_mock_server.state.store import StateStore
from sepolo_openapi import reader

if TYPE_CHECKING:
    from sepolo_mock_server.asgi.app import SandboxApp


def world(settings: Settings) -> World:
    """The world that the settings describe; ProfileError or ClockError where there is none."""
    profile = profiles.load(settings.profile)
    return World(profile, settings.seed, clock.of(settings.clock, profile))


def sandbox(settings: Settings) -> Sandbox:
    """Everything an operation needs, none of it opened yet that isn't needed at once."""
    loaded, made = reader.load(), world(settings)
    facts = made.profile.keys(loaded.scopes)
    name = f"{made.profile.name}:{settings.seed}"
    return Sandbox(
        contract=loaded,
        world=made,
        keyring=Keyring(facts),
        principals=tuple(_principal(made, name, number, fact) for number, fact in enumerate(facts)),
        carriers=Carriers.of(loaded.document["components"]["securitySchemes"]),
        signer=Signer(_secret(settings, name), None if made.clock.fixed else time.time),
        world_digest=cursors.digest(name, made.profile, made.now() if made.clock.fixed else clock.WALL),
        store=StateStore(settings.state),
        check_responses=settings.check_responses,
    )


def app(settings: Settings) -> "SandboxApp":
    """The ASGI application of the settings; what every worker calls."""
    # What Connexion imports is deprecated here and there, which is no news for who runs a sandbox.
    warnings.filterwarnings("ignore", module=r"connexion\.")
    from sepolo_mock_server.asgi.app import SandboxApp  # noqa: PLC0415 - Connexion is slow to import

    return SandboxApp(sandbox(settings))


def _principal(made: World, name: str, number: int, fact: KeyFact) -> Principal:
    organization = made.organizations[fact.organization]
    groups = frozenset(fact.allowed_group_ids)
    ids = frozenset(made.customer_ids(fact.organization, fact.allowed_customers))
    owner = Owner(name, organization.id, organization.currency, fact.name, groups, ids)
    limits = rate_limits.policies(fact.requests_per_minute, fact.requests_per_day)
    return Principal(
        number,
        fact,
        owner,
        partial(made.view, fact.organization, groups, frozenset(fact.allowed_customers)),
        RateLimiter(limits, time.monotonic) if limits else None,
    )


def _secret(settings: Settings, name: str) -> bytes:
    """The cursor secret: shared by replicas of the same profile and seed unless one is set."""
    source = settings.cursor_secret or f"sepolo-cursor/{name}"
    return blake2b(source.encode(), digest_size=32).digest()
