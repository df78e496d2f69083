"""Counts, exit status and last line of a run."""

import json

import pytest

from sepolo_conformance.engine.registry import catalogue
from sepolo_conformance.model.keys import KeyFacts
from sepolo_conformance.model.requirement import MUST, SANDBOX, SHOULD, Level
from sepolo_conformance.model.verdict import Status, Verdict, broken
from tests.conformance.reporting.run_results import KEY, by_level, failing, results


@pytest.mark.parametrize(
    ("level", "run_level", "status"),
    [
        (MUST, MUST, Status.FAIL),
        (SHOULD, MUST, Status.WARN),
        (SHOULD, SHOULD, Status.FAIL),
        (SHOULD, SANDBOX, Status.FAIL),
        (SANDBOX, SANDBOX, Status.FAIL),
    ],
)
def test_broken_requirement_below_the_level_is_a_warning(level: Level, run_level: Level, status: Status) -> None:
    """Within the level of the run it is a failure."""
    assert broken(level, run_level) is status


@pytest.mark.parametrize(
    ("statuses", "code"),
    [(("pass", "warn", "vacuous", "not-tested"), 0), (("pass", "fail", "error"), 1), (("pass", "error"), 3)],
)
def test_exit_status_separates_failures_from_errors_of_the_run(statuses: tuple[str, ...], code: int) -> None:
    """1 is a failure of the target, 3 an error of the run; warnings do not count."""
    names = list(catalogue())
    found = results(*(Verdict(names[place], Status(status)) for place, status in enumerate(statuses)))
    assert found.exit_code() == code


def test_expected_failure_passes_the_run_and_a_stale_one_fails_it() -> None:
    """An expected failure that holds must be removed from the file."""
    first, second = by_level(MUST)[:2]
    known = {first: "a proxy", second: "a proxy"}
    fine = results(failing(first, "a proxy"), expected=known)
    stale = results(failing(first, "a proxy"), Verdict(second, Status.PASS), expected=known)
    assert (fine.exit_code(), fine.stale()) == (0, [])
    assert (stale.exit_code(), stale.stale()) == (1, [second])


def test_expected_warning_is_counted_as_a_warning() -> None:
    """It is not counted as an expected failure too."""
    name = by_level(SHOULD)[0]
    found = results(Verdict(name, Status.WARN, known="a proxy"), expected={name: "a proxy"})
    assert found.headline() == "0 of 1 SHOULD hold, 1 warned"


def test_headline_counts_statuses() -> None:
    """The last line has the requirements that hold, the other statuses and the reason of untested ones."""
    first, second, third, fourth = by_level(MUST)[:4]
    found = results(
        Verdict(first, Status.PASS),
        failing(second),
        Verdict(third, Status.VACUOUS, reason="one page"),
        Verdict(fourth, Status.NOT_TESTED, reason="needs a key of a second organisation: --api-key"),
    )
    line = "1 of 2 MUST hold, 1 fail, 1 vacuous, 1 not tested (needs a key of a second organisation: --api-key)"
    assert found.headline() == line


def test_headline_counts_all_judged_levels_if_none_can_fail_the_run() -> None:
    """A run that judged SHOULD requirements only counts these."""
    names = by_level(SHOULD)[:2]
    found = results(Verdict(names[0], Status.PASS), Verdict(names[1], Status.WARN))
    assert found.headline() == "1 of 2 SHOULD hold, 1 warned"
    assert (found.exit_code(), found.passed_and_judged()) == (0, (1, 2))


def test_headline_gives_the_most_common_reason_of_each_status() -> None:
    """The reason of errors is not given for untested requirements."""
    names = by_level(MUST)
    found = results(
        Verdict(names[0], Status.PASS),
        Verdict(names[1], Status.ERROR, reason="no response"),
        *(Verdict(name, Status.NOT_TESTED, reason="needs permission") for name in names[2:4]),
        Verdict(names[4], Status.NOT_TESTED, reason="needs a key"),
    )
    assert found.headline() == (
        "1 of 1 MUST hold, 1 ended in an error of the run (no response), 3 not tested (2 of them: needs permission)"
    )


def test_run_without_usable_key_is_an_error() -> None:
    """A missing or wrong secret, or a run that judged nothing, must not pass CI."""
    names = by_level(MUST)
    good, untested = Verdict(names[0], Status.PASS), Verdict(names[1], Status.NOT_TESTED, reason="give a valid key")
    refused = results(good, untested)
    refused.keys = (KeyFacts("key1", KEY.placeholder, "was refused", known=False),)
    without_key = results(good, untested)
    without_key.keys = ()
    complete = results(good)
    complete.keys = ()
    empty = results(untested)
    runs = (refused, without_key, empty, complete, results(good, untested))
    assert [run.exit_code() for run in runs] == [3, 3, 3, 0, 0]


def test_report_that_cannot_be_written_is_an_error_of_the_run() -> None:
    """CI may need the report."""
    found = results(Verdict(by_level(MUST)[0], Status.PASS))
    found.write_error = "no space left"
    assert (found.exit_code(), found.headline()) == (3, "1 of 1 MUST hold, a report can't be written: no space left")


def test_verdict_survives_json() -> None:
    """Workers of pytest-xdist send verdicts as plain values, with lone surrogates escaped."""
    plain = failing(by_level(MUST)[0]).plain()
    assert Verdict.of(json.loads(json.dumps(plain))).plain() == plain
    assert "\\ud800" in plain["findings"][0]["actual"]
