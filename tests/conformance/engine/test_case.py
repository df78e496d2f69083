"""The methods of a case, and the verdicts that follow from them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from sepolo_conformance.engine import runner
from sepolo_conformance.engine.case import Case
from sepolo_conformance.engine.registry import Judge
from sepolo_conformance.model.requirement import MUST, SHOULD, Requirement
from sepolo_conformance.model.verdict import Status, Verdict
from sepolo_conformance.transport.exchange import Request
from sepolo_conformance.transport.response import LostConnectionError
from tests.conformance.tiny import Tiny, suite_over

RULE = Requirement("PAG-001", MUST, "the page", "a sentence")
HINT = Requirement("PAG-002", SHOULD, "the page", "a sentence")


def verdict(check: Callable[[Case], None], tiny: Tiny | None = None, rule_: Requirement = RULE) -> Verdict:
    """Return the verdict of a check."""
    return runner.run(suite_over(tiny or Tiny()), rule_, Judge(rule_, check, observes=False))


def found(verdict_: Verdict) -> list[tuple[str, str]]:
    return [(finding.expected, finding.actual) for finding in verdict_.findings]


def test_check_without_expectation_is_vacuous() -> None:
    """A check that expects nothing never passes."""
    ended = verdict(lambda _: None)
    assert (ended.status, ended.reason) == (Status.VACUOUS, "there was nothing to judge")


def test_check_whose_expectations_hold_passes() -> None:
    """One expectation is enough for PASS, and requests are counted."""

    def check(case: Case) -> None:
        case.status(case.get("getMe", key=None), 401)

    ended = verdict(check)
    assert (ended.status, ended.requests, ended.findings) == (Status.PASS, 1, ())


@pytest.mark.parametrize(("rule_", "status"), [(RULE, Status.FAIL), (HINT, Status.WARN)])
def test_finding_shows_the_chain_of_requests(rule_: Requirement, status: Status) -> None:
    """A finding has expected, actual and all exchanges that led to it; its status depends on the level."""

    def check(case: Case) -> None:
        first = case.get("listAssets")
        case.get("listAssets", query={"cursor": 2}, follows=first)
        case.expect(False, "all", "nothing")

    ended = verdict(check, rule_=rule_)
    (finding,) = ended.findings
    assert (ended.status, found(ended)) == (status, [("all", "nothing")])
    assert [step.url for step in finding.steps] == ["http://tiny/api/v1/assets", "http://tiny/api/v1/assets?cursor=2"]


def test_expect_continues_and_need_ends_the_check() -> None:
    """Every failed `expect` is a finding, up to the first failed `need`."""

    def check(case: Case) -> None:
        case.expect(False, "one", 1)
        case.need(False, "two", 2)
        case.expect(False, "three", 3)

    assert found(verdict(check)) == [("one", "1"), ("two", "2")]


def test_findings_beyond_the_limit_are_only_counted() -> None:
    """The first twelve findings are kept, and the others are counted."""

    def check(case: Case) -> None:
        for number in range(20):
            case.expect(False, "row", number)

    ended = verdict(check)
    assert (len(ended.findings), ended.more) == (12, 8)


def test_part_without_verdict_becomes_a_note() -> None:
    """A part that ends without a verdict does not end the check."""

    def check(case: Case) -> None:
        with case.part("a"):
            case.vacuous("no rows")
        with case.part("b"):
            case.not_tested("needs a key: --api-key")
        with case.part("c"):
            case.need(True, "", "")

    ended = verdict(check)
    assert (ended.status, ended.notes) == (Status.PASS, ("a: no rows", "b: needs a key: --api-key"))


def test_only_parts_without_verdict_give_not_tested() -> None:
    """If no part was judged and one lacks a key, the check is NOT-TESTED, not VACUOUS."""

    def check(case: Case) -> None:
        with case.part("a"):
            case.vacuous("no rows")
        with case.part("b"):
            case.not_tested("needs a key: --api-key")

    ended = verdict(check)
    assert (ended.status, ended.reason) == (Status.NOT_TESTED, "needs a key: --api-key")


def test_exception_in_a_check_is_an_error() -> None:
    """A bug in a check neither ends the run nor counts as a failure of the target."""

    def check(case: Case) -> None:
        raise KeyError("stamp")

    ended = verdict(check)
    assert ended.status is Status.ERROR
    assert str(ended.reason).startswith("the check raised an exception at test_case.py:")


def test_finding_survives_a_later_transport_error() -> None:
    """Findings before the target went down are reported."""

    class Gone(Tiny):
        def send(self, *_: object, **__: object) -> object:  # type: ignore[override]
            raise LostConnectionError("gone")

    def check(case: Case) -> None:
        case.expect(False, "one", 1)
        case.get("getMe", key=None)

    ended = verdict(check, Gone())
    assert (ended.status, found(ended)) == (Status.FAIL, [("one", "1")])
    assert ended.reason == "GET /api/v1/me: gone"


def test_post_needs_permission() -> None:
    """A POST that could create something is not sent without --allow-writes."""
    tiny = Tiny(scopes=["service_reports.write"])

    def check(case: Case) -> None:
        case.post("createServiceReport", b"{}")

    ended = verdict(check, tiny)
    assert (ended.status, ended.reason) == (Status.NOT_TESTED, "needs permission to write: --allow-writes")
    assert [target for target in tiny.asked if "service-reports" in target] == []


def test_property_is_reproducible_and_repeats_no_request() -> None:
    """The same seed draws the same values, and the first finding ends the property without a repeated request."""

    def check(case: Case) -> None:
        def judge(number: int) -> None:
            case.get("listAssets", query={"pageSize": number})
            case.expect(number < 50, "below 50", number)

        case.forall(st.integers(1, 500), judge, examples=40)

    runs = []
    for _ in range(2):
        tiny = Tiny(rows={"/assets": []})
        ended = verdict(check, tiny)
        runs.append((tiny.asked, found(ended)))
        assert len(ended.findings) == 1
        assert ended.findings[0].steps[-1].url.endswith(tiny.asked[-1])
    assert runs[0] == runs[1]


def test_other_seed_draws_other_values() -> None:
    """The seed of the run is passed to Hypothesis."""

    def check(case: Case) -> None:
        case.forall(st.integers(1, 10**9), numbers.append, examples=20)

    numbers: list[int] = []
    drawn = []
    for seed in (1, 2):
        numbers.clear()
        runner.run(suite_over(Tiny(), seed=seed), RULE, Judge(RULE, check, observes=False))
        drawn.append(tuple(numbers))
    assert drawn[0] != drawn[1]


def test_state_machine_ends_at_its_first_finding() -> None:
    """The rules send requests through the case, and a failed request is not repeated."""

    def check(case: Case) -> None:
        class Machine(RuleBasedStateMachine):
            @rule()
            def read(self) -> None:
                case.get("listAssets", query={"pageSize": 1})
                case.expect(case.last is not None and case.last.status == 200, "status 200", "404")

        case.machine(Machine)

    tiny = Tiny()
    ended = verdict(check, tiny)
    assert found(ended) == [("status 200", "404")]
    assert len([target for target in tiny.asked if target.startswith("/api/v1/assets")]) == 1


def test_other_methods_than_get_need_permission() -> None:
    """The suite does not send DELETE without --allow-writes."""

    def check(case: Case) -> None:
        case.send(Request("DELETE", "/api/v1/assets", (), None, case.target.main().key, "listAssets"))

    tiny = Tiny()
    assert verdict(check, tiny).status is Status.NOT_TESTED
    assert "/api/v1/assets" not in tiny.asked


def test_seed_draws_the_same_values_with_other_modules_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hypothesis does not draw constants from the source of loaded modules."""
    (tmp_path / "loaded_meanwhile.py").write_text(f"NUMBERS = {[7_654_321_000 + place for place in range(300)]}")
    monkeypatch.syspath_prepend(str(tmp_path))
    numbers: list[int] = []

    def check(case: Case) -> None:
        case.forall(st.integers(1, 10**12), numbers.append, examples=300)

    verdict(check)
    before = numbers.copy()
    numbers.clear()
    import loaded_meanwhile  # type: ignore[import-not-found]  # noqa: F401, PLC0415 - the file written above

    verdict(check)
    assert numbers == before
