"""The report as lines of text."""

from sepolo_conformance.model.verdict import Status, Verdict
from sepolo_conformance.reporting.text import header
from tests.conformance.reporting.run_results import results


def test_header_counts_requirements() -> None:
    """It says whether the run may write."""
    one, two = (tuple(Verdict(name, Status.PASS) for name in ids) for ids in (("PAG-001",), ("PAG-001", "PAG-002")))
    assert header(results(*one))[-1] == "1 requirement, reads only"
    assert header(results(*two, allow_writes=True))[-1] == "2 requirements, reads and writes"
