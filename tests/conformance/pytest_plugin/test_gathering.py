"""Reports of observed requirements, which have no items."""

import pytest

from sepolo_conformance.engine.registry import catalogue
from sepolo_conformance.model.requirement import MUST
from sepolo_conformance.model.settings import Settings
from sepolo_conformance.model.verdict import Status, Verdict
from sepolo_conformance.pytest_plugin.items import mark_expected
from sepolo_conformance.pytest_plugin.observed_reports import observed_reports
from tests.conformance.reporting.run_results import by_level

NAME = by_level(MUST)[0]


@pytest.mark.parametrize(
    ("verdict", "outcomes"),
    [
        (Verdict(NAME, Status.PASS), ["passed", "passed", "passed"]),
        (Verdict(NAME, Status.WARN), ["passed", "passed", "passed"]),
        (Verdict(NAME, Status.FAIL), ["passed", "failed", "passed"]),
        (Verdict(NAME, Status.FAIL, known="a proxy"), ["passed", "skipped", "passed"]),
        (Verdict(NAME, Status.VACUOUS, reason="no rows"), ["skipped", "passed"]),
    ],
)
def test_observed_requirement_is_reported_like_an_item(verdict: Verdict, outcomes: list[str]) -> None:
    """Each phase has a report, except the call of a skipped requirement."""
    made = list(observed_reports(catalogue()[NAME], verdict, Settings("http://x")))
    assert [report.outcome for report in made] == outcomes
    assert {report.nodeid.rpartition("::")[2] for report in made} == {NAME}


@pytest.mark.parametrize(("status", "known"), [(Status.FAIL, "a proxy"), (Status.WARN, "a proxy"), (Status.PASS, None)])
def test_expected_failure_gets_its_reason(status: Status, known: str | None) -> None:
    """A requirement that holds gets no reason."""
    assert mark_expected(Verdict(NAME, status), {NAME: "a proxy"}).known == known
