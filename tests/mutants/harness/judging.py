"""Runs the suite against an application of this process, without a socket and without waiting.

Only the transport and the clock of the suite are replaced. That a run over HTTP reaches the same verdicts is tested
with the command line.
"""

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from starlette.types import ASGIApp

import sepolo_conformance.checks  # noqa: F401 - fills the registry
from sepolo_conformance.engine import registry, runner
from sepolo_conformance.engine.observers import Observations
from sepolo_conformance.engine.pool import Pool
from sepolo_conformance.engine.registry import catalogue
from sepolo_conformance.engine.session import Suite, selected
from sepolo_conformance.model.keys import Key, placeholder
from sepolo_conformance.model.requirement import Level
from sepolo_conformance.model.settings import Settings
from sepolo_conformance.model.verdict import Status, Verdict, broken
from sepolo_conformance.transport.bounds import MAX_BODY_BYTES
from sepolo_conformance.transport.pacing import Clock
from sepolo_conformance.transport.response import Response, Transport, decoded
from tests.mutants.harness.mutant import Mutant
from tests.mutants.harness.serving import Direct
from tests.mutants.harness.wrapper import facts

__all__ = ["KEYS", "PROFILE", "SEED", "Run", "Wanted", "first_finding", "judge", "suite_of", "wanted"]

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
"""Names of the keys that a run uses, where the profile has them."""
BASE_URL = "http://127.0.0.1:9"
BUDGET_S = 900.0


class InProcess(Transport):
    """A transport that calls an application instead of opening a socket."""

    def __init__(self, app: ASGIApp, direct: Direct) -> None:
        self._app = app
        self._direct = direct
        self.sent = 0
        self.asked: Counter[tuple[str, ...]] = Counter()

    def close(self) -> None:
        """Do nothing, since no connection is open."""

    def send(
        self,
        method: str,
        target: str,
        headers: Iterable[tuple[str, str]],
        body: bytes | None,
        *,
        timeout: float | None = None,  # noqa: ARG002 - an application of this process is never waited for
    ) -> Response:
        pairs_sent = list(headers)
        self.sent += 1
        self.asked[method, target, *(value for pair in sorted(pairs_sent) for value in pair)] += 1
        status, pairs, received = self._direct(self._app, method, target, pairs_sent, body or b"")
        return decoded(status, tuple(pairs), received, MAX_BODY_BYTES)


def skipping_clock() -> Clock:
    """A clock that skips every wait."""
    skipped = [0.0]

    def sleep(seconds: float) -> None:
        skipped[0] += seconds

    return Clock(lambda: time.time() + skipped[0], sleep)


@dataclass(frozen=True)
class Run:
    """The result of a run: the verdict of each judged requirement, and how often each request was sent."""

    verdicts: Mapping[str, Verdict]
    requests: int
    asked: Counter[tuple[str, ...]] = field(default_factory=Counter, repr=False)

    def of(self, *statuses: Status) -> dict[str, Verdict]:
        """The verdicts with one of these statuses, by requirement."""
        return {name: verdict for name, verdict in self.verdicts.items() if verdict.status in statuses}

    @property
    def broken(self) -> frozenset[str]:
        """Requirements with findings, of any level."""
        return frozenset(name for name, verdict in self.verdicts.items() if verdict.findings)


@dataclass(frozen=True)
class Wanted:
    """What to judge: a level, and areas or ids; all requirements where neither is given."""

    level: Level = Level.SANDBOX
    areas: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    writes: bool = False
    seed: int = 1
    in_flight: int = 1
    keys: tuple[str, ...] = field(default=KEYS)


def _settings(profile: str, wanted: Wanted) -> Settings:
    """The settings of a run with the keys of a profile."""
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
        in_flight=wanted.in_flight,
    )


def suite_of(app: ASGIApp, direct: Direct, profile: str, wanted: Wanted) -> Suite:
    """A run that calls an application which accepts the keys of the profile."""
    suite = Suite(_settings(profile, wanted), clock=skipping_clock())
    suite.client.transport = InProcess(app, direct)
    return suite


def first_finding(app: ASGIApp, direct: Direct, profile: str, wanted: Wanted, areas: Iterable[str]) -> str | None:
    """Judge the areas in this order, and return the first requirement with a finding, None if there is none."""
    suite = suite_of(app, direct, profile, wanted)
    checks, order = registry.checks(), list(areas)
    chosen = [rule for rule in selected(suite.settings) if rule.id in checks and rule.area in order]
    for rule in sorted(chosen, key=lambda rule: order.index(rule.area)):
        verdict = runner.run(suite, rule, checks[rule.id])
        seen = [name for name, sighted in suite.observers.observations.items() if sighted.findings]
        if verdict.findings or seen:
            return rule.id if verdict.findings else seen[0]
    return None


def judge(app: ASGIApp, direct: Direct, profile: str, wanted: Wanted) -> Run:
    """Judge an application that accepts the keys of the profile."""
    suite = Suite(_settings(profile, wanted), clock=skipping_clock())
    transport = InProcess(app, direct)
    suite.client.transport = transport
    chosen = selected(suite.settings)
    checks, observers = registry.checks(), registry.observers()
    own = [rule for rule in chosen if rule.id in checks]
    if wanted.in_flight > 1:
        pool = Pool(suite)
        pool.plan(own)
        verdicts = {rule.id: pool.verdict(rule) for rule in own}
    else:
        verdicts = {rule.id: runner.run(suite, rule, checks[rule.id]) for rule in own}
    for rule in chosen:
        if rule.id in observers:
            seen = suite.observers.observations.get(rule.id, Observations())
            verdicts[rule.id] = seen.verdict(rule.id, broken(rule.level, suite.settings.level))
    return Run(verdicts, transport.sent, transport.asked)


def wanted(mutant: Mutant) -> Wanted:
    """The requirements that have to catch a mutant, and the checks that send the requests their observers need."""
    ids = set(mutant.caught_by)
    if ids & registry.observers().keys():
        areas = {mutant.area, *mutant.traffic}
        ids |= {name for name, rule in catalogue().items() if rule.area in areas and name in registry.checks()}
    return Wanted(ids=frozenset(ids), writes=mutant.writes)
