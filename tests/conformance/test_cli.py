"""The command line: `list`, `explain`, `--version`, help and wrong options."""

import errno
import json
import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from sepolo_conformance.cli import main
from tests.conformance.runs.commands import CLI, by_cli, environment

HEAVY = (
    *("hypothesis", "schemathesis", "openapi_core", "httpcore", "httpx", "yaml", "pydantic", "typer", "pytest"),
    *("jinja2", "jsonschema_rs", "concurrent.futures", "email", "ssl", "werkzeug"),
)
"""Modules that are slow to import. `list` and `explain` must answer within 0.6 s."""


def test_version_is_printed(tmp_path: Path) -> None:
    """--version prints the name of the program and the installed version."""
    assert by_cli(tmp_path, "--version").stdout == f"sepolo-conformance {version('sepolo-contract')}\n"


def test_help_is_printed_without_arguments(tmp_path: Path) -> None:
    """The program without arguments prints its help and ends with 0."""
    bare, helped = by_cli(tmp_path), by_cli(tmp_path, "--help")
    assert (bare.returncode, bare.stdout) == (0, helped.stdout)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run"], "no target: give its URL"),
        (["run", "http://127.0.0.1:1"], "http://127.0.0.1:1 cannot be judged: GET /api/v1/me: cannot connect"),
        (["run", "http://127.0.0.1:1", "--level", "may"], "--level may: choose one of must, should, sandbox"),
        (["run", "http://127.0.0.1:1", "--nonsense"], "No such option '--nonsense'"),
        (["run", "http://127.0.0.1:1", "-n", "many"], "-n many: write a number of processes up to 64, or auto"),
        (["run", "http://127.0.0.1:1", "-n", "100000"], "-n 100000: write a number of processes up to 64, or auto"),
        (["explain", "PAG-999"], "there is no requirement PAG-999"),
    ],
)
def test_wrong_option_is_one_line_and_exit_status_4(arguments: list[str], message: str, tmp_path: Path) -> None:
    """The line says what is wrong; nothing else is printed."""
    run = by_cli(tmp_path, *arguments)
    lines = [line for line in (run.stdout + run.stderr).splitlines() if line.strip()]
    assert (run.returncode, len(lines)) == (4, 1), lines
    assert message in lines[0]


def test_list_prints_a_line_per_requirement(tmp_path: Path) -> None:
    """Each line has id, level and title; the last one counts them by level."""
    lines = by_cli(tmp_path, "list", "--area", "AUT").stdout.splitlines()
    assert lines[0].startswith("AUT-001  MUST")
    assert re.fullmatch(rf"{len(lines) - 1} requirements: .*MUST.*", lines[-1])


def test_list_shows_what_a_run_at_a_level_judges(tmp_path: Path) -> None:
    """SANDBOX requirements are listed by default, but not at another level."""
    closing = [by_cli(tmp_path, "list", *level).stdout.splitlines()[-1] for level in ((), ("--level", "should"))]
    assert ["SANDBOX" in line for line in closing] == [True, False]


def test_explain_prints_source_and_method(tmp_path: Path) -> None:
    """The id may be written in lower case."""
    explained = by_cli(tmp_path, "explain", "aut-001")
    titles = [line.split()[0] for line in explained.stdout.splitlines() if line[0] != " "]
    assert titles == ["AUT-001", "holds", "clause", "judged", "how"]


@pytest.mark.parametrize("arguments", [["list"], ["explain", "PAG-003"]])
def test_list_and_explain_import_nothing_slow(arguments: list[str]) -> None:
    """They are answered from the registry alone."""
    script = (
        "import json, sys\nbefore = set(sys.modules)\nfrom sepolo_conformance.cli import main\n"
        f"try:\n    main({arguments})\nexcept SystemExit as end:\n    assert end.code == 0\n"
        f"print(json.dumps([name for name in {HEAVY} if name in sys.modules.keys() - before]))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == []


@pytest.mark.parametrize("code_page", ["cp1252", "cp932", "ascii"])
@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["list"], ["explain", "PAG-003"]])
def test_output_is_utf_8_whatever_the_code_page(code_page: str, arguments: list[str]) -> None:
    """Redirected output on Windows is in the code page, unless the program decides otherwise."""
    printed = [
        subprocess.run(
            [sys.executable, "-c", CLI, *arguments],
            check=True,
            capture_output=True,
            env=environment(PYTHONIOENCODING=encoding),
        ).stdout
        for encoding in ("utf-8", code_page)
    ]
    assert printed[0] == printed[1]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (RuntimeError("no plugin"), "RuntimeError: no plugin\n"),
        (
            FileNotFoundError(errno.ENOENT, "No such file or directory", "/srv/x"),
            ": /srv/x can't be used: No such file or directory\n",
        ),
        (OSError(errno.EMFILE, "Too many open files"), "that the command needs: Too many open files (EMFILE)\n"),
    ],
    ids=["crash", "path", "no path"],
)
def test_crash_at_start_ends_with_3(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception, expected: str
) -> None:
    """1 would mean that a requirement is broken. An error of the operating system names its path or number."""

    def crash(_: object) -> int:
        raise error

    monkeypatch.setattr(pytest, "main", crash)
    for variable in [name for name in os.environ if name.startswith("PYTEST_")]:
        monkeypatch.setenv(variable, os.environ[variable])  # restored after the test
    with pytest.raises(SystemExit) as end:
        main(["run", "http://127.0.0.1:1"])
    printed = capsys.readouterr().err
    assert (end.value.code, printed[-len(expected) :]) == (3, expected)
