"""The command line `sepolo-conformance`: a thin door over pytest, which runs in this very process.

Every wrong option is one line on stderr and exit status 4.
"""

import os
import shutil
import sys
import textwrap
from typing import Annotated, Any, NoReturn

import typer

from sepolo_conformance import checks  # noqa: F401 - fills the registry
from sepolo_conformance.engine.registry import catalogue, judge_of, select
from sepolo_conformance.model.requirement import SANDBOX, Level
from sepolo_conformance.model.settings import SettingsError
from sepolo_conformance.settings import parse

PROGRAM = "sepolo-conformance"
EXIT_ERROR, EXIT_USAGE = 3, 4
_PROCESSES = 64
_PREFIX = "--conformance-"

app = typer.Typer(
    name=PROGRAM,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Judges a deployment of the Sepolo public API against the contract.",
)

Words = list[str] | None
Text = str | None


@app.callback(invoke_without_command=True)
def program(
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
) -> None:
    """Judges a deployment of the Sepolo public API against the contract."""
    if version:
        from importlib.metadata import version as installed  # noqa: PLC0415 - only when asked for

        typer.echo(f"{PROGRAM} {installed('sepolo-contract')}")
        raise typer.Exit


@app.command()
def run(  # noqa: PLR0913, PLR0917 - an option each
    url: Annotated[
        Text, typer.Argument(help="Deployment to judge, with or without /api/v1.", envvar="PYTEST_BASE_URL")
    ] = None,
    api_key: Annotated[
        Words, typer.Option(metavar="KEY", help="API key; repeatable. Others on this machine may see it: see below.")
    ] = None,
    api_key_env: Annotated[
        Words, typer.Option(metavar="NAME", help="Environment variable that holds a key; repeatable.")
    ] = None,
    api_key_file: Annotated[Words, typer.Option(metavar="FILE", help="File of keys, one a line; repeatable.")] = None,
    key_scopes: Annotated[
        Words, typer.Option(metavar="NAME=a.read,…", help="Scopes of a key that may not call /me; repeatable.")
    ] = None,
    level: Annotated[
        Text, typer.Option(metavar="LEVEL", help="What can fail the run: must (default), should, sandbox.")
    ] = None,
    requirement: Annotated[Words, typer.Option(metavar="ID", help="Only these; repeatable, comma separated.")] = None,
    area: Annotated[Words, typer.Option(metavar="AREA", help="Only these; repeatable, comma separated.")] = None,
    allow_writes: Annotated[bool, typer.Option("--allow-writes", help="Permit POST. Default: reads only.")] = False,
    write_body: Annotated[
        Text, typer.Option(metavar="FILE", help="JSON body for POST, where the contract's isn't enough.")
    ] = None,
    rate: Annotated[
        Text, typer.Option(metavar="RATE", help="Fastest pace, e.g. 5/s. Limits of /me are kept anyway.")
    ] = None,
    budget: Annotated[Text, typer.Option(metavar="TIME", help="Longest run, e.g. 120s (default 300s).")] = None,
    timeout: Annotated[Text, typer.Option(metavar="TIME", help="Longest wait for one answer (default 10s).")] = None,
    max_requests: Annotated[Text, typer.Option(metavar="N", help="Most requests of a run (default 10000).")] = None,
    seed: Annotated[Text, typer.Option(metavar="N", help="The same seed sends the same requests (default 1).")] = None,
    device: Annotated[Text, typer.Option(metavar="ID", help="A device that has data. Default: discovered.")] = None,
    window: Annotated[Text, typer.Option(metavar="A/B", help="A window with data. Default: discovered.")] = None,
    expected_failures: Annotated[
        Text, typer.Option(metavar="FILE", help="YAML of known deviations, `ID: reason`.")
    ] = None,
    json: Annotated[Text, typer.Option(metavar="FILE", help="Write the report as JSON.")] = None,
    html: Annotated[Text, typer.Option(metavar="FILE", help="Write the report as one HTML page.")] = None,
    badge: Annotated[Text, typer.Option(metavar="FILE", help="Write a badge, for shields.io endpoints.")] = None,
    junit: Annotated[Text, typer.Option(metavar="FILE", help="Write the report as JUnit XML.")] = None,
    processes: Annotated[Text, typer.Option("-n", metavar="N", help="Processes to share the work.")] = None,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Every requirement, all findings in full.")] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="One line a finding, table, closing line.")] = False,
) -> int:
    """Judge a deployment.

    A key on the command line can be read by others on the machine while the run lasts, so prefer --api-key-env,
    --api-key-file or the variable SEPOLO_API_KEY (comma separated).

    Exit status: 0 it conforms, 1 a requirement is broken, 2 interrupted, 3 the run failed or nothing could be judged,
    4 wrong options or no API at the URL.
    """
    given: dict[str, Any] = {
        "api_key": api_key, "api_key_env": api_key_env, "api_key_file": api_key_file, "key_scopes": key_scopes,
        "level": level, "requirement": requirement, "area": area, "allow_writes": allow_writes,
        "write_body": write_body, "rate": rate, "budget": budget, "timeout": timeout, "max_requests": max_requests,
        "seed": seed, "device": device, "window": window, "expected_failures": expected_failures, "json": json,
        "html": html, "badge": badge,
    }  # fmt: skip
    parse({**given, "base_url": url, "junit": junit})
    if processes is not None and processes not in ("auto", "logical", *map(str, range(_PROCESSES + 1))):
        raise SettingsError(f"-n {processes}: write a number of processes up to {_PROCESSES}, or auto")
    return _pytest(url or "", given, junit=junit, processes=processes, verbosity=int(verbose) - int(quiet))


