"""The store of service reports and idempotency keys: SQLAlchemy Core over SQLite or PostgreSQL.

It also holds the generation, a counter that every reset increases. This module depends on neither HTTP nor the world.
SQLAlchemy is imported when the state is first used, so that the server starts fast. Every call blocks: run it in a
worker thread.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

import orjson

from sepolo_mock_server.errors import messages
from sepolo_mock_server.state.reports import IdempotencyKey, NewReport, Owner, ReportFilter, StoredReport

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from sepolo_mock_server.state import tables

BUSY_TIMEOUT_S = 5.0


class StateStore:
    """The state at one SQLAlchemy URL. Several processes may use it; within a process, one thread at a time."""

    def __init__(self, url: str) -> None:
        self.url = url

    def version(self) -> tuple[int, int]:
        """Return the generation and the number of the last stored report: a pair that changes with every write."""
        t = self._tables
        with self._reading() as connection:
            return self._generation(connection), connection.scalar(t.last_sequence) or 0

    def reports(
        self, owner: Owner, wanted: ReportFilter, after: tuple[int, int] | None, limit: int
    ) -> list[StoredReport]:
        """Return the owner's reports that match, newest first, after a (creation, number) position."""
        statement = self._tables.select_reports(owner, wanted, after).limit(limit)
        with self._reading() as connection:
            return [
                StoredReport(created, sequence, orjson.loads(row))
                for created, sequence, row in connection.execute(statement)
            ]

    def report(self, owner: Owner, report_id: str) -> dict[str, Any] | None:
        """Return the row of one report, or None if the owner has no report with this id."""
        statement = self._tables.select_report(owner, report_id)
        with self._reading() as connection:
            row = connection.scalar(statement)
        return None if row is None else orjson.loads(row)

    def create(self, owner: Owner, report: NewReport, key: IdempotencyKey | None) -> tuple[str, bool]:
        """Store a report durably; return its id, and whether an earlier request with the same key created it.

        Raises ApiError 409 if the key was used with another body.
        """
        from sqlalchemy.exc import IntegrityError  # noqa: PLC0415 - see the module's docstring

        try:
            with self._writing() as connection:
                return self._replayed(connection, owner, key) or (self._insert(connection, owner, report, key), False)
        except IntegrityError:
            # Another process stored the same key between the look-up and the insert.
            with self._reading() as connection:
                replayed = self._replayed(connection, owner, key)
            if replayed is None:
                raise
            return replayed

    def reset(self) -> int:
        """Delete all reports and keys of every world, end all cursors over them, and return the number of reports."""
        t = self._tables
        with self._writing() as connection:
            count: int = connection.execute(t.reports.delete()).rowcount
            connection.execute(t.idempotency_keys.delete())
            connection.execute(t.raise_generation)
        return count

    def close(self) -> None:
        """Close the database if it was opened."""
        if "_engine" in self.__dict__:
            self._engine.dispose()

    def _replayed(self, connection: "Connection", owner: Owner, key: IdempotencyKey | None) -> tuple[str, bool] | None:
        """The result of an earlier request with the same key; ApiError 409 if its body was another."""
        if key is None:
            return None
        found = connection.execute(self._tables.select_idempotency_key(owner, key.key)).one_or_none()
        if found is None:
            return None
        body_digest, report_id = found
        if body_digest != key.body_digest:
            raise messages.idempotency_conflict()
        return str(report_id), True

    def _insert(self, connection: "Connection", owner: Owner, report: NewReport, key: IdempotencyKey | None) -> str:
        t = self._tables
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
        row = report.numbered(owner, self._generation(connection), sequence)
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

    def _generation(self, connection: "Connection") -> int:
        return connection.scalar(self._tables.generation) or 0

    @cached_property
    def _tables(self) -> "tables.Tables":
        from sepolo_mock_server.state import tables  # noqa: PLC0415 - see the module's docstring

        return tables.Tables()

    @cached_property
    def _engine(self) -> "Engine":
        from sepolo_mock_server.state import tables  # noqa: PLC0415 - see the module's docstring

        return tables.engine(self.url, self._tables, BUSY_TIMEOUT_S)

    @contextmanager
    def _reading(self) -> "Iterator[Connection]":
        with _lock_timeout_is_503(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> "Iterator[Connection]":
        with _lock_timeout_is_503(), self._engine.connect() as plain:
            connection = plain.execution_options(writing=True)
            with connection.begin():
                yield connection


@contextmanager
def _lock_timeout_is_503() -> Iterator[None]:
    """Turn a lock that outlasts the busy timeout into ApiError 503, so that the client retries."""
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415 - see the module's docstring

    try:
        yield
    except OperationalError as error:
        if "locked" in str(error.orig):
            raise messages.state_busy() from error
        raise
