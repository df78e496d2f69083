"""The command line `sepolo-mock`. Modules that are slow to import are imported by the command that needs them."""

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from sepolo_mock_server import settings as defaults
from sepolo_mock_server.errors import SettingsError, command_line
from sepolo_mock_server.errors.printable import printable, use_utf8, write_output
from sepolo_mock_server.settings import MAXIMUM_PORT, MAXIMUM_SEED, MAXIMUM_WORKERS, Settings

PROGRAM = "sepolo-mock"
app = typer.Typer(
    name=PROGRAM,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="A sandbox of the Sepolo public API. Without a command it serves.",
)


class Version(StrEnum):
    """Versions of OpenAPI in which the contract can be printed."""

    V31 = "3.1"
    V30 = "3.0"


class Format(StrEnum):
    """Formats of the printed contract."""

    YAML = "yaml"
    JSON = "json"


class Tool(StrEnum):
    """Tools whose collections can be written."""

    POSTMAN = "postman"
    BRUNO = "bruno"


Profile = Annotated[str, typer.Option(help="Name of a profile, or path of its YAML file.", envvar="SEPOLO_PROFILE")]
State = Annotated[
    str | None,
    typer.Option(
        help="Where reports are stored: a path, :memory:, or postgresql+psycopg://USER@HOST/DATABASE. "
        "Default: a file in your own data folder.",
        envvar="SEPOLO_STATE",
    ),
]


@app.callback(invoke_without_command=True)
def program(version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False) -> None:
    """A sandbox of the Sepolo public API. Without a command it serves."""
    if version:
        from importlib.metadata import version as installed  # noqa: PLC0415 - slow to import

        write_output(f"{PROGRAM} {installed('sepolo-contract')}")
        raise typer.Exit


@app.command()
def serve(  # noqa: PLR0913, PLR0917 - a parameter for each option
    host: Annotated[str, typer.Option(help="Address to listen on.", envvar="SEPOLO_HOST")] = defaults.HOST,
    port: Annotated[
        int,
        typer.Option(
            parser=defaults.integer("--port", 0, MAXIMUM_PORT),
            metavar="NUMBER",
            help=f"Port to listen on, up to {MAXIMUM_PORT}; 0: any free one.",
            envvar="SEPOLO_PORT",
        ),
    ] = defaults.PORT,
    profile: Profile = defaults.PROFILE,
    seed: Annotated[
        int,
        typer.Option(
            parser=defaults.integer("--seed", 0, MAXIMUM_SEED),
            metavar="NUMBER",
            help="Seed of the generated data.",
            envvar="SEPOLO_SEED",
        ),
    ] = defaults.SEED,
    clock: Annotated[
        str | None,
        typer.Option(help="A fixed instant, or wall for the real time. Default: the profile's.", envvar="SEPOLO_CLOCK"),
    ] = None,
    workers: Annotated[
        int,
        typer.Option(
            parser=defaults.integer("--workers", 1, MAXIMUM_WORKERS),
            metavar="NUMBER",
            help=f"Number of server processes, 1 to {MAXIMUM_WORKERS}.",
            envvar="SEPOLO_WORKERS",
        ),
    ] = 1,
    state: State = None,
    check_responses: Annotated[
        bool, typer.Option(help="Validate every response against the contract.", envvar="SEPOLO_CHECK_RESPONSES")
    ] = False,
    operator_token: Annotated[
        str | None,
        typer.Option(
            help="Token of the management API that reaches everything. Default: a random one, which is printed.",
            envvar=defaults.TOKEN_VARIABLE,
        ),
    ] = None,
    no_management: Annotated[
        bool,
        typer.Option("--no-management", help="Serve no management API and no console.", envvar="SEPOLO_NO_MANAGEMENT"),
    ] = False,
    no_demo_keys: Annotated[
        bool,
        typer.Option(
            "--no-demo-keys",
            help="Refuse the keys of the profile, which are public: only made keys work.",
            envvar="SEPOLO_NO_DEMO_KEYS",
        ),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print address, key and clock as one line of JSON, for programs.")
    ] = False,
) -> None:
    """Serve the sandbox until Ctrl-C."""
    from sepolo_mock_server import serving  # noqa: PLC0415 - slow to import

    settings = Settings(
        profile=profile,
        seed=seed,
        clock=clock,
        state=state or defaults.default_state(),
        check_responses=check_responses,
        cursor_secret=defaults.cursor_secret(),
        management=not no_management,
        operator_token=defaults.operator_token(operator_token),
        demo_keys=not no_demo_keys,
        workers=workers,
    )
    defaults.check(settings)
    serving.serve(settings, host, port, as_json=as_json)


