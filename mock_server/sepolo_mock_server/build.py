"""Makes the world, the sandbox, its management and the ASGI application that settings describe."""

import warnings
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING

from sepolo_fixtures import clock, profiles
from sepolo_fixtures.world import World
from sepolo_mock_server import sandbox as parts
from sepolo_mock_server.management import faults
from sepolo_mock_server.management.live import Worlds
from sepolo_mock_server.management.principals import ManagedPrincipals
from sepolo_mock_server.management.service import Management
from sepolo_mock_server.rules.api_keys import KeyHeaders
from sepolo_mock_server.sandbox import FaultControl, Principals, ProfilePrincipals, Sandbox
from sepolo_mock_server.settings import Settings
from sepolo_mock_server.state import location
from sepolo_mock_server.state.access import StateAccess
from sepolo_mock_server.state.managed_store import ManagedStore
from sepolo_mock_server.state.store import StateStore
from sepolo_mock_server.state.worker_memory import WorkerMemory
from sepolo_openapi import reader

if TYPE_CHECKING:
    from sepolo_mock_server.asgi.app import SandboxApp


def world(settings: Settings) -> World:
    """Return the world of the settings; raise ProfileError or ClockError if they describe none."""
    profile = profiles.load(settings.profile)
    return World(profile, settings.seed, clock.of(settings.clock, profile))


def memory(settings: Settings) -> WorkerMemory:
    """Return what the workers of the settings share; raise SettingsError if the state can't be read."""
    keys = profiles.load(settings.profile).keys(reader.load().scopes)
    return WorkerMemory.made(
        len(keys),
        management=settings.management,
        stored=settings.management and location.is_managed(settings.state),
        several=settings.workers > 1,
    )


def app(settings: Settings, shared: WorkerMemory | None = None) -> "SandboxApp":
    """Return the ASGI application of the settings. The store and the views of keys are opened when first used.

    `shared` is the memory of the workers if several processes serve.
    """
    # Deprecation warnings of Connexion's imports do not concern the users of a sandbox.
    warnings.filterwarnings("ignore", module=r"connexion\.")
    from sepolo_mock_server.asgi.app import SandboxApp  # noqa: PLC0415 - Connexion is slow to import

    made = world(settings)
    state = StateAccess(StateStore(settings.state))
    if not settings.management:
        return SandboxApp(_sandbox(settings, _profile_principals(settings, made, shared), state))
    management = _management(settings, made, state, shared or memory(settings))
    sandbox = _sandbox(settings, management.principals, state)
    sandbox.log = management.log
    sandbox.faults = FaultControl(management.fault_counts, partial(faults.remove_later, management))
    return SandboxApp(sandbox, management)


def _sandbox(settings: Settings, principals: Principals, state: StateAccess) -> Sandbox:
    contract = reader.load()
    key_headers = KeyHeaders.of(contract.document["components"]["securitySchemes"])
    return Sandbox(contract, principals, key_headers, state, settings.check_responses)


def _management(settings: Settings, made: World, state: StateAccess, shared: WorkerMemory) -> Management:
    scopes = reader.load().scopes
    store = ManagedStore(state.store, shared.changes)
    worlds = Worlds(made, partial(_cursor_secret, settings))
    facts = made.profile.keys(scopes)
    principals = ManagedPrincipals(worlds, facts, state, store, shared, demo_keys=settings.demo_keys)
    own = shared.management
    assert own is not None  # noqa: S101 - made with management
    return Management(settings, reader.load_management(), scopes, principals, state, store, own.log, own.fault_counts)


def _profile_principals(settings: Settings, made: World, shared: WorkerMemory | None) -> ProfilePrincipals:
    worlds = Worlds(made, partial(_cursor_secret, settings))
    tenants = [worlds.live(one).tenant for one in worlds.profile_organizations()]
    return ProfilePrincipals(
        parts.profile_principal(
            tenants[fact.organization],
            f"{made.profile.name}:{settings.seed}",
            fact,
            parts.limiter(
                fact.requests_per_minute, fact.requests_per_day, shared.counts.of_key(number) if shared else None
            ),
        )
        for number, fact in enumerate(made.profile.keys(reader.load().scopes))
    )


def _cursor_secret(settings: Settings, name: str) -> bytes:
    """The secret that signs cursors; without one in the settings, all replicas of a profile and seed use the same."""
    source = settings.cursor_secret or f"sepolo-cursor/{name}"
    return blake2b(source.encode(), digest_size=32).digest()
