"""The report as JSON values, version 1. Readers rely on its members: new ones may be added, none removed or changed."""

from typing import Any

from sepolo_conformance.model.requirement import Requirement
from sepolo_conformance.model.settings import Settings
from sepolo_conformance.model.verdict import Finding, Status, Step, Verdict
from sepolo_conformance.reporting.rerun import rerun, set_key_variables
from sepolo_conformance.reporting.results import Results
from sepolo_conformance.transport.redaction import Redactor

VERSION = 1


def document(results: Results, redactor: Redactor) -> dict[str, Any]:
    """Return the report of a run, with every key masked."""
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
        "pasting": set_key_variables(settings),
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
        "findings": [_finding(finding) for finding in verdict.findings],
        "moreFindings": verdict.more,
        "reason": verdict.reason,
        "notes": list(verdict.notes),
        "expectedFailure": verdict.known,
        "requests": verdict.requests,
        "seconds": verdict.seconds,
        "rerun": rerun(settings, rule.id),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {"expected": finding.expected, "actual": finding.actual, "requests": [_step(step) for step in finding.steps]}


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
