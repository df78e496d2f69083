"""Results of made-up runs, for the tests of reports."""

from sepolo_conformance.engine.registry import catalogue
from sepolo_conformance.model.keys import Key, KeyFacts
from sepolo_conformance.model.requirement import Level
from sepolo_conformance.model.settings import Settings
from sepolo_conformance.model.verdict import Finding, Status, Verdict
from sepolo_conformance.reporting.results import Results
from sepolo_conformance.transport.exchange import Exchange, Request

__all__ = ["KEY", "MARKUP", "by_level", "failing", "results"]

KEY = Key("key1", "$SEPOLO_API_KEY", "sep_test_0123456789abcdef")
MARKUP = "<script>alert(1)</script>\"'&\ud800"
"""Text of a server that must not become markup, with a lone surrogate."""


def by_level(level: Level) -> list[str]:
    """Return the ids of all requirements of a level."""
    return [name for name, rule in catalogue().items() if rule.level is level]


def results(*verdicts: Verdict, **settings: object) -> Results:
    """Return the results of a run with these verdicts and one key."""
    made = Settings("https://api.sepolo.app", keys=(KEY,), **settings)  # type: ignore[arg-type]
    chosen = tuple(catalogue()[verdict.id] for verdict in verdicts)
    found = Results(made, chosen, (KeyFacts("key1", KEY.placeholder, "x"),))
    found.verdicts = {verdict.id: verdict for verdict in verdicts}
    return found


def failing(requirement_id: str, known: str | None = None) -> Verdict:
    """Return a failure with a finding whose texts contain `MARKUP`."""
    request = Request("GET", "/api/v1/assets?pageSize=2", (("X-Sepolo-Api-Key", KEY.secret),), None, KEY)
    body = MARKUP.encode("utf-8", "replace")
    made = Exchange("http://127.0.0.1:1", request, 200, (("Echo", MARKUP),), body, 0.012)
    finding = Finding("at most 2 rows", f"3 rows {MARKUP}", (made.step(str),))
    return Verdict(requirement_id, Status.FAIL, (finding,), known=known)
