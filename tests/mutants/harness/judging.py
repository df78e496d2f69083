"""Runs the suite against an application of this process, without a socket and without waiting.

The suite's own parts do the work; only its transport and its clock are replaced. That the same verdicts come
through the command line and a socket is tested where these are.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from starlette.types import ASGIApp

import sepolo_conformance.checks  # noqa: F401 - fills the registry
from sepolo_conformance.engine import registry, runner
from sepolo_conformance.engine.observers import Observations
from sepolo_conformance.engine.registry import catalogue
from sepolo_conformance.engine.session import Suite, selected
from sepolo_conformance.model.keys import Key, placeholder
from sepolo_conformance.model.requirement import Level
from sepolo_conformance.model.settings import Settings
from sepolo_conformance.model.verdict import Status, Verdict, broken
from sepolo_conformance.transport.client import MAX_BODY_BYTES
from sepolo_conformance.transport.http_transport import Response, Transport
from sepolo_conformance.transport.pacing import Clock
from tests.mutants.harness.mutant import Mutant
from tests.mutants.harness.serving import Direct
from tests.mutants.harness.wrapper import facts

__all__ = ["KEYS", "PROFILE", "SEED", "Run", "Wanted", "first_finding", "judge", "unjudged", "wanted"]

PROFILE = str(Path(__file__).with_name("trial.yaml"))
SEED = 1
KEYS = (
    "full",
    "other",
    "readonly",
    "bounded",
    "bounded-customers",
    "only-assets.read",
    "only-service_reports.write",
    "limited",
)
"""Keys of a profile that a run is given, as far as the profile has them."""
BASE_URL = "http://127.0.0.1:9"
BUDGET_S = 900.0


class InProcess(Transport):
    """Hands requests to an application instead of a socket."""

    def __init__(self, app: ASGIApp, direct: Direct) -> None:
        self._app = app
        self._direct = direct
        self._max_body_bytes = MAX_BODY_BYTES
        self.sent = 0

    def close(self) -> None:
        """Nothing is open."""

    def send(
        self,
        method: str,
        target: str,
        headers: Iterable[tuple[str, str]],
        body: bytes | None,
        *,
        timeout: float | None = None,  # noqa: ARG002 - nothing waits here
    ) -> Response:
        self.sent += 1
        status, pairs, received = self._direct(self._app, method, target, headers, body or b"")
        return self._decoded(status, tuple(pairs), received)


def jumping() -> Clock:
    """A clock that jumps to the end of every wait."""
    skipped = [0.0]

    def sleep(seconds: float) -> None:
        skipped[0] += seconds

    return Clock(lambda: time.time() + skipped[0], sleep)


@dataclass(frozen=True)
class Run:
    """How a run ended: a verdict for each requirement that was judged, and the requests it took."""

    verdicts: Mapping[str, Verdict]
    requests: int

    def of(self, *statuses: Status) -> dict[str, Verdict]:
        """The verdicts of some statuses, by requirement."""
        return {name: verdict for name, verdict in self.verdicts.items() if verdict.status in statuses}

    @property
    def broken(self) -> frozenset[str]:
        """Requirements with findings, whatever their level."""
        return frozenset(name for name, verdict in self.verdicts.items() if verdict.findings)


@dataclass(frozen=True)
class Wanted:
    """What to judge: a level, and areas or ids; none of both is all."""

    level: Level = Level.SANDBOX
    areas: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    writes: bool = False
    seed: int = 1
    keys: tuple[str, ...] = field(default=KEYS)


def settings_for(profile: str, wanted: Wanted) -> Settings:
    """The settings of a run against a profile's keys."""
    known = facts(profile)
    named = [name for name in wanted.keys if name in known]
    keys = tuple(Key(name, placeholder(place, len(named)), known[name].key) for place, name in enumerate(named))
    return Settings(
        BASE_URL,
        keys=keys,
        level=wanted.level,
        areas=wanted.areas,
        requirements=wanted.ids,
        allow_writes=wanted.writes,
        budget=BUDGET_S,
        max_requests=50_000,
        seed=wanted.seed,
    )


def first_finding(app: ASGIApp, direct: Direct, profile: str, wanted: Wanted, areas: Iterable[str]) -> str | None:
    """The first requirement that is found broken, going through the areas in this order; None if none is."""
    suite = Suite(settings_for(profile, wanted), clock=jumping())
    suite.client.transport = InProcess(app, direct)
    checks, order = registry.checks(), list(areas)
    chosen = [rule for rule in selected(suite.settings) if rule.id in checks and rule.area in order]
    for rule in sorted(chosen, key=lambda rule: order.index(rule.area)):
        verdict = runner.run(suite, rule, checks[rule.id])
        seen = [name for name, sighted in suite.observers.observations.items() if sighted.findings]
        if verdict.findings or seen:
            return rule.id if verdict.findings else seen[0]
    return None


def judge(app: ASGIApp, direct: Direct, profile: str, wanted: Wanted) -> Run:
    """Judge an application that knows the profile's keys."""
    suite = Suite(settings_for(profile, wanted), clock=jumping())
    transport = InProcess(app, direct)
    suite.client.transport = transport
    chosen = selected(suite.settings)
    checks, watchers = registry.checks(), registry.observers()
    verdicts = {rule.id: runner.run(suite, rule, checks[rule.id]) for rule in chosen if rule.id in checks}
    for rule in chosen:
        if rule.id in watchers:
            seen = suite.observers.observations.get(rule.id, Observations())
            verdicts[rule.id] = seen.verdict(rule.id, broken(rule.level, suite.settings.level))
    return Run(verdicts, transport.sent)


def wanted(mutant: Mutant) -> Wanted:
    """What has to be judged to see whether a mutant is caught: what it names, and the traffic that watchers need."""
    ids = set(mutant.caught_by)
    if ids & registry.observers().keys():
        areas = {mutant.area, *mutant.traffic}
        ids |= {name for name, rule in catalogue().items() if rule.area in areas and name in registry.checks()}
    return Wanted(ids=frozenset(ids), writes=mutant.writes)


def unjudged(ids: Iterable[str]) -> frozenset[str]:
    """Requirements that nothing judges yet."""
    known = {*registry.checks(), *registry.observers()}
    return frozenset(name for name in ids if name in catalogue() and name not in known)
