"""The store of service reports and idempotency keys: SQLAlchemy Core over SQLite or PostgreSQL.

It also holds the generation of each organisation, a counter that every reset increases. What the management API stores
is read and written by `managed_store`, over the same connections. This module depends on neither HTTP nor the world.
SQLAlchemy is imported when the state is first used, so that the server starts fast. Every call blocks: run it in a
worker thread. A call whose database can't serve it raises StateError, and has then stored nothing.
"""

import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import orjson

from sepolo_mock_server.errors import messages
from sepolo_mock_server.state import trouble
from sepolo_mock_server.state.reports import IdempotencyKey, NewReport, Owner, ReportFilter, StoredReport

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from sepolo_mock_server.state import tables

TIMEOUT_S = 4.0
"""Longest wait for a lock, a connection or an answer of the database."""


@dataclass(slots=True)
class Use:
    """What a thread does with the database: since when, in seconds; and whether nobody waits for it any more."""

    since_s: float
    abandoned: bool = False


class StateStore:
    """The state at one SQLAlchemy URL. Several processes and threads may use it."""

    def __init__(self, url: str, clock_s: Callable[[], float] = time.monotonic) -> None:
        self.url = url
        self.clock_s = clock_s
        self.uses: dict[int, Use] = {}
        """The threads that use the database now, by their identifier."""
        self._opening = threading.Lock()
        self._engine: Engine | None = None
        self._complete = False

    def open(self) -> None:
        """Create the tables that are missing; raise StateError if others have their names."""
        with self.writing():
            pass

    def probe(self) -> None:
        """Write a value that stays the same, to find out whether the state can be written."""
        with self.writing() as connection:
            connection.execute(self.tables.rewrite_generation)

    def version(self, owner: Owner | None = None) -> tuple[int, int]:
        """Return generation and number of the last report, a pair that changes with every write.

        The generation is the owner's, or without an owner that of the whole state.
        """
        t = self.tables
        with self.reading() as connection:
            if connection is None:
                return 0, 0
            return self._generation(connection, owner), connection.scalar(t.last_sequence) or 0

    def reports(
        self, owner: Owner, wanted: ReportFilter, after: tuple[int, int] | None, limit: int
    ) -> list[StoredReport]:
        """Return the owner's reports that match, newest first, after a (creation, number) position."""
        statement = self.tables.select_reports(owner, wanted, after).limit(limit)
        with self.reading() as connection:
            found = [] if connection is None else connection.execute(statement).all()
        return [StoredReport(created, sequence, orjson.loads(row)) for created, sequence, row in found]

    def report(self, owner: Owner, report_id: str) -> dict[str, Any] | None:
        """Return the row of one report, or None if the owner has no report with this id."""
        statement = self.tables.select_report(owner, report_id)
        with self.reading() as connection:
            row = None if connection is None else connection.scalar(statement)
        return None if row is None else orjson.loads(row)

    def create(self, owner: Owner, report: NewReport, key: IdempotencyKey | None) -> tuple[str, bool]:
        """Store a report durably; return its id, and whether an earlier request with the same key created it.

        Raises ApiError 409 if the key was used with another body.
        """
        from sqlalchemy.exc import IntegrityError  # noqa: PLC0415 - see the module's docstring

        try:
            with self.writing() as connection:
                return self._replayed(connection, owner, key) or (self._insert(connection, owner, report, key), False)
        except IntegrityError:
            # Another process stored the same key between the look-up and the insert.
            with self.reading() as connection:
                replayed = None if connection is None else self._replayed(connection, owner, key)
            if replayed is None:
                raise
            return replayed

    def reset(self) -> int:
        """Delete all reports and keys of every world, end all cursors over them, and return the number of reports."""
        t = self.tables
        with self.writing() as connection:
            count: int = connection.execute(t.reports.delete()).rowcount
            connection.execute(t.idempotency_keys.delete())
            connection.execute(t.raise_generation)
        return count

    def close(self) -> None:
        """Close the database if it was opened; a later call opens it again."""
        with self._opening:
            if self._engine is not None:
                self._engine.dispose()
            self._engine = None

    def _replayed(self, connection: "Connection", owner: Owner, key: IdempotencyKey | None) -> tuple[str, bool] | None:
        """The result of an earlier request with the same key; ApiError 409 if its body was another."""
        if key is None:
            return None
        found = connection.execute(self.tables.select_idempotency_key(owner, key.key)).one_or_none()
        if found is None:
            return None
        body_digest, report_id = found
        if body_digest != key.body_digest:
            raise messages.idempotency_conflict()
        return str(report_id), True

    def _insert(self, connection: "Connection", owner: Owner, report: NewReport, key: IdempotencyKey | None) -> str:
        t = self.tables
        values = {
            "world": owner.world,
            "organization": owner.organization,
            "created": report.created,
            "asset_id": report.asset_id,
            "device_id": report.device_id,
            "state": report.state,
            "group_id": report.group_id,
            "customer_id": report.customer_id,
            "row": "{}",
        }
        # The id and the number in the row depend on the sequence, which the database assigns.
        result = connection.execute(t.reports.insert().values(values))
        (sequence,) = result.inserted_primary_key or (0,)
        row = report.numbered(owner, self._generation(connection, owner), sequence)
        report_id: str = row["serviceReportId"]
        final = {"report_id": report_id, "row": orjson.dumps(row).decode()}
        connection.execute(t.reports.update().where(t.reports.c.sequence == sequence).values(final))
        if key is not None:
            connection.execute(
                t.idempotency_keys.insert().values(
                    world=owner.world,
                    key_name=owner.key_name,
                    attempt=key.key,
                    body=key.body_digest,
                    report_id=report_id,
                )
            )
        return report_id

    def _generation(self, connection: "Connection", owner: Owner | None) -> int:
        return connection.scalar(self.tables.generation_of(owner)) or 0

    @cached_property
    def tables(self) -> "tables.Tables":
        """The tables and the statements on them."""
        from sepolo_mock_server.state import tables  # noqa: PLC0415 - see the module's docstring

        return tables.Tables()

    @contextmanager
    def reading(self) -> "Iterator[Connection | None]":
        """A connection to read from; None while nothing has been written, so that no lock is needed to find nothing."""
        from sepolo_mock_server.state import tables  # noqa: PLC0415 - see the module's docstring

        with self._connection() as connection:
            self._complete = self._complete or tables.complete(connection, self.tables)
            complete = self._complete
            if not complete and tables.older(connection, self.tables):
                connection.rollback()
                tables.create(self._opened(), self.tables)
                complete = self._complete = True
            yield connection if complete else None

    @contextmanager
    def writing(self) -> "Iterator[Connection]":
        """A connection in a transaction that is committed at the end, unless the caller has given up."""
        self._create_tables()
        with self._connection() as plain:
            connection = plain.execution_options(writing=True)
            with connection.begin():
                yield connection
                if self.uses[threading.get_ident()].abandoned:
                    raise trouble.silent()

    def _create_tables(self) -> None:
        from sepolo_mock_server.state import tables  # noqa: PLC0415 - see the module's docstring

        if self._complete:
            return
        with self.reading() as existing:
            pass
        if existing is None:
            with self._in_use():
                tables.create(self._opened(), self.tables)
            self._complete = True

    @contextmanager
    def _connection(self) -> "Iterator[Connection]":
        with self._in_use():
            with trouble.as_503(connecting=True):
                connection = self._opened().connect()
            with connection:
                yield connection

    @contextmanager
    def _in_use(self) -> Iterator[None]:
        thread = threading.get_ident()
        self.uses[thread] = Use(self.clock_s())
        try:
            with trouble.as_503():
                yield
        finally:
            del self.uses[thread]

    def _opened(self) -> "Engine":
        from sepolo_mock_server.state import tables  # noqa: PLC0415 - see the module's docstring

        with self._opening:
            if self._engine is None:
                self._engine = tables.engine(self.url, TIMEOUT_S)
                # A store that nobody closes closes its connections too.
                weakref.finalize(self, self._engine.dispose)
            return self._engine
