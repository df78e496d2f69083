"""The command line as it is used: what is printed, what starts and ends, and the one line when it can't be done."""

import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from sepolo_mock_server import cli
from tests.end_to_end.harness import CONTRACT, command, environment, serve
from tests.harness.in_process import key_facts

COMMANDS = ("serve", "keys", "spec", "reset", "routes")
SERVE = ("serve", "--port", "0", "--state", ":memory:")


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The outcome of a command in a process of its own."""
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, env=environment(**variables), check=False, timeout=60
    )


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Runs a command that can't be granted; its one line."""

    def call(*arguments: str, **variables: str) -> str:
        for name in [name for name in os.environ if name.startswith("SEPOLO_")]:
            monkeypatch.delenv(name)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit) as caught:
            cli.main(list(arguments))
        printed = capsys.readouterr()
        assert (caught.value.code, printed.out) == (2, ""), printed
        assert printed.err.startswith("sepolo-mock: ")
        assert printed.err.count("\n") == 1
        assert len(printed.err) < 400
        assert "Traceback" not in printed.err
        return printed.err

    return call


WRONG = [
    (["nonsense"], ["nonsense"]),
    (["Serve"], ["Serve"]),
    (["--nonsense"], ["--nonsense"]),
    (["serve", "--nonsense"], ["--nonsense"]),
    (["serve", "extra"], ["extra"]),
    (["keys", "extra"], ["extra"]),
    (["routes", "--json"], ["--json"]),
    (["serve", "--port"], ["--port"]),
    (["serve", "--port", "http"], ["--port", "SEPOLO_PORT", "integer"]),
    (["serve", "--port", "1.5"], ["--port", "integer"]),
    (["serve", "--port", ""], ["--port", "integer"]),
    (["serve", "--port", "-1"], ["--port", "0"]),
    (["serve", "--port", "65536"], ["--port", "65535"]),
    (["serve", "--port", "9" * 40], ["--port", "65535"]),
    (["serve", "--workers", "0"], ["--workers", "1"]),
    (["serve", "--workers", "65"], ["--workers", "64"]),
    (["serve", "--workers", "two"], ["--workers", "integer"]),
    (["serve", "--workers", "2", "--state", ":memory:"], ["--state :memory:", "--workers 1"]),
    (["serve", "--seed", "-1"], ["--seed -1", "from 0"]),
    (["serve", "--seed", str(2**63)], ["--seed", str(2**63 - 1)]),
    (["serve", "--seed", "luck"], ["--seed", "integer"]),
    (["serve", "--profile", "nowhere"], ["'nowhere'", "demo, fleet, small"]),
    (["serve", "--profile", ""], ["''", "demo, fleet, small"]),
    (["serve", "--profile", "/"], ["'/'", "demo, fleet, small"]),
    (["serve", "--profile", "a\nb"], ["demo, fleet, small"]),
    (["serve", "--profile", "../profiles/demo"], ["demo, fleet, small"]),
    (["keys", "--profile", "nowhere"], ["'nowhere'", "demo, fleet, small"]),
    (["serve", "--clock", "noon"], ["'noon'", "wall", "2026-07-01T00:00:00Z"]),
    (["serve", "--clock", ""], ["''", "wall"]),
    (["serve", "--clock", "WALL"], ["'WALL'", "wall"]),
    (["serve", "--clock", "2026-07-01"], ["'2026-07-01'", "offset"]),
    (["serve", "--clock", "2026-07-01T00:00:00"], ["offset"]),
    (["serve", "--clock", "2026-02-29T00:00:00Z"], ["2026-02-29", "2026-07-01T00:00:00Z"]),
    (["serve", "--clock", "1990-01-01T00:00:00Z"], ["2025-02-04T00:00:00Z", "2099-12-31T23:59:59Z"]),
    (["serve", "--clock", "9999-01-01T00:00:00Z"], ["2099-12-31T23:59:59Z"]),
    ([*SERVE, "--host", "no such host"], ["--host", "no such host", "127.0.0.1"]),
    ([*SERVE, "--host", "x" * 300], ["--host", "127.0.0.1"]),
    ([*SERVE, "--host", "203.0.113.1"], ["--host", "203.0.113.1", "127.0.0.1"]),
    (["serve", "--state", "mysql://x"], ["mysql://x", "postgresql+psycopg://"]),
    (["serve", "--state", "sqlite://"], ["sqlite://", ":memory:"]),
    (["serve", "--state", "/dev/null/x/state.db"], ["/dev/null/x/state.db", "--state"]),
    (["serve", "--state", "/"], ["/ can't be used", "folder"]),
    (["serve", "--state", "sqlite:////dev/null/x"], ["/dev/null/x"]),
    (["serve", "--state", "postgresql+nothing://x/y"], ["--state"]),
    (["reset", "--state", "mysql://x"], ["mysql://x"]),
    (["reset", "--state", "/"], ["/ can't be used"]),
    (["spec", "--openapi", "2.0"], ["--openapi", "3.1", "3.0"]),
    (["spec", "--format", "toml"], ["--format", "yaml", "json"]),
    (["serve", "--check-responses=maybe"], ["--check-responses"]),
]


