"""Verdicts, counted: statuses, exit status, closing line, and what reports make of them."""

import json
import shlex
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from sepolo_conformance.engine.registry import catalogue
from sepolo_conformance.model.keys import KeyFacts
from sepolo_conformance.model.requirement import MUST, SANDBOX, SHOULD, Level
from sepolo_conformance.model.settings import Reports, Settings
from sepolo_conformance.model.verdict import Finding, Status, Verdict, broken
from sepolo_conformance.options.parsing import parse
from sepolo_conformance.reporting import report
from sepolo_conformance.reporting.html import page
from sepolo_conformance.reporting.results import Results
from sepolo_conformance.transport.exchange import Request
from sepolo_conformance.transport.redaction import Redactor
from tests.conformance.test_exchange import KEY, exchange

EVIL = "<script>alert(1)</script>\"'&\ud800"


def by_level(level: Level) -> list[str]:
    return [name for name, rule in catalogue().items() if rule.level is level]


def results(*verdicts: Verdict, **settings: object) -> Results:
    made = Settings("https://api.sepolo.app", keys=(KEY,), **settings)  # type: ignore[arg-type]
    found = Results(
        made, tuple(catalogue()[verdict.id] for verdict in verdicts), (KeyFacts("key1", KEY.placeholder, "x"),)
    )
    found.verdicts = {verdict.id: verdict for verdict in verdicts}
    return found


def failing(requirement_id: str, known: str | None = None) -> Verdict:
    request = Request("GET", "/api/v1/assets?pageSize=2", (("X-Sepolo-Api-Key", KEY.secret),), None, KEY)
    steps = (exchange(request, EVIL.encode("utf-8", "replace"), Echo=EVIL).step(str),)
    return Verdict(requirement_id, Status.FAIL, (Finding("at most 2 rows", f"3 rows {EVIL}", steps),), known=known)


@pytest.mark.parametrize(
    ("level", "asked", "status"),
    [
        (MUST, MUST, Status.FAIL),
        (SHOULD, MUST, Status.WARN),
        (SHOULD, SHOULD, Status.FAIL),
        (SHOULD, SANDBOX, Status.FAIL),
        (SANDBOX, SANDBOX, Status.FAIL),
    ],
)
def test_the_level_decides_what_a_broken_requirement_is(level: Level, asked: Level, status: Status) -> None:
    """Within the level it fails the run, one below it is a warning."""
    assert broken(level, asked) is status


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        (("pass", "warn", "vacuous", "not-tested"), 0),
        (("pass", "fail", "error"), 1),
        (("pass", "error"), 3),
    ],
)
def test_the_exit_status_says_whose_fault_it_is(statuses: tuple[str, ...], code: int) -> None:
    """1 blames the target, 3 the run; only what was judged counts."""
    names = list(catalogue())
    found = results(*(Verdict(names[place], Status(status)) for place, status in enumerate(statuses)))
    assert found.exit_code() == code


def test_a_known_deviation_does_not_fail_the_run_and_a_stale_one_does() -> None:
    """The file of expected failures is strict both ways."""
    first, second = by_level(MUST)[:2]
    known = {first: "a proxy", second: "a proxy"}
    fine = results(failing(first, "a proxy"), expected=known)
    stale = results(failing(first, "a proxy"), Verdict(second, Status.PASS), expected=known)
    assert (fine.exit_code(), fine.stale()) == (0, [])
    assert (stale.exit_code(), stale.stale()) == (1, [second])


def test_a_known_warning_is_no_known_failure() -> None:
    """What is expected below the level is counted once, as a warning."""
    name = by_level(SHOULD)[0]
    found = results(Verdict(name, Status.WARN, known="a proxy"), expected={name: "a proxy"})
    assert found.headline() == "0 of 1 SHOULD hold, 1 warned of"


def test_the_closing_line_sums_up() -> None:
    """What holds of what was judged, then what else there is, then what to supply."""
    first, second, third, fourth = by_level(MUST)[:4]
    found = results(
        Verdict(first, Status.PASS),
        failing(second),
        Verdict(third, Status.VACUOUS, reason="one page"),
        Verdict(fourth, Status.NOT_TESTED, reason="needs a key of a second organisation: --api-key"),
    )
    line = "1 of 2 MUST hold, 1 fail, 1 vacuous, 1 not tested (needs a key of a second organisation: --api-key)"
    assert found.headline() == line


