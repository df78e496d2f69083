"""Gathers the verdicts of all processes, judges observed requirements, and writes the reports of the run.

Observed requirements have no items. They are judged at the end, from the observations of all processes.
"""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from sepolo_conformance.engine import registry
from sepolo_conformance.engine.forecast import by_responses, expected_requests
from sepolo_conformance.engine.observers import Observations
from sepolo_conformance.engine.registry import catalogue
from sepolo_conformance.engine.session import Suite
from sepolo_conformance.model.verdict import Status, Verdict, broken
from sepolo_conformance.pytest_plugin.collection import is_requirement
from sepolo_conformance.pytest_plugin.items import mark_expected
from sepolo_conformance.pytest_plugin.observed_reports import observed_reports
from sepolo_conformance.pytest_plugin.overdue import Overdue
from sepolo_conformance.reporting.files import write_reports
from sepolo_conformance.reporting.results import Results

_LONGEST_REASON = 2_000
_RESPONSES_TO_FORECAST, _REQUESTS_TO_FORECAST = 20, 100
"""Responses after which the duration of a run is told, and the requests of a run from which on it is told."""
_SHOWN = {
    Status.PASS: ("passed", ".", "PASS"),
    Status.FAIL: ("failed", "F", "FAIL"),
    Status.WARN: ("warned", "w", "WARN"),
    Status.VACUOUS: ("vacuous", "v", "VACUOUS"),
    Status.NOT_TESTED: ("not tested", "-", "NOT-TESTED"),
    Status.ERROR: ("error", "E", "ERROR"),
}
"""Category, letter and name by which pytest counts and shows a status."""


class Gathering:
    """The plugin of the process that reports: it collects verdicts and sets the exit status."""

    def __init__(self, config: pytest.Config, results: Results, suite: Suite) -> None:
        self._config = config
        self._results = results
        self._suite = suite
        self._observations: dict[str, Observations] = {}
        self._started = time.time()
        self._failed_requirements = 0
        self._processes = 0
        self._responses, self._response_seconds = 0, 0.0
        self._is_forecast = False
        self._overdue = Overdue(config, lambda: self._started + results.settings.budget - time.time())

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Send the start time of the run and the responses of `/me` to a worker of pytest-xdist."""
        node.workerinput["conformance_started"] = self._started
        # The rate limit of a key begins to count with the first request, and every process would send one.
        node.workerinput["conformance_me"] = self._suite.target.responses()
        if not self._processes:
            self._overdue.watch()
        self._processes += 1

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        """Run all requirements of an area in one process, because they share responses."""
        from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]  # noqa: PLC0415 - optional

        return LoadFileScheduling(config, log) if config.getoption("dist", default="no") == "load" else None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Store the verdict and the observations of an item."""
        if not is_requirement(report.nodeid):
            return
        self._failed_requirements += report.failed
        attached = getattr(report, "conformance", None)
        if attached is not None:
            verdict = Verdict.of(attached["verdict"])
            self._results.verdicts[verdict.id] = verdict
            for name, raw in attached["observed"].items():
                self._observations.setdefault(name, Observations()).merge(raw)
            self._forecast(*attached["pace"])
        elif report.failed and not hasattr(report, "conformance_status"):
            self._store_crash(report)
        elif report.skipped and not hasattr(report, "conformance_status"):
            self._store_skip(report)

    def _forecast(self, responses: int, seconds: float) -> None:
        """Tell how long the run will take, after the first responses."""
        self._responses += responses
        self._response_seconds += seconds
        if self._is_forecast or self._responses < _RESPONSES_TO_FORECAST:
            return
        self._is_forecast = True
        settings = self._results.settings
        requests = expected_requests(self._results.chosen, writes=settings.allow_writes)
        if requests >= _REQUESTS_TO_FORECAST:
            found = by_responses(settings, requests, self._response_seconds / self._responses, max(1, self._processes))
            self._results.remarks += found.lines(settings)

    def _store_crash(self, report: pytest.TestReport) -> None:
        """Store an error for an item without a verdict: a worker crashed, or the suite has a fault."""
        name = report.nodeid.rpartition("::")[2]
        if name in catalogue():
            text = self._suite.mask(str(report.longrepr))[:_LONGEST_REASON]
            self._results.verdicts[name] = Verdict(name, Status.ERROR, reason=f"ended without a verdict: {text}")

    def _store_skip(self, report: pytest.TestReport) -> None:
        """Store that the user's skip mark skipped a requirement."""
        name = report.nodeid.rpartition("::")[2]
        text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        why = text.removeprefix("Skipped: ")
        self._results.verdicts[name] = Verdict(name, Status.NOT_TESTED, reason=f"skipped by a mark of pytest: {why}")

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Return how pytest counts and shows a requirement, None for other reports."""
        value = getattr(report, "conformance_status", None)
        if value is None:
            return None
        if hasattr(report, "wasxfail"):
            return "xfailed", "x", "XFAIL"
        status = Status(value)
        final = "setup" if status in (Status.ERROR, Status.VACUOUS, Status.NOT_TESTED) else "call"
        return _SHOWN[status] if report.when == final else ("", "", "")

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Judge observed requirements, write the reports and set the exit status.

        Failed tests of the user's own fail the session, as other failures that plugins of pytest count do.
        """
        self._overdue.finish()
        if self._config.getoption("collectonly", default=False):
            return
        results = self._results
        others_failed = session.testsfailed > self._failed_requirements
        results.interrupted = exitstatus == pytest.ExitCode.INTERRUPTED
        for made in self._judge_observed():
            self._config.hook.pytest_runtest_logreport(report=made)
        self._add_missing_verdicts()
        results.seconds = round(time.time() - self._started, 1)
        try:
            write_reports(results, self._suite.redactor)
        except OSError as error:
            results.write_error = self._suite.mask(str(error))
        if exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED if others_failed else results.exit_code()

    def _judge_observed(self) -> Iterator[pytest.TestReport]:
        """Store the verdicts of observed requirements, and yield pytest reports of them."""
        observed, settings = registry.observers(), self._results.settings
        for name, raw in self._suite.observers.drain().items():  # those of the first requests, unless a check had them
            self._observations.setdefault(name, Observations()).merge(raw)
        for rule in self._results.chosen:
            if rule.id not in observed:
                continue
            seen = self._observations.get(rule.id, Observations())
            verdict = mark_expected(seen.verdict(rule.id, broken(rule.level, settings.level)), settings.expected)
            self._results.verdicts[rule.id] = verdict
            yield from observed_reports(rule, verdict, settings)

    def _add_missing_verdicts(self) -> None:
        """Add verdicts of requirements that an interrupted run did not reach, or that have no check.

        Requirements that pytest itself deselected (-k, --deselect, -x) stay without a verdict.
        """
        for rule in self._results.chosen:
            if rule.id in self._results.verdicts:
                continue
            if self._results.interrupted:
                missing = Verdict(rule.id, Status.NOT_TESTED, reason="the run was interrupted before")
                self._results.verdicts[rule.id] = missing
            elif self._overdue.happened:
                reason = self._suite.client.budget.spent_time
                self._results.verdicts[rule.id] = Verdict(rule.id, Status.ERROR, reason=reason)
