"""Reports of a run as text, JSON and badge. The page is in `report_html`; JUnit is pytest's own.

Everything that leaves here has its keys masked, whichever part of the run wrote it.
"""

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sepolo_conformance.api.timestamps import stamp
from sepolo_conformance.model.keys import KEY_VARIABLES, KeyFacts
from sepolo_conformance.model.requirement import Requirement
from sepolo_conformance.model.settings import BUDGET_S, TIMEOUT_S, Settings
from sepolo_conformance.model.verdict import Finding, Status, Step, Verdict
from sepolo_conformance.reporting.results import EXIT_FAIL, EXIT_OK, Results
from sepolo_conformance.transport.redaction import Redactor

__all__ = [
    "VERSION",
    "badge",
    "document",
    "explain_failure",
    "finding_lines",
    "header",
    "pasting",
    "rerun",
    "table",
    "write",
]

VERSION = 1
_BRIEF_FINDINGS = 3
_BRIEF_KEYS = 8


def header(results: Results) -> list[str]:
    """Return the lines that say what is judged, with what and how."""
    settings, count = results.settings, len(results.chosen)
    manner = "reads and writes" if settings.allow_writes else "reads only"
    lines = [
        f"target  {settings.base_url}, level {settings.level}, seed {settings.seed}",
        *(f"key     {_named(key)}: {key.facts}" for key in results.keys[:_BRIEF_KEYS]),
        f"{count} requirement{'s' * (count != 1)}, {manner}",
    ]
    if len(results.keys) > _BRIEF_KEYS:
        lines.insert(-1, f"        and {len(results.keys) - _BRIEF_KEYS} more keys")
    if advice := pasting(settings):
        lines.insert(-1, f"paste   before curl lines: {advice}")
    return lines if results.keys else [*lines, "no key: only what needs none can be judged (--api-key)"]


def _named(key: KeyFacts) -> str:
    """Return the variable of a key, and where the key came from if that is another name."""
    return key.placeholder if f"${key.name}" == key.placeholder else f"{key.placeholder} ({key.name})"


def table(results: Results) -> list[str]:
    """Return the verdicts by area, in columns."""
    titles = ["area", *(status.value.replace("-", " ") for status in Status), "requests", "seconds"]
    rows = [titles]
    for area, counts in results.by_area().items():
        mine = [verdict for rule, verdict in results.ordered() if rule.area == area]
        cost = [str(sum(v.requests for v in mine)), f"{sum(v.seconds for v in mine):.1f}"]
        rows.append([area, *(str(counts[status] or "·") for status in Status), *cost])
    totals = results.counts()
    rows.append(
        ["all", *(str(totals[status] or "·") for status in Status), str(results.requests()), f"{results.seconds:.1f}"]
    )
    widths = [max(len(row[place]) for row in rows) for place in range(len(titles))]
    return [
        "  ".join([row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))])
        for row in rows
    ]


def finding_lines(rule: Requirement, verdict: Verdict, settings: Settings, *, brief: bool = False) -> Iterator[str]:
    """Yield the lines of a broken requirement; the first is its title. `brief` shows its first findings only."""
    known = f" (expected: {verdict.known})" if verdict.known else ""
    yield f"{verdict.status.upper()} {rule.id} ({rule.level.upper()}) {rule.title}{known}"
    yield f"  clause    {rule.clause}"
    shown = verdict.findings[:_BRIEF_FINDINGS] if brief else verdict.findings
    for finding in shown:
        yield from _finding(finding)
    hidden = len(verdict.findings) - len(shown) + verdict.more
    if hidden:
        yield f"  and {hidden} more of the kind"
    yield f"  rerun     {rerun(settings, rule.id)}"


def _finding(finding: Finding) -> Iterator[str]:
    yield f"  expected  {finding.expected}"
    yield f"  actual    {finding.actual}"
    yield from (f"    {step.curl}" for step in finding.steps)
    marks = [step.request_id for step in finding.steps if step.request_id]
    if marks:
        yield f"    request ids: {', '.join(marks)}"


def rerun(settings: Settings, requirement_id: str) -> str:
    """Return the command that judges one requirement again, keys left to the environment."""
    parts = ["sepolo-conformance", "run", settings.base_url, "--requirement", requirement_id]
    parts += ["--seed", str(settings.seed), "--level", settings.level.value, *settings.key_options]
    if settings.allow_writes:
        parts.append("--allow-writes")
    window = settings.window and "/".join(map(stamp, settings.window))
    unusual = {
        "--write-body": settings.write_body,
        "--device": settings.device,
        "--window": window,
        "--rate": settings.rate and f"{settings.rate:g}/s",
        "--timeout": f"{settings.timeout:g}s" if settings.timeout != TIMEOUT_S else None,
        "--budget": f"{settings.budget:g}s" if settings.budget != BUDGET_S else None,
    }
    parts += [str(word) for option, value in unusual.items() if value is not None for word in (option, value)]
    for name, scopes in settings.key_scopes.items():
        parts += ["--key-scopes", f"{name}={','.join(sorted(scopes))}"]
    return shlex.join(parts)