@pytest.mark.parametrize(("arguments", "fragments"), WRONG, ids=lambda part: " ".join(part)[:60])
def test_wrong_options(refused: Callable[..., str], arguments: list[str], fragments: list[str]) -> None:
    """One line names what is wrong and what would be right, and the exit code is 2."""
    line = refused(*arguments)
    assert [fragment for fragment in fragments if fragment not in line] == []


@pytest.mark.parametrize(
    ("name", "value", "fragments"),
    [
        ("SEPOLO_PORT", "http", ["SEPOLO_PORT", "integer"]),
        ("SEPOLO_PORT", "70000", ["SEPOLO_PORT", "65535"]),
        ("SEPOLO_WORKERS", "0", ["SEPOLO_WORKERS", "1"]),
        ("SEPOLO_SEED", "luck", ["SEPOLO_SEED", "integer"]),
        ("SEPOLO_PROFILE", "nowhere", ["'nowhere'", "demo, fleet, small"]),
        ("SEPOLO_CLOCK", "noon", ["'noon'", "wall"]),
        ("SEPOLO_STATE", "mysql://x", ["mysql://x"]),
        ("SEPOLO_CHECK_RESPONSES", "perhaps", ["SEPOLO_CHECK_RESPONSES", "boolean"]),
        ("SEPOLO_HOST", "no such host", ["no such host", "127.0.0.1"]),
        ("SEPOLO_CURSOR_SECRET", "short", ["SEPOLO_CURSOR_SECRET", "16"]),
        ("SEPOLO_CURSOR_SECRET", "with a space in it", ["SEPOLO_CURSOR_SECRET", "visible ASCII"]),
    ],
)
def test_wrong_variables(refused: Callable[..., str], name: str, value: str, fragments: list[str]) -> None:
    """The environment is checked as the options are, for `serve` and for no command alike."""
    for arguments in (["serve"], []):
        more = {} if name == "SEPOLO_STATE" else {"SEPOLO_STATE": ":memory:"}
        line = refused(*arguments, **more, **{name: value})
        assert [fragment for fragment in fragments if fragment not in line] == []


