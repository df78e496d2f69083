"""What the terminal shows: header, progress, findings, a table by area and one closing line.

In place of pytest's own reporter, as its dots and paths say nothing of requirements.
"""

from collections.abc import Iterable
from typing import Any

import pytest

from sepolo_conformance.engine.registry import catalogue
from sepolo_conformance.model.verdict import Status
from sepolo_conformance.reporting import report
from sepolo_conformance.reporting.clipping import READABLE, clipped
from sepolo_conformance.reporting.results import Results

__all__ = ["SuiteReporter"]

_COLOURS: dict[Status, dict[str, bool]] = {
    Status.PASS: {"green": True},
    Status.FAIL: {"red": True},
    Status.ERROR: {"red": True, "bold": True},
    Status.WARN: {"yellow": True},
    Status.VACUOUS: {"cyan": True},
    Status.NOT_TESTED: {"cyan": True},
}


_ALARMING = (Status.FAIL, Status.WARN, Status.ERROR)


class SuiteReporter(pytest.TerminalReporter):  # type: ignore[misc]  # final in name; pytest offers no other way
    """pytest's reporter, speaking of requirements."""

    def __init__(self, config: pytest.Config, results: Results) -> None:
        super().__init__(config)
        self._results = results
        self._done: set[str] = set()
        self._announced: set[str] = set()
        self._rewriting = self.isatty and self.verbosity <= 0

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Print the header."""
        super().pytest_sessionstart(session)
        for line in report.header(self._results):
            self.write_line(line)

    def write_sep(self, sep: str, title: str | None = None, fullwidth: int | None = None, **markup: bool) -> None:
        """Write a rule across; pytest calls the start of any session that of tests."""
        title = "Sepolo conformance" if title == "test session starts" else title
        super().write_sep(sep, title, fullwidth, **markup)

    def pytest_collection(self) -> None:
        """Say nothing: finding the checks takes no time."""

    def report_collect(self, final: bool = False) -> None:
        """Say nothing: the header has the number."""

    def pytest_runtest_logstart(self, nodeid: str, location: tuple[str, int | None, str]) -> None:  # noqa: ARG002
        """Name the requirement that is being judged, where the line can be overwritten."""
        if self._rewriting:
            counts = self._results.counts()
            bad = "".join(f", {counts[status]} {status}" for status in _ALARMING if counts[status])
            self.rewrite(f"{self._counts()}{bad}  {nodeid.rpartition('::')[2]}", erase=True)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a requirement once it has its verdict."""
        category, letter, word = self.config.hook.pytest_report_teststatus(report=report, config=self.config)
        self._tests_ran = True
        if not category and not letter:
            return
        self.stats.setdefault(category, []).append(report)
        name = report.nodeid.rpartition("::")[2]
        if name in self._done or name not in self._results.verdicts:
            return
        self._done.add(name)
        if self.verbosity > 0:
            text = word if isinstance(word, str) else word[0]
            status = self._results.verdicts[name].status
            self.write_line(f"{text:10} {name}  {catalogue()[name].title}", **_COLOURS[status])
        elif not self._rewriting and self.verbosity >= -1:
            self._announce()

    def _announce(self) -> None:
        """Print a line for each area that is through, where lines can't be overwritten."""
        for area, counts in self._results.by_area().items():
            total = sum(rule.area == area for rule in self._results.chosen)
            if area not in self._announced and counts.total() == total:
                self._announced.add(area)
                self.write_line(f"{self._counts()}  {area}: {_words(counts)}")

    def _counts(self) -> str:
        total = len(self._results.chosen)
        return f"[{len(self._done):{len(str(total))}}/{total}]"

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Say nothing: progress is counted in requirements."""

    def _get_progress_information_message(self) -> str:
        return ""

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Say in a line that the run was broken off; where in the suite it was says nothing."""
        if self.config.option.fulltrace:
            super().pytest_keyboard_interrupt(excinfo)
        self._clear()
        why = f" ({excinfo.value})" if str(excinfo.value) else ""
        # Without a session, there will be no reports either.
        rest = ": what is known so far follows" if self._session else " before anything was judged"
        self.write_line(f"interrupted{why}{rest}", yellow=True)

    def _report_keyboardinterrupt(self) -> None:
        """Say nothing more, unless the stack was asked for."""
        if self._keyboardinterrupt_memo is not None:
            super()._report_keyboardinterrupt()

    def _clear(self) -> None:
        """Take away the line of progress."""
        if self._rewriting:
            self.rewrite("", erase=True)
            self.write("\r")

    def summary_failures(self) -> None:
        """Print the findings, of each requirement the first line only where the run is to be quiet."""
        self._clear()
        for rule, verdict in self._results.ordered():
            if verdict.status not in (Status.FAIL, Status.WARN):
                continue
            lines = report.finding_lines(rule, verdict, self._results.settings, brief=self.verbosity <= 0)
            if self.verbosity >= -1:
                self.write_line("")
            self.write_line(next(lines), **_COLOURS[verdict.status])
            for line in lines if self.verbosity >= -1 else ():
                self.write_line(line)

    def summary_errors(self) -> None:
        """Print errors of the run, those of one cause together."""
        shown = (Status.ERROR, Status.NOT_TESTED, Status.VACUOUS)
        for status in shown if self.verbosity >= -1 else shown[:1]:
            for reason, names in _grouped(self._results, status):
                self.write_line("")
                self.write_line(f"{status.upper()} {', '.join(names)}", **_COLOURS[status])
                self.write_line(f"  {reason}")

    def summary_passes(self) -> None:
        """Say nothing: what holds is in the table."""

    def short_test_summary(self) -> None:
        """Print the table by area."""
        self.write_line("")
        for line in report.table(self._results):
            self.write_line(line)

    def summary_stats(self) -> None:
        """Print the closing line."""
        for name in self._results.stale():
            self.write_line(f"stale: {name} is in the file of expected failures, and holds: take it out", red=True)
        self.write_line("")
        good = self._results.exit_code() == 0
        self.write_line(
            clipped(self._results.headline(), 2 * READABLE), bold=True, **({"green": True} if good else {"red": True})
        )


def _words(counts: Any) -> str:
    return ", ".join(f"{counts[status]} {status}" for status in Status if counts[status])


def _grouped(results: Results, status: Status) -> Iterable[tuple[str, list[str]]]:
    """Return reasons of a status with the requirements that have them."""
    found: dict[str, list[str]] = {}
    for rule, verdict in results.ordered():
        if verdict.status is status:
            found.setdefault(clipped(verdict.reason or ""), []).append(rule.id)
    return found.items()
