"""Where written things are kept: SQLAlchemy Core over SQLite or PostgreSQL.

Service reports, the records of idempotency keys and the generation that a reset raises; nothing of HTTP,
nothing of the world. SQLAlchemy is imported when the state is first used, not when the server starts. Every
call blocks: it belongs in a worker thread.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from sepolo_mock_server import errors
from sepolo_mock_server.operations.service_reports import Draft, Owner, Stored, Wanted

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from sepolo_mock_server.state import tables

MEMORY = ":memory:"
_BUSY_S = 5.0
_OWN = frozenset({"service_reports", "idempotency", "state"})
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"


class StateError(Exception):
    """A state that can't be used; the message says why, for the command line."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A partner's name for one request, and the digest of its body."""

    key: str
    body: str


class StateStore:
    """The state behind one URL. Safe for several processes; within one, call it from one thread at a time."""

    def __init__(self, url: str) -> None:
        self.url = url

    def version(self) -> tuple[int, int]:
        """The generation, and the number of the last stored report: changes with every write."""
        t = self._tables
        with self._reading() as connection:
            return self._generation(connection), connection.scalar(t.last_sequence) or 0

    def reports(self, owner: Owner, wanted: Wanted, after: tuple[int, int] | None, limit: int) -> list[Stored]:
        """Stored reports of an owner that match, newest first, after a (creation, number) position."""
        statement = self._tables.select_reports(owner, wanted, after).limit(limit)
        with self._reading() as connection:
            return [
                Stored(created, sequence, orjson.loads(row)) for created, sequence, row in connection.execute(statement)
            ]

    def report(self, owner: Owner, report_id: str) -> dict[str, Any] | None:
        """One stored report's row, or None when the owner has none of this id."""
        statement = self._tables.select_report(owner, report_id)
        with self._reading() as connection:
            row = connection.scalar(statement)
        return None if row is None else orjson.loads(row)

    def create(self, owner: Owner, draft: Draft, attempt: Attempt | None) -> tuple[str, bool]:
        """Store a report, durably, and return its id and whether it is the answer to an earlier attempt.

        ApiError 409 where the attempt's key was used with another body.
        """
        from sqlalchemy.exc import IntegrityError  # noqa: PLC0415 - see the module's docstring

        try:
            with self._writing() as connection:
                known = self._replayed(connection, owner, attempt)
                return known or (self._insert(connection, owner, draft, attempt), False)
        except IntegrityError:
            # Another process stored the same attempt between our look and our insert.
            with self._reading() as connection:
                known = self._replayed(connection, owner, attempt)
            if known is None:
                raise
            return known

    def replayed(self, owner: Owner, attempt: Attempt) -> str | None:
        """The id that an earlier attempt of this key and body created; ApiError 409 for another body."""
        with self._reading() as connection:
            known = self._replayed(connection, owner, attempt)
        return None if known is None else known[0]

    def reset(self) -> int:
        """Forget everything, of every world, and end all cursors over it; returns how many reports went."""
        t = self._tables
        with self._writing() as connection:
            count: int = connection.execute(t.reports.delete()).rowcount
            connection.execute(t.attempts.delete())
            connection.execute(t.raise_generation)
        return count

    def close(self) -> None:
        """Let go of the database, if it was opened."""
        if "_engine" in self.__dict__:
            self._engine.dispose()

    def _replayed(self, connection: "Connection", owner: Owner, attempt: Attempt | None) -> tuple[str, bool] | None:
        if attempt is None:
            return None
        found = connection.execute(self._tables.select_attempt(owner, attempt.key)).one_or_none()
        if found is None:
            return None
        body, report_id = found
        if body != attempt.body:
            raise errors.idempotency_conflict()
        return str(report_id), True

    def _insert(self, connection: "Connection", owner: Owner, draft: Draft, attempt: Attempt | None) -> str:
        t = self._tables
        values = {
            "world": owner.world,
            "organization": owner.organization,
            "created": draft.created,
            "asset_id": draft.asset_id,
            "device_id": draft.device_id,
            "state": draft.state,
            "group_id": draft.group_id,
            "customer_id": draft.customer_id,
            "row": "{}",
        }
        result = connection.execute(t.reports.insert().values(values))
        (sequence,) = result.inserted_primary_key or (0,)
        row = draft.numbered(owner, self._generation(connection), sequence)
        report_id: str = row["serviceReportId"]
        final = {"report_id": report_id, "row": orjson.dumps(row).decode()}
        connection.execute(t.reports.update().where(t.reports.c.sequence == sequence).values(final))
        if attempt is not None:
            connection.execute(
                t.attempts.insert().values(
                    world=owner.world,
                    key_name=owner.key_name,
                    attempt=attempt.key,
                    body=attempt.body,
                    report_id=report_id,
                )
            )
        return report_id

    def _generation(self, connection: "Connection") -> int:
        return connection.scalar(self._tables.generation) or 0

    @cached_property
    def _tables(self) -> "tables.Tables":
        from sepolo_mock_server.state import tables  # noqa: PLC0415 - see the module's docstring

        return tables.Tables()

    @cached_property
    def _engine(self) -> "Engine":
        from sepolo_mock_server.state import tables  # noqa: PLC0415 - see the module's docstring

        return tables.engine(self.url, self._tables, _BUSY_S)

    @contextmanager
    def _reading(self) -> "Iterator[Connection]":
        with _unlocked(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> "Iterator[Connection]":
        with _unlocked(), self._engine.connect() as plain:
            connection = plain.execution_options(writing=True)
            with connection.begin():
                yield connection


@contextmanager
def _unlocked() -> Iterator[None]:
    """A lock that outlasts the busy timeout is the client's cue to try again."""
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415 - see the module's docstring

    try:
        yield
    except OperationalError as error:
        if "locked" in str(error.orig):
            raise errors.state_busy() from error
        raise


def shown(state: str) -> str:
    """A `--state` value as it may be printed: without the password of its URL."""
    return re.sub(r"((?<=://)[^/@?:]*:|password=)[^/?&]*(@|(?=&)|$)", r"\1***\2", state)


def probe(state: str, *, new: bool = True) -> str:
    """The SQLAlchemy URL of a `--state` value that was found usable; StateError says why it isn't.

    `state` is a path, `:memory:`, or a URL that starts with `sqlite:` or `postgresql`. A file that isn't there is
    made, folders and all, unless it mustn't be `new`.
    """
    if state == MEMORY:
        return "sqlite://"
    if "://" not in state or state.startswith("sqlite:///"):
        path = Path(state.removeprefix("sqlite:///"))
        if not new:
            _find_file(path)
        _probe_file(path)
        return state if "://" in state else f"sqlite:///{path.absolute()}"
    if state.startswith("postgresql"):
        _probe_server(state)
        return state
    raise StateError(errors.state_scheme(shown(state)))


def _find_file(path: Path) -> None:
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise StateError(errors.no_state(str(path))) from None
    except (OSError, ValueError) as error:
        raise StateError(errors.state_unusable(str(path), getattr(error, "strerror", None) or str(error))) from None


def _probe_file(path: Path) -> None:
    """Open a SQLite file for writing, without SQLAlchemy, whose import would slow every start."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StateError(errors.state_unusable(str(path), error.strerror or str(error))) from None
    if path.is_dir():
        raise StateError(errors.state_unusable(str(path), "it is a folder"))
    try:
        connection = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
        try:
            # Before anything is written: a damaged file is left as it is.
            verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            tables = {name for (name,) in connection.execute(_TABLES)}
            if tables and not tables >= _OWN:
                raise StateError(errors.state_unusable(str(path), "it is another program's database"))
            if verdict == "ok":
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("PRAGMA user_version=1")
                connection.execute("ROLLBACK")
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise StateError(errors.state_unusable(str(path), str(error))) from None
    if verdict != "ok":
        raise StateError(errors.state_unusable(str(path), "it is damaged"))


def _probe_server(url: str) -> None:
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415 - see the module's docstring

    try:
        StateStore(url).version()
    except ModuleNotFoundError as error:
        raise StateError(errors.state_driver(str(error.name))) from None
    except (SQLAlchemyError, ValueError) as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise StateError(errors.state_unusable(shown(url), reason)) from None