def _broken_files(folder: Path) -> dict[str, Path]:
    files = {name: folder / f"{name}.db" for name in ("text", "header", "damaged", "cut")}
    files["text"].write_text("not a database, but long enough to be taken for one" * 100)
    files["header"].write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    with sqlite3.connect(files["damaged"]) as made:
        made.execute("CREATE TABLE t (x)")
        made.executemany("INSERT INTO t VALUES (?)", [("x" * 500,)] * 200)
    made.close()
    whole = files["damaged"].read_bytes()
    files["cut"].write_bytes(whole[: len(whole) // 2])
    files["damaged"].write_bytes(whole[:4096] + b"\xa5" * 8192 + whole[12288:])
    return files


@pytest.mark.parametrize("table", ["notes", "service_reports", "state"])
def test_the_database_of_another_program(refused: Callable[..., str], table: str, tmp_path: Path) -> None:
    """A sound database that isn't the sandbox's own is refused, and gets no tables."""
    path = tmp_path / "notes.db"
    with sqlite3.connect(path) as made:
        made.execute(f"CREATE TABLE {table} (text)")
    made.close()
    before = path.read_bytes()
    for arguments in (["serve", "--port", "0"], ["reset"]):
        assert "another program's database" in refused(*arguments, "--state", str(path))
    assert path.read_bytes() == before


def test_broken_state_files(refused: Callable[..., str], tmp_path: Path) -> None:
    """A file that is no sound database is refused by its path, by `serve` as by `reset`, and left as it is."""
    for path in _broken_files(tmp_path).values():
        before = path.read_bytes()
        for arguments in (["serve", "--port", "0"], ["reset"]):
            line = refused(*arguments, "--state", str(path))
            assert f"the state {path} can't be used" in line
        assert path.read_bytes() == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_unwritable_state_files(refused: Callable[..., str], tmp_path: Path) -> None:
    """A file or folder that may not be written is refused by its path."""
    path = tmp_path / "state.db"
    sqlite3.connect(path).close()
    path.chmod(0o400)
    assert str(path) in refused("serve", "--state", str(path))
    tmp_path.chmod(0o500)
    assert "new.db" in refused("serve", "--state", str(tmp_path / "new.db"))
    tmp_path.chmod(0o700)


def test_broken_profiles(refused: Callable[..., str], tmp_path: Path) -> None:
    """A profile's file that can't be used is refused by its place in the file, without repeating the file."""
    for number, text in enumerate(
        ("[", "a" * 5000, "title: x", "clock: [", "\0", "keys: !!python/object:os.system {}")
    ):
        path = tmp_path / f"wrong{number}.yaml"
        path.write_text(text)
        assert f"wrong{number}" in refused("serve", "--profile", str(path))
    path.write_bytes(b"\xff\xfe")
    assert "not readable" in refused("keys", "--profile", str(path))


def test_a_port_in_use(refused: Callable[..., str]) -> None:
    """A port that is taken is told, with the way out."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = refused("serve", "--port", str(port), "--state", ":memory:")
    assert line == f"sepolo-mock: port {port} is in use: give --port another one, or 0 for any that is free\n"


def test_a_password_is_not_printed(refused: Callable[..., str]) -> None:
    """The password in a database's URL stays out of messages."""
    for url in ("postgresql+psycopg://u:s3cret@127.0.0.1:1/x", "postgres://u:s3cret@h/x"):
        line = refused("serve", "--port", "0", "--state", url)
        assert "s3cret" not in line
        assert "u:***@" in line


def test_one_real_refusal() -> None:
    """A process of its own says the same: one line, exit code 2, nothing on stdout."""
    done = run("serve", "--port", "65536")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


# What is printed.


def test_help(said: Callable[..., str]) -> None:
    """Help names every command, every option with its variable and default, and nothing that isn't there."""
    overview = said("--help")
    assert re.findall(r"^  ([a-z]+)  ", overview, re.MULTILINE) == list(COMMANDS)
    text = " ".join(said("serve", "--help").split())
    options = ["host", "port", "profile", "seed", "clock", "workers", "state", "check-responses"]
    assert sorted(set(re.findall(r"(?<![\w-])--([a-z-]+)", text))) == sorted([*options, "no-check-responses", "help"])
    for option in options:
        assert f"SEPOLO_{option.upper().replace('-', '_')}" in text
    for default in ("default: 127.0.0.1", "default: 8080", "default: demo", "default: 1"):
        assert default in text


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Runs a command that prints something; what it prints."""

    def call(*arguments: str) -> str:
        with pytest.raises(SystemExit) as caught:
            cli.main(list(arguments))
        printed = capsys.readouterr()
        assert (caught.value.code, printed.err) == (0, "")
        return printed.out

    return call


def test_keys(said: Callable[..., str]) -> None:
    """Keys are listed for programs and for people; each listed key is one that the sandbox knows."""
    for profile in ("demo", "small"):
        rows = json.loads(said("keys", "--json", "--profile", profile))
        assert {row["name"]: row["key"] for row in rows} == {n: fact.key for n, fact in key_facts(profile).items()}
        assert {tuple(row) for row in rows} == {("name", "key", "organizationId", "organizationName", "scopes", "note")}
        table = said("keys", "--profile", profile).splitlines()
        assert len(table) == len(rows) + 1
        for row, line in zip(rows, table[1:], strict=True):
            assert row["note"]
            assert all(row[member] in line for member in ("name", "key", "organizationName", "note"))


def test_routes(said: Callable[..., str]) -> None:
    """Every operation is listed with its call, its scope and its limits, from the contract."""
    lines = said("routes").splitlines()[1:]
    assert len(lines) == len(CONTRACT.operations)
    for line, operation in zip(lines, CONTRACT.operations.values(), strict=True):
        assert line.split()[:4] == [operation.operation_id, operation.method, operation.path, operation.scope]
        assert ("500" in line) == bool(operation.page and operation.page.maximum)
        days = operation.window.max_days if operation.window else None
        assert (f"{days} d" in line) == (days is not None)


def test_spec(said: Callable[..., str]) -> None:
    """The contract is printed as it is, and as the 3.0 document that is made from it."""
    assert yaml.load(said("spec"), Loader=yaml.CSafeLoader) == CONTRACT.document
    older = json.loads(said("spec", "--openapi", "3.0", "--format", "json"))
    assert older["openapi"].startswith("3.0.")
    assert set(older["paths"]) == set(CONTRACT.document["paths"])


def test_a_pipe_that_ends_early() -> None:
    """A reader that has own_ids enough is no error."""
    line = " ".join([*command("spec"), "|", "head", "-1"])
    done = subprocess.run(["bash", "-o", "pipefail", "-c", line], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("openapi: 3.1")
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


# Serving.


def test_the_printed_curl(tmp_path: Path) -> None:
    """The printed line, pasted into a shell, is answered with the demo organisation."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    server = serve(tmp_path, "--state", ":memory:")
    line = next(line for line in server.startup_lines if "curl" in line)
    pasted = line[line.index("curl") :] + " -s -w '%{http_code}'"
    done = subprocess.run(["bash", "-c", pasted], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("200")
    assert json.loads(done.stdout[:-3])["organizationName"] == "Fjordbane Demo AS"
    text = "\n".join(server.startup_lines)
    assert server.base_url in text
    assert server.keys["full"].key in text
    assert server.stop(signal.SIGINT) == 0
    assert server.stderr == ""


def test_every_variable(tmp_path: Path) -> None:
    """Every option can be set by its variable, and `sepolo-mock` alone serves."""
    state = tmp_path / "here.db"
    errors = tmp_path / "errors.txt"
    variables = {
        "SEPOLO_HOST": "localhost",
        "SEPOLO_PORT": "0",
        "SEPOLO_PROFILE": "small",
        "SEPOLO_SEED": "5",
        "SEPOLO_CLOCK": "2026-08-01T12:00:00+02:00",
        "SEPOLO_WORKERS": "1",
        "SEPOLO_STATE": str(state),
        "SEPOLO_CHECK_RESPONSES": "1",
    }
    with errors.open("w") as stream:
        process = subprocess.Popen(
            command(), stdout=subprocess.PIPE, stderr=stream, text=True, env=environment(**variables)
        )
    assert process.stdout is not None
    text = "".join(iter(process.stdout.readline, "More keys: sepolo-mock keys. Stop with Ctrl-C.\n"))
    pasted = next(line for line in text.splitlines() if "curl" in line)
    done = subprocess.run(
        ["bash", "-c", pasted[pasted.index("curl") :] + " -s"], capture_output=True, text=True, check=True
    )
    me = json.loads(done.stdout)
    assert (me["organizationName"], me["serverTimeUtc"]) == ("Liten Bane AS", "2026-08-01T10:00:00Z")
    assert "profile small, clock 2026-08-01T10:00:00Z" in text
    assert str(state) in text
    assert state.exists()
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    process.stdout.close()
    assert errors.read_text() == ""


def test_an_option_goes_before_its_variable(tmp_path: Path) -> None:
    """What is typed counts more than the environment; the wall's clock tells the real time; IPv6 is server."""
    host = "::1" if _has_ipv6() else "127.0.0.1"
    options = ("--clock", "wall", "--state", ":memory:", "--host", host)
    before = datetime.now(UTC).replace(microsecond=0)
    server = serve(tmp_path, *options, variables={"SEPOLO_CLOCK": "2026-08-01T00:00:00Z", "SEPOLO_PROFILE": "small"})
    assert server.base_url.startswith(f"http://[{host}]:" if ":" in host else f"http://{host}:")
    now = server("GET", "/api/v1/me").json["serverTimeUtc"]
    assert before <= datetime.fromisoformat(now) <= datetime.now(UTC)
    assert server("GET", "/api/v1/me").json["organizationName"] == "Fjordbane Demo AS"
    assert "clock of the wall" in server.startup_lines[0]
    assert server.stop() == 0


def _has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


@pytest.mark.parametrize(("workers", "number"), [("1", signal.SIGINT), ("2", signal.SIGTERM)])
def test_signals(workers: str, number: signal.Signals, tmp_path: Path) -> None:
    """A signal ends it with exit code 0 and without a word, even while a client keeps its connection."""
    server = serve(tmp_path, "--state", str(tmp_path / "state.db"), "--workers", workers)
    with socket.create_connection(server.address, timeout=30) as kept, kept.makefile("rb") as lines:
        kept.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert lines.readline().startswith(b"HTTP/1.1 200 ")
        assert server.stop(number) == 0
        assert lines.read().endswith(b'{"status":"ok"}')
    assert server.stderr == ""
    # The port is free at once.
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(server.address)
    second = serve(tmp_path, "--state", ":memory:", port=server.address[1])
    assert second.base_url == server.base_url
    assert second.stop(signal.SIGKILL) == -signal.SIGKILL
