"""Writes the report files that the settings name."""

import json
from pathlib import Path

from sepolo_conformance.reporting.badge import badge
from sepolo_conformance.reporting.json_document import document
from sepolo_conformance.reporting.results import Results
from sepolo_conformance.transport.redaction import Redactor


def write_reports(results: Results, redactor: Redactor) -> None:
    """Write the JSON, badge and HTML files of a run; raise OSError if one cannot be written."""
    wanted = results.settings.reports
    if wanted.json is not None:
        _save(wanted.json, json.dumps(document(results, redactor), indent=2, ensure_ascii=False) + "\n")
    if wanted.badge is not None:
        _save(wanted.badge, json.dumps(badge(results)) + "\n")
    if wanted.html is not None:
        from sepolo_conformance.reporting.html_page import page  # noqa: PLC0415 - Jinja2 is needed by --html only

        _save(wanted.html, page(document(results, redactor)))


def _save(path: Path, text: str) -> None:
    # A lone surrogate in a server's text must not prevent the report.
    path.write_text(text, encoding="utf-8", errors="replace")
