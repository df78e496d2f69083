"""pytest reports of observed requirements, which have no items, as if each were one."""

from collections.abc import Iterator
from typing import Literal

import pytest

from sepolo_conformance.model.requirement import Requirement
from sepolo_conformance.model.settings import Settings
from sepolo_conformance.model.verdict import Status, Verdict
from sepolo_conformance.pytest_plugin.collection import area_node_id
from sepolo_conformance.reporting.junit import properties
from sepolo_conformance.reporting.text import explain_failure, outgoing

_PHASES: tuple[Literal["setup", "call", "teardown"], ...] = ("setup", "call", "teardown")


def observed_reports(rule: Requirement, verdict: Verdict, settings: Settings) -> Iterator[pytest.TestReport]:
    """Yield a report of each phase."""
    path = area_node_id(rule.area)
    skipped = verdict.status in (Status.VACUOUS, Status.NOT_TESTED)
    for when in _PHASES:
        if when == "call" and skipped:
            continue
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
        if when == "setup" and skipped:
            reason = outgoing(f"{verdict.status}: {verdict.reason}", settings)
            made.outcome, made.longrepr = "skipped", (path, 0, reason)
        if when == "call" and verdict.status is Status.FAIL:
            made.outcome, made.longrepr = "failed", explain_failure(rule, verdict, settings)
            if verdict.known:
                made.outcome, made.wasxfail = "skipped", verdict.known
        yield made
