"""The HTML report."""

import re
from html.parser import HTMLParser

import pytest

from sepolo_conformance.engine.registry import catalogue
from sepolo_conformance.model.requirement import MUST
from sepolo_conformance.model.verdict import Status, Verdict
from sepolo_conformance.reporting.clipping import READABLE
from sepolo_conformance.reporting.html_page import page
from sepolo_conformance.reporting.json_document import document
from sepolo_conformance.reporting.results import Results
from sepolo_conformance.reporting.text import table
from sepolo_conformance.transport.redaction import Redactor
from tests.conformance.reporting.run_results import KEY, by_level, failing, results

FIRST, SECOND = by_level(MUST)[:2]
AREA = catalogue()[FIRST].area


class Page(HTMLParser):
    """A parsed page: its tags, its text, the cells of its table and the text of each requirement."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.rows: list[list[str]] = []
        self.articles: list[str] = []
        self._open: list[str] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        elif tag in {"th", "td"}:
            self._open = self.rows[-1]
            self._open.append("")
        elif tag == "article":
            self._open = self.articles
            self._open.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"th", "td", "article"}:
            self._open = None

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._open is not None:
            self._open[-1] += data


def rendered(found: Results) -> str:
    redactor = Redactor([KEY.secret])
    return page(document(found, redactor), redactor.text)


def test_text_of_the_target_is_escaped() -> None:
    """The page contains no markup of the target, no second script, no link and no key."""
    text = rendered(results(failing(FIRST), Verdict(SECOND, Status.PASS)))
    assert text.startswith("<!doctype html>")
    made = Page(text)
    assert [attributes["data-status"] for tag, attributes in made.tags if tag == "article"] == ["fail", "pass"]
    assert sum(tag == "script" for tag, _ in made.tags) == 1
    assert [attributes for _, attributes in made.tags if {"src", "href"} & attributes.keys()] == []
    assert "3 rows <script>alert(1)</script>" in made.text
    assert KEY.secret not in made.text


def test_finding_shows_expectation_and_exchange() -> None:
    """It has the curl line, the request and the response."""
    made = Page(rendered(results(failing(FIRST))))
    (article,) = made.articles
    text = " ".join(article.split())
    assert "Expected at most 2 rows Actual 3 rows".replace(" ", "") in text.replace(" ", "")
    assert "GET http://127.0.0.1:1/api/v1/assets?pageSize=2 → 200 in 12 ms" in text
    assert 'curl -sS -i -H "X-Sepolo-Api-Key: $SEPOLO_API_KEY"' in text
    assert "200 Echo: <script>" in text


def test_table_has_columns_of_used_statuses_only() -> None:
    """The last row has the totals of the run, as in the terminal."""
    found = results(
        Verdict(FIRST, Status.PASS, requests=2, seconds=1.25),
        Verdict(SECOND, Status.NOT_TESTED, reason="x", requests=1, seconds=0.5),
    )
    found.seconds = 9.75
    assert Page(rendered(found)).rows == [
        ["area", "pass", "not tested", "requests", "seconds"],
        [AREA, "1", "1", "3", ""],
        ["all", "1", "1", "3", "9.8"],
    ]
    assert table(found)[-1].split()[-2:] == ["3", "9.8"]


def test_stale_requirement_is_marked() -> None:
    """It is named at the top, and listed before requirements that pass."""
    found = results(Verdict(FIRST, Status.PASS), Verdict(SECOND, Status.PASS), expected={SECOND: "a proxy"})
    made = Page(rendered(found))
    advice = "xpected to fail, but it holds: remove it from the file of expected failures"
    assert f"{SECOND}: e{advice}" in made.text
    assert ["".join(text.split()).startswith(f"pass,stale{SECOND}") for text in made.articles] == [True, False]
    assert [f"E{advice}." in text for text in made.articles] == [True, False]


@pytest.mark.parametrize("status", [Status.ERROR, Status.VACUOUS, Status.NOT_TESTED])
def test_long_reasons_are_clipped(status: Status) -> None:
    """Reason, notes and headline keep their ends."""
    endless = f"GET /api/v1/assets?q={'x' * 8_000}: no complete response within 10 s"
    text = rendered(results(Verdict(FIRST, status, reason=endless, notes=(endless,))))
    assert max(map(len, re.findall("x+", text))) < READABLE * 2
    assert text.count(": no complete response within 10 s") >= 2
