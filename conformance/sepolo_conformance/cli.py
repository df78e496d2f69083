"""The command line `sepolo-conformance`. `run` starts pytest in the same process.

A wrong option prints one line on stderr and ends with exit status 4.
"""

import errno
import os
import shutil
import sys
import textwrap
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from inspect import getdoc
from io import TextIOWrapper
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

import click

from sepolo_conformance import checks  # noqa: F401 - fills the registry
from sepolo_conformance.engine.registry import catalogue, judge_of, select
from sepolo_conformance.model.requirement import SANDBOX, Level
from sepolo_conformance.model.settings import STANDARD_OUTPUT, SettingsError
from sepolo_conformance.options.parsing import parse
from sepolo_conformance.options.table import BASE_URL, BY_NAME, OPTIONS, Option, written
from sepolo_conformance.options.values import writable
from sepolo_conformance.pytest_plugin import PACKAGE
from sepolo_conformance.reporting.files import save

PROGRAM = "sepolo-conformance"
EXIT_INTERRUPTED, EXIT_ERROR, EXIT_USAGE = 2, 3, 4
_MAX_PROCESSES = 64


class _OutputError(Exception):
    """Standard output that can't be written; the message is the line that the user reads."""


@click.group(PROGRAM, context_settings={"max_content_width": 120})
@click.version_option(package_name="sepolo-contract", prog_name=PROGRAM, message="%(prog)s %(version)s")
def app() -> None:
    """Judges a deployment of the Sepolo public API against the contract."""


def command(name: str, parameters: Iterable[click.Parameter]) -> Callable[[Callable[..., Any]], click.Command]:
    """Add a function as a command of the program. Its docstring is the help text."""

    def add(function: Callable[..., Any]) -> click.Command:
        found = click.Command(name, params=list(parameters), callback=function, help=getdoc(function))
        app.add_command(found)
        return found

    return add


def parameter(option: Option) -> click.Option:
    """Return an option of the table as one of click."""
    flags = [option.short] if option.short else []
    if option.switch or not flags:
        flags.append(option.flag)
    return click.Option(
        [option.name, *flags],
        metavar=option.metavar,
        help=option.text,
        is_flag=option.switch,
        multiple=option.repeatable,
    )


URL = click.Argument([BASE_URL.name], metavar="[URL]", required=False, envvar="PYTEST_BASE_URL")


@command("run", [URL, *map(parameter, OPTIONS)])
def run(**given: Any) -> int:
    """Judge the deployment at URL, with or without /api/v1. By default, URL is the variable PYTEST_BASE_URL.

    Other users of the machine can read a key on the command line while the run lasts, so prefer --api-key-env,
    --api-key-file or the variable SEPOLO_API_KEY (comma separated).

    Exit status: 0 it conforms, 1 a requirement is broken, 2 interrupted, 3 the run failed or nothing could be judged,
    4 wrong options or no API at the URL.
    """
    reports = parse(given).reports
    targets = [reports.json, reports.html, reports.badge, writable(given["junit"]) if given["junit"] else None]
    processes = given["processes"]
    if processes is not None and processes not in ("auto", "logical", *map(str, range(_MAX_PROCESSES + 1))):
        raise SettingsError(f"-n {processes}: write a number of processes up to {_MAX_PROCESSES}, or auto")
    try:
        import pytest  # noqa: PLC0415 - optional dependency, and slow to import
    except ImportError as error:
        raise SettingsError(f"{error.name} is missing: install sepolo-contract[conformance]") from None
    for variable in os.environ.keys() - {"PYTEST_BASE_URL"}:
        if variable.startswith("PYTEST_"):
            del os.environ[variable]
    if STANDARD_OUTPUT in targets:
        sys.stdout = sys.stderr
    with TemporaryDirectory(prefix=PROGRAM) as folder:
        # pytest writes the file step by step. A disk that gets full must not truncate the previous report.
        junit = Path(folder, "junit.xml")
        status = int(pytest.main(_pytest_arguments(given, junit)))
        if given["junit"] is not None and junit.exists():
            try:
                save(writable(given["junit"]), junit.read_bytes())
            except (OSError, ValueError) as error:
                sys.stderr.write(f"{PROGRAM}: a report can't be written: {error}\n")
                return status or EXIT_ERROR
    return status


_LISTED_LEVEL = replace(BY_NAME["level"], help="Level of a run: must, should or sandbox", default=SANDBOX.value)


@command("list", [parameter(_LISTED_LEVEL), parameter(BY_NAME["area"])])
def list_(level: str | None, area: tuple[str, ...]) -> None:
    """List the requirements that a run judges at a level."""
    wanted = parse({"base_url": "http://localhost", "level": level or SANDBOX.value, "area": area}, {})
    chosen = select(wanted.level, wanted.areas, frozenset())
    for rule in chosen:
        _print(f"{rule.id}  {rule.level.upper():7}  {rule.title}")
    counts = {level: sum(rule.level is level for rule in chosen) for level in Level}
    texts = (f"{count} {level.upper()}" for level, count in counts.items() if count)
    _print(f"{len(chosen)} requirements: {', '.join(texts)}")


