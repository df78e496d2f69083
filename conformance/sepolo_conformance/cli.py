"""The command line `sepolo-conformance`. `run` starts pytest in the same process.

A wrong option prints one line on stderr and ends with exit status 4.
"""

import os
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterable, Mapping
from inspect import Parameter, Signature
from typing import Annotated, Any, NoReturn

import typer

from sepolo_conformance import checks  # noqa: F401 - fills the registry
from sepolo_conformance.engine.registry import catalogue, judge_of, select
from sepolo_conformance.model.requirement import SANDBOX, Level
from sepolo_conformance.model.settings import SettingsError
from sepolo_conformance.options.parsing import parse
from sepolo_conformance.options.table import BASE_URL, BY_NAME, OPTIONS, Option, written

PROGRAM = "sepolo-conformance"
EXIT_INTERRUPTED, EXIT_ERROR, EXIT_USAGE = 2, 3, 4
_MAX_PROCESSES = 64

app = typer.Typer(
    name=PROGRAM,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Judges a deployment of the Sepolo public API against the contract.",
)

Command = Callable[..., Any]


def with_options(options: Iterable[Option], *, url: bool = False) -> Callable[[Command], Command]:
    """Give a command of keyword arguments the options of the table, and the URL as its argument."""
    parameters = [_argument(BASE_URL)] * url + [_parameter(option) for option in options]

    def replace_signature(command: Command) -> Command:
        command.__signature__ = Signature(parameters)  # type: ignore[attr-defined]  # inspect.signature() reads it
        return command

    return replace_signature


def _argument(option: Option) -> Parameter:
    found = typer.Argument(None, metavar=f"[{option.metavar}]", help=option.text, envvar="PYTEST_BASE_URL")
    return Parameter(option.name, Parameter.KEYWORD_ONLY, default=found, annotation=str | None)


def _parameter(option: Option) -> Parameter:
    flags = [option.short] if option.short else []
    if option.metavar is None or not flags:
        flags.append(option.flag)
    kind = bool if option.switch else list[str] | None if option.repeatable else str | None
    default = False if option.switch else None
    found = typer.Option(default, *flags, metavar=option.metavar, help=option.text)
    return Parameter(option.name, Parameter.KEYWORD_ONLY, default=found, annotation=kind)


@app.callback(invoke_without_command=True)
def program(
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
) -> None:
    """Judges a deployment of the Sepolo public API against the contract."""
    if version:
        from importlib.metadata import version as installed  # noqa: PLC0415 - needed by --version only

        typer.echo(f"{PROGRAM} {installed('sepolo-contract')}")
        raise typer.Exit


@app.command()
@with_options(OPTIONS, url=True)
def run(**given: Any) -> int:
    """Judge a deployment.

    Other users of the machine can read a key on the command line while the run lasts, so prefer --api-key-env,
    --api-key-file or the variable SEPOLO_API_KEY (comma separated).

    Exit status: 0 it conforms, 1 a requirement is broken, 2 interrupted, 3 the run failed or nothing could be judged,
    4 wrong options or no API at the URL.
    """
    parse(given)
    processes = given["processes"]
    if processes is not None and processes not in ("auto", "logical", *map(str, range(_MAX_PROCESSES + 1))):
        raise SettingsError(f"-n {processes}: write a number of processes up to {_MAX_PROCESSES}, or auto")
    try:
        import pytest  # noqa: PLC0415 - optional dependency, and slow to import
    except ImportError as error:
        raise SettingsError(f"{error.name} is missing: install sepolo-contract[conformance]") from None
    os.environ.pop("PYTEST_ADDOPTS", None)
    return int(pytest.main(_pytest_arguments(given)))


@app.command("list")
@with_options([BY_NAME["level"], BY_NAME["area"]])
def list_(**given: Any) -> None:
    """List the requirements that a run judges at a level, by default all."""
    wanted = parse({"base_url": "http://localhost", **given, "level": given["level"] or SANDBOX.value}, {})
    chosen = select(wanted.level, wanted.areas, frozenset())
    for rule in chosen:
        typer.echo(f"{rule.id}  {rule.level.upper():7}  {rule.title}")
    counts = {level: sum(rule.level is level for rule in chosen) for level in Level}
    texts = (f"{count} {level.upper()}" for level, count in counts.items() if count)
    typer.echo(f"{len(chosen)} requirements: {', '.join(texts)}")


@app.command()
def explain(requirement: Annotated[str, typer.Argument(metavar="ID", help="A requirement, e.g. PAG-003.")]) -> None:
    """Explain one requirement: its source and how it is judged."""
    rule = catalogue().get(requirement.upper())
    if rule is None:
        raise SettingsError(f"there is no requirement {requirement}: {PROGRAM} list shows all")
    judge = judge_of(rule.id)
    method = "observes every response of the run" if judge.observes else "sends requests of its own"
    typer.echo(f"{rule.id}  {rule.level.upper()}, area {rule.area}")
    width = min(100, shutil.get_terminal_size().columns)
    for title, text in (("holds", rule.title), ("clause", rule.clause), ("judged", judge.explanation), ("how", method)):
        lines = textwrap.wrap(" ".join(text.split()), width - 10)
        typer.echo(textwrap.indent("\n".join(lines), " " * 10).replace(" " * 10, f"{title:8}  ", 1))


def _pytest_arguments(given: Mapping[str, Any]) -> list[str]:
    """Return the arguments of a pytest session that ignores the user's own configuration, plugins and cache."""
    verbosity = int(given["verbose"]) - int(given["quiet"])
    arguments = ["--pyargs", "sepolo_conformance", "--rootdir", ".", "-c", os.devnull, "--disable-plugin-autoload"]
    arguments += ["-p", PROGRAM, "-p", "no:cacheprovider", "--no-header"]
    if given["processes"] is not None:
        arguments += ["-p", "xdist", "-n", given["processes"]]
    if given["junit"] is not None:
        arguments += ["--junitxml", given["junit"]]
    arguments += ["-v"] * max(0, verbosity) + ["-q"] * (2 * max(0, -verbosity))
    for option, value in written(given):
        if not option.console_only:
            arguments.append(option.pytest_flag if value is None else f"{option.pytest_flag}={value}")
    return arguments


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run a command. A wrong option is one line on stderr and exit status 4, an output that cannot be written 3."""
    words = sys.argv[1:] if arguments is None else arguments
    try:
        code = app(words or ["--help"], standalone_mode=False)
    except typer.TyperException as error:
        _fail(error.format_message())
    except SettingsError as error:
        _fail(str(error))
    except OSError as error:
        _fail(f"the output can't be written: {error}", EXIT_ERROR)
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(EXIT_INTERRUPTED)
    sys.exit(code if isinstance(code, int) else 0)


def _fail(message: str, code: int = EXIT_USAGE) -> NoReturn:
    sys.stderr.write(f"{PROGRAM}: {' '.join(message.split())}\n")
    sys.exit(code)