@app.command()
def keys(
    profile: Profile = defaults.PROFILE,
    as_json: Annotated[bool, typer.Option("--json", help="As a JSON array.")] = False,
) -> None:
    """List the keys of the sandbox with their organisation and scopes."""
    from sepolo_fixtures import profiles  # noqa: PLC0415 - slow to import
    from sepolo_openapi import reader  # noqa: PLC0415 - slow to import

    loaded = profiles.load(profile)
    rows = [
        {
            "name": fact.name,
            "key": fact.key,
            "organizationId": loaded.organizations[fact.organization].id,
            "organizationName": loaded.organizations[fact.organization].name,
            "scopes": list(fact.scopes),
            "note": fact.note,
        }
        for fact in loaded.keys(reader.load().scopes)
    ]
    if as_json:
        write_output(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        _print_table(("NAME", "KEY", "ORGANISATION", "NOTE"), rows, ("name", "key", "organizationName", "note"))


@app.command()
def spec(
    openapi: Annotated[Version, typer.Option(help="Version of OpenAPI to print.")] = Version.V31,
    format: Annotated[Format, typer.Option(help="Format to print.")] = Format.YAML,  # noqa: A002 - the option's name
    generators: Annotated[
        bool, typer.Option("--for-generators", help="Leave out 304, which makes the types of generated clients vague.")
    ] = False,
) -> None:
    """Print the contract."""
    from sepolo_openapi import downgrade, for_generators, reader, render  # noqa: PLC0415 - slow to import

    document = reader.load().document
    if generators:
        document = for_generators(document)
    write_output(render(downgrade(document) if openapi is Version.V30 else document, format.value), end="")


@app.command()
def collection(
    format: Annotated[Tool, typer.Option(help="Tool to write for.")] = Tool.POSTMAN,  # noqa: A002 - the option's name
    output: Annotated[
        Path, typer.Option(help="Folder to write to. It is made if it is not there; files of other names are kept.")
    ] = Path("sepolo-collection"),
) -> None:
    """Write a collection of all operations with tests, and environments for a sandbox and for production."""
    from sepolo_fixtures import profiles  # noqa: PLC0415 - slow to import
    from sepolo_openapi import collection as writer  # noqa: PLC0415 - slow to import
    from sepolo_openapi import reader  # noqa: PLC0415 - slow to import

    contract = reader.load()
    key = profiles.load(defaults.PROFILE).keys(contract.scopes)[0].key
    for name, text in writer.files(contract, format.value, key).items():
        path = output / name
        _write(path, text, make_folder=True)
        write_output(printable(str(path)))


@app.command()
def powerquery(
    output: Annotated[str | None, typer.Option(metavar="FILE", help="File to write. Default: standard output.")] = None,
    base_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Address of the API. Default: production.")
    ] = None,
) -> None:
    """Print a Power Query file for Power BI and Excel: a function for every list."""
    from sepolo_mock_server.powerquery import document, origin  # noqa: PLC0415 - slow to import
    from sepolo_openapi import reader  # noqa: PLC0415 - slow to import

    contract = reader.load()
    text = document(contract, origin(base_url or contract.document["servers"][0]["url"]))
    if output is None:
        write_output(text, end="")
        return
    _write(Path(output), text)


@app.command()
def profile_schema() -> None:
    """Print the JSON Schema of profiles, for editors."""
    from sepolo_fixtures import profiles  # noqa: PLC0415 - slow to import

    write_output(json.dumps(profiles.schema(), indent=2, ensure_ascii=False))


@app.command()
def reset(state: State = None) -> None:
    """Delete every stored service report and end the cursors over them."""
    from sepolo_mock_server.state import location  # noqa: PLC0415 - slow to import

    place = state or defaults.default_state()
    count = location.reset(place)
    write_output(
        f"Deleted {count} service report{'' if count == 1 else 's'} from {printable(location.without_password(place))}"
    )


@app.command()
def routes() -> None:
    """List the operations of the contract with their scope and limits."""
    from sepolo_openapi import reader  # noqa: PLC0415 - slow to import

    rows = [
        {
            "operation": operation.operation_id,
            "call": f"{operation.method} {operation.path}",
            "scope": operation.scope,
            "page": str(operation.page.maximum or "all") if operation.page else "-",
            "window": f"{operation.window.max_days} d" if operation.window and operation.window.max_days else "-",
        }
        for operation in reader.load().operations.values()
    ]
    _print_table(("OPERATION", "CALL", "SCOPE", "PAGE", "WINDOW"), rows, tuple(rows[0]))


def _write(path: Path, text: str, *, make_folder: bool = False) -> None:
    """Write a file that --output names; raise SettingsError if it can't be written."""
    try:
        if make_folder:
            path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except (OSError, ValueError) as error:
        raise SettingsError(command_line.not_written("--output", str(path), error)) from None


def _print_table(titles: tuple[str, ...], rows: list[dict[str, Any]], members: tuple[str, ...]) -> None:
    table = [titles, *(tuple(printable(str(row[member])) for member in members) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for line in table:
        write_output("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run a command; a wrong option or setting prints one line on stderr and ends with exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        use_utf8(stream)
    from sepolo_fixtures.clock import ClockError  # noqa: PLC0415 - slow to import
    from sepolo_fixtures.profiles.profile import ProfileError  # noqa: PLC0415 - slow to import

    try:
        code = app(_with_command(sys.argv[1:] if arguments is None else arguments), standalone_mode=False)
    except typer.TyperException as error:
        _fail(error.format_message())
    except (SettingsError, ProfileError, ClockError) as error:
        _fail(str(error))
    except OSError as error:
        _fail(command_line.system_error(error))
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(130)
    sys.exit(code if isinstance(code, int) else 0)


def _with_command(arguments: list[str]) -> list[str]:
    """Return the arguments, with the command `serve` if they contain no command."""
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("--help", "--version")):
        return ["serve", *arguments]
    return arguments


def _fail(message: str) -> NoReturn:
    sys.stderr.write(f"{PROGRAM}: {printable(' '.join(message.split()))}\n")
    sys.exit(2)
