"""The page: its table, what is stale, and what it cuts short."""

import re
from html.parser import HTMLParser

import pytest

from sepolo_conformance.engine.registry import catalogue
from sepolo_conformance.model.requirement import MUST
from sepolo_conformance.model.verdict import Status, Verdict
from sepolo_conformance.reporting import report
from sepolo_conformance.reporting.clipping import READABLE
from sepolo_conformance.reporting.html import page
from sepolo_conformance.reporting.results import Results
from sepolo_conformance.transport.redaction import Redactor
from tests.conformance.test_exchange import KEY
from tests.conformance.test_results import by_level, results

FIRST, SECOND = by_level(MUST)[:2]
AREA = catalogue()[FIRST].area


class _Page(HTMLParser):
    """Collects the cells of the table, and the words of each requirement."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.articles: list[str] = []
        self._into: list[str] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, _: object) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in {"th", "td"}:
            self._into = self.rows[-1]
            self._into.append("")
        elif tag == "article":
            self._into = self.articles
            self._into.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"table", "article"}:
            self._into = None

    def handle_data(self, data: str) -> None:
        if self._into is not None:
            self._into[-1] += data


def shown(found: Results) -> str:
    return page(report.document(found, Redactor([KEY.secret])))


def test_the_table_has_the_columns_that_something_is_in() -> None:
    """A status that nothing has takes no room, and the last row tells of the run as the terminal does."""
    found = results(
        Verdict(FIRST, Status.PASS, requests=2, seconds=1.25),
        Verdict(SECOND, Status.NOT_TESTED, reason="x", requests=1, seconds=0.5),
    )
    found.seconds = 9.75
    assert _Page(shown(found)).rows == [
        ["area", "pass", "not tested", "requests", "seconds"],
        [AREA, "1", "1", "3", "1.8"],
        ["all", "1", "1", "3", "9.8"],
    ]
    assert report.table(found)[-1].split()[-2:] == ["3", "9.8"]


def test_stale_requirements_stand_out() -> None:
    """One that is expected to fail, and holds, is named at the top and marked in its place, before what passes."""
    found = results(Verdict(FIRST, Status.PASS), Verdict(SECOND, Status.PASS), expected={SECOND: "a proxy"})
    made = _Page(shown(found))
    advice = "xpected to fail, and holds: take it out of the file of expected failures"
    assert f"{SECOND}: e{advice}" in re.sub(r"<[^>]+>", "", shown(found))
    assert [article.startswith(f"pass, stale{SECOND}") for article in made.articles] == [True, False]
    assert [f"E{advice}." in article for article in made.articles] == [True, False]


@pytest.mark.parametrize("status", [Status.ERROR, Status.VACUOUS, Status.NOT_TESTED])
def test_reasons_are_of_a_readable_length(status: Status) -> None:
    """Reason, notes and closing line are cut where an address in them is endless."""
    endless = f"GET /api/v1/assets?q={'x' * 8_000}: no complete response within 10 s"
    text = shown(results(Verdict(FIRST, status, reason=endless, notes=(endless,))))
    assert max(map(len, re.findall("x+", text))) < READABLE * 2
    assert text.count(": no complete response within 10 s") >= 2
