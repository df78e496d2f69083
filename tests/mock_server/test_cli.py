"""The command line in process: its output, and the one-line error for wrong options and variables.

`tests/end_to_end/command_line` runs it as users do.
"""

import errno
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import jsonschema_rs
import pytest
import yaml

from sepolo_fixtures import profiles
from sepolo_mock_server import cli
from sepolo_mock_server.errors import command_line
from sepolo_mock_server.state import location
from sepolo_openapi import reader

FROM_0 = "give an integer from 0 to"

Outcome = tuple[int, str, str]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Run a command in process; returns its exit code, stdout and stderr."""

    def call(*arguments: object) -> Outcome:
        with pytest.raises(SystemExit) as caught:
            cli.main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        assert isinstance(caught.value.code, int)
        return caught.value.code, printed.out, printed.err

    return call


def test_keys(run: Callable[..., Outcome]) -> None:
    """Every key of the profile is listed with its organisation and scopes, as a table and as JSON."""
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


def test_spec_for_generators(run: Callable[..., Outcome]) -> None:
    """`spec --for-generators` prints the contract without 304, in both versions."""
    for number in ("3.1", "3.0"):
        code, text, _ = run("spec", "--for-generators", "--openapi", number, "--format", "json")
        document = json.loads(text)
        assert (code, document["openapi"][:3]) == (0, number)
        assert [o for item in document["paths"].values() for o in item.values() if "304" in o["responses"]] == []


def test_spec(run: Callable[..., Outcome]) -> None:
    """The contract is printed in both versions and formats, the same document in each format."""
    found = {
        (openapi, kind): (yaml.safe_load if kind == "yaml" else json.loads)(
            run("spec", "--openapi", openapi, "--format", kind)[1]
        )
        for openapi in ("3.1", "3.0")
        for kind in ("yaml", "json")
    }
    assert found["3.1", "yaml"] == found["3.1", "json"] == reader.load().document
    assert found["3.0", "yaml"] == found["3.0", "json"]
    assert found["3.0", "json"]["openapi"].startswith("3.0.")


def test_profile_schema(run: Callable[..., Outcome]) -> None:
    """The printed JSON Schema accepts the profiles of the package and rejects an unknown member."""
    code, out, err = run("profile-schema")
    schema = json.loads(out)
    assert (code, err, schema, out[:4]) == (0, "", profiles.schema(), "{\n  ")
    validator = jsonschema_rs.validator_for(schema)
    for name in profiles.names():
        document = yaml.safe_load((Path(profiles.__file__).parent / f"{name}.yaml").read_text(encoding="utf-8"))
        # JSON has no dates: a YAML timestamp stands for its text.
        document = json.loads(json.dumps(document, default=str))
        assert validator.is_valid(document)
        assert not validator.is_valid(document | {"unknown": 1})


def test_reset(run: Callable[..., Outcome], tmp_path: Path) -> None:
    """A reset prints the number of reports and their place; a missing state is an error."""
    path = tmp_path / "state.db"
    assert run("reset", "--state", path) == (2, "", f"sepolo-mock: {command_line.state_missing(str(path))}\n")
    location.database_url(str(path))
    assert run("reset", "--state", path) == (0, f"Deleted 0 service reports from {path}\n", "")


@pytest.mark.parametrize("encoding", ["cp1252", "cp932", "ascii"])
@pytest.mark.parametrize(
    "command", ["spec", "spec --format json", "keys", "keys --json", "routes", "profile-schema", "--help", "keys -x"]
)
def test_output_is_utf8_whatever_the_code_page(command: str, encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents, tables, help and errors are UTF-8 bytes, the same with any encoding of the terminal."""
    printed = {}
    for name in ("utf-8", encoding):
        out, err = io.BytesIO(), io.BytesIO()
        streams = [io.TextIOWrapper(stream, encoding=name) for stream in (out, err)]
        monkeypatch.setattr(sys, "stdout", streams[0])
        monkeypatch.setattr(sys, "stderr", streams[1])
        with pytest.raises(SystemExit):
            cli.main(command.split())
        for stream in streams:
            stream.flush()
        printed[name] = out.getvalue() + err.getvalue()
    assert printed[encoding] == printed["utf-8"] != b""
    printed[encoding].decode("utf-8")


def test_spec_through_a_code_page() -> None:
    """The redirected contract is the document in UTF-8, also in a process with a Windows code page."""
    program = "from sepolo_mock_server.cli import main; main(['spec'])"
    environment = os.environ | {"PYTHONIOENCODING": "cp932"}
    found = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True)
    assert yaml.safe_load(found.stdout.decode("utf-8")) == reader.load().document


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            PermissionError(errno.EACCES, "Permission denied", "/srv/a.yaml"),
            "/srv/a.yaml can't be used: Permission denied",
        ),
        (
            OSError(errno.EMFILE, "Too many open files"),
            "the operating system refused something that the command needs: Too many open files (EMFILE)",
        ),
        (
            TimeoutError("timed out"),
            "the operating system refused something that the command needs: timed out (TimeoutError)",
        ),
    ],
    ids=["path", "no path", "no number"],
)
def test_errors_of_the_system_name_their_cause(
    run: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch, error: OSError, expected: str
) -> None:
    """An error that nothing expects is told in one line with its path or number, and not as one of the output."""

    def refused() -> None:
        raise error

    monkeypatch.setattr(reader, "load", refused)
    assert run("routes") == (2, "", f"sepolo-mock: {expected}\n")


