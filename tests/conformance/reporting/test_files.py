"""Report files."""

from pathlib import Path

from sepolo_conformance.model.requirement import MUST
from sepolo_conformance.model.settings import Reports
from sepolo_conformance.reporting.files import write_reports
from sepolo_conformance.transport.redaction import Redactor
from tests.conformance.reporting.run_results import KEY, by_level, failing, results


def test_reports_are_written_with_lone_surrogates(tmp_path: Path) -> None:
    """A lone surrogate in a server's JSON does not prevent a report."""
    wanted = Reports(tmp_path / "r.json", tmp_path / "r.html", tmp_path / "b.json")
    write_reports(results(failing(by_level(MUST)[0]), reports=wanted), Redactor([KEY.secret]))
    assert [path.stat().st_size > 50 for path in sorted(tmp_path.iterdir())] == [True] * 3
