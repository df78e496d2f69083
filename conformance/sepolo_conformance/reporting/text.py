"""The report as lines of text: the header of a run, the table by area and the findings of a requirement."""

from collections.abc import Iterator
from functools import lru_cache

from sepolo_conformance.model.keys import Key, KeyFacts
from sepolo_conformance.model.printable import printable
from sepolo_conformance.model.requirement import Requirement
from sepolo_conformance.model.settings import Settings
from sepolo_conformance.model.verdict import Finding, Status, Verdict
from sepolo_conformance.reporting.rerun import rerun, set_key_variables
from sepolo_conformance.reporting.results import Results
from sepolo_conformance.transport.redaction import Redactor

_BRIEF_FINDINGS = 3
_BRIEF_KEYS = 8


def header(results: Results) -> list[str]:
    """Return the lines that name the target, the keys and the number of requirements."""
    settings, count = results.settings, len(results.chosen)
    access = "reads and writes" if settings.allow_writes else "reads only"
    lines = [
        f"target  {settings.base_url}, level {settings.level}, seed {settings.seed}",
        *(f"key     {_key_label(key)}: {key.facts}" for key in results.keys[:_BRIEF_KEYS]),
        f"{count} requirement{'s' * (count != 1)}, {access}",
    ]
    if len(results.keys) > _BRIEF_KEYS:
        lines.insert(-1, f"        and {len(results.keys) - _BRIEF_KEYS} more keys")
    if command := set_key_variables(settings):
        lines.insert(-1, f"paste   before curl lines: {command}")
    return lines if results.keys else [*lines, "no key: only requirements that need none can be judged (--api-key)"]


def _key_label(key: KeyFacts) -> str:
    """Return the variable of a key, and its name if that differs."""
    return key.placeholder if f"${key.name}" == key.placeholder else f"{key.placeholder} ({key.name})"


def table(results: Results) -> list[str]:
    """Return the verdicts by area, in columns. Areas have no seconds, because their checks run at the same time."""
    titles = ["area", *(status.value.replace("-", " ") for status in Status), "requests", "seconds"]
    rows = [titles]
    for area, counts in results.counts_by_area().items():
        verdicts = [verdict for rule, verdict in results.ordered() if rule.area == area]
        requests = str(sum(verdict.requests for verdict in verdicts))
        rows.append([area, *(str(counts[status] or "·") for status in Status), requests, ""])
    totals = results.counts()
    rows.append(
        ["all", *(str(totals[status] or "·") for status in Status), str(results.requests()), f"{results.seconds:.1f}"]
    )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join([row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))]).rstrip()
        for row in rows
    ]


def finding_lines(rule: Requirement, verdict: Verdict, settings: Settings, *, brief: bool = False) -> Iterator[str]:
    """Yield the lines of a broken requirement, its title first. `brief` includes only the first findings."""
    known = f" (expected: {verdict.known})" if verdict.known else ""
    yield f"{verdict.status.upper()} {rule.id} ({rule.level.upper()}) {rule.title}{known}"
    yield f"  clause    {rule.clause}"
    shown = verdict.findings[:_BRIEF_FINDINGS] if brief else verdict.findings
    for finding in shown:
        yield from _finding(finding)
    hidden = len(verdict.findings) - len(shown) + verdict.more
    if hidden:
        yield f"  {hidden} more findings of the same kind"
    yield f"  rerun     {rerun(settings, rule.id)}"


def _finding(finding: Finding) -> Iterator[str]:
    yield f"  expected  {finding.expected}"
    yield f"  actual    {finding.actual}"
    yield from (f"    {step.curl}" for step in finding.steps)
    request_ids = [step.request_id for step in finding.steps if step.request_id]
    if request_ids:
        yield f"    request ids: {', '.join(request_ids)}"


def explain_failure(rule: Requirement, verdict: Verdict, settings: Settings) -> str:
    """Return a broken requirement as one text, for JUnit and pytest."""
    return "\n".join(outgoing(line, settings) for line in finding_lines(rule, verdict, settings))


def outgoing(line: str, settings: Settings) -> str:
    """Return a line as it may leave for a terminal, the log of a CI system or JUnit.

    It has no key and no line break, and nothing in it acts as a command. Texts of a target leave in no other way.
    """
    return printable(_redactor(settings.keys).text(line))


@lru_cache(maxsize=1)
def _redactor(keys: tuple[Key, ...]) -> Redactor:
    return Redactor([key.secret for key in keys])
