"""Settings from options, and the error line of each wrong option."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sepolo_conformance.model.requirement import Level
from sepolo_conformance.model.settings import Reports, Settings, SettingsError
from sepolo_conformance.options.parsing import parse

URL = "https://api.sepolo.app"


def settings(env: dict[str, str] | None = None, **given: Any) -> Settings:
    return parse({"base_url": URL, **given}, env or {})


@pytest.mark.parametrize(
    ("url", "base"),
    [
        (URL, URL),
        (f"{URL}/", URL),
        (f"{URL}/api/v1", URL),
        (f"{URL}/api/v1/", URL),
        ("http://127.0.0.1:8080/gateway/api/v1", "http://127.0.0.1:8080/gateway"),
    ],
)
def test_base_url_excludes_the_api_prefix(url: str, base: str) -> None:
    """A URL with and without /api/v1 names the same deployment."""
    assert settings(base_url=url).base_url == base


def test_option_texts_are_converted(tmp_path: Path) -> None:
    """Durations, rates, windows and comma-separated lists become values."""
    (tmp_path / "known.yaml").write_text("AUT-001: a proxy answers first\n")
    made = settings(
        level="Should",
        area=["PAG,windows", "aut"],
        requirement=["pag-003"],
        rate="300/min",
        budget="2m",
        timeout="500ms",
        seed="7",
        window="2026-05-01/2026-06-01T02:00:00+02:00",
        expected_failures=str(tmp_path / "known.yaml"),
    )
    assert made.level is Level.SHOULD
    assert made.areas == {"paging", "windows", "authentication"}
    assert made.requirements == {"PAG-003"}
    assert (made.rate, made.budget, made.timeout, made.seed) == (5.0, 120.0, 0.5, 7)
    assert made.window == (datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC))
    assert made.expected == {"AUT-001": "a proxy answers first"}


def test_defaults_are_those_of_the_settings() -> None:
    """Options that were not given keep the default values of Settings."""
    assert settings(level=None, area=[], seed="", api_key=()) == Settings(URL, reports=Reports())


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"base_url": None}, "no target: give its URL"),
        ({"base_url": "api.sepolo.app"}, "'api.sepolo.app' is not the URL of a deployment"),
        ({"base_url": "ftp://x"}, "is not the URL of a deployment"),
        ({"base_url": "http://"}, "is not the URL of a deployment"),
        ({"base_url": "http://x:99999"}, "is not the URL of a deployment"),
        ({"base_url": "http://a b"}, "is not the URL of a deployment"),
        ({"base_url": "https://key@x"}, "give keys by --api-key-env"),
        ({"base_url": "https://x/?key=1"}, "has a query or fragment"),
        ({"api_key": ["a b"]}, "has characters that a header cannot carry"),
        ({"api_key_env": ["NOPE"]}, "--api-key-env NOPE: the environment variable is missing or empty"),
        ({"api_key_file": ["/nowhere"]}, "/nowhere: there is no such file"),
        ({"api_key": [""]}, "--api-key: the value is empty"),
        ({"api_key_env": [","]}, "--api-key-env: the value is empty"),
        ({"area": [""]}, "--area: the value is empty"),
        ({"requirement": [","]}, "--requirement: the value is empty"),
        ({"write_body": "/nowhere"}, "/nowhere: there is no such file"),
        ({"junit": "/nowhere/r.xml"}, "/nowhere/r.xml: a report can't be written there: there is no folder /nowhere"),
        ({"json": "-", "html": "/dev/stdout"}, "both reports would be written to /dev/stdout"),
        ({"json": "r", "html": "./r"}, "--json and --html: both reports would be written to r"),
        ({"key_scopes": ["x=a.read"]}, "write NAME=scope,scope with NAME one of: none"),
        ({"level": "may"}, "--level may: choose one of must, should, sandbox"),
        ({"area": ["page"]}, "--area page: choose from authentication, scopes"),
        ({"requirement": ["PAG-999"]}, "--requirement PAG-999: there is no such requirement"),
        ({"rate": "fast"}, "--rate fast: write requests per second"),
        ({"rate": "0/s"}, "--rate 0/s"),
        ({"budget": "soon"}, "--budget soon: write a duration"),
        ({"timeout": "0"}, "--timeout 0: write a duration"),
        ({"max_requests": "-1"}, "--max-requests -1: write a number above 0"),
        ({"seed": "x"}, "--seed x: write a number"),
        ({"window": "2026-05-01"}, "--window 2026-05-01: write two instants"),
        ({"window": "2026-05-01/2026-04-01"}, "the first instant must be before the second"),
        ({"expected_failures": "/nowhere"}, "/nowhere: there is no such file"),
        ({"json": "/nowhere/r.json"}, "/nowhere/r.json: a report can't be written there"),
        ({"html": "/"}, "a report can't be written there: it is a folder"),
    ],
)
def test_wrong_option_is_rejected_with_one_line(given: dict[str, Any], line: str) -> None:
    """The error names the option and states the expected value."""
    with pytest.raises(SettingsError) as caught:
        settings(**given)
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("option", "content", "line"),
    [
        ("api_key_file", b"# nothing\n\n", "the file contains no key; write one key per line"),
        ("api_key_file", b"\xff\xfe\x00", "the file is not UTF-8 text; write one key per line"),
        ("write_body", b"[1]", "write one JSON object"),
        ("write_body", b"{'title': 1}", "write one JSON object"),
        ("write_body", b"\xff", "write one JSON object"),
    ],
)
def test_unusable_file_is_rejected(tmp_path: Path, option: str, content: bytes, line: str) -> None:
    """Files are read before the run starts."""
    (tmp_path / "file").write_bytes(content)
    path = str(tmp_path / "file")
    given: dict[str, Any] = {option: [path] if option == "api_key_file" else path}
    with pytest.raises(SettingsError) as caught:
        settings(**given)
    assert f"--{option.replace('_', '-')} {path}: {line}" in str(caught.value)


def test_expected_failures_ignore_letter_case(tmp_path: Path) -> None:
    """Requirement ids may be written in lower case, as for --requirement."""
    (tmp_path / "known.yaml").write_text("pag-003: a proxy\n")
    assert settings(expected_failures=str(tmp_path / "known.yaml")).expected == {"PAG-003": "a proxy"}


@pytest.mark.parametrize("text", ["- AUT-001", "AUT-999: x", "AUT-001:", "a: b: c", "AUT-001: [1]"])
def test_wrong_file_of_expected_failures_is_rejected(tmp_path: Path, text: str) -> None:
    """Unknown ids, missing reasons and other YAML are rejected, so that a typing error cannot hide a failure."""
    (tmp_path / "known.yaml").write_text(text)
    with pytest.raises(SettingsError, match="--expected-failures"):
        settings(expected_failures=str(tmp_path / "known.yaml"))


@pytest.mark.parametrize(
    ("text", "path"), [("-", "/dev/stdout"), ("/dev/stdout", "/dev/stdout"), ("/dev/null", "/dev/null")]
)
def test_standard_output_and_devices_are_report_files(text: str, path: str) -> None:
    """`-` is standard output."""
    assert settings(json=text).reports.json == Path(path)
    assert settings(json="/dev/null", html="/dev/null").reports.html == Path("/dev/null")


def test_report_file_must_be_writable_before_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file in a read-only folder is accepted; a read-only file and a new file in such a folder are not."""
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.touch()
    monkeypatch.setattr("os.access", lambda path, _: Path(path) != tmp_path)
    assert settings(json=str(old)).reports.json == old
    with pytest.raises(SettingsError, match=r"the folder .* is not writable"):
        settings(json=str(new))
    monkeypatch.setattr("os.access", lambda path, _: Path(path) != old)
    with pytest.raises(SettingsError, match="the file is not writable"):
        settings(json=str(old))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_files_may_begin_with_a_byte_order_mark(tmp_path: Path, encoding: str) -> None:
    """Editors and shells of Windows write one."""
    for name, text in (("keys", "a-key\n"), ("body", '{"title": "ä"}'), ("known", "AUT-001: a proxy\n")):
        (tmp_path / name).write_text(text, encoding=encoding)
    keys, body, known = (str(tmp_path / name) for name in ("keys", "body", "known"))
    made = settings(api_key_file=[keys], write_body=body, expected_failures=known)
    assert ([key.secret for key in made.keys], made.expected) == (["a-key"], {"AUT-001": "a proxy"})
    assert made.write_body == Path(body)
