"""Organisations as requests use them: the world of a template or of the profile at the time of their own clock.

Organisations of the same template, seed and examples share the data of one world, which do not depend on the clock.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from sepolo_fixtures import clock, profiles
from sepolo_fixtures.clock import Clock
from sepolo_fixtures.profiles.profile import OrganizationFact, Profile
from sepolo_fixtures.world import Organization, World
from sepolo_mock_server.rules import cursors
from sepolo_mock_server.rules.cursors import Signer
from sepolo_mock_server.sandbox import Tenant
from sepolo_mock_server.state.managed import ClockSetting, StoredOrganization
from sepolo_mock_server.state.reports import Owner


@dataclass(frozen=True, slots=True)
class LiveOrganization:
    """An organisation as it is stored, and what its keys use."""

    stored: StoredOrganization
    tenant: Tenant

    @property
    def owner(self) -> Owner:
        """Owner of everything that clients have written to it."""
        organization = self.tenant.organization
        return Owner(self.stored.world, organization.id, organization.currency, "", frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class _Base:
    """A world under its first clock, and the text of its profile, which cursors are bound to."""

    world: World
    profile: str


class Worlds:
    """The world of the sandbox's profile, and those of templates, which are made when they are first used."""

    def __init__(self, own: World, cursor_secret: Callable[[str], bytes]) -> None:
        self._own = _Base(own, str(own.profile))
        self._secret = cursor_secret
        self._templates: dict[tuple[str, int, bool], _Base] = {}

    @property
    def count(self) -> int:
        """The number of template worlds in memory."""
        return len(self._templates)

    def clear(self) -> None:
        """Drop the worlds of templates."""
        self._templates.clear()

    def profile_organizations(self) -> tuple[StoredOrganization, ...]:
        """The organisations of the sandbox's profile, as they are when the sandbox starts."""
        world = self._own.world
        start = ClockSetting("fixed", world.now()) if world.clock.fixed else ClockSetting("wall")
        return tuple(
            StoredOrganization(
                one.id, one.name, world.profile.name, world.seed, bool(fact.pins), None, start, start, number=one.index
            )
            for one, fact in zip(world.organizations, world.profile.organizations, strict=True)
        )

    def facts(self, stored: StoredOrganization) -> tuple[Profile, OrganizationFact]:
        """Return the profile and the facts of a stored organisation, without making its world."""
        if stored.of_profile:
            profile = self._own.world.profile
            return profile, profile.organizations[stored.number]
        profile = profiles.load(stored.template)
        return profile, profile.organizations[0]

    def live(self, stored: StoredOrganization) -> LiveOrganization:
        """Return a stored organisation with its world."""
        base = self._base(stored)
        own = clock_of(stored.clock)
        index = stored.number if stored.of_profile else 0
        made = base.world.organizations[index]
        tenant = Tenant(
            Organization(index, stored.id, stored.name, made.currency),
            base.world.at(own),
            Signer(self._secret(stored.world), None if own.fixed else time.time),
            cursors.digest(stored.world, base.profile, own.now() if own.fixed else clock.WALL),
            stored.faults,
        )
        return LiveOrganization(stored, tenant)

    def _base(self, stored: StoredOrganization) -> _Base:
        if stored.of_profile:
            return self._own
        key = stored.template, stored.seed, stored.examples
        base = self._templates.get(key)
        if base is None:
            profile = template(stored.template, examples=stored.examples)
            base = _Base(World(profile, stored.seed, clock.fixed(profile.clock)), str(profile))
            self._templates[key] = base
        return base


def template(name: str, *, examples: bool) -> Profile:
    """Return a profile with its first organisation only, with or without the examples of the published page."""
    profile = profiles.load(name)
    first = profile.organizations[0]
    return replace(profile, organizations=(first if examples else replace(first, pins={}),), key_table=())


def clock_of(setting: ClockSetting) -> Clock:
    """Return the clock of a setting."""
    return clock.wall() if setting.now is None else clock.fixed(setting.now)
