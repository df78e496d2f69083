"""The suite inside pytest: requirements as items, verdicts gathered over processes, reports at the end.

Registered by `options`, in sessions that collect the suite only. A check runs in an item's set-up and is judged in
its call, so that pytest itself tells a run that failed (error) from a requirement that is broken (failure).
Watched requirements have no items: they are judged from what all processes saw, when everything else has run, and
reported through the same hooks.
"""

import os
import time
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import platformdirs
import pytest

from sepolo_conformance import checks  # noqa: F401 - fills the registry
from sepolo_conformance.engine import registry, runner
from sepolo_conformance.engine.observers import Observations
from sepolo_conformance.engine.preflight import preflight
from sepolo_conformance.engine.registry import catalogue
from sepolo_conformance.engine.session import Share, Suite, selected
from sepolo_conformance.model.requirement import Requirement
from sepolo_conformance.model.settings import Settings, SettingsError
from sepolo_conformance.model.verdict import Status, Verdict, broken
from sepolo_conformance.options.parsing import parse
from sepolo_conformance.pytest_plugin.entry import given_options
from sepolo_conformance.pytest_plugin.terminal import SuiteReporter
from sepolo_conformance.reporting import report
from sepolo_conformance.reporting.results import Results

__all__ = ["RequirementItem", "activate"]

PACKAGE = Path(__file__).parents[1]
"""The folder of this package, which a session names to run the suite."""
_PHASES: tuple[Literal["setup", "call", "teardown"], ...] = ("setup", "call", "teardown")


def activate(config: pytest.Config) -> None:
    """Make this session a run of the suite; raise UsageError where it can't be one."""
    # Hypothesis keeps tables of characters, by default in a folder where the user stands.
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", platformdirs.user_cache_dir("sepolo-conformance"))
    config.addinivalue_line("markers", "requirement(id): the requirement that an item judges")
    given = given_options(config)
    if config.getoption("collectonly", default=False):
        given["base_url"] = given["base_url"] or "http://127.0.0.1"
    try:
        settings = parse(given)
        chosen = selected(settings)
    except SettingsError as error:
        raise pytest.UsageError(str(error)) from None
    if not chosen:
        raise pytest.UsageError("no requirement fits --level, --area and --requirement: see sepolo-conformance list")
    workerinput = getattr(config, "workerinput", None)
    if workerinput is not None:
        share = Share(workerinput["conformance_started"], workerinput["workercount"])
        config.pluginmanager.register(Judging(Suite(settings, share), chosen), "conformance-judging")
        return
    _direct(config, settings, chosen)


def _direct(config: pytest.Config, settings: Settings, chosen: tuple[Requirement, ...]) -> None:
    """Set up the process that gathers and reports, which judges too unless workers do."""
    suite = Suite(settings, Share(time.time()))
    results = Results(settings, chosen)
    # Before the first request, since that may be broken off already.
    standard = config.pluginmanager.getplugin("terminalreporter")
    if isinstance(standard, pytest.TerminalReporter):
        config.pluginmanager.unregister(standard)
        config.pluginmanager.register(SuiteReporter(config, results), "terminalreporter")
    if not config.getoption("collectonly", default=False):
        try:
            results.keys = preflight(suite)
        except SettingsError as error:
            suite.close()
            raise pytest.UsageError(str(error)) from None
    if config.getoption("dist", default="no") == "no":
        config.pluginmanager.register(Judging(suite, chosen), "conformance-judging")
    config.pluginmanager.register(Gathering(config, results, suite), "conformance-gathering")


class RequirementItem(pytest.Item):
    """One requirement with its check. `verdict` is there once the item was set up."""

    suite: Suite
    rule: Requirement
    verdict: Verdict | None = None

    def setup(self) -> None:
        """Run the check; raise for an error of the run, skip where nothing could be judged."""
        verdict = _expected(runner.run(self.suite, self.rule, registry.judge_of(self.rule.id)), self.suite.settings)
        self.verdict = verdict
        self.user_properties.extend(properties(self.rule, verdict))
        if verdict.status is Status.ERROR:
            # Without a stack: pytest would spend seconds on printing the suite's own.
            pytest.fail(str(verdict.reason), pytrace=False)
        if verdict.status in (Status.VACUOUS, Status.NOT_TESTED):
            pytest.skip(f"{verdict.status}: {verdict.reason}")

    def runtest(self) -> None:
        """Say what the check found."""
        verdict = self.verdict
        if verdict is not None and verdict.status is Status.FAIL:
            if verdict.known:
                pytest.xfail(verdict.known)
            pytest.fail(self.suite.mask(report.explain_failure(self.rule, verdict, self.suite.settings)), pytrace=False)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return where the check stands, and the requirement's sentence."""
        return self.path, None, f"{self.rule.id} {self.rule.title}"


