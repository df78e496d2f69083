"""The terminal output of a run: header, progress, findings, a table by area and the last line.

It replaces pytest's own reporter, whose dots and file paths do not show requirements.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pytest

from sepolo_conformance.engine.registry import catalogue
from sepolo_conformance.model.verdict import Status
from sepolo_conformance.pytest_plugin.collection import is_requirement
from sepolo_conformance.reporting.clipping import READABLE, clipped
from sepolo_conformance.reporting.results import Results
from sepolo_conformance.reporting.text import finding_lines, header, outgoing, table

_COLOURS: dict[Status, dict[str, bool]] = {
    Status.PASS: {"green": True},
    Status.FAIL: {"red": True},
    Status.ERROR: {"red": True, "bold": True},
    Status.WARN: {"yellow": True},
    Status.VACUOUS: {"cyan": True},
    Status.NOT_TESTED: {"cyan": True},
}
_COUNTED_IN_PROGRESS = (Status.FAIL, Status.WARN, Status.ERROR)


class SuiteReporter(pytest.TerminalReporter):  # type: ignore[misc]  # marked final
    """pytest's terminal reporter, for requirements instead of tests."""

    def __init__(self, config: pytest.Config, results: Results) -> None:
        super().__init__(config)
        self._results = results
        self._reported: set[str] = set()
        self._finished_areas: set[str] = set()
        self._counts_of_others: Counter[str] = Counter()
        self._overwrites_progress = self.isatty and self.verbosity <= 0

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Print the header."""
        super().pytest_sessionstart(session)
        for line in header(self._results):
            self._write_outgoing(line)
        self._write_remarks()

    def _write_remarks(self) -> None:
        """Print the lines about the duration of the run that were added since the last call."""
        while self._results.remarks:
            self._erase_progress()
            self._write_outgoing(self._results.remarks.pop(0))

    def _write_outgoing(self, line: str, **markup: bool) -> None:
        """Write a line that may contain text of the target."""
        self.write_line(outgoing(line, self._results.settings), **markup)

    def write_sep(self, sep: str, title: str | None = None, fullwidth: int | None = None, **markup: bool) -> None:
        """Write a separator line, with a title of our own for the start of the session.

        The path of the JUnit XML file is not printed, because the console script moves the file afterwards.
        """
        if title is not None and title.startswith("generated xml file: "):
            return
        title = "Sepolo conformance" if title == "test session starts" else title
        super().write_sep(sep, title, fullwidth, **markup)

    def pytest_collection(self) -> None:
        """Print nothing: the collection takes no time."""

    def report_collect(self, final: bool = False) -> None:
        """Print nothing: the header contains the number of requirements."""

    def pytest_runtest_logstart(self, nodeid: str, location: tuple[str, int | None, str]) -> None:  # noqa: ARG002
        """Show the requirement that is being judged, if the terminal can overwrite the line."""
        if self._overwrites_progress:
            counts = self._results.counts()
            bad = "".join(f", {counts[status]} {status}" for status in _COUNTED_IN_PROGRESS if counts[status])
            self.rewrite(f"{self._progress()}{bad}  {nodeid.rpartition('::')[2]}", erase=True)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a requirement when it gets its verdict."""
        self._write_remarks()
        category, letter, label = self.config.hook.pytest_report_teststatus(report=report, config=self.config)
        self._tests_ran = True
        if not category and not letter:
            return
        if not is_requirement(report.nodeid):
            self._counts_of_others[category] += 1
        self.stats.setdefault(category, []).append(report)
        name = report.nodeid.rpartition("::")[2]
        if name in self._reported or name not in self._results.verdicts:
            return
        self._reported.add(name)
        if self.verbosity > 0:
            text = label if isinstance(label, str) else label[0]
            status = self._results.verdicts[name].status
            self.write_line(f"{text:10} {name}  {catalogue()[name].title}", **_COLOURS[status])
        elif not self._overwrites_progress and self.verbosity >= -1:
            self._print_finished_areas()

    def _print_finished_areas(self) -> None:
        """Print a line for each area that is complete, if the terminal cannot overwrite lines."""
        for area, counts in self._results.counts_by_area().items():
            total = sum(rule.area == area for rule in self._results.chosen)
            if area not in self._finished_areas and counts.total() == total:
                self._finished_areas.add(area)
                self.write_line(f"{self._progress()}  {area}: {_counts_text(counts)}")

    def _progress(self) -> str:
        total = len(self._results.chosen)
        return f"[{len(self._reported):{len(str(total))}}/{total}]"

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Print nothing: progress is counted in requirements."""

    def _get_progress_information_message(self) -> str:
        return ""

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Print one line for an interrupted run, without a stack trace of the suite."""
        if self.config.option.fulltrace:
            super().pytest_keyboard_interrupt(excinfo)
        self._erase_progress()
        why = f" ({excinfo.value})" if str(excinfo.value) else ""
        # Without a session, no reports follow either.
        rest = ": the verdicts so far follow" if self._session else " before anything was judged"
        self.write_line(f"interrupted{why}{rest}", yellow=True)

    def _report_keyboardinterrupt(self) -> None:
        """Print nothing more, unless --full-trace was given."""
        if self._keyboardinterrupt_memo is not None:
            super()._report_keyboardinterrupt()

    def _erase_progress(self) -> None:
        if self._overwrites_progress:
            self.rewrite("", erase=True)
            self.write("\r")

    @contextmanager
    def _stats_of_others(self) -> Iterator[None]:
        """Let pytest see only reports of tests of the user's own."""
        everything = self.stats
        self.stats = {
            category: [report for report in reports if not is_requirement(getattr(report, "nodeid", None) or "")]
            for category, reports in everything.items()
        }
        try:
            yield
        finally:
            self.stats = everything

    def summary_failures(self) -> None:
        """Print the findings. A quiet run prints the first line of each requirement only."""
        self._erase_progress()
        with self._stats_of_others():
            super().summary_failures()
        for rule, verdict in self._results.ordered():
            if verdict.status not in (Status.FAIL, Status.WARN):
                continue
            lines = finding_lines(rule, verdict, self._results.settings, brief=self.verbosity <= 0)
            if self.verbosity >= -1:
                self.write_line("")
            self._write_outgoing(next(lines), **_COLOURS[verdict.status])
            for line in lines if self.verbosity >= -1 else ():
                self._write_outgoing(line)

    def summary_errors(self) -> None:
        """Print the reasons of requirements without a judgement, equal reasons together."""
        with self._stats_of_others():
            super().summary_errors()
        shown = (Status.ERROR, Status.NOT_TESTED, Status.VACUOUS)
        for status in shown if self.verbosity >= -1 else shown[:1]:
            for reason, names in _by_reason(self._results, status):
                self.write_line("")
                self.write_line(f"{status.upper()} {', '.join(names)}", **_COLOURS[status])
                self._write_outgoing(f"  {reason}")

    def summary_passes(self) -> None:
        """Print nothing: the table contains what passed."""

    def short_test_summary(self) -> None:
        """Print the table by area, after the tests of the user's own that failed."""
        with self._stats_of_others():
            super().short_test_summary()
        self.write_line("")
        for line in table(self._results):
            self.write_line(line)

    def summary_stats(self) -> None:
        """Print stale expected failures and the last line."""
        for name in self._results.stale():
            advice = "remove it from the file of expected failures"
            self.write_line(f"stale: {name} is expected to fail, but it holds: {advice}", red=True)
        self.write_line("")
        if self._counts_of_others:
            counts = ", ".join(f"{count} {category}" for category, count in self._counts_of_others.items() if category)
            self.write_line(f"other tests: {counts}")
        colour = {"green": True} if self._results.exit_code() == 0 else {"red": True}
        self._write_outgoing(clipped(self._results.headline(), 2 * READABLE), bold=True, **colour)


def _counts_text(counts: Counter[Status]) -> str:
    return ", ".join(f"{counts[status]} {status}" for status in Status if counts[status])


def _by_reason(results: Results, status: Status) -> Iterable[tuple[str, list[str]]]:
    """Return the reasons of a status, each with its requirements."""
    found: dict[str, list[str]] = {}
    for rule, verdict in results.ordered():
        if verdict.status is status:
            found.setdefault(clipped(verdict.reason or ""), []).append(rule.id)
    return found.items()