@app.command("list")
def list_(
    level: Annotated[Text, typer.Option(metavar="LEVEL", help="Those that a run at this level judges.")] = None,
    area: Annotated[Words, typer.Option(metavar="AREA", help="Only these; repeatable, comma separated.")] = None,
) -> None:
    """List the requirements."""
    wanted = parse({"base_url": "http://localhost", "level": level or SANDBOX.value, "area": area}, {})
    chosen = select(wanted.level, wanted.areas, frozenset())
    for rule in chosen:
        typer.echo(f"{rule.id}  {rule.level.upper():7}  {rule.title}")
    counts = (sum(rule.level is known for rule in chosen) for known in Level)
    texts = (f"{count} {known.upper()}" for count, known in zip(counts, Level, strict=True) if count)
    typer.echo(f"{len(chosen)} requirements: {', '.join(texts)}")


@app.command()
def explain(requirement: Annotated[str, typer.Argument(metavar="ID", help="A requirement, e.g. PAG-003.")]) -> None:
    """Explain one requirement: where it comes from and how it is judged."""
    rule = catalogue().get(requirement.upper())
    if rule is None:
        raise SettingsError(f"there is no requirement {requirement}: {PROGRAM} list shows all")
    judge = judge_of(rule.id)
    what = "watches every answer of the run" if judge.observes else "sends requests of its own"
    typer.echo(f"{rule.id}  {rule.level.upper()}, area {rule.area}")
    width = min(100, shutil.get_terminal_size().columns)
    for title, text in (("holds", rule.title), ("clause", rule.clause), ("judged", judge.explanation), ("how", what)):
        lines = textwrap.wrap(" ".join(text.split()), width - 10)
        typer.echo(textwrap.indent("\n".join(lines), " " * 10).replace(" " * 10, f"{title:8}  ", 1))


def _pytest(url: str, given: dict[str, Any], *, junit: Text, processes: Text, verbosity: int) -> int:
    """Run the suite and return its exit status."""
    try:
        import pytest  # noqa: PLC0415 - may be missing, and `list` needn't wait for it
    except ImportError as error:
        raise SettingsError(f"{error.name} is missing: install sepolo-contract[conformance]") from None
    # The user's own pytest configuration, plugins and cache have no say in a run.
    arguments = ["--pyargs", "sepolo_conformance", "--rootdir", ".", "-c", os.devnull, "--disable-plugin-autoload"]
    arguments += ["-p", PROGRAM, "-p", "no:cacheprovider", "--base-url", url, "--no-header"]
    if processes is not None:
        arguments += ["-p", "xdist", "-n", processes]
    if junit is not None:
        arguments += ["--junitxml", junit]
    arguments += ["-v"] * max(0, verbosity) + ["-q"] * (2 * max(0, -verbosity))
    os.environ.pop("PYTEST_ADDOPTS", None)
    return int(pytest.main([*arguments, *_options(given)]))


def _options(given: dict[str, Any]) -> list[str]:
    """Return options as pytest spells them."""
    found: list[str] = []
    for name, value in given.items():
        flag = name.replace("_", "-")
        flag = f"--{flag}" if name.startswith("api_key") else f"{_PREFIX}{flag}"
        if value is True:
            found.append(flag)
        elif value not in (None, False):
            found += [f"{flag}={entry}" for entry in (value if isinstance(value, list) else [value])]
    return found


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run a command; whatever can't be granted is one line on stderr and exit status 4, what can't be written 3."""
    words = sys.argv[1:] if arguments is None else arguments
    try:
        code = app(words or ["--help"], standalone_mode=False)
    except typer.TyperException as error:
        _refuse(error.format_message())
    except SettingsError as error:
        _refuse(str(error))
    except OSError as error:
        _refuse(f"what came out of the run can't be written: {error}", EXIT_ERROR)
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(2)
    sys.exit(code if isinstance(code, int) else 0)


def _refuse(message: str, code: int = EXIT_USAGE) -> NoReturn:
    sys.stderr.write(f"{PROGRAM}: {' '.join(message.split())}\n")
    sys.exit(code)