class CheckFolder(pytest.Directory):
    """A folder of the package: `checks/`, and in it a folder for each area that holds the items of its requirements.

    Node ids are `sepolo_conformance/checks/<area>::<requirement id>`.
    """

    suite: Suite
    chosen: tuple[Requirement, ...]

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """Yield the folders below this one that lead to chosen requirements, and the items of an area."""
        if self.path == PACKAGE:
            yield self._folder("checks", self.chosen)
        elif self.path == PACKAGE / "checks":
            for area in dict.fromkeys(rule.area for rule in self.chosen):
                yield self._folder(area, tuple(rule for rule in self.chosen if rule.area == area))
        else:
            for rule in self.chosen:
                if rule.id in registry.checks():
                    item = RequirementItem.from_parent(self, name=rule.id, nodeid=f"{self.nodeid}::{rule.id}")
                    item.suite, item.rule = self.suite, rule
                    item.add_marker(pytest.mark.requirement(rule.id))
                    yield item

    def _folder(self, name: str, chosen: tuple[Requirement, ...]) -> "CheckFolder":
        folder = CheckFolder.from_parent(self, path=self.path / name, nodeid=f"{self.nodeid}/{name}")
        folder.suite, folder.chosen = self.suite, chosen
        return folder


class Judging:
    """The part that runs checks: in the only process, or in each worker."""

    def __init__(self, suite: Suite, chosen: tuple[Requirement, ...]) -> None:
        self._suite = suite
        self._chosen = {rule.id: rule for rule in chosen}
        self._order = list(self._chosen)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collect_directory(self, path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """Collect the package from the registry instead of from its files."""
        if path != PACKAGE:
            return None
        package = CheckFolder.from_parent(parent, path=path, nodeid=PACKAGE.name)
        package.suite, package.chosen = self._suite, tuple(self._chosen.values())
        return package

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Put the items in catalogue order."""
        items.sort(key=lambda item: self._order.index(item.name) if item.name in self._chosen else 0)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Send the verdict along with the report, and what the watchers saw meanwhile."""
        made = yield
        if isinstance(item, RequirementItem) and item.verdict is not None:
            made.conformance_status = item.verdict.status.value  # type: ignore[attr-defined]
            if made.when == "setup":
                made.conformance = {"verdict": item.verdict.plain(), "seen": self._suite.observers.drain()}  # type: ignore[attr-defined]
        return made

    def pytest_unconfigure(self) -> None:
        """Close the connections."""
        self._suite.close()


class Gathering:
    """The part that collects verdicts, judges what was watched, writes reports and sets the exit status."""

    def __init__(self, config: pytest.Config, results: Results, suite: Suite) -> None:
        self._config = config
        self._results = results
        self._suite = suite
        self._seen: dict[str, Observations] = {}
        self._begun = time.time()

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker of pytest-xdist since when the run runs."""
        node.workerinput["conformance_started"] = self._begun

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        """Keep an area in one process, which has its data already."""
        from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]  # noqa: PLC0415 - optional

        return LoadFileScheduling(config, log) if config.getoption("dist", default="no") == "load" else None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in what an item found."""
        sent = getattr(report, "conformance", None)
        if sent is not None:
            verdict = Verdict.of(sent["verdict"])
            self._results.verdicts[verdict.id] = verdict
            for name, raw in sent["seen"].items():
                self._seen.setdefault(name, Observations()).merge(raw)
        elif report.failed and not hasattr(report, "conformance_status"):
            self._broke(report)

    def _broke(self, report: pytest.TestReport) -> None:
        """Note an item that ended without a verdict: a worker died, or the suite has a fault."""
        name = report.nodeid.rpartition("::")[2]
        if name in catalogue():
            text = self._suite.mask(str(report.longrepr))[:2_000]
            self._results.verdicts[name] = Verdict(name, Status.ERROR, reason=f"ended without a verdict: {text}")

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Return how pytest counts and shows an item, None for reports of others."""
        status = getattr(report, "conformance_status", None)
        if status is None:
            return None
        if hasattr(report, "wasxfail"):
            return "xfailed", "x", "XFAIL"
        final = "setup" if status in ("error", "vacuous", "not-tested") else "call"
        return _SHOWN[status] if report.when == final else ("", "", "")

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Judge what was watched, write the reports, set the exit status."""
        if self._config.getoption("collectonly", default=False):
            return
        results = self._results
        results.interrupted = exitstatus == pytest.ExitCode.INTERRUPTED
        for made in self._watched():
            self._config.hook.pytest_runtest_logreport(report=made)
        self._mark_missing()
        results.seconds = round(time.time() - self._begun, 1)
        try:
            report.write(results, self._suite.redactor)
        except OSError as error:
            results.unwritten = self._suite.mask(str(error))
        if exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = results.exit_code()

    def _watched(self) -> Iterator[pytest.TestReport]:
        """Yield reports of watched requirements, as if each had been an item."""
        watched = registry.observers()
        for rule in self._results.chosen:
            if rule.id not in watched:
                continue
            seen = self._seen.get(rule.id, Observations())
            verdict = _expected(
                seen.verdict(rule.id, broken(rule.level, self._results.settings.level)), self._results.settings
            )
            self._results.verdicts[rule.id] = verdict
            yield from self._reports(rule, verdict, f"{PACKAGE.name}/checks/{rule.area}")

    def _reports(self, rule: Requirement, verdict: Verdict, path: str) -> Iterator[pytest.TestReport]:
        for when in _PHASES:
            made = pytest.TestReport(
                nodeid=f"{path}::{rule.id}",
                location=(path, None, f"{rule.id} {rule.title}"),
                keywords={},
                outcome="passed",
                longrepr=None,
                when=when,
                user_properties=properties(rule, verdict),
            )
            made.conformance_status = verdict.status.value  # type: ignore[attr-defined]
            skipped = verdict.status in (Status.VACUOUS, Status.NOT_TESTED)
            if when == "call" and skipped:
                continue
            if when == "setup" and skipped:
                made.outcome, made.longrepr = "skipped", (path, 0, f"{verdict.status}: {verdict.reason}")
            if when == "call" and verdict.status is Status.FAIL:
                text = report.explain_failure(rule, verdict, self._results.settings)
                made.outcome, made.longrepr = "failed", text
                if verdict.known:
                    made.outcome, made.wasxfail = "skipped", verdict.known
            yield made

    def _mark_missing(self) -> None:
        """Give those a verdict that were never reached, so that none goes missing in silence.

        Whoever picks items by pytest's own means (-k, --deselect, -x) has asked for it.
        """
        for rule in self._results.chosen:
            if rule.id in self._results.verdicts:
                continue
            if rule.id not in registry.checks():
                self._results.verdicts[rule.id] = Verdict(rule.id, Status.ERROR, reason="the suite has no check of it")
            elif self._results.interrupted:
                missing = Verdict(rule.id, Status.NOT_TESTED, reason="the run was interrupted before")
                self._results.verdicts[rule.id] = missing


_SHOWN = {
    "pass": ("passed", ".", "PASS"),
    "fail": ("failed", "F", "FAIL"),
    "warn": ("warned", "w", "WARN"),
    "vacuous": ("vacuous", "v", "VACUOUS"),
    "not-tested": ("not tested", "-", "NOT-TESTED"),
    "error": ("error", "E", "ERROR"),
}


def properties(rule: Requirement, verdict: Verdict) -> list[tuple[str, object]]:
    """Return what JUnit carries of a requirement."""
    return [
        ("requirement", rule.id),
        ("area", rule.area),
        ("level", rule.level.value),
        ("status", verdict.status.value),
        ("title", rule.title),
        ("clause", rule.clause),
    ]


def _expected(verdict: Verdict, settings: Settings) -> Verdict:
    """Mark a broken requirement that is known to be."""
    known = settings.expected.get(verdict.id) if verdict.status in (Status.FAIL, Status.WARN) else None
    return replace(verdict, known=known)
