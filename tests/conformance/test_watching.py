"""What watchers see, over processes."""

import json

from hypothesis import given
from hypothesis import strategies as st

from sepolo_conformance.engine.expectations import KEPT
from sepolo_conformance.engine.observers import Observations, Observers
from sepolo_conformance.engine.registry import Judge, Mismatch, catalogue
from sepolo_conformance.model.verdict import Finding, Status
from sepolo_conformance.transport.exchange import Request
from tests.conformance.test_exchange import KEY, exchange

REQUEST = Request("GET", "/api/v1/me", (("X-Sepolo-Api-Key", KEY.secret),), None, KEY, "getMe")
kinds = st.lists(st.sampled_from([f"kind {number}" for number in range(KEPT + 3)]), max_size=20)


def seen(names: list[str]) -> Observations:
    found = Observations()
    for name in names:
        found.judged += 1
        found.add(name, Finding("expected", name))
    return found


@given(kinds, kinds)
def test_two_processes_see_what_one_would(first: list[str], second: list[str]) -> None:
    """Merged observations count the same answers and findings, and keep one finding of a kind."""
    merged = Observations()
    for part in (first, second):
        merged.merge(json.loads(json.dumps(seen(part).plain())))
    together = seen(first + second)
    assert merged.judged == together.judged
    assert merged.findings.keys() == together.findings.keys()
    assert len(merged.findings) + merged.more == len(together.findings) + together.more


def test_nothing_seen_is_vacuous_and_something_is_a_verdict() -> None:
    """No bearing: vacuous. Judged and in order: pass. Mismatch: broken, as bad as the level says."""
    statuses = [
        Observations().verdict("ERR-001", Status.FAIL).status,
        Observations(judged=3).verdict("ERR-001", Status.FAIL).status,
        seen(["x"]).verdict("ERR-001", Status.WARN).status,
    ]
    assert statuses == [Status.VACUOUS, Status.PASS, Status.WARN]


def test_a_finding_shows_the_answer_with_its_key_masked() -> None:
    """Watchers see raw answers; what is kept of them is fit to print."""

    def echo(answer: object) -> list[Mismatch]:
        return [Mismatch("no key", f"the key {KEY.secret}", "echo")]

    observers = Observers(
        {"AUT-001": Judge(catalogue()["AUT-001"], echo, observes=True)}, lambda text: text.replace(KEY.secret, "***")
    )
    for _ in range(3):
        observers.observe(exchange(REQUEST, KEY.secret.encode()))
    text = json.dumps(drained := observers.drain())
    assert KEY.secret not in text
    assert (drained["AUT-001"]["judged"], drained["AUT-001"]["more"]) == (3, 2)
    assert observers.drain() == {}


def test_a_fault_of_a_watcher_is_an_error_of_its_requirement() -> None:
    """It doesn't reach the check that happened to send the request, nor pass for the target's."""

    def breaks(_: object) -> list[Mismatch]:
        raise KeyError("stamp")

    observers = Observers({"AUT-001": Judge(catalogue()["AUT-001"], breaks, observes=True)}, str)
    observers.observe(exchange(REQUEST))
    merged = Observations()
    merged.merge(observers.drain()["AUT-001"])
    verdict = merged.verdict("AUT-001", Status.FAIL)
    assert (verdict.status, verdict.reason) == (Status.ERROR, "the observer itself broke: KeyError: 'stamp'")


def test_an_answer_without_bearing_does_not_count() -> None:
    """None from a watcher leaves no trace."""
    observers = Observers({"AUT-001": Judge(catalogue()["AUT-001"], lambda _: None, observes=True)}, str)
    observers.observe(exchange(REQUEST))
    assert observers.drain() == {}
