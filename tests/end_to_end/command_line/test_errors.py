"""Wrong options, variables, profiles and states: one line on stderr and exit code 2."""

import os
import socket
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from sepolo_mock_server import cli
from tests.end_to_end.harness import command, environment

SERVE = ("serve", "--port", "0", "--state", ":memory:")


@pytest.fixture
def error_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Run a command that must fail with exit code 2; returns its one line on stderr."""

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


WRONG_OPTIONS = [
    (["nonsense"], ["nonsense"]),
    (["Serve"], ["Serve"]),
    (["--nonsense"], ["--nonsense"]),
    (["serve", "--nonsense"], ["--nonsense"]),
    (["serve", "extra"], ["extra"]),
    (["keys", "extra"], ["extra"]),
    (["routes", "--json"], ["--json"]),
    (["serve", "--port"], ["--port"]),
    (["serve", "--port", ""], ["--port", "integer"]),
    (["serve", "--port", "-1"], ["--port", "0"]),
    (["serve", "--workers", "65"], ["--workers", "64"]),
    (["serve", "--workers", "two"], ["--workers", "integer"]),
    (["serve", "--workers", "2", "--state", ":memory:"], ["--state :memory:", "--workers 1"]),
    (["serve", "--seed", str(2**63)], ["--seed", str(2**63 - 1)]),
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
    (["serve", "--clock", "1990-01-01T00:00:00Z"], ["2024-12-26T00:00:00Z", "2099-12-31T23:59:59Z"]),
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
    ([*SERVE, "--host", "::"], ["::", "--operator-token", "SEPOLO_OPERATOR_TOKEN", "--no-management"]),
    ([*SERVE, "--operator-token", "short"], ["--operator-token", "16"]),
    ([*SERVE, "--operator-token", "x" * 16, "--no-management"], ["--operator-token", "--no-management"]),
    ([*SERVE, "--no-demo-keys", "--no-management"], ["--no-demo-keys", "--no-management"]),
]


@pytest.mark.parametrize(("arguments", "fragments"), WRONG_OPTIONS, ids=lambda part: " ".join(part)[:60])
def test_wrong_options(error_line: Callable[..., str], arguments: list[str], fragments: list[str]) -> None:
    """The error line contains the wrong option or value and what is valid."""
    line = error_line(*arguments)
    assert [fragment for fragment in fragments if fragment not in line] == []


@pytest.mark.parametrize(
    ("name", "value", "fragments"),
    [
        ("SEPOLO_PORT", "70000", ["SEPOLO_PORT", "65535"]),
        ("SEPOLO_WORKERS", "0", ["SEPOLO_WORKERS", "1"]),
        ("SEPOLO_PROFILE", "nowhere", ["'nowhere'", "demo, fleet, small"]),
        ("SEPOLO_CLOCK", "noon", ["'noon'", "wall"]),
        ("SEPOLO_STATE", "mysql://x", ["mysql://x"]),
        ("SEPOLO_CHECK_RESPONSES", "perhaps", ["SEPOLO_CHECK_RESPONSES", "boolean"]),
        ("SEPOLO_HOST", "no such host", ["no such host", "127.0.0.1"]),
        ("SEPOLO_OPERATOR_TOKEN", "short", ["SEPOLO_OPERATOR_TOKEN", "16"]),
        ("SEPOLO_NO_MANAGEMENT", "perhaps", ["SEPOLO_NO_MANAGEMENT", "boolean"]),
        ("SEPOLO_NO_DEMO_KEYS", "perhaps", ["SEPOLO_NO_DEMO_KEYS", "boolean"]),
        ("SEPOLO_CURSOR_SECRET", "short", ["SEPOLO_CURSOR_SECRET", "16"]),
        ("SEPOLO_CURSOR_SECRET", "with a space in it", ["SEPOLO_CURSOR_SECRET", "visible ASCII"]),
    ],
)
def test_wrong_variables(error_line: Callable[..., str], name: str, value: str, fragments: list[str]) -> None:
    """Variables are checked like options, with `serve` and without a command."""
    for arguments in (["serve"], []):
        more = {} if name == "SEPOLO_STATE" else {"SEPOLO_STATE": ":memory:"}
        line = error_line(*arguments, **more, **{name: value})
        assert [fragment for fragment in fragments if fragment not in line] == []


def _damaged_files(folder: Path) -> dict[str, Path]:
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
def test_database_of_another_program_is_rejected(error_line: Callable[..., str], table: str, tmp_path: Path) -> None:
    """A sound database with other tables is rejected and not changed."""
    path = tmp_path / "notes.db"
    with sqlite3.connect(path) as made:
        made.execute(f"CREATE TABLE {table} (text)")
    made.close()
    before = path.read_bytes()
    for arguments in (["serve", "--port", "0"], ["reset"]):
        assert "another program's database" in error_line(*arguments, "--state", str(path))
    assert path.read_bytes() == before


def test_damaged_state_is_rejected(error_line: Callable[..., str], tmp_path: Path) -> None:
    """A state file that is not a sound database is rejected with its path by `serve` and `reset`, and not changed."""
    for path in _damaged_files(tmp_path).values():
        before = path.read_bytes()
        for arguments in (["serve", "--port", "0"], ["reset"]):
            line = error_line(*arguments, "--state", str(path))
            assert f"the state {path} can't be used" in line
        assert path.read_bytes() == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_unwritable_state_is_rejected(error_line: Callable[..., str], tmp_path: Path) -> None:
    """A state file or folder without write permission is rejected with its path."""
    path = tmp_path / "state.db"
    sqlite3.connect(path).close()
    path.chmod(0o400)
    assert str(path) in error_line("serve", "--state", str(path))
    tmp_path.chmod(0o500)
    assert "new.db" in error_line("serve", "--state", str(tmp_path / "new.db"))
    tmp_path.chmod(0o700)


def test_invalid_profile_is_rejected(error_line: Callable[..., str], tmp_path: Path) -> None:
    """A profile file that is not valid is rejected with its name, without its contents."""
    for number, text in enumerate(
        ("[", "a" * 5000, "title: x", "clock: [", "\0", "keys: !!python/object:os.system {}")
    ):
        path = tmp_path / f"wrong{number}.yaml"
        path.write_text(text)
        assert f"wrong{number}" in error_line("serve", "--profile", str(path))
    path.write_bytes(b"\xff\xfe")
    assert "not readable" in error_line("keys", "--profile", str(path))


def test_port_in_use(error_line: Callable[..., str]) -> None:
    """A port in use is reported with the option that changes it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = error_line("serve", "--port", str(port), "--state", ":memory:")
    assert line == f"sepolo-mock: port {port} is in use: give --port another one, or 0 for any that is free\n"


def test_password_is_hidden(error_line: Callable[..., str]) -> None:
    """Messages do not contain the password of a database URL."""
    for url in ("postgresql+psycopg://u:s3cret@127.0.0.1:1/x", "postgres://u:s3cret@h/x"):
        line = error_line("serve", "--port", "0", "--state", url)
        assert "s3cret" not in line
        assert "u:***@" in line


def test_error_of_a_process() -> None:
    """A process of its own prints one line on stderr, nothing on stdout, and exits with 2."""
    arguments = command("serve", "--port", "65536")
    done = subprocess.run(arguments, capture_output=True, text=True, env=environment(), check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
