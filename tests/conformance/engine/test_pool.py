"""Several checks at the same time: requests in flight, exclusive checks, shared responses and the end of the budget."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sepolo_conformance.engine import registry
from sepolo_conformance.engine.case import Case
from sepolo_conformance.engine.pool import Pool
from sepolo_conformance.engine.registry import Judge
from sepolo_conformance.engine.session import Suite
from sepolo_conformance.engine.shared_responses import collect_once
from sepolo_conformance.model.requirement import MUST, Requirement
from sepolo_conformance.model.verdict import Status, Verdict
from sepolo_conformance.transport.response import Response
from tests.conformance.tiny import Tiny, suite_over

LONG_S = 60.0
"""A bound on waits that end at once unless a test fails."""
RULES = [Requirement(f"PAG-9{number:02}", MUST, "the page", f"sentence {number}") for number in range(12)]


class Counting(Tiny):
    """A deployment that counts the requests in flight, and lets each wait until `together` of them are."""

    def __init__(self, together: int = 1) -> None:
        super().__init__()
        self.together = together
        self.in_flight = 0
        self.most = 0
        self.changed = threading.Condition()

    def send(self, *arguments: Any, **named: Any) -> Response:
        if arguments[1] == "/api/v1/me":
            return super().send(*arguments, **named)
        with self.changed:
            self.in_flight += 1
            self.most = max(self.most, self.in_flight)
            self.changed.notify_all()
            assert self.changed.wait_for(lambda: self.most >= self.together, LONG_S)
        try:
            return super().send(*arguments, **named)
        finally:
            with self.changed:
                self.in_flight -= 1


Declare = Callable[..., None]


@pytest.fixture
def declare(monkeypatch: pytest.MonkeyPatch) -> Declare:
    """Declares a check for the first rules, which are in no catalogue."""
    judges: dict[str, Judge] = {}
    monkeypatch.setattr("sepolo_conformance.engine.pool.judge_of", judges.__getitem__)

    def declare_(*checks: Callable[[Case], None], exclusive: frozenset[int] = frozenset()) -> None:
        for number, check in enumerate(checks):
            rule = RULES[number]
            judges[rule.id] = Judge(rule, check, observes=False, exclusive=number in exclusive)

    return declare_


@pytest.fixture
def judged() -> Iterator[Callable[[Suite, int], list[Verdict]]]:
    """Returns the verdicts of the first checks."""
    pools: list[Pool] = []

    def verdicts(suite: Suite, count: int) -> list[Verdict]:
        pools.append(Pool(suite))
        pools[-1].plan(RULES[:count])
        return [pools[-1].verdict(rule) for rule in RULES[:count]]

    yield verdicts
    for pool in pools:
        pool.close()


Judged = Callable[[Suite, int], list[Verdict]]


def reads(number: int) -> Callable[[Case], None]:
    """Return a check that sends two requests of its own."""

    def check(case: Case) -> None:
        for page in range(2):
            case.status(case.get("listAssets", query={"cursor": f"{number}{page}"}), 404)

    return check


@pytest.mark.parametrize("in_flight", [1, 4])
def test_checks_run_at_the_same_time(declare: Declare, judged: Judged, in_flight: int) -> None:
    """As many requests are in flight as the option allows, and no more."""
    declare(*map(reads, range(8)))
    target = Counting(together=in_flight)
    suite = suite_over(target, in_flight=in_flight)
    assert {verdict.requests for verdict in judged(suite, 8)[1:]} == {2}
    assert target.most == in_flight


def test_exclusive_check_runs_alone(declare: Declare, judged: Judged) -> None:
    """While an exclusive check sends requests, no other check does."""
    target = Counting()
    others: list[int] = []

    def alone(case: Case) -> None:
        target.most = 0
        reads(3)(case)
        others.append(target.most)

    declare(reads(0), reads(1), reads(2), alone, reads(4), reads(5), exclusive=frozenset({3}))
    judged(suite_over(target, in_flight=4), 6)
    assert others == [1]


def test_waiting_check_leaves_its_place_to_another(declare: Declare, judged: Judged) -> None:
    """A check that waits for the response that another one requests does not count as one in flight."""
    target = Counting(together=2)

    @collect_once
    def shared(case: Case) -> Iterator[int]:
        yield case.get("listDevices").status

    def uses(case: Case) -> None:
        case.expect(shared(case) == [404], "404", "another status")

    declare(uses, uses, uses, reads(3))
    verdicts = judged(suite_over(target, in_flight=2), 4)
    assert [verdict.status for verdict in verdicts[:3]] == [Status.PASS] * 3
    assert len([one for one in target.asked if one.startswith("/api/v1/devices")]) == 1


@pytest.mark.parametrize("in_flight", [1, 6])
def test_every_user_of_a_shared_result_gets_its_notes_and_findings(
    declare: Declare, judged: Judged, in_flight: int
) -> None:
    """They do not depend on which check asked first; the request counts for the first check in order."""

    @collect_once
    def inner(case: Case) -> Iterator[float]:
        with case.part("part"):
            case.vacuous("no rows")
        yield case.rng.random()

    @collect_once
    def outer(case: Case) -> Iterator[float]:
        case.status(case.get("listDevices"), 200)
        yield from inner(case)

    drawn: list[float] = []

    def uses(case: Case) -> None:
        drawn.extend(outer(case) + inner(case))

    declare(*[uses] * 6)
    first, *others = judged(suite_over(Counting(), in_flight=in_flight), 6)
    assert first.requests > 0
    assert {other.requests for other in others} == {0}
    assert {(one.status, one.notes, len(one.findings)) for one in (first, *others)} == {
        (Status.FAIL, ("part: no rows",), 1)
    }
    assert len(set(drawn)) == 1


def test_check_is_abandoned_at_the_end_of_the_budget(declare: Declare, judged: Judged) -> None:
    """A check that is still busy, and those after it, end with an error; no further request is sent."""
    over = threading.Event()
    begun = threading.Event()

    def busy(case: Case) -> None:
        begun.set()
        assert over.wait(LONG_S)
        case.get("listDevices", key=None)

    declare(busy, busy, reads(2))
    target = Counting()
    suite = suite_over(target, in_flight=1, budget=0.001)
    verdicts = judged(suite, 3)
    over.set()
    reason = "the time budget of 0.001 s is spent: raise --budget"
    assert [(one.status, one.reason) for one in verdicts] == [(Status.ERROR, reason)] * 3
    assert (begun.is_set(), target.asked) == (True, [])


def test_requirements_that_compare_counters_are_exclusive() -> None:
    """The check of rate limit headers compares two responses, and those of concurrency send several requests."""
    assert {name for name, judge in registry.checks().items() if judge.exclusive} == {"ROB-008", "ROB-018", "ROB-028"}
