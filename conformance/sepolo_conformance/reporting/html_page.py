"""The report as one HTML page that needs no network, no other file, and no script to be readable.

The template escapes every text of the target, and the page's content security policy permits its own script only.
"""

import base64
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sepolo_conformance.model.printable import printable_lines
from sepolo_conformance.model.requirement import AREAS, Level
from sepolo_conformance.model.verdict import Status
from sepolo_conformance.reporting.clipping import READABLE, clipped

_FOLDER = Path(__file__).parent
_WORST_FIRST = ("fail", "stale", "error", "warn", "not-tested", "vacuous", "pass")
Document = dict[str, Any]


class _Row(NamedTuple):
    """A line of the table by area: counts by status and requests.

    Only the whole run has seconds, because checks of several areas run at the same time.
    """

    title: str
    counts: dict[str, int]
    requests: int
    seconds: float | None = None


def page(document: Document, mask: Callable[[str], str]) -> str:
    """Return the page that shows a report, see `json_document.document`.

    `mask` replaces keys in each text as it is shown, because a filter of the template may have decoded it.
    """

    def outgoing(value: object) -> object:
        if isinstance(value, str) and not isinstance(value, Markup):
            return printable_lines(mask(value))
        return value

    templates = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        finalize=outgoing,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters.update(clipped=clipped, indented=_indented)
    script = (_FOLDER / "report.js").read_text(encoding="utf-8")
    entries, summary = document["requirements"], document["summary"]
    statuses = [status.value for status in Status if summary[status.value]]
    areas = [area for area in AREAS.values() if any(entry["area"] == area for entry in entries)]
    return templates.get_template("report.html.j2").render(
        document=document,
        summary=summary,
        headline=clipped(summary["headline"], 2 * READABLE),
        requirements=sorted(entries, key=lambda entry: _WORST_FIRST.index(_rank(entry, summary))),
        table_statuses=statuses,
        rows=[_row(area, [entry for entry in entries if entry["area"] == area], statuses) for area in areas],
        # Totals of the run: identifying the keys costs requests too, and processes may have shared the work.
        total=_row("all", entries, statuses)._replace(requests=summary["requests"], seconds=summary["seconds"]),
        statuses=[status.value for status in Status],
        areas=areas,
        levels=[level.value for level in Level],
        script=Markup(script),  # noqa: S704 - our own file
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def _rank(entry: Document, summary: Document) -> str:
    return "stale" if entry["id"] in summary["stale"] else entry["status"]


def _row(title: str, entries: list[Document], statuses: list[str]) -> _Row:
    counts = {status: sum(entry["status"] == status for entry in entries) for status in statuses}
    return _Row(title, counts, sum(e["requests"] for e in entries))


def _indented(body: str) -> str:
    """Return a JSON body on several lines, any other body unchanged."""
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return body