def test_version(run: Callable[..., Outcome]) -> None:
    """The version is that of the installed package."""
    assert run("--version") == (0, f"sepolo-mock {version('sepolo-contract')}\n", "")


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        ("--port", "abc", f"{FROM_0} 65535 with --port or SEPOLO_PORT"),
        ("--port", "1.5", f"{FROM_0} 65535 with --port or SEPOLO_PORT"),
        ("--port", "65536", f"{FROM_0} 65535 with --port or SEPOLO_PORT"),
        ("--port", "9" * 50, f"{FROM_0} 65535 with --port or SEPOLO_PORT"),
        ("--seed", "luck", f"{FROM_0} 9223372036854775807 with --seed or SEPOLO_SEED"),
        ("--seed", "-1", f"{FROM_0} 9223372036854775807 with --seed or SEPOLO_SEED"),
        ("--workers", "0", "give an integer from 1 to 64 with --workers or SEPOLO_WORKERS"),
    ],
)
def test_wrong_integer_options(run: Callable[..., Outcome], option: str, value: str, expected: str) -> None:
    """A wrong integer is reported with its option and the accepted range."""
    assert run("serve", option, value) == (2, "", f"sepolo-mock: {option} {value} is wrong: {expected}\n")


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("SEPOLO_PORT", "abc", f"{FROM_0} 65535 with --port or SEPOLO_PORT"),
        ("SEPOLO_SEED", "1e3", f"{FROM_0} 9223372036854775807 with --seed or SEPOLO_SEED"),
        ("SEPOLO_WORKERS", "65", "give an integer from 1 to 64 with --workers or SEPOLO_WORKERS"),
    ],
)
def test_wrong_integer_variables(
    run: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch, variable: str, value: str, expected: str
) -> None:
    """A wrong integer in the environment is reported with its variable, with `serve` and without a command."""
    monkeypatch.setenv(variable, value)
    for arguments in (["serve"], []):
        assert run(*arguments) == (2, "", f"sepolo-mock: {variable}={value} is wrong: {expected}\n")


def test_collection(run: Callable[..., Outcome], tmp_path: Path) -> None:
    """`collection` writes its files into a folder that it makes, and prints their paths."""
    for tool, names in (
        ("postman", ["production.postman_environment.json", "sandbox.postman_environment.json"]),
        ("bruno", ["bruno.json", "environments/sandbox.bru", "Devices/listDevices.bru"]),
    ):
        folder = tmp_path / "new" / tool
        code, out, err = run("collection", "--format", tool, "--output", folder)
        assert (code, err) == (0, "")
        assert sorted(out.splitlines()) == sorted(str(path) for path in folder.rglob("*") if path.is_file())
        assert {str(folder / name) for name in names} <= set(out.splitlines())
    default = next(fact.key for fact in profiles.load("demo").keys(reader.load().scopes) if fact.name == "full")
    assert default in (tmp_path / "new" / "postman" / "sandbox.postman_environment.json").read_text("utf-8")


def test_collection_that_cannot_be_written(run: Callable[..., Outcome], tmp_path: Path) -> None:
    """The message names the file and the reason; an unknown tool is refused with the known ones."""
    (tmp_path / "file").write_text("")
    code, out, err = run("collection", "--output", tmp_path / "file")
    path = tmp_path / "file" / "sepolo.postman_collection.json"
    assert (code, out) == (2, "")
    assert (
        err == f"sepolo-mock: {command_line.not_written('--output', str(path), FileExistsError(17, 'File exists'))}\n"
    )
    code, _, err = run("collection", "--format", "insomnia")
    assert code == 2
    assert all(text in err for text in ("--format", "insomnia", "postman", "bruno"))


def test_powerquery(run: Callable[..., Outcome], tmp_path: Path) -> None:
    """The file goes to standard output or to --output, with production or --base-url as its address."""
    path = tmp_path / "Sepolo.pq"
    code, printed, err = run("powerquery")
    assert (code, err, '"https://api.sepolo.app",' in printed) == (0, "", True)
    assert run("powerquery", "--output", path, "--base-url", "http://127.0.0.1:8080/api/v1") == (0, "", "")
    assert path.read_text(encoding="utf-8") == printed.replace("https://api.sepolo.app", "http://127.0.0.1:8080")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--output", "/missing/Sepolo.pq"],
            '--output "/missing/Sepolo.pq" can\'t be written: No such file or directory',
        ),
        (["--output", "/"], '--output "/" can\'t be written: Is a directory'),
        (
            ["--base-url", "api"],
            '--base-url "api" is no address of an API: give scheme and host, such as https://api.sepolo.app',
        ),
        (["--format", "pbix"], "No such option: --format"),
    ],
)
def test_powerquery_refuses_wrong_options(run: Callable[..., Outcome], arguments: list[str], message: str) -> None:
    """The line says what is wrong and what would be right."""
    assert run("powerquery", *arguments) == (2, "", f"sepolo-mock: {message}\n")
