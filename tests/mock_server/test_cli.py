"""The command line: what it prints, and the one line it gives for what it can't do."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml

from sepolo_mock_server import cli, errors, settings
from sepolo_mock_server.state import store
from sepolo_openapi import reader

ROOT = Path(__file__).parents[2]
PROGRAM = [sys.executable, "-c", "from sepolo_mock_server.cli import main; main()"]

Outcome = tuple[int, str, str]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Runs a command in process; its exit code and what it printed."""

    def call(*arguments: object) -> Outcome:
        with pytest.raises(SystemExit) as caught:
            cli.main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        assert isinstance(caught.value.code, int)
        return caught.value.code, printed.out, printed.err

    return call


def test_keys(run: Callable[..., Outcome]) -> None:
    """Every key of the profile is listed with its organisation and scopes, for people and for programs."""
    code, out, err = run("keys", "--json")
    keys = {row["name"]: row for row in json.loads(out)}
    assert (code, err) == (0, "")
    assert set(keys["full"]) == {"name", "key", "organizationId", "organizationName", "scopes", "note"}
    assert keys["full"]["scopes"] == list(reader.load().scopes)
    assert "service_reports.write" not in keys["readonly"]["scopes"]
    assert {row["key"][:9] for row in keys.values()} == {"sep_test_"}
    _, table, _ = run("keys")
    assert len(table.splitlines()) == len(keys) + 1
    assert all(row["key"] in table for row in keys.values())


def test_routes(run: Callable[..., Outcome]) -> None:
    """Every operation is listed with its scope and limits."""
    _, out, _ = run("routes")
    lines = [line.split() for line in out.splitlines()]
    assert len(lines) == 24
    assert [
        "listDeviceTelemetry", "GET", "/api/v1/devices/{deviceId}/telemetry", "telemetry.read", "500", "31", "d"
    ] in lines  # fmt: skip


def test_spec(run: Callable[..., Outcome]) -> None:
    """The contract is printed in either version and format, the same document each time."""
    found = {
        (version, kind): (yaml.safe_load if kind == "yaml" else json.loads)(
            run("spec", "--openapi", version, "--format", kind)[1]
        )
        for version in ("3.1", "3.0")
        for kind in ("yaml", "json")
    }
    assert found["3.1", "yaml"] == found["3.1", "json"] == reader.load().document
    assert found["3.0", "yaml"] == found["3.0", "json"]
    assert found["3.0", "json"]["openapi"].startswith("3.0.")


def test_reset(run: Callable[..., Outcome], tmp_path: Path) -> None:
    """A reset says how much it forgot and where."""
    path = tmp_path / "state.db"
    store.probe(str(path))
    assert run("reset", "--state", path) == (0, f"Forgot 0 service reports in {path}\n", "")


@pytest.mark.parametrize("scheme", ["", "sqlite:///"])
def test_reset_of_nothing(run: Callable[..., Outcome], tmp_path: Path, scheme: str) -> None:
    """A state that isn't there is a typing error: it is named, and neither file nor folder is made."""
    for place in (tmp_path / "state.db", tmp_path / "folder" / "state.db"):
        line = f"sepolo-mock: {messages.no_state(str(place))}\n"
        assert run("reset", "--state", f"{scheme}{place}") == (2, "", line)
    assert list(tmp_path.iterdir()) == []


def test_version(run: Callable[..., Outcome]) -> None:
    """The version is that of the installed package."""
    assert run("--version") == (0, f"sepolo-mock {version('sepolo-contract')}\n", "")


FROM_0 = "give an integer from 0 to"


@pytest.mark.parametrize(
    ("command", "option", "value", "right"),
    [
        ("serve", "--port", "abc", f"{FROM_0} 65535 with --port or SEPOLO_PORT"),
        ("serve", "--port", "1.5", f"{FROM_0} 65535 with --port or SEPOLO_PORT"),
        ("serve", "--port", "65536", f"{FROM_0} 65535 with --port or SEPOLO_PORT"),
        ("serve", "--port", "9" * 50, f"{FROM_0} 65535 with --port or SEPOLO_PORT"),
        ("serve", "--seed", "luck", f"{FROM_0} 9223372036854775807 with --seed or SEPOLO_SEED"),
        ("serve", "--seed", "-1", f"{FROM_0} 9223372036854775807 with --seed or SEPOLO_SEED"),
        ("serve", "--workers", "0", "give an integer from 1 to 64 with --workers or SEPOLO_WORKERS"),
        ("spec", "--openapi", "2.0", "give 3.1 or 3.0 with --openapi"),
        ("spec", "--format", "xml", "give yaml or json with --format"),
    ],
)
def test_wrong_values(run: Callable[..., Outcome], command: str, option: str, value: str, right: str) -> None:
    """A value that is of no use is named with its option, and with what would be right."""
    line = f"sepolo-mock: {option} {value} is wrong: {right}\n"
    assert run(command, option, value) == (2, "", line)


@pytest.mark.parametrize(
    ("variable", "value", "right"),
    [
        ("SEPOLO_PORT", "abc", f"{FROM_0} 65535 with --port or SEPOLO_PORT"),
        ("SEPOLO_SEED", "1e3", f"{FROM_0} 9223372036854775807 with --seed or SEPOLO_SEED"),
        ("SEPOLO_WORKERS", "65", "give an integer from 1 to 64 with --workers or SEPOLO_WORKERS"),
        ("SEPOLO_CHECK_RESPONSES", "perhaps", "give a boolean, 1 or 0, with SEPOLO_CHECK_RESPONSES"),
    ],
)
def test_wrong_variables(
    run: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch, variable: str, value: str, right: str
) -> None:
    """Where the environment is wrong it is the variable that is named, whether or not a command is given."""
    monkeypatch.setenv(variable, value)
    for arguments in (["serve"], []):
        assert run(*arguments) == (2, "", f"sepolo-mock: {variable}={value} is wrong: {right}\n")


