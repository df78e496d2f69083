"""How a `--state` option becomes a database URL: paths, `:memory:` and URLs, checked before the server starts."""

import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, unquote

from sepolo_mock_server.errors import SettingsError, command_line
from sepolo_mock_server.state.managed_store import ManagedStore
from sepolo_mock_server.state.store import TIMEOUT_S, StateStore
from sepolo_mock_server.state.trouble import StateError, first_line

MEMORY = ":memory:"
_SQLITE = "sqlite:///"
_SELECT_COLUMNS = (
    "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c "
    "WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'"
)
COLUMNS = {
    "service_reports": (
        "sequence", "world", "organization", "report_id", "created",
        "asset_id", "device_id", "state", "group_id", "customer_id", "row",
    ),
    "idempotency": ("world", "key_name", "attempt", "body", "report_id"),
    "state": ("name", "value"),
    "organizations": (
        "number", "world", "organization", "name", "template", "seed", "examples", "created",
        "start_mode", "start_now", "clock_mode", "clock_now", "faults", "token",
    ),
    "api_keys": (
        "number", "world", "organization", "key_id", "name", "hash", "previous_hash", "shown", "scopes", "group_ids",
        "customer_ids", "requests_per_minute", "requests_per_day", "expires", "created", "revoked",
    ),
}  # fmt: skip
"""Columns by table. They repeat `state.tables`, so that a state is checked before SQLAlchemy is imported."""
_MANAGED = ("organizations", "api_keys")
"""Tables that an older state lacks."""


def without_password(state: str) -> str:
    """Return a `--state` value with the password of its URL replaced by ***."""
    return re.sub(r"((?<=://)[^/@?:]*:|password=)[^/?&]*(@|(?=&)|$)", r"\1***\2", state)


def database_url(state: str, *, create: bool = True) -> str:
    """Return the SQLAlchemy URL of a `--state` value after a check; raise SettingsError if it can't be used.

    `state` is a path, `:memory:`, or a URL that starts with `sqlite:///` or `postgresql`. A `~` at the start of a path
    is the user's folder. In a URL of SQLite the path is percent-encoded, and a `?` begins the options. With `create`,
    a missing file and its folders are created.
    """
    if is_memory(state):
        return "sqlite://"
    if "://" not in state or state.startswith(_SQLITE):
        path, options = _path(state)
        if not create:
            _check_exists(path)
        _check_file(path)
        return f"{_SQLITE}{quote(str(path))}{options}"
    if state.startswith("postgresql"):
        _check_server(state)
        return state
    raise SettingsError(command_line.state_scheme(without_password(state)))


def is_memory(state: str) -> bool:
    """Whether a `--state` value keeps the reports in the memory of one process."""
    return state in (MEMORY, _SQLITE + MEMORY)


def is_managed(url: str) -> bool:
    """Whether the state at a checked SQLAlchemy URL stores organisations or keys of the management API."""
    store = StateStore(url)
    try:
        if url.startswith(_SQLITE):
            return _file_is_managed(Path(unquote(url.removeprefix(_SQLITE).partition("?")[0])))
        return url != "sqlite://" and ManagedStore(store).used()
    except StateError as error:
        raise SettingsError(command_line.state_unusable(without_password(url), error.reason)) from None
    finally:
        store.close()


def _file_is_managed(path: Path) -> bool:
    """As `is_managed`, without SQLAlchemy. A file that does not exist yet stores nothing."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=TIMEOUT_S)) as connection:
            return any(connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() for table in _MANAGED)  # noqa: S608
    except sqlite3.OperationalError:
        # There is no such file or no such table.
        return False


def reset(state: str) -> int:
    """Delete everything from an existing state, and return the number of reports; SettingsError if it can't be done."""
    store = StateStore(database_url(state, create=False))
    try:
        return store.reset()
    except StateError as error:
        raise SettingsError(command_line.state_unusable(without_password(state), error.reason)) from None
    finally:
        store.close()


def _path(state: str) -> tuple[Path, str]:
    """Return the absolute path of a path or URL of SQLite, and the options of the URL from their `?` on."""
    text, options = state, ""
    if state.startswith(_SQLITE):
        encoded, mark, rest = state.removeprefix(_SQLITE).partition("?")
        text, options = unquote(encoded), mark + rest
    try:
        return Path(text).expanduser().absolute(), options
    except RuntimeError as error:
        raise SettingsError(command_line.state_unusable(state, str(error))) from None


def _check_exists(path: Path) -> None:
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise SettingsError(command_line.state_missing(str(path))) from None
    except (OSError, ValueError) as error:
        raise SettingsError(
            command_line.state_unusable(str(path), getattr(error, "strerror", None) or str(error))
        ) from None


def _check_file(path: Path) -> None:
    """Open a SQLite file for writing, without SQLAlchemy, whose import would slow down every start."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        is_folder, is_other = path.is_dir(), path.exists() and not path.is_file()
    except OSError as error:
        raise SettingsError(command_line.state_unusable(str(path), error.strerror or str(error))) from None
    if is_folder or is_other:
        reason = command_line.STATE_IS_FOLDER if is_folder else command_line.STATE_IS_DEVICE
        raise SettingsError(command_line.state_unusable(str(path), reason))
    try:
        connection = sqlite3.connect(path, timeout=TIMEOUT_S, isolation_level=None)
        try:
            # Before anything is written, so that a damaged file is not changed.
            check = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            columns: dict[str, set[str]] = {}
            for table, column in connection.execute(_SELECT_COLUMNS):
                columns.setdefault(table, set()).add(column)
            if columns and not _has_own_tables(columns):
                raise SettingsError(command_line.state_unusable(str(path), command_line.STATE_OF_OTHER_PROGRAM))
            if check == "ok":
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("PRAGMA user_version=1")
                connection.execute("ROLLBACK")
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise SettingsError(command_line.state_unusable(str(path), str(error))) from None
    if check != "ok":
        raise SettingsError(command_line.state_unusable(str(path), command_line.STATE_DAMAGED))


def _has_own_tables(columns: Mapping[str, set[str]]) -> bool:
    expected = {table: set(names) for table, names in COLUMNS.items()}
    return all(columns.get(table, names if table in _MANAGED else None) == names for table, names in expected.items())


def _check_server(url: str) -> None:
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415 - SQLAlchemy is slow to import

    store = StateStore(url)
    try:
        store.open()
    except ModuleNotFoundError as error:
        raise SettingsError(command_line.state_driver(str(error.name))) from None
    except StateError as error:
        raise SettingsError(command_line.state_unusable(without_password(url), error.reason)) from None
    except (SQLAlchemyError, ValueError) as error:
        raise SettingsError(command_line.state_unusable(without_password(url), first_line(error))) from None
    finally:
        store.close()
