"""Collects requirements from the registry instead of from files, in each process that runs checks.

Node ids are `sepolo_conformance/checks/<area>::<requirement id>`.
"""

from collections.abc import Callable, Generator, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from sepolo_conformance.engine import registry
from sepolo_conformance.engine.pool import Pool
from sepolo_conformance.engine.session import Suite
from sepolo_conformance.model.requirement import Requirement
from sepolo_conformance.model.verdict import Verdict
from sepolo_conformance.pytest_plugin import PACKAGE
from sepolo_conformance.pytest_plugin.items import RequirementItem


def area_node_id(area: str) -> str:
    """Return the node id of the folder of an area."""
    return f"{PACKAGE.name}/checks/{area}"


def is_requirement(nodeid: str) -> bool:
    """Return whether a node id is that of a requirement, and not of a test of the user's own."""
    return nodeid.startswith(f"{PACKAGE.name}/checks/") and "::" in nodeid


class CheckFolder(pytest.Directory):
    """A folder of the package: the package itself, `checks/`, or an area with the items of its requirements."""

    suite: Suite
    chosen: tuple[Requirement, ...]
    judge: Callable[[RequirementItem], Verdict]

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """Yield the folders that lead to chosen requirements; of an area, yield the items."""
        if self.path == PACKAGE:
            yield self._folder("checks", self.chosen)
        elif self.path == PACKAGE / "checks":
            for area in dict.fromkeys(rule.area for rule in self.chosen):
                yield self._folder(area, tuple(rule for rule in self.chosen if rule.area == area))
        else:
            for rule in self.chosen:
                if rule.id in registry.checks():
                    item = RequirementItem.from_parent(self, name=rule.id, nodeid=f"{self.nodeid}::{rule.id}")
                    item.suite, item.rule, item.judge = self.suite, rule, self.judge
                    item.add_marker(pytest.mark.requirement(rule.id))
                    yield item

    def _folder(self, name: str, chosen: tuple[Requirement, ...]) -> "CheckFolder":
        folder = CheckFolder.from_parent(self, path=self.path / name, nodeid=f"{self.nodeid}/{name}")
        folder.suite, folder.chosen, folder.judge = self.suite, chosen, self.judge
        return folder


class Collection:
    """The plugin of a process that runs checks: collects the items and attaches verdicts to their reports."""

    def __init__(self, suite: Suite, chosen: tuple[Requirement, ...], *, by_area: bool = False) -> None:
        """Make the plugin. `by_area`: this process gets the requirements of one area after the other."""
        self._suite = suite
        self._chosen = chosen
        self._by_area = by_area
        self._pool = Pool(suite)
        self._following: dict[RequirementItem, RequirementItem] = {}
        self._order = {rule.id: position for position, rule in enumerate(chosen)}

    @pytest.hookimpl(tryfirst=True)
    def pytest_collect_directory(self, path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """Return the collector of the package, None for other folders."""
        if path != PACKAGE:
            return None
        package = CheckFolder.from_parent(parent, path=path, nodeid=PACKAGE.name)
        package.suite, package.chosen, package.judge = self._suite, self._chosen, self._judge
        return package

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Sort the requirements by area and number, after tests of the user's own."""
        items.sort(key=lambda item: self._order[item.name] if isinstance(item, RequirementItem) else -1)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note which requirements follow each other without a test of the user's own in between."""
        for item, following in pairwise(session.items):
            if isinstance(item, RequirementItem) and isinstance(following, RequirementItem):
                self._following[item] = following

    def _judge(self, item: RequirementItem) -> Verdict:
        """Return the verdict of an item, and let the checks of the items after it begin."""
        self._pool.plan(self._ahead(item))
        return self._pool.verdict(item.rule)

    def _ahead(self, item: RequirementItem) -> Iterator[Requirement]:
        """Yield the requirements that are sure to be judged from an item on."""
        area, found = item.rule.area, item
        while True:
            # A mark may skip the item.
            if found is item or (not any(found.iter_markers("skip")) and not any(found.iter_markers("skipif"))):
                yield found.rule
            if found not in self._following or (self._by_area and self._following[found].rule.area != area):
                return
            found = self._following[found]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Attach the verdict to the report, with the observations since the last report."""
        made = yield
        if isinstance(item, RequirementItem) and item.verdict is not None:
            made.conformance_status = item.verdict.status.value  # type: ignore[attr-defined]
            if made.when == "setup":
                made.conformance = {  # type: ignore[attr-defined]
                    "verdict": item.verdict.plain(),
                    "observed": self._suite.observers.drain(),
                    "pace": self._suite.client.take_pace(),
                }
        return made

    def pytest_unconfigure(self) -> None:
        """Close the connections."""
        self._pool.close()
        self._suite.close()