@pytest.mark.parametrize(
    ("value", "shown"),
    [("", '""'), ("8080 ", None), ("a b\n", '"a b�"'), ("x" * 99, f'"{"x" * 60}…"')],
)
def test_strange_values_are_quoted(value: str, shown: str | None) -> None:
    """Spaces around a number are no matter; what couldn't be told from the sentence stands in quotes, cut if long."""
    read = settings.number("--port", "SEPOLO_PORT", 0, 65_535)
    if shown is None:
        assert read(value) == 8_080
        return
    with pytest.raises(settings.SettingsError) as caught:
        read(value)
    right = "give an integer from 0 to 65535 with --port or SEPOLO_PORT"
    assert str(caught.value) == f"--port {shown} is wrong: {right}"


@pytest.mark.parametrize(
    ("arguments", "fragments"),
    [
        (["serve", "--nonsense"], ["--nonsense"]),
        (["nonsense"], ["nonsense"]),
        (["serve", "--profile", "nowhere"], ["'nowhere'", "demo"]),
        (["serve", "--clock", "noon"], ["'noon'", "2026-07-01T00:00:00Z"]),
        (["serve", "--clock", "1999-01-01T00:00:00Z"], ["1999-01-01T00:00:00Z"]),
        (["serve", "--clock", "2026-07-01T00:00:00"], ["offset"]),
        (["serve", "--host", "nowhere.invalid", "--state", ":memory:"], ["--host", "nowhere.invalid"]),
        (["serve", "--host", "203.0.113.1", "--state", ":memory:"], ["--host", "203.0.113.1"]),
        (["serve", "--workers", "2", "--state", ":memory:"], [messages.memory_shared()]),
        (["serve", "--state", "/dev/null/x"], ["/dev/null/x", "--state"]),
        (["serve", "--state", "mysql://x"], ["mysql://x"]),
        (["reset", "--state", "/dev/null/x"], ["/dev/null/x"]),
        (["keys", "--profile", "nowhere"], ["'nowhere'"]),
    ],
)
def test_wrong_wishes(run: Callable[..., Outcome], arguments: list[str], fragments: list[str]) -> None:
    """What can't be granted is one line on stderr that names it and what would be right, and exit code 2."""
    code, out, err = run(*arguments)
    assert (code, out, err.count("\n"), err.startswith("sepolo-mock: ")) == (2, "", 1, True)
    assert [fragment for fragment in fragments if fragment not in err] == []


@pytest.mark.parametrize(
    ("variable", "value", "fragment"),
    [
        ("SEPOLO_PROFILE", "nowhere", "'nowhere'"),
        ("SEPOLO_CLOCK", "noon", "'noon'"),
        ("SEPOLO_STATE", "mysql://x", "mysql://x"),
        ("SEPOLO_CURSOR_SECRET", "short", "SEPOLO_CURSOR_SECRET"),
    ],
)
def test_wrong_environment(
    run: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch, variable: str, value: str, fragment: str
) -> None:
    """The environment is checked as the options are, and sepolo-mock alone is sepolo-mock serve."""
    monkeypatch.setenv(variable, value)
    for arguments in (["serve"], []):
        code, _, err = run(*arguments)
        assert (code, err.count("\n"), fragment in err) == (2, 1, True)


def test_port_in_use(run: Callable[..., Outcome]) -> None:
    """A port that is taken is told by its number."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert run("serve", "--port", port, "--state", ":memory:") == (
            2,
            "",
            f"sepolo-mock: {messages.port_in_use(port)}\n",
        )


def test_default_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without --state the state lies in the user's own data folder."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    if sys.platform == "linux":
        assert settings.default_state() == str(tmp_path / "sepolo-mock" / "state.db")
    else:
        assert settings.default_state().endswith("state.db")


@contextmanager
def served(*options: object) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A sandbox in a process of its own, and what it announced."""
    command = [*PROGRAM, "serve", "--port", "0", *map(str, options)]
    # A socket or file left open is a complaint too.
    strict = os.environ | {"PYTHONWARNINGS": "default::ResourceWarning"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=strict)
    try:
        assert process.stdout is not None
        yield process, "".join(process.stdout.readline() for _ in range(6))
    finally:
        process.kill()
        process.communicate()


def fetch(line: str) -> Any:
    """What the printed curl line gets."""
    found = re.fullmatch(r" *Try it +curl -H '(.+): (.+)' (http.+)", line)
    assert found is not None
    request = urllib.request.Request(found.group(3), headers={found.group(1): found.group(2)})  # noqa: S310
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
        return json.load(answer)


@pytest.mark.parametrize("options", [(), ("--workers", 2), ("--host", "::1"), ("--clock", "wall", "--check-responses")])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serving(tmp_path: Path, options: tuple[object, ...], number: signal.Signals) -> None:
    """The announced line works as printed, and a signal ends the server cleanly and silently."""
    with served("--state", tmp_path / "state.db", *options) as (process, printed):
        (line,) = (line for line in printed.splitlines() if "curl" in line)
        assert fetch(line)["version"] == "v1"
        process.send_signal(number)
        _, complaints = process.communicate(timeout=20)
    assert (process.returncode, complaints) == (0, "")
