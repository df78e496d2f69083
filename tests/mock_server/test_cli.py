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
from pathlib import Path
from typing import Any

import pytest
import yaml

from mock_server import cli, errors, settings
from openapi import contract

ROOT = Path(__file__).parents[2]
PROGRAM = [sys.executable, "-c", "from mock_server.cli import main; main()"]

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
    assert keys["full"]["scopes"] == list(contract.load().scopes)
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
    assert found["3.1", "yaml"] == found["3.1", "json"] == contract.load().document
    assert found["3.0", "yaml"] == found["3.0", "json"]
    assert found["3.0", "json"]["openapi"].startswith("3.0.")


def test_reset(run: Callable[..., Outcome], tmp_path: Path) -> None:
    """A reset says how much it forgot and where."""
    path = tmp_path / "state.db"
    assert run("reset", "--state", path) == (0, f"Forgot 0 service reports in {path}\n", "")


@pytest.mark.parametrize(
    ("arguments", "fragments"),
    [
        (["serve", "--nonsense"], ["--nonsense"]),
        (["nonsense"], ["nonsense"]),
        (["serve", "--port", "x"], ["--port", "integer"]),
        (["serve", "--port", "70000"], ["--port", "65535"]),
        (["serve", "--port", "-1"], ["--port"]),
        (["serve", "--workers", "0"], ["--workers", "1"]),
        (["serve", "--seed", "-1"], ["--seed -1", "from 0"]),
        (["serve", "--profile", "nowhere"], ["'nowhere'", "demo"]),
        (["serve", "--clock", "noon"], ["'noon'", "2026-07-01T00:00:00Z"]),
        (["serve", "--clock", "1999-01-01T00:00:00Z"], ["1999-01-01T00:00:00Z"]),
        (["serve", "--clock", "2026-07-01T00:00:00"], ["offset"]),
        (["serve", "--host", "nowhere.invalid", "--state", ":memory:"], ["--host", "nowhere.invalid"]),
        (["serve", "--host", "203.0.113.1", "--state", ":memory:"], ["--host", "203.0.113.1"]),
        (["serve", "--workers", "2", "--state", ":memory:"], [errors.memory_shared()]),
        (["serve", "--state", "/dev/null/x"], ["/dev/null/x", "--state"]),
        (["serve", "--state", "mysql://x"], ["mysql://x"]),
        (["reset", "--state", "/dev/null/x"], ["/dev/null/x"]),
        (["keys", "--profile", "nowhere"], ["'nowhere'"]),
        (["spec", "--openapi", "2.0"], ["--openapi", "3.1"]),
        (["spec", "--format", "xml"], ["--format", "yaml"]),
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
        ("SEPOLO_PORT", "x", "SEPOLO_PORT"),
        ("SEPOLO_WORKERS", "0", "SEPOLO_WORKERS"),
        ("SEPOLO_PROFILE", "nowhere", "'nowhere'"),
        ("SEPOLO_CLOCK", "noon", "'noon'"),
        ("SEPOLO_SEED", "x", "SEPOLO_SEED"),
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
            f"sepolo-mock: {errors.port_in_use(port)}\n",
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
