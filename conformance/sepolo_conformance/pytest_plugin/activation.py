"""Turns a pytest session into a run of the suite: settings, first requests, and the plugins of this process."""

import os
import time

import platformdirs
import pytest

from sepolo_conformance import checks  # noqa: F401 - fills the registry
from sepolo_conformance.engine.forecast import by_keys, expected_requests, slow_keys
from sepolo_conformance.engine.preflight import preflight
from sepolo_conformance.engine.session import Share, Suite, selected
from sepolo_conformance.model.requirement import Requirement
from sepolo_conformance.model.settings import Settings, SettingsError
from sepolo_conformance.options.parsing import parse
from sepolo_conformance.pytest_plugin.collection import Collection
from sepolo_conformance.pytest_plugin.gathering import Gathering
from sepolo_conformance.pytest_plugin.terminal import SuiteReporter
from sepolo_conformance.reporting.results import Results
from sepolo_conformance.reporting.text import outgoing


def activate(config: pytest.Config, given: dict[str, object]) -> None:
    """Make this session a run of the suite; raise UsageError for wrong options.

    `given` are the options by name, as `options.parsing.parse` reads them.
    """
    # By default Hypothesis writes its character tables to the current folder.
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", platformdirs.user_cache_dir("sepolo-conformance"))
    config.addinivalue_line("markers", "requirement(id): the requirement that an item judges")
    if config.getoption("collectonly", default=False):
        given["base_url"] = given["base_url"] or "http://127.0.0.1"
    try:
        settings = parse(given)
        chosen = selected(settings)
    except SettingsError as error:
        raise pytest.UsageError(str(error)) from None
    if not chosen:
        raise pytest.UsageError("no requirement matches --level, --area and --requirement: see sepolo-conformance list")
    workerinput = getattr(config, "workerinput", None)
    if workerinput is None:
        _activate_controller(config, settings, chosen)
    else:
        share = Share(workerinput["conformance_started"], workerinput["workercount"])
        config.pluginmanager.register(
            Collection(Suite(settings, share), chosen, by_area=True), "conformance-collection"
        )


def _activate_controller(config: pytest.Config, settings: Settings, chosen: tuple[Requirement, ...]) -> None:
    """Register the plugins of the process that gathers and reports. It also runs the checks unless xdist does."""
    suite = Suite(settings, Share(time.time()))
    results = Results(settings, chosen)
    # Before the first request, because the user may already interrupt that one.
    standard = config.pluginmanager.getplugin("terminalreporter")
    if isinstance(standard, pytest.TerminalReporter):
        config.pluginmanager.unregister(standard)
        config.pluginmanager.register(SuiteReporter(config, results), "terminalreporter")
    if not config.getoption("collectonly", default=False):
        try:
            results.keys = preflight(suite)
            requests = expected_requests(chosen, writes=settings.allow_writes)
            results.remarks = list(slow_keys(list(by_keys(suite, requests)), settings))
        except SettingsError as error:
            suite.close()
            raise pytest.UsageError(outgoing(str(error), settings)) from None
    if config.getoption("dist", default="no") == "no":
        config.pluginmanager.register(Collection(suite, chosen), "conformance-collection")
    config.pluginmanager.register(Gathering(config, results, suite), "conformance-gathering")
