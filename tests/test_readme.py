"""Every command of the README, run; those that install are run by CI and by tests/fresh."""

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
    """What a sandbox prints up to its curl line, while it serves."""
    command = [str(BIN / "sepolo-mock"), *options, "--port", "0"]
    environment = {**os.environ, "XDG_DATA_HOME": str(folder)}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        assert process.stdout is not None
        shown = ""
        while "curl" not in shown:
            line = process.stdout.readline()
            assert line, "the sandbox ended early"
            shown += line
        yield shown
    finally:
        process.terminate()
        process.wait(30)


def test_readme_has_no_command_that_nobody_runs() -> None:
    """Each line of a console block either installs (and CI runs it) or is one that this file runs."""
    known = ("curl ", "python3 -m venv .venv && ", ".venv/bin/pip install ", "export ", ".venv/bin/sepolo-conformance ")
    assert [line for line in LINES if not line.startswith(known)] == []


def test_shown_output_is_what_serve_prints(tmp_path: Path) -> None:
    """The banner that the README shows is the banner, but for the port and the place of the state."""
    shown = re.search(r"```text\n(Sepolo sandbox.*?)```", README, re.DOTALL)
    assert shown is not None
    with serving("serve", folder=tmp_path) as printed:
        base = re.search(r"http://127\.0\.0\.1:\d+", printed)
        assert base is not None
        kept = [line for line in printed.replace(base[0], ADDRESS).splitlines() if "State" not in line]
    assert kept == shown[1].splitlines()


def test_every_curl_of_the_readme_answers(tmp_path: Path) -> None:
    """Pasted with the port of a running sandbox, each curl line gets a 200."""
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


def test_the_suite_is_run_as_the_readme_says(tmp_path: Path) -> None:
    """Its lines judge a running sandbox and write the report; one requirement is enough to see that."""
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


def test_counts_of_the_readme_are_true() -> None:
    """The README counts the requirements, the mutants and the variants that there are."""
    counts = (len(catalogue()), len(MUTANTS), len(VARIANTS))
    assert tuple(map(int, re.findall(r"(\d+) (?:requirements|mutants|honest deployments)", README))) == counts


@pytest.mark.parametrize("command", INLINE)
def test_every_command_named_in_the_text_works(command: str, tmp_path: Path) -> None:
    """A command in the running text does what it says: it serves, or it ends without an error."""
    _, *arguments = shlex.split(command)
    if arguments[0] == "serve":
        with serving(*arguments, folder=tmp_path) as printed:
            assert "Base URL" in printed
        return
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path)}
    # A reset wants a state that was used before.
    state = tmp_path / "sepolo-mock" / "state.db"
    state.parent.mkdir()
    state.touch()
    done = subprocess.run(
        [str(BIN / "sepolo-mock"), *arguments], capture_output=True, text=True, env=environment, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