@command("explain", [click.Argument(["requirement"], metavar="ID")])
def explain(requirement: str) -> None:
    """Explain one requirement: its source and how it is judged. ID is, for example, PAG-003."""
    rule = catalogue().get(requirement.upper())
    if rule is None:
        raise SettingsError(f"there is no requirement {requirement}: {PROGRAM} list shows all")
    judge = judge_of(rule.id)
    method = "observes every response of the run" if judge.observes else "sends requests of its own"
    _print(f"{rule.id}  {rule.level.upper()}, area {rule.area}")
    width = min(100, shutil.get_terminal_size().columns)
    for title, text in (("holds", rule.title), ("clause", rule.clause), ("judged", judge.explanation), ("how", method)):
        lines = textwrap.wrap(" ".join(text.split()), width - 10)
        _print(textwrap.indent("\n".join(lines), " " * 10).replace(" " * 10, f"{title:8}  ", 1))


@command(
    "diff",
    [
        click.Argument(["old"]),
        click.Argument(["new"], required=False),
        click.Option(["format_", "--format"], metavar="FORMAT", default="text", help="text, markdown or json."),
    ],
)
def diff(old: str, new: str | None, format_: str) -> int:
    """Compare two versions of a contract: what breaks clients, what is new, what is only worded differently.

    OLD and NEW are OpenAPI 3.0 or 3.1 documents, as YAML or JSON: the name of a file, or - for standard input. By
    default, NEW is the contract of this package.

    Exit status: 0 no change is breaking, 1 a change is breaking, 4 wrong options or documents.
    """
    from sepolo_conformance import contract_diff  # noqa: PLC0415 - not needed by the other commands

    if format_ not in contract_diff.FORMATS:
        raise SettingsError(f"--format {format_}: choose one of {', '.join(contract_diff.FORMATS)}")
    if old == new == contract_diff.STANDARD_INPUT:
        raise SettingsError("only one of the two documents can be on standard input")
    try:
        documents = contract_diff.load(old), contract_diff.packaged() if new is None else contract_diff.load(new)
        changes = contract_diff.compare(*documents)
        text = contract_diff.render(*documents, changes, format_)
    except contract_diff.DocumentError as error:
        raise SettingsError(str(error)) from None
    _print(text, nl=False)
    return int(any(change.level is contract_diff.Level.BREAKING for change in changes))


def _pytest_arguments(given: Mapping[str, Any], junit: Path) -> list[str]:
    """Return the arguments of a pytest session that ignores the user's own configuration, plugins and cache.

    Without --confcutdir, pytest would collect the folders above the package too, and import their `__init__.py`.
    """
    verbosity = int(given["verbose"]) - int(given["quiet"])
    arguments = ["--pyargs", "sepolo_conformance", "--rootdir", ".", "-c", os.devnull, "--disable-plugin-autoload"]
    arguments += ["--noconftest", "--confcutdir", str(PACKAGE)]
    arguments += ["-p", PROGRAM, "-p", "no:cacheprovider", "--no-header"]
    if given["processes"] is not None:
        arguments += ["-p", "xdist", "-n", given["processes"]]
    if given["junit"] is not None:
        arguments += ["--junitxml", str(junit)]
    arguments += ["-v"] * max(0, verbosity) + ["-q"] * (2 * max(0, -verbosity))
    for option, value in written(given):
        if not option.console_only:
            arguments.append(option.pytest_flag if value is None else f"{option.pytest_flag}={value}")
    return arguments


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run a command, and write UTF-8 with any code page.

    A wrong option prints one line on stderr and ends with status 4. An output that cannot be written, another error of
    the operating system, or a crash, ends with status 3.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    words = sys.argv[1:] if arguments is None else arguments
    try:
        code = app.main(words or ["--help"], prog_name=PROGRAM, standalone_mode=False)
    except click.ClickException as error:
        _fail(error.format_message())
    except SettingsError as error:
        _fail(str(error))
    except _OutputError as error:
        _fail(str(error), EXIT_ERROR)
    except OSError as error:
        _fail(_system_error(error), EXIT_ERROR)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(EXIT_INTERRUPTED)
    except Exception:  # noqa: BLE001 - Python itself would end with 1, which means that a requirement is broken
        traceback.print_exc()
        sys.exit(EXIT_ERROR)
    sys.exit(code if isinstance(code, int) else 0)


def _print(text: str, *, nl: bool = True) -> None:
    """Write to standard output; raise _OutputError if that fails, and BrokenPipeError if nobody reads it any more."""
    try:
        click.echo(text, nl=nl)
    except BrokenPipeError:
        raise
    except OSError as error:
        # Python writes what is left of the output when it ends, and would end with 120 if that failed again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        raise _OutputError(f"the output can't be written: {error.strerror or error}") from None


def _system_error(error: OSError) -> str:
    """Return what the operating system refused, with the path that it concerned if there is one."""
    reason = error.strerror or str(error) or type(error).__name__
    if error.filename is not None:
        return f"{error.filename!s} can't be used: {reason}"
    code = errno.errorcode.get(error.errno or 0, type(error).__name__)
    return f"the operating system refused something that the command needs: {reason} ({code})"


def _fail(message: str, code: int = EXIT_USAGE) -> NoReturn:
    sys.stderr.write(f"{PROGRAM}: {' '.join(message.split())}\n")
    sys.exit(code)
