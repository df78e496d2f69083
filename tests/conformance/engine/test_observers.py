"""Observations of one process and of several."""

import json

from hypothesis import given
from hypothesis import strategies as st

from sepolo_conformance.engine.expectations import KEPT
from sepolo_conformance.engine.observers import Observations, Observers
from sepolo_conformance.engine.registry import Judge, Mismatch, catalogue
from sepolo_conformance.model.verdict import Finding, Status
from sepolo_conformance.transport.exchange import Request
from tests.conformance.transport.test_exchange import KEY, exchange

REQUEST = Request("GET", "/api/v1/me", (("X-Sepolo-Api-Key", KEY.secret),), None, KEY, "getMe")
kinds = st.lists(st.sampled_from([f"kind {number}" for number in range(KEPT + 3)]), max_size=20)


def observed(names: list[str]) -> Observations:
    found = Observations()
    for name in names:
        found.judged += 1
        found.add(name, Finding("expected", name))
    return found


@given(kinds, kinds)
def test_merged_observations_equal_those_of_one_process(first: list[str], second: list[str]) -> None:
    """Merging counts the same responses and findings, and keeps one finding of each kind."""
    merged = Observations()
    for part in (first, second):
        merged.merge(json.loads(json.dumps(observed(part).plain())))
    together = observed(first + second)
    assert merged.judged == together.judged
    assert merged.findings.keys() == together.findings.keys()
    assert len(merged.findings) + merged.more == len(together.findings) + together.more


def test_verdict_follows_from_observations() -> None:
    """No judged response is VACUOUS, no mismatch is PASS, and a mismatch has the status of the level."""
    statuses = [
        Observations().verdict("ERR-001", Status.FAIL).status,
        Observations(judged=3).verdict("ERR-001", Status.FAIL).status,
        observed(["x"]).verdict("ERR-001", Status.WARN).status,
    ]
    assert statuses == [Status.VACUOUS, Status.PASS, Status.WARN]


def test_finding_of_an_observer_masks_keys() -> None:
    """Observers get responses as received, and findings contain no key."""

    def echo(_: object) -> list[Mismatch]:
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


def test_exception_in_an_observer_is_an_error_of_its_requirement() -> None:
    """The exception does not reach the check that sent the request."""

    def breaks(_: object) -> list[Mismatch]:
        raise KeyError("stamp")

    observers = Observers({"AUT-001": Judge(catalogue()["AUT-001"], breaks, observes=True)}, str)
    observers.observe(exchange(REQUEST))
    merged = Observations()
    merged.merge(observers.drain()["AUT-001"])
    verdict = merged.verdict("AUT-001", Status.FAIL)
    assert (verdict.status, verdict.reason) == (Status.ERROR, "the observer raised an exception: KeyError: 'stamp'")


def test_response_that_is_not_subject_to_the_requirement_is_not_counted() -> None:
    """An observer that returns None leaves no observation."""
    observers = Observers({"AUT-001": Judge(catalogue()["AUT-001"], lambda _: None, observes=True)}, str)
    observers.observe(exchange(REQUEST))
    assert observers.drain() == {}
