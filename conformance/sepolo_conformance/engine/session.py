"""Puts a run together: contract, client, target, discovery and watchers, all of them for one process."""

import time
from dataclasses import dataclass
from functools import cached_property

from sepolo_conformance.engine import registry
from sepolo_conformance.engine.observers import Observers
from sepolo_conformance.model.memory import Memory
from sepolo_conformance.model.requirement import Requirement
from sepolo_conformance.model.settings import Settings
from sepolo_conformance.target.discovery import Discovery
from sepolo_conformance.target.keys import Target
from sepolo_conformance.transport.client import CEILING, Client
from sepolo_conformance.transport.http_transport import Transport
from sepolo_conformance.transport.pacing import Budget, Clock, Pace
from sepolo_conformance.transport.redaction import Redactor
from sepolo_openapi import reader
from sepolo_openapi.contract import Contract

__all__ = ["Share", "Suite", "selected"]


@dataclass(frozen=True, slots=True)
class Share:
    """This process's part of a run: since when it runs, in seconds since the epoch, and with how many others."""

    started: float
    processes: int = 1


def selected(settings: Settings) -> tuple[Requirement, ...]:
    """Return the requirements that a run judges; checks come along where there is nothing but watching."""
    chosen = registry.select(settings.level, settings.areas, settings.requirements)
    watched = registry.observers()
    if chosen and all(rule.id in watched for rule in chosen):
        traffic = frozenset(name for rule in chosen for name in watched[rule.id].traffic)
        return (*registry.select(settings.level, frozenset(), traffic), *chosen)
    return chosen


class Suite:
    """Everything that checks share. Nothing is sent before the first check asks."""

    def __init__(self, settings: Settings, share: Share | None = None, clock: Clock | None = None) -> None:
        self.settings = settings
        self.clock = clock or Clock()
        self._share = share or Share(time.time())
        self.memory = Memory()
        self.redactor = Redactor([key.secret for key in settings.keys])
        self.mask = self.redactor.text

    @property
    def contract(self) -> Contract:
        return reader.load()

    @cached_property
    def observers(self) -> Observers:
        """Shows every exchange to the watchers of the requirements that this run judges."""
        chosen = {rule.id for rule in selected(self.settings)}
        watched = {name: judge for name, judge in registry.observers().items() if name in chosen}
        return Observers(watched, self.mask)

    @cached_property
    def client(self) -> Client:
        settings, share = self.settings, self._share
        clock = self.clock
        return Client(
            base_url=settings.base_url,
            transport=Transport(settings.base_url, timeout=settings.timeout, ceiling=CEILING),
            budget=Budget(clock, share.started, settings.budget, -(-settings.max_requests // share.processes)),
            pace=Pace(clock, settings.rate, 1.0 / share.processes),
            clock=clock,
            heard=self.observers.observe,
        )

    @cached_property
    def target(self) -> Target:
        return Target(self.settings, self.contract, self.client)

    @cached_property
    def home(self) -> Discovery:
        """Data of the main organisation."""
        return Discovery(self.settings, self.contract, self.client, self.target, self.target.reader)

    @cached_property
    def away(self) -> Discovery:
        """Data of a second organisation, as far as there is a key for it."""
        return Discovery(self.settings, self.contract, self.client, self.target, self.target.other)

    def close(self) -> None:
        """Close the connections."""
        if "client" in vars(self):
            self.client.transport.close()
