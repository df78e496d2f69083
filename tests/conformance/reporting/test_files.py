"""Report files."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sepolo_conformance.model.requirement import MUST
from sepolo_conformance.model.settings import Reports
from sepolo_conformance.reporting.files import save, write_reports
from sepolo_conformance.transport.redaction import Redactor
from tests.conformance.reporting.run_results import KEY, by_level, failing, results


def test_reports_are_written_with_lone_surrogates(tmp_path: Path) -> None:
    """A lone surrogate in a server's JSON does not prevent a report."""
    wanted = Reports(tmp_path / "r.json", tmp_path / "r.html", tmp_path / "b.json")
    write_reports(results(failing(by_level(MUST)[0]), reports=wanted), Redactor([KEY.secret]))
    assert [path.stat().st_size > 50 for path in sorted(tmp_path.iterdir())] == [True] * 3


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no file of this process become longer than a megabyte, as on a disk that gets full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_full_disk_keeps_the_previous_report(tmp_path: Path) -> None:
    """A report is complete before it replaces the previous one, and nothing is left beside it."""
    report = tmp_path / "r.json"
    report.write_bytes(b"yesterday")
    with full_disk(), pytest.raises(OSError, match="File too large"):
        save(report, bytes(2_000_000))
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("r.json", b"yesterday")]


def test_replaced_report_keeps_its_mode_and_its_link(tmp_path: Path) -> None:
    """A symbolic link leads to the new report."""
    report, link = tmp_path / "r.json", tmp_path / "latest.json"
    report.write_bytes(b"yesterday")
    report.chmod(0o640)
    link.symlink_to(report)
    save(link, b"today")
    assert (link.is_symlink(), report.read_bytes(), report.stat().st_mode & 0o777) == (True, b"today", 0o640)


def test_report_in_a_read_only_folder_is_written_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file can be made beside it."""
    report = tmp_path / "r.json"
    report.write_bytes(b"yesterday, and longer")
    monkeypatch.setattr("os.access", lambda path, _: Path(path) != tmp_path)
    monkeypatch.setattr(Path, "replace", lambda *_: pytest.fail("made a file beside the report"))
    save(report, b"today")
    assert report.read_bytes() == b"today"