def test_the_closing_line_tells_what_was_judged_of_any_level() -> None:
    """Where nothing that can fail the run was judged, what was judged instead."""
    names = by_level(SHOULD)[:2]
    found = results(Verdict(names[0], Status.PASS), Verdict(names[1], Status.WARN))
    assert found.headline() == "1 of 2 SHOULD hold, 1 warned of"
    assert (found.exit_code(), report.badge(found)["message"]) == (0, "1 of 2 hold")


def test_reasons_stand_where_they_belong() -> None:
    """The commonest error isn't given as the reason why something else wasn't tested."""
    names = by_level(MUST)
    found = results(
        Verdict(names[0], Status.PASS),
        Verdict(names[1], Status.ERROR, reason="no answer"),
        *(Verdict(name, Status.NOT_TESTED, reason="needs permission") for name in names[2:4]),
        Verdict(names[4], Status.NOT_TESTED, reason="needs a key"),
    )
    assert found.headline() == (
        "1 of 1 MUST hold, 1 ended in an error of the run (no answer), 3 not tested (2 of them: needs permission)"
    )


def test_a_run_without_a_key_of_use_opens_no_gate() -> None:
    """A secret that is missing or wrong must not look like a deployment that conforms; nor may an empty run."""
    names = by_level(MUST)
    good, untested = Verdict(names[0], Status.PASS), Verdict(names[1], Status.NOT_TESTED, reason="give a valid key")
    refused = results(good, untested)
    refused.keys = (KeyFacts("key1", KEY.placeholder, "was refused", known=False),)
    keyless = results(good, untested)
    keyless.keys = ()
    enough = results(good)
    enough.keys = ()
    empty = results(untested)
    assert [run.exit_code() for run in (refused, keyless, empty, enough, results(good, untested))] == [3, 3, 3, 0, 0]
    assert report.badge(refused)["color"] == "lightgrey"


def test_a_report_that_can_not_be_written_fails_the_run() -> None:
    """It may be what a gate waits for."""
    found = results(Verdict(by_level(MUST)[0], Status.PASS))
    found.unwritten = "no space left"
    assert (found.exit_code(), found.headline()) == (3, "1 of 1 MUST hold, a report can't be written: no space left")


def test_a_verdict_survives_a_journey_through_json() -> None:
    """Workers send verdicts as plain values."""
    verdict = failing(by_level(MUST)[0])
    assert Verdict.of(json.loads(json.dumps(verdict.plain()))) == verdict


def test_the_json_report_has_its_documented_members() -> None:
    """Version 1: a reader may rely on these, and finds no key anywhere."""
    name = by_level(MUST)[0]
    document = report.document(results(failing(name)), Redactor([KEY.secret]))
    assert {"version", "target", "seed", "level", "summary", "requirements"} <= document.keys()
    (entry,) = document["requirements"]
    assert {"id", "area", "level", "status", "title", "clause", "findings", "seconds"} <= entry.keys()
    (finding,) = entry["findings"]
    assert finding.keys() == {"expected", "actual", "requests"}
    assert finding["requests"][0]["curl"].startswith('curl -sS -i -H "X-Sepolo-Api-Key: $SEPOLO_API_KEY"')
    assert (document["version"], entry["id"], entry["status"]) == (1, name, "fail")
    assert KEY.secret not in json.dumps(document)


