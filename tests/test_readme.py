"""Runs every command of the README. CI and tests/fresh run the commands that install."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import sepolo_conformance.checks  # noqa: F401 - fills the registry
from sepolo_conformance.engine.registry import catalogue
from tests.mutants.table import MUTANTS
from tests.variants.table import VARIANTS

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```console\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
LINES = [line for block in BLOCKS for line in block.splitlines()]
INLINE = sorted(set(re.findall(r"`(sepolo-mock [^`]+)`", README)))
ADDRESS = "http://127.0.0.1:8080"


@contextmanager
def serving(*options: str, folder: Path) -> Iterator[str]:
    """Start a sandbox and yield its banner, which ends with the line that says how to stop it."""
    command = [str(BIN / "sepolo-mock"), *options, "--port", "0"]
    environment = {**os.environ, "XDG_DATA_HOME": str(folder)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            shown = ""
            while "Stop with" not in shown:
                line = process.stdout.readline()
                assert line, "the sandbox ended early"
                shown += line
            yield shown
        finally:
            process.terminate()
            process.wait(30)


def test_every_command_is_run_somewhere() -> None:
    """Each line of a console block is an installation, which CI runs, or a command that this file runs."""
    known = ("curl ", "python3 -m venv .venv && ", ".venv/bin/pip install ", "export ", ".venv/bin/sepolo-conformance ")
    assert [line for line in LINES if not line.startswith(known)] == []


def test_the_banner_is_shown_as_printed(tmp_path: Path) -> None:
    """The README shows the whole banner of `serve`, with port 8080 and the folder of a user called you."""
    shown = re.search(r"```text\n(Sepolo sandbox.*?)```", README, re.DOTALL)
    assert shown is not None
    with serving("serve", folder=tmp_path) as printed:
        base = re.search(r"http://127\.0\.0\.1:\d+", printed)
        assert base is not None
    printed = printed.replace(base[0], ADDRESS).replace(str(tmp_path), "/home/you/.local/share")
    assert _without_token(printed) == _without_token(shown[1])


def _without_token(text: str) -> str:
    """Return the banner without the operator's token, which is drawn at each start."""
    return re.sub(r"sep_mgmt_[0-9a-f]{32}", "TOKEN", text)


def test_every_curl_line_succeeds(tmp_path: Path) -> None:
    """Each curl line, with the port of a running sandbox, is answered with 200."""
    with serving("serve", folder=tmp_path) as printed:
        base = re.search(r"http://127\.0\.0\.1:\d+", printed)
        assert base is not None
        statuses = [
            subprocess.run(
                [*shlex.split(line.replace(ADDRESS, base[0])), "-o", os.devnull, "-w", "%{http_code}"],
                capture_output=True, text=True, check=True, timeout=30,
            ).stdout
            for line in LINES if line.startswith("curl ")
        ]  # fmt: skip
    assert statuses == ["200"] * len(statuses)
    assert statuses


def test_the_lines_of_the_suite_work(tmp_path: Path) -> None:
    """The lines run the suite against a sandbox and write the report; one requirement is enough here."""
    lines = [line for line in LINES if line.startswith(("export ", ".venv/bin/sepolo-conformance "))]
    with serving("serve", folder=tmp_path) as printed:
        base = re.search(r"http://127\.0\.0\.1:\d+", printed)
        assert base is not None
        script = "\n".join(lines).replace(ADDRESS, base[0]).replace(".venv/bin", str(BIN)) + " --requirement AUT-001"
        done = subprocess.run(
            ["bash", "-ec", script], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
        )
    assert (done.returncode, done.stderr) == (0, "")
    assert "AUT-001" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_the_counts_are_current() -> None:
    """The README states the current numbers of requirements, mutants and variants."""
    counts = (len(catalogue()), len(MUTANTS), len(VARIANTS))
    assert tuple(map(int, re.findall(r"(\d+) (?:requirements|mutants|conforming deployments)", README))) == counts


@pytest.mark.parametrize("command", INLINE)
def test_every_inline_command_works(command: str, tmp_path: Path) -> None:
    """A command in the running text serves, or ends without an error."""
    _, *arguments = shlex.split(command)
    if arguments[0] == "serve":
        with serving(*arguments, folder=tmp_path) as printed:
            assert "Base URL" in printed
        return
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path)}
    # A reset needs a state that exists.
    state = tmp_path / "sepolo-mock" / "state.db"
    state.parent.mkdir()
    state.touch()
    done = subprocess.run(
        [str(BIN / "sepolo-mock"), *arguments], capture_output=True, text=True, env=environment, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
