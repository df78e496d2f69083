"""The report as one HTML page that needs nothing else: no network, no other file, no script to be readable.

Whatever comes from the target is escaped; the page's own policy forbids any script but its own.
"""

import base64
import hashlib
import json
from collections.abc import Iterable
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from sepolo_conformance.model.requirement import AREAS, Level
from sepolo_conformance.model.verdict import Status
from sepolo_conformance.reporting.clipping import READABLE, clipped

__all__ = ["page"]

_HERE = Path(__file__)
_STALE = "expected to fail, and holds: take it out of the file of expected failures"
Plain = dict[str, Any]


def page(document: Plain) -> str:
    """Return the page that shows a report, see `report.document`."""
    script = _HERE.with_name("report.js").read_text(encoding="utf-8")
    used = {entry["area"] for entry in document["requirements"]}
    stale = frozenset(document["summary"]["stale"])
    return Template(_HERE.with_name("report.html").read_text(encoding="utf-8")).substitute(
        title=f"Conformance of {escape(document['target'])}",
        headline=escape(clipped(document["summary"]["headline"], 2 * READABLE)),
        mood="good" if document["summary"]["exitStatus"] == 0 else "bad",
        facts=_facts(document),
        table=_table(document),
        statuses=_choices(status.value for status in Status),
        areas=_choices(area for area in AREAS.values() if area in used),
        levels=_choices(level.value for level in Level),
        requirements="\n".join(
            _requirement(entry, stale=entry["id"] in stale) for entry in _worst_first(document["requirements"], stale)
        ),
        script=script,
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def _facts(document: Plain) -> str:
    summary = document["summary"]
    pairs = [
        ("Target", document["target"]),
        ("Level", f"{document['level']} (what can fail the run)"),
        ("Seed", str(document["seed"])),
        ("Took", f"{summary['requests']} requests, {summary['seconds']} s"),
        *(("Key", _key(key)) for key in document["keys"]),
    ]
    if document["pasting"]:
        pairs.append(("Paste", f"before curl lines: {document['pasting']}"))
    if summary["interrupted"]:
        pairs.append(("Interrupted", "the run was broken off; what it had not judged by then is not tested"))
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in pairs)
    if summary["stale"]:
        facts += f'<dt>Stale</dt><dd class="s-fail">{escape(", ".join(summary["stale"]))}: {_STALE}</dd>'
    return facts


def _key(key: Plain) -> str:
    """Return the variable of a key, and what it is; its name too where that is another."""
    name = "" if f"${key['name']}" == key["variable"] else f" ({key['name']})"
    return f"{key['variable']}{name}: {key['facts']}"


def _table(document: Plain) -> str:
    """Return verdicts by area, without the columns of statuses that nothing has: phones are narrow."""
    entries, summary = document["requirements"], document["summary"]
    statuses = [status.value for status in Status if summary[status.value]]
    titles = ["area", *(status.replace("-", " ") for status in statuses), "requests", "seconds"]
    head = "".join(f"<th>{title}</th>" for title in titles)
    areas = {area: [entry for entry in entries if entry["area"] == area] for area in AREAS.values()}
    rows = [_row(area, mine, statuses, *_cost(mine)) for area, mine in areas.items() if mine]
    # The run took longer than its requirements: it also met the keys, and several processes may have shared it.
    foot = _row("all", entries, statuses, summary["requests"], summary["seconds"])
    return f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody><tfoot>{foot}</tfoot>"


def _cost(entries: list[Plain]) -> tuple[int, float]:
    return sum(entry["requests"] for entry in entries), sum(entry["seconds"] for entry in entries)


def _row(title: str, entries: list[Plain], statuses: list[str], requests: int, seconds: float) -> str:
    counts = [(status, sum(entry["status"] == status for entry in entries)) for status in statuses]
    cells = [f'<td class="s-{status}">{count or ""}</td>' for status, count in counts]
    return f"<tr><td>{escape(title)}</td>{''.join(cells)}<td>{requests}</td><td>{seconds:.1f}</td></tr>"


def _choices(words: Iterable[str]) -> str:
    return "".join(f'<option value="{word}">{word.replace("-", " ")}</option>' for word in words)


def _worst_first(entries: list[Plain], stale: frozenset[str]) -> list[Plain]:
    order = ("fail", "stale", "error", "warn", "not-tested", "vacuous", "pass")
    return sorted(entries, key=lambda entry: order.index("stale" if entry["id"] in stale else entry["status"]))


def _requirement(entry: Plain, *, stale: bool) -> str:
    status, level = entry["status"], entry["level"]
    opened = " open" if status == "fail" or stale else ""
    known = ", as expected" if entry["expectedFailure"] else ", stale" if stale else ""
    parts = [f'<p class="clause">{escape(entry["clause"])}</p>']
    if entry["expectedFailure"]:
        parts.append(f"<p>Expected to fail: {escape(entry['expectedFailure'])}</p>")
    if stale:
        parts.append(f"<p>{_STALE[0].upper()}{_STALE[1:]}.</p>")
    if entry["reason"]:
        parts.append(f"<p>{escape(clipped(entry['reason']))}</p>")
    parts.extend(map(_finding, entry["findings"]))
    if entry["moreFindings"]:
        parts.append(f"<p>And {entry['moreFindings']} more of the kind.</p>")
    parts.extend(f'<p class="note">{escape(clipped(note))}</p>' for note in entry["notes"])
    parts.append(f'<p class="note">{entry["requests"]} requests, {entry["seconds"]} s. To judge it again:</p>')
    parts.append(_copyable(entry["rerun"]))
    return (
        f'<article data-status="{status}" data-area="{entry["area"]}" data-level="{level}"'
        f' class="{"warned" if status == "warn" else ""}"><details{opened}><summary>'
        f'<span class="status s-{"fail" if stale else status}">{status.replace("-", " ")}{known}</span>'
        f'<span class="id">{entry["id"]}</span><span class="title">{escape(entry["title"])}</span>'
        f'<span class="level">{level.upper()}</span></summary>'
        f'<div class="body">{"".join(parts)}</div></details></article>'
    )


def _finding(finding: Plain) -> str:
    steps = finding["requests"]
    curls = "\n".join(step["curl"] for step in steps)
    shown = _copyable(curls) + "".join(map(_exchange, steps)) if steps else ""
    return (
        f'<div class="finding"><dl><dt>Expected</dt><dd>{escape(finding["expected"])}</dd>'
        f"<dt>Actual</dt><dd>{escape(finding['actual'])}</dd></dl>{shown}</div>"
    )


def _copyable(text: str) -> str:
    return f'<div class="curl"><pre>{escape(text)}</pre><button type="button" data-copy>copy</button></div>'


def _exchange(step: Plain) -> str:
    sent = [f"{step['method']} {step['url']}", *(f"{name}: {value}" for name, value in step["requestHeaders"])]
    if step["requestBody"]:
        sent += ["", step["requestBody"]]
    came = [f"{step['status']}", *(f"{name}: {value}" for name, value in step["responseHeaders"])]
    came += ["", _pretty(step["responseBody"])]
    mark = f", request {step['requestId']}" if step["requestId"] else ""
    title = f"{step['method']} {clipped(step['url'])} → {step['status']} in {step['milliseconds']} ms{mark}"
    return (
        f'<details class="exchange"><summary>{escape(title)}</summary>'
        f"<pre>{escape(chr(10).join(sent))}</pre><pre>{escape(chr(10).join(came))}</pre></details>"
    )


def _pretty(body: str) -> str:
    """Return a JSON body on several lines, anything else as it came."""
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return body
