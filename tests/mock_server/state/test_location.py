"""The `--state` option: paths and URLs that can be used, and the message for each that can't."""

import os
import sqlite3
from pathlib import Path

import pytest

from sepolo_mock_server.errors import SettingsError, command_line
from sepolo_mock_server.state import location
from sepolo_mock_server.state.store import StateStore
from sepolo_mock_server.state.tables import Tables


def test_missing_folders_are_created(tmp_path: Path) -> None:
    """The folders of a path are created, and the file too."""
    path = tmp_path / "new" / "deeper" / "state.db"
    assert location.database_url(str(path)) == location.database_url(f"sqlite:///{path}") == f"sqlite:///{path}"
    assert path.exists()


@pytest.mark.parametrize(
    ("state", "file"),
    [
        ("a?b.db", "a?b.db"),
        ("a?mode=ro&x#y%41 z.db", "a?mode=ro&x#y%41 z.db"),
        ("a#b.db", "a#b.db"),
        ("100%.db", "100%.db"),
        ("a%20b.db", "a%20b.db"),
        ("with space.db", "with space.db"),
        ("Zürich.db", "Zürich.db"),
        ("sub/../x.db", "x.db"),
        ("file:x.db", "file:x.db"),
        ("~/x.db", "home/x.db"),
        ("~", None),
        ("a~b.db", "a~b.db"),
        ("sqlite:///x.db", "x.db"),
        ("sqlite:///a b#%41%3F.db", "a b#A?.db"),
        ("sqlite:///~/x.db", "home/x.db"),
        ("sqlite:///x.db?timeout=7", "x.db"),
    ],
)
def test_reports_are_stored_in_the_given_file(
    state: str, file: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The checked file is the one that the store opens, whatever characters its path has, and the only one."""
    (tmp_path / "home").mkdir()
    (tmp_path / "sub").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    if file is None:
        assert command_line.STATE_IS_FOLDER in unusable(state)
        return
    store = StateStore(location.database_url(state))
    monkeypatch.chdir("/")
    assert (store.version(), store.reset()) == ((0, 0), 0)
    store.close()
    assert [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.db")] == [file]
    with sqlite3.connect(tmp_path / file) as connection:
        assert connection.execute("SELECT count(*) FROM service_reports").fetchone() == (0,)
    connection.close()


def test_unknown_user() -> None:
    """The folder of a user that does not exist is rejected."""
    assert "can't be used" in unusable("~nobody-has-this-name/x.db")


def unusable(state: str) -> str:
    with pytest.raises(SettingsError) as caught:
        location.database_url(state)
    return str(caught.value)


def test_unusable_states(tmp_path: Path) -> None:
    """A state that can't be used is rejected with its place and the reason."""
    junk = tmp_path / "junk.db"
    junk.write_bytes(b"this is no database" * 100)
    assert str(junk) in (found := unusable(str(junk)))
    assert "file is not a database" in found
    assert command_line.STATE_IS_FOLDER in unusable(str(tmp_path))
    assert "File exists" in (found := unusable(str(junk / "state.db"))) or "Not a directory" in found
    assert '--state "mysql://x" is not understood' in unusable("mysql://x")


@pytest.mark.parametrize("path", ["/dev/null", "/dev/full", "fifo", "link"])
def test_devices_are_rejected(path: str, tmp_path: Path) -> None:
    """A path that is not a regular file is rejected, also through a link, and not opened."""
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "link").symlink_to("/dev/null")
    assert command_line.STATE_IS_DEVICE in unusable(str(tmp_path / path))


def test_columns_are_those_of_the_tables() -> None:
    """The columns that are checked at the start are those that the store uses."""
    found = {name: tuple(table.c.keys()) for name, table in Tables().metadata.tables.items()}
    assert found == location.COLUMNS


@pytest.mark.parametrize("table", location.COLUMNS)
@pytest.mark.parametrize("change", ["ADD COLUMN more", "RENAME COLUMN {} TO other"])
def test_other_columns_are_rejected(table: str, change: str, tmp_path: Path) -> None:
    """A state of which a table has other columns than the store's is rejected and not changed."""
    path = tmp_path / "state.db"
    store = StateStore(f"sqlite:///{path}")
    store.open()
    store.close()
    location.database_url(str(path))
    with sqlite3.connect(path) as other:
        other.execute(f"ALTER TABLE {table} {change.format(location.COLUMNS[table][-1])}")
    other.close()
    before = path.read_bytes()
    assert command_line.STATE_OF_OTHER_PROGRAM in unusable(str(path))
    assert path.read_bytes() == before


def test_reset_of_a_locked_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reset of a state that another process locks is rejected in one line, as a state that can't be opened."""
    monkeypatch.setattr(location, "TIMEOUT_S", 0.01)
    path = tmp_path / "state.db"
    location.database_url(str(path))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(SettingsError, match="database is locked"):
        location.reset(str(path))
    other.close()


def test_damaged_state(tmp_path: Path) -> None:
    """A database with damaged pages is rejected."""
    path = tmp_path / "state.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (x)")
        connection.executemany("INSERT INTO t VALUES (?)", [("y" * 500,)] * 100)
    connection.close()
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    assert str(path) in unusable(str(path))


def test_unreachable_server() -> None:
    """An unreachable database server and a missing driver are rejected in one line."""
    found = unusable("postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert "nobody@127.0.0.1:1/none can't be used" in found or "driver psycopg is not installed" in found
    assert "\n" not in found
    assert "postgresql.nodriver" in unusable("postgresql+nodriver://x")


def test_memory() -> None:
    """`:memory:` is SQLite without a file."""
    assert location.database_url(location.MEMORY) == location.database_url("sqlite:///:memory:") == "sqlite://"


def test_missing_state_is_not_created_on_reset(tmp_path: Path) -> None:
    """Without `create`, a missing file is rejected, and neither file nor folder is created."""
    for path in (tmp_path / "state.db", tmp_path / "folder" / "state.db"):
        with pytest.raises(SettingsError) as caught:
            location.database_url(str(path), create=False)
        assert str(caught.value) == command_line.state_missing(str(path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ("postgresql+psycopg://user:secret@host/db", "postgresql+psycopg://user:***@host/db"),
        (
            "postgresql+psycopg://host/db?user=u&password=secret&x=1",
            "postgresql+psycopg://host/db?user=u&password=***&x=1",
        ),
        ("postgresql+psycopg://user@host/db", "postgresql+psycopg://user@host/db"),
        ("/data/state.db", "/data/state.db"),
    ],
)
def test_passwords_are_hidden(state: str, shown: str) -> None:
    """The password of a URL is replaced, wherever it stands."""
    assert location.without_password(state) == shown
