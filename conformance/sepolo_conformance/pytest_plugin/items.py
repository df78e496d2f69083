"""A requirement with a check as a pytest item.

The set-up of the item waits for the check, and its verdict is reported in the call: so pytest shows a failed run as an
error, and a broken requirement as a failure.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from sepolo_conformance.engine.session import Suite
from sepolo_conformance.model.requirement import Requirement
from sepolo_conformance.model.verdict import Status, Verdict
from sepolo_conformance.reporting.junit import properties
from sepolo_conformance.reporting.text import explain_failure, outgoing


class RequirementItem(pytest.Item):
    """One requirement with its check. `judge` returns the verdict of an item; `verdict` is set by the set-up."""

    suite: Suite
    rule: Requirement
    judge: Callable[["RequirementItem"], Verdict]
    verdict: Verdict | None = None

    def setup(self) -> None:
        """Wait for the verdict; raise for an error of the run, skip if nothing could be judged."""
        found = self.judge(self)
        verdict = mark_expected(found, self.suite.settings.expected)
        self.verdict = verdict
        self.user_properties.extend(properties(self.rule, verdict))
        if verdict.status is Status.ERROR:
            # Without a stack trace, because pytest takes seconds to print that of the suite.
            pytest.fail(outgoing(str(verdict.reason), self.suite.settings), pytrace=False)
        if verdict.status in (Status.VACUOUS, Status.NOT_TESTED):
            pytest.skip(outgoing(f"{verdict.status}: {verdict.reason}", self.suite.settings))

    def runtest(self) -> None:
        """Fail if the requirement is broken."""
        verdict = self.verdict
        if verdict is not None and verdict.status is Status.FAIL:
            if verdict.known:
                pytest.xfail(verdict.known)
            pytest.fail(explain_failure(self.rule, verdict, self.suite.settings), pytrace=False)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return the location of the item and its title."""
        # pytest needs a line to report an item with a skip mark.
        return self.path, 0, f"{self.rule.id} {self.rule.title}"


def mark_expected(verdict: Verdict, expected: Mapping[str, str]) -> Verdict:
    """Return a verdict with the reason why its requirement is expected to fail, if it failed and is."""
    known = expected.get(verdict.id) if verdict.status in (Status.FAIL, Status.WARN) else None
    return replace(verdict, known=known)