class _Page(HTMLParser):
    """Collects tags with their attributes, and all text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_shows_findings_and_runs_nothing_of_the_target() -> None:
    """What a server sends is text on the page, never markup; nothing is loaded from elsewhere."""
    name, other = by_level(MUST)[:2]
    made = _Page()
    made.feed(page(report.document(results(failing(name), Verdict(other, Status.PASS)), Redactor([KEY.secret]))))
    articles = [attributes["data-status"] for tag, attributes in made.tags if tag == "article"]
    assert articles == ["fail", "pass"]
    assert sum(tag == "script" for tag, _ in made.tags) == 1
    assert [attributes for _, attributes in made.tags if {"src", "href"} & attributes.keys()] == []
    assert "3 rows <script>alert(1)</script>" in made.text
    assert KEY.secret not in made.text


@pytest.mark.parametrize(
    ("statuses", "message", "color"),
    [
        (("pass", "pass"), "2 of 2 hold", "brightgreen"),
        (("pass", "fail"), "1 of 2 hold", "red"),
        (("error", "pass"), "1 of 1 hold", "lightgrey"),
        (("pass", "not-tested"), "1 of 1 hold", "brightgreen"),
        (("vacuous",), "not judged", "lightgrey"),
    ],
)
def test_the_badge_says_how_much_holds(statuses: tuple[str, ...], message: str, color: str) -> None:
    """In the form of a shields.io endpoint."""
    names = by_level(MUST)
    found = results(*(Verdict(names[place], Status(status)) for place, status in enumerate(statuses)))
    assert report.badge(found) == {"schemaVersion": 1, "label": "conformance", "message": message, "color": color}


def test_all_reports_are_written_even_with_text_that_is_no_unicode(tmp_path: Path) -> None:
    """A lone surrogate out of a server's JSON doesn't keep a report from being written."""
    wanted = Reports(tmp_path / "r.json", tmp_path / "r.html", tmp_path / "b.json")
    report.write(results(failing(by_level(MUST)[0]), reports=wanted), Redactor([KEY.secret]))
    assert [path.stat().st_size > 50 for path in sorted(tmp_path.iterdir())] == [True] * 3


def test_the_rerun_line_gives_all_again_but_keys(tmp_path: Path) -> None:
    """Options that change what is asked come along; keys come from where they came from."""
    (tmp_path / "body.json").write_text("{}")
    made = parse(
        {
            "base_url": "http://x",
            "api_key_env": ["KEYS"],
            "key_scopes": ["KEYS=b.read,a.read"],
            "seed": "5",
            "device": "D 1",
            "window": "2026-05-01/2026-06-01",
            "rate": "60/min",
            "timeout": "2s",
            "budget": "9s",
            "allow_writes": True,
            "write_body": str(tmp_path / "body.json"),
        },
        {"KEYS": "secret-key"},
    )
    assert shlex.split(report.rerun(made, "PAG-001")) == [
        *("sepolo-conformance", "run", "http://x", "--requirement", "PAG-001", "--seed", "5", "--level", "must"),
        *("--api-key-env", "KEYS", "--allow-writes", "--write-body", str(tmp_path / "body.json"), "--device", "D 1"),
        *("--window", "2026-05-01T00:00:00Z/2026-06-01T00:00:00Z", "--rate", "1/s", "--timeout", "2s"),
        *("--budget", "9s", "--key-scopes", "KEYS=a.read,b.read"),
    ]
    assert report.rerun(Settings("http://x"), "PAG-001") == (
        "sepolo-conformance run http://x --requirement PAG-001 --seed 1 --level must"
    )


@pytest.mark.parametrize(
    ("given", "env", "said"),
    [
        ({}, {"SEPOLO_API_KEY": "a-key"}, None),
        (
            {},
            {"SEPOLO_API_KEY": "a-key,b-key"},
            'IFS=, read -r SEPOLO_API_KEY_1 SEPOLO_API_KEY_2 <<< "$SEPOLO_API_KEY"',
        ),
        (
            {"api_key": ["a-key", "b-key"]},
            {},
            "export SEPOLO_API_KEY_1=… SEPOLO_API_KEY_2=… and so on, to the keys of these names",
        ),
    ],
)
def test_what_curl_lines_need_is_told(given: dict[str, Any], env: dict[str, str], said: str | None) -> None:
    """One key needs nothing but its variable; several are numbered, and a list of them is taken apart by a line."""
    made = parse({"base_url": "http://x", **given}, env)
    assert report.pasting(made) == said
    if said and "read" in said:
        line = f'{said}; printf \'%s %s\' "$SEPOLO_API_KEY_1" "$SEPOLO_API_KEY_2"'
        shell = shutil.which("bash") or "bash"
        assert subprocess.run([shell, "-c", line], env=env, capture_output=True, check=True).stdout == b"a-key b-key"


def test_the_header_counts_what_is_judged() -> None:
    """One requirement is one, and nothing is written unless that was permitted."""
    one, two = (tuple(Verdict(name, Status.PASS) for name in ids) for ids in (("PAG-001",), ("PAG-001", "PAG-002")))
    assert report.header(results(*one))[-1] == "1 requirement, reads only"
    assert report.header(results(*two, allow_writes=True))[-1] == "2 requirements, reads and writes"
