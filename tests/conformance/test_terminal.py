"""What the terminal shows at the end of a run, and when it is broken off."""

from collections.abc import Callable

import pytest

from sepolo_conformance.engine.registry import catalogue
from sepolo_conformance.model.requirement import MUST, SHOULD
from sepolo_conformance.model.verdict import Finding, Status, Verdict
from sepolo_conformance.pytest_plugin.terminal import SuiteReporter
from sepolo_conformance.reporting.clipping import READABLE, clipped
from sepolo_conformance.reporting.results import Results
from tests.conformance.test_results import by_level, results

ERROR, FAILED, OTHER = by_level(MUST)[:3]
WARNED = by_level(SHOULD)[0]

Made = Callable[..., SuiteReporter]


@pytest.fixture
def reporter(pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch) -> Made:
    """Makes the reporter of a run with some verdicts, as talkative as pytest's `verbose` says."""

    def make(verbose: int, found: Results) -> SuiteReporter:
        monkeypatch.setattr(pytestconfig.option, "verbose", verbose)
        return SuiteReporter(pytestconfig, found)

    return make


def test_a_quiet_run_names_what_is_broken(reporter: Made, capsys: pytest.CaptureFixture[str]) -> None:
    """With -q each broken requirement is a line: status, id, level and title, without its findings."""
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
def test_reasons_are_of_a_readable_length(reporter: Made, capsys: pytest.CaptureFixture[str], status: Status) -> None:
    """However long an address is that a reason quotes, it fits the screen, and says in the end what went wrong."""
    reason = f"GET /api/v1/assets?q={'x' * 8_000}: no complete response within 10 s"
    found = results(*(Verdict(name, status, reason=reason) for name in (ERROR, OTHER)))
    made = reporter(0, found)
    made.summary_errors()
    made.summary_stats()
    printed = capsys.readouterr().out.splitlines()
    assert printed[1] == f"{status.upper()} {ERROR}, {OTHER}"
    assert (printed[2][:23], printed[2][-30:]) == ("  GET /api/v1/assets?q=", "x: no complete response within 10 s")
    assert max(map(len, printed)) <= 2 * READABLE


@pytest.mark.parametrize(("length", "kept"), [(0, 0), (30, 30), (31, 30), (9_000, 30)])
def test_clipping_keeps_both_ends(length: int, kept: int) -> None:
    """A text that is short enough is left alone; of a longer one the middle goes."""
    text = "ab" * (length // 2) + "c" * (length % 2)
    cut = clipped(text, 30)
    assert (len(cut), cut[:5], cut[-5:]) == (kept, text[:5], text[-5:])
    assert ("…" in cut) is (length > kept)


def interruption(text: str) -> pytest.ExceptionInfo[BaseException]:
    with pytest.raises(KeyboardInterrupt) as caught:
        raise KeyboardInterrupt(*[text] * bool(text))
    return pytest.ExceptionInfo.from_exception(caught.value)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "interrupted before anything was judged"),
        ("2 errors", "interrupted (2 errors) before anything was judged"),
    ],
)
def test_an_early_ctrl_c_is_one_line(reporter: Made, capsys: pytest.CaptureFixture[str], text: str, line: str) -> None:
    """Broken off during the first requests, a run says so instead of showing where its code was."""
    made = reporter(0, results())
    made.pytest_keyboard_interrupt(interruption(text))
    made.pytest_unconfigure()
    assert capsys.readouterr().out.splitlines() == [line]
