"""The objects of a run in one process: client, target, discovery, observers and memory."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from sepolo_conformance.api.identity import Identity
from sepolo_conformance.engine import registry
from sepolo_conformance.engine.observers import Observers
from sepolo_conformance.model.memory import Memory
from sepolo_conformance.model.outcomes import NotTested
from sepolo_conformance.model.requirement import Requirement
from sepolo_conformance.model.settings import Settings
from sepolo_conformance.model.trace import Trace, traced
from sepolo_conformance.target.discovery import Discovery
from sepolo_conformance.target.keys import Target
from sepolo_conformance.transport.bounds import MAX_BODY_BYTES
from sepolo_conformance.transport.client import Client
from sepolo_conformance.transport.pacing import Budget, Clock, Pace
from sepolo_conformance.transport.redaction import Redactor
from sepolo_openapi import reader
from sepolo_openapi.contract import Contract, Operation


@dataclass(frozen=True, slots=True)
class Share:
    """This process's share of a run: its start in seconds since the epoch, and the number of processes."""

    started: float
    processes: int = 1


def selected(settings: Settings) -> tuple[Requirement, ...]:
    """Return the requirements that a run judges.

    If only observed requirements are selected, the checks that send their traffic are added.
    """
    chosen = registry.select(settings.level, settings.areas, settings.requirements)
    observed = registry.observers()
    if chosen and all(rule.id in observed for rule in chosen):
        traffic = frozenset(name for rule in chosen for name in observed[rule.id].traffic)
        return (*registry.select(settings.level, frozenset(), traffic), *chosen)
    return chosen


class Suite:
    """The objects that all checks of a run share. No request is sent before a check needs it."""

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
        """The observers of the requirements that this run judges."""
        chosen = {rule.id for rule in selected(self.settings)}
        return Observers({name: judge for name, judge in registry.observers().items() if name in chosen}, self.mask)

    @cached_property
    def client(self) -> Client:
        # httpcore takes 0.1 s to import, and `list` and `explain` send nothing.
        from sepolo_conformance.transport.http_transport import HttpTransport  # noqa: PLC0415 - see above

        settings, share = self.settings, self._share
        requests = -(-settings.max_requests // share.processes)
        return Client(
            base_url=settings.base_url,
            transport=HttpTransport(
                settings.base_url,
                timeout=settings.timeout,
                max_body_bytes=MAX_BODY_BYTES,
                connections=settings.in_flight,
            ),
            budget=Budget(self.clock, share.started, settings.budget, requests),
            pace=Pace(self.clock, settings.rate, share.processes),
            clock=self.clock,
            on_exchange=self.observers.observe,
            in_flight=settings.in_flight,
        )

    @cached_property
    def target(self) -> Target:
        return Target(self.settings, self.client)

    @cached_property
    def home(self) -> Discovery:
        """Data of the main organisation."""
        return Discovery(self.settings, self.contract, self.client, self.target, self.target.reader)

    @cached_property
    def away(self) -> Discovery:
        """Data of a second organisation, if a key of one was given."""
        return Discovery(self.settings, self.contract, self.client, self.target, self.target.other)

    def seen_by(self, identity: Identity) -> Discovery:
        """Data that one key sees, of operations that it has the scope for."""

        def choose(operation: Operation) -> Identity:
            if identity.holds(operation.scope):
                return identity
            raise NotTested(f"{identity.key.placeholder} lacks the scope {operation.scope}")

        name = ("seen by", identity.key.name)
        return self.memory.once(name, lambda: Discovery(self.settings, self.contract, self.client, self.target, choose))

    @contextmanager
    def observed(self) -> Iterator[None]:
        """Let the observers judge the exchanges of what runs inside, also those of shared results."""
        trace = Trace()
        try:
            with traced(trace):
                yield
        finally:
            trace.read(self.observers.observe)

    def prepare(self) -> None:
        """Make the objects that are made when first needed, before several threads need them."""
        _ = self.observers, self.client, self.target, self.home, self.away

    def close(self) -> None:
        """Close the connections."""
        if "client" in vars(self):
            self.client.transport.close()