def pasting(settings: Settings) -> str | None:
    """Return what to do before the curl lines of a report can be pasted, None where there is nothing to do."""
    if len(settings.keys) < 2:
        return None
    names = [key.variable for key in settings.keys]
    sources = {key.name.rpartition(":")[0] for key in settings.keys}
    if len(sources) == 1 and (variable := sources.pop()) in KEY_VARIABLES:
        return f'IFS=, read -r {" ".join(names)} <<< "${variable}"'
    return f"export {names[0]}=… {names[1]}=… and so on, to the keys of these names"


def explain_failure(rule: Requirement, verdict: Verdict, settings: Settings) -> str:
    """Return a broken requirement as one text, for JUnit and pytest."""
    return "\n".join(finding_lines(rule, verdict, settings))


def document(results: Results, redactor: Redactor) -> dict[str, Any]:
    """Return the report as JSON values, version 1: members may be added to it, none taken away or changed."""
    settings = results.settings
    counts = results.counts()
    plain = {
        "version": VERSION,
        "target": settings.base_url,
        "seed": settings.seed,
        "level": settings.level.value,
        "summary": {
            **{status.value: counts[status] for status in Status},
            "headline": results.headline(),
            "exitStatus": results.exit_code(),
            "interrupted": results.interrupted,
            "stale": results.stale(),
            "requests": results.requests(),
            "seconds": results.seconds,
        },
        "pasting": pasting(settings),
        "keys": [{"name": key.name, "variable": key.placeholder, "facts": key.facts} for key in results.keys],
        "requirements": [_requirement(rule, verdict, settings) for rule, verdict in results.ordered()],
    }
    masked: dict[str, Any] = redactor.plain(plain)
    return masked


def _requirement(rule: Requirement, verdict: Verdict, settings: Settings) -> dict[str, Any]:
    return {
        "id": rule.id,
        "area": rule.area,
        "level": rule.level.value,
        "status": verdict.status.value,
        "title": rule.title,
        "clause": rule.clause,
        "findings": [_plain(finding) for finding in verdict.findings],
        "moreFindings": verdict.more,
        "reason": verdict.reason,
        "notes": list(verdict.notes),
        "expectedFailure": verdict.known,
        "requests": verdict.requests,
        "seconds": verdict.seconds,
        "rerun": rerun(settings, rule.id),
    }


def _plain(finding: Finding) -> dict[str, Any]:
    return {
        "expected": finding.expected,
        "actual": finding.actual,
        "requests": [_step(step) for step in finding.steps],
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "curl": step.curl,
        "method": step.method,
        "url": step.url,
        "requestHeaders": [list(pair) for pair in step.request_headers],
        "requestBody": step.request_body,
        "status": step.status,
        "responseHeaders": [list(pair) for pair in step.response_headers],
        "responseBody": step.response_body,
        "requestId": step.request_id,
        "milliseconds": step.milliseconds,
    }


def badge(results: Results) -> dict[str, Any]:
    """Return the badge in the form of a shields.io endpoint."""
    held, judged = results.held()
    colours = {EXIT_OK: "brightgreen", EXIT_FAIL: "red"}
    colour = colours.get(results.exit_code(), "lightgrey")
    message = f"{held} of {judged} hold" if judged else "not judged"
    return {"schemaVersion": 1, "label": "conformance", "message": message, "color": colour}


def write(results: Results, redactor: Redactor) -> None:
    """Write the reports that were asked for."""
    wanted = results.settings.reports
    if wanted.json is not None:
        _save(wanted.json, json.dumps(document(results, redactor), indent=2, ensure_ascii=False) + "\n")
    if wanted.badge is not None:
        _save(wanted.badge, json.dumps(badge(results)) + "\n")
    if wanted.html is not None:
        from sepolo_conformance.reporting.html import page  # noqa: PLC0415 - only when asked for

        _save(wanted.html, page(document(results, redactor)))


def _save(path: Path, text: str) -> None:
    # A lone surrogate in a server's text must not keep the report from being written.
    path.write_text(text, encoding="utf-8", errors="replace")
