"""The output of --help, keys and routes, and of spec to a closed pipe."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from sepolo_mock_server import cli
from tests.end_to_end.harness import CONTRACT, command
from tests.harness.in_process import key_facts

COMMANDS = ["serve", "keys", "spec", "collection", "powerquery", "profile-schema", "reset", "routes"]


@pytest.fixture
def output_of(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run a command that must succeed; returns its output."""

    def call(*arguments: str) -> str:
        with pytest.raises(SystemExit) as caught:
            cli.main(list(arguments))
        printed = capsys.readouterr()
        assert (caught.value.code, printed.err) == (0, "")
        return printed.out

    return call


def test_help(output_of: Callable[..., str]) -> None:
    """The help lists the commands, and the help of `serve` exactly its options with variables and defaults."""
    overview = output_of("--help")
    assert re.findall(r"^  ([a-z][a-z-]+)  ", overview, re.MULTILINE) == COMMANDS
    text = " ".join(output_of("serve", "--help").split())
    options = ["host", "port", "profile", "seed", "clock", "workers", "state", "check-responses"]
    options += ["operator-token", "no-management", "no-demo-keys"]
    found = sorted(set(re.findall(r"(?<![\w-])--([a-z-]+)", text)))
    assert found == sorted([*options, "no-check-responses", "json", "help"])
    for option in options:
        assert f"SEPOLO_{option.upper().replace('-', '_')}" in text
    for default in ("default: 127.0.0.1", "default: 8080", "default: demo", "default: 1"):
        assert default in text


def test_keys(output_of: Callable[..., str]) -> None:
    """`keys` lists the keys of a profile as JSON and as a table."""
    for profile in ("demo", "small"):
        rows = json.loads(output_of("keys", "--json", "--profile", profile))
        assert {row["name"]: row["key"] for row in rows} == {n: fact.key for n, fact in key_facts(profile).items()}
        assert {tuple(row) for row in rows} == {("name", "key", "organizationId", "organizationName", "scopes", "note")}
        table = output_of("keys", "--profile", profile).splitlines()
        assert len(table) == len(rows) + 1
        for row, line in zip(rows, table[1:], strict=True):
            assert row["note"]
            assert all(row[member] in line for member in ("name", "key", "organizationName", "note"))


def test_routes(output_of: Callable[..., str]) -> None:
    """`routes` lists every operation of the contract with its scope, page size and longest window."""
    lines = output_of("routes").splitlines()[1:]
    assert len(lines) == len(CONTRACT.operations)
    for line, operation in zip(lines, CONTRACT.operations.values(), strict=True):
        assert line.split()[:4] == [operation.operation_id, operation.method, operation.path, operation.scope]
        assert ("500" in line) == bool(operation.page and operation.page.maximum)
        days = operation.window.max_days if operation.window else None
        assert (f"{days} d" in line) == (days is not None)


def test_closed_pipe() -> None:
    """A reader that closes the pipe early causes no error message."""
    line = " ".join([*command("spec"), "|", "head", "-1"])
    done = subprocess.run(["bash", "-o", "pipefail", "-c", line], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("openapi: 3.1")
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


@pytest.mark.parametrize("name", ["spec", "keys", "routes", "powerquery", "serve --port 0 --state :memory:"])
def test_output_to_a_full_disk(name: str) -> None:
    """The reason is told in one line, and the exit code is 2."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command(*name.split()), stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=60
        )
    assert (done.returncode, done.stderr) == (2, "sepolo-mock: the output can't be written: No space left on device\n")
