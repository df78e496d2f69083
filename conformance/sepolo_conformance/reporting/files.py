"""Writes the report files that the settings name."""

import json
import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path

from sepolo_conformance.model.printable import printable_json
from sepolo_conformance.model.settings import STANDARD_OUTPUT
from sepolo_conformance.reporting.badge import badge
from sepolo_conformance.reporting.json_document import document
from sepolo_conformance.reporting.results import Results
from sepolo_conformance.transport.redaction import Redactor


def write_reports(results: Results, redactor: Redactor) -> None:
    """Write the JSON, badge and HTML files of a run; raise OSError if one cannot be written."""
    wanted = results.settings.reports
    if wanted.json is not None:
        text = json.dumps(document(results, redactor), indent=2, ensure_ascii=False)
        _save_text(wanted.json, printable_json(text) + "\n")
    if wanted.badge is not None:
        _save_text(wanted.badge, json.dumps(badge(results)) + "\n")
    if wanted.html is not None:
        from sepolo_conformance.reporting.html_page import page  # noqa: PLC0415 - Jinja2 is needed by --html only

        _save_text(wanted.html, page(document(results, redactor), redactor.text))


def save(path: Path, content: bytes) -> None:
    """Replace a file by a complete new one, so that an error leaves the old one as it was; raise OSError.

    Standard output, devices and files in folders that permit no new file are written directly.
    """
    if path == STANDARD_OUTPUT:
        # The console script prints everything else to standard error then.
        stream = sys.__stdout__ or sys.stdout
        stream.flush()
        stream.buffer.write(content)
        stream.buffer.flush()
        return
    target = path.resolve()  # a symbolic link stays one
    if path.is_relative_to("/dev") or (target.exists() and not target.is_file()):
        with path.open("ab") as file:
            file.write(content)
    elif not os.access(target.parent, os.W_OK):
        target.write_bytes(content)
    else:
        _replace(target, content)


def _replace(target: Path, content: bytes) -> None:
    beside = target.with_name(f".{target.name[:200]}.{os.getpid()}.tmp")
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, beside)
        beside.replace(target)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise


def _save_text(path: Path, text: str) -> None:
    save(path, text.encode())
