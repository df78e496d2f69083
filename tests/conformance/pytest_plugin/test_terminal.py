"""The terminal output at the end of a run, and of an interrupted run."""

from collections.abc import Callable

import pytest

from sepolo_conformance.engine.registry import catalogue
from sepolo_conformance.model.requirement import MUST, SHOULD
from sepolo_conformance.model.verdict import Finding, Status, Verdict
from sepolo_conformance.pytest_plugin.terminal import SuiteReporter
from sepolo_conformance.reporting.clipping import READABLE
from sepolo_conformance.reporting.results import Results
from tests.conformance.reporting.run_results import by_level, results

ERROR, FAILED, OTHER = by_level(MUST)[:3]
WARNED = by_level(SHOULD)[0]

Made = Callable[..., SuiteReporter]


@pytest.fixture
def reporter(pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch) -> Made:
    """Return a function that makes the reporter of a run, for a verbosity and results."""

    def make(verbose: int, found: Results) -> SuiteReporter:
        monkeypatch.setattr(pytestconfig.option, "verbose", verbose)
        return SuiteReporter(pytestconfig, found)

    return make


def test_quiet_run_prints_a_line_per_broken_requirement(reporter: Made, capsys: pytest.CaptureFixture[str]) -> None:
    """With -q the line has status, id, level and title, and findings are left out."""
    finding = Finding("200", "404")
    found = results(
        Verdict(FAILED, Status.FAIL, (finding,)),
        Verdict(WARNED, Status.WARN, (finding,)),
        Verdict(OTHER, Status.FAIL, (finding,), known="a proxy"),
    )
    reporter(-2, found).summary_failures()
    assert sorted(capsys.readouterr().out.splitlines()) == sorted(
        [
            f"FAIL {FAILED} (MUST) {catalogue()[FAILED].title}",
            f"FAIL {OTHER} (MUST) {catalogue()[OTHER].title} (expected: a proxy)",
            f"WARN {WARNED} (SHOULD) {catalogue()[WARNED].title}",
        ]
    )


@pytest.mark.parametrize("status", [Status.ERROR, Status.VACUOUS, Status.NOT_TESTED])
def test_long_reasons_are_clipped(reporter: Made, capsys: pytest.CaptureFixture[str], status: Status) -> None:
    """A reason with a long URL keeps its end, which says what went wrong."""
    reason = f"GET /api/v1/assets?q={'x' * 8_000}: no complete response within 10 s"
    found = results(*(Verdict(name, status, reason=reason) for name in (ERROR, OTHER)))
    made = reporter(0, found)
    made.summary_errors()
    made.summary_stats()
    printed = capsys.readouterr().out.splitlines()
    assert printed[1] == f"{status.upper()} {ERROR}, {OTHER}"
    assert (printed[2][:23], printed[2][-35:]) == ("  GET /api/v1/assets?q=", "x: no complete response within 10 s")
    assert max(map(len, printed)) <= 2 * READABLE


def interruption(text: str) -> pytest.ExceptionInfo[BaseException]:
    with pytest.raises(KeyboardInterrupt) as caught:
        raise KeyboardInterrupt(*[text] * bool(text))
    return pytest.ExceptionInfo.from_exception(caught.value)


@pytest.mark.parametrize(
    ("text", "line"),
    [("", "interrupted before anything was judged"), ("2 errors", "interrupted (2 errors) before anything was judged")],
)
def test_early_interrupt_is_one_line(reporter: Made, capsys: pytest.CaptureFixture[str], text: str, line: str) -> None:
    """A run that is interrupted during its first requests prints one line and no stack trace."""
    made = reporter(0, results())
    made.pytest_keyboard_interrupt(interruption(text))
    made.pytest_unconfigure()
    assert capsys.readouterr().out.splitlines() == [line]
