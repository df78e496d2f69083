"""The badge of a run."""

import pytest

from sepolo_conformance.model.requirement import MUST
from sepolo_conformance.model.verdict import Status, Verdict
from sepolo_conformance.reporting.badge import badge
from tests.conformance.reporting.run_results import by_level, results


@pytest.mark.parametrize(
    ("statuses", "message", "color"),
    [
        (("pass", "pass"), "2 of 2 hold", "brightgreen"),
        (("pass", "fail"), "1 of 2 hold", "red"),
        (("error", "pass"), "1 of 1 hold", "lightgrey"),
        (("pass", "not-tested"), "1 of 1 hold", "brightgreen"),
        (("vacuous",), "not judged", "lightgrey"),
    ],
)
def test_badge_shows_how_many_requirements_hold(statuses: tuple[str, ...], message: str, color: str) -> None:
    """It has the form of a shields.io endpoint."""
    names = by_level(MUST)
    found = results(*(Verdict(names[place], Status(status)) for place, status in enumerate(statuses)))
    assert badge(found) == {"schemaVersion": 1, "label": "conformance", "message": message, "color": color}
