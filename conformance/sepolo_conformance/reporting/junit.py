"""What JUnit XML contains of a requirement. pytest itself writes the file."""

from sepolo_conformance.model.requirement import Requirement
from sepolo_conformance.model.verdict import Verdict


def properties(rule: Requirement, verdict: Verdict) -> list[tuple[str, object]]:
    """Return the properties of a test case."""
    return [
        ("requirement", rule.id),
        ("area", rule.area),
        ("level", rule.level.value),
        ("status", verdict.status.value),
        ("title", rule.title),
        ("clause", rule.clause),
    ]
