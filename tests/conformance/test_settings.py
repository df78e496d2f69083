"""Options: what they mean, and the one line for each that can't be granted."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sepolo_conformance.model.keys import Key
from sepolo_conformance.model.requirement import Level
from sepolo_conformance.model.settings import SettingsError
from sepolo_conformance.options.parsing import parse

URL = "https://api.sepolo.app"


def settings(env: dict[str, str] | None = None, **given: Any) -> Any:
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
def test_the_prefix_may_be_given_or_left_out(url: str, base: str) -> None:
    """With and without /api/v1 mean the same deployment."""
    assert settings(base_url=url).base_url == base


def test_keys_come_from_options_environment_and_files(tmp_path: Path) -> None:
    """Each key has a name for people and a variable for curl lines; one given twice is one."""
    (tmp_path / "keys").write_text("# ours\nthird-key\n\n")
    found = settings(
        {"KEY_B": " second-key "},
        api_key=["first-key,first-key"],
        api_key_env=["KEY_B"],
        api_key_file=[str(tmp_path / "keys")],
    ).keys
    assert found == (
        Key("key1", "$SEPOLO_API_KEY_1", "first-key"),
        Key("KEY_B", "$SEPOLO_API_KEY_2", "second-key"),
        Key("keys:1", "$SEPOLO_API_KEY_3", "third-key"),
    )


@pytest.mark.parametrize(
    ("env", "names"),
    [
        ({"SEPOLO_API_KEY": "a-key,b-key"}, ["SEPOLO_API_KEY:1", "SEPOLO_API_KEY:2"]),
        ({"SEPOLO_API_KEY": "a-key", "SEPOLO_API_KEY_2": "b-key"}, ["SEPOLO_API_KEY", "SEPOLO_API_KEY_2"]),
        ({"SEPOLO_API_KEY_1": "a-key", "SEPOLO_API_KEY_2": "b-key"}, ["SEPOLO_API_KEY_1", "SEPOLO_API_KEY_2"]),
    ],
)
def test_the_variable_serves_where_no_key_is_given(env: dict[str, str], names: list[str]) -> None:
    """SEPOLO_API_KEY with commas, or numbered as curl lines name them."""
    found = settings(env)
    assert [(key.name, key.placeholder, key.secret) for key in found.keys] == [
        (names[0], "$SEPOLO_API_KEY_1", "a-key"),
        (names[1], "$SEPOLO_API_KEY_2", "b-key"),
    ]
    assert found.key_options == ()


def test_one_key_needs_no_number() -> None:
    """The curl lines of a run with one key read the variable that the documents name."""
    assert settings({"SEPOLO_API_KEY": "a-key"}).keys == (Key("SEPOLO_API_KEY", "$SEPOLO_API_KEY", "a-key"),)


def test_a_variable_may_hold_several_keys() -> None:
    """--api-key-env reads commas as SEPOLO_API_KEY does."""
    found = settings({"KEYS": "a-key, b-key,"}, api_key_env=["KEYS"]).keys
    assert [(key.name, key.secret) for key in found] == [("KEYS:1", "a-key"), ("KEYS:2", "b-key")]


def test_the_same_keys_can_be_given_again(tmp_path: Path) -> None:
    """Options are remembered as they were given; a key itself becomes the variable of curl lines."""
    (tmp_path / "keys").write_text("third-key")
    given = {"api_key": ["first-key"], "api_key_env": ["KEY_B"], "api_key_file": [str(tmp_path / "keys")]}
    assert settings({"KEY_B": "second-key"}, **given).key_options == (
        *("--api-key-env", "KEY_B", "--api-key-file", str(tmp_path / "keys")),
        *("--api-key-env", "SEPOLO_API_KEY_1"),
    )


def test_a_key_never_shows_in_a_printed_value() -> None:
    """Settings may end in a traceback."""
    assert "first-key" not in repr(settings(api_key=["first-key"]))


def test_words_become_values(tmp_path: Path) -> None:
    """Durations, rates, windows, lists."""
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


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"base_url": None}, "no target: give its URL"),
        ({"base_url": "api.sepolo.app"}, "'api.sepolo.app' is no URL of a deployment"),
        ({"base_url": "ftp://x"}, "is no URL of a deployment"),
        ({"base_url": "http://"}, "is no URL of a deployment"),
        ({"base_url": "http://x:99999"}, "is no URL of a deployment"),
        ({"base_url": "http://a b"}, "is no URL of a deployment"),
        ({"base_url": "https://key@x"}, "give keys by --api-key-env"),
        ({"base_url": "https://x/?key=1"}, "has a query or fragment"),
        ({"api_key": ["a b"]}, "has characters that no header can carry"),
        ({"api_key_env": ["NOPE"]}, "--api-key-env NOPE: the environment has no such variable"),
        ({"api_key_file": ["/nowhere"]}, "/nowhere: there is no such file"),
        ({"api_key": [""]}, "--api-key: it is empty"),
        ({"api_key_env": [","]}, "--api-key-env: it is empty"),
        ({"area": [""]}, "--area: it is empty"),
        ({"requirement": [","]}, "--requirement: it is empty"),
        ({"write_body": "/nowhere"}, "/nowhere: there is no such file"),
        ({"junit": "/nowhere/r.xml"}, "/nowhere/r.xml: a report can't be written there"),
        ({"json": "r", "html": "./r"}, "--json and --html: both reports would be written to r"),
        ({"key_scopes": ["x=a.read"]}, "write NAME=scope,scope with NAME one of: none"),
        ({"level": "may"}, "--level may: choose one of must, should, sandbox"),
        ({"area": ["page"]}, "--area page: choose from authentication, scopes"),
        ({"requirement": ["PAG-999"]}, "--requirement PAG-999: there is none"),
        ({"rate": "fast"}, "--rate fast: write requests a second"),
        ({"rate": "0/s"}, "--rate 0/s"),
        ({"budget": "soon"}, "--budget soon: write a duration"),
        ({"timeout": "0"}, "--timeout 0: write a duration"),
        ({"max_requests": "-1"}, "--max-requests -1: write a number above 0"),
        ({"seed": "x"}, "--seed x: write a number"),
        ({"window": "2026-05-01"}, "--window 2026-05-01: write two instants"),
        ({"window": "2026-05-01/2026-04-01"}, "has to lie before the second"),
        ({"expected_failures": "/nowhere"}, "/nowhere: there is no such file"),
        ({"json": "/nowhere/r.json"}, "/nowhere/r.json: a report can't be written there"),
        ({"html": "/"}, "a report can't be written there"),
    ],
)
def test_what_can_not_be_granted_is_one_line(given: dict[str, Any], line: str) -> None:
    """The error names the option and what would be right."""
    with pytest.raises(SettingsError) as caught:
        settings(**given)
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("option", "content", "line"),
    [
        ("api_key_file", b"# nothing\n\n", "there is no key in it; write one a line"),
        ("api_key_file", b"\xff\xfe\x00", "it is no text in UTF-8; write one key a line"),
        ("write_body", b"[1]", "write one JSON object"),
        ("write_body", b"{'title': 1}", "write one JSON object"),
        ("write_body", b"\xff", "write one JSON object"),
    ],
)
def test_files_are_read_at_the_start(tmp_path: Path, option: str, content: bytes, line: str) -> None:
    """What is wrong with a file is said before the run, not in it."""
    (tmp_path / "file").write_bytes(content)
    path = str(tmp_path / "file")
    given: dict[str, Any] = {option: [path] if option == "api_key_file" else path}
    with pytest.raises(SettingsError) as caught:
        settings(**given)
    assert f"--{option.replace('_', '-')} {path}: {line}" in str(caught.value)


def test_ids_of_known_deviations_are_read_as_those_of_the_command_line(tmp_path: Path) -> None:
    """In either case, as --requirement."""
    (tmp_path / "known.yaml").write_text("pag-003: a proxy\n")
    assert settings(expected_failures=str(tmp_path / "known.yaml")).expected == {"PAG-003": "a proxy"}


@pytest.mark.parametrize("text", ["- AUT-001", "AUT-999: x", "AUT-001:", "a: b: c", "AUT-001: [1]"])
def test_a_file_of_known_deviations_is_checked(tmp_path: Path, text: str) -> None:
    """Unknown ids, missing reasons and other YAML are refused, so that a slip can't hide a failure."""
    (tmp_path / "known.yaml").write_text(text)
    with pytest.raises(SettingsError, match="--expected-failures"):
        settings(expected_failures=str(tmp_path / "known.yaml"))
