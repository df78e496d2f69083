"""Failures of the state's database: which of them a client may wait out, with the database's own reason for the log.

SQLAlchemy is not imported here: an error of it can only occur after the store has imported it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sepolo_mock_server.errors import ApiError, command_line, messages

_SQLITE_BUSY, _SQLITE_LOCKED, _SQLITE_FULL = 5, 6, 13
_POSTGRES_LOCKED = frozenset({"55P03", "57014"})  # lock_not_available; query_canceled, by the statement time-out
_POSTGRES_FULL = "53100"


class StateError(ApiError):
    """503: the database cannot do now what was asked. `reason` is its own message on one line.

    `unreachable` if the connection failed, which affects reads and writes alike.
    """

    def __init__(self, message: str, retry_after_s: int, reason: str, *, unreachable: bool = False) -> None:
        super().__init__("service_unavailable", message, headers=[("Retry-After", str(retry_after_s))])
        self.reason = reason
        self.unreachable = unreachable


def locked(reason: str) -> StateError:
    """Another process holds a lock."""
    return StateError(messages.STATE_LOCKED, 1, reason)


def foreign() -> StateError:
    """Tables with the names of the state's have other columns."""
    return StateError(messages.STATE_FAILED, 5, command_line.STATE_OF_OTHER_PROGRAM)


def silent() -> StateError:
    """The database does not answer in time."""
    return StateError(messages.STATE_UNREACHABLE, 5, "the database does not answer", unreachable=True)


@contextmanager
def as_503(*, connecting: bool = False) -> Iterator[None]:
    """Turn an error of the database that is not a fault of a statement's values into StateError.

    `connecting` if the work only opens a connection.
    """
    from sqlalchemy.exc import (  # noqa: PLC0415 - SQLAlchemy is slow to import
        DataError,
        DBAPIError,
        IntegrityError,
        TimeoutError,  # noqa: A004 - SQLAlchemy's name: no connection became free
    )

    try:
        yield
    except (DataError, IntegrityError):
        raise
    except DBAPIError as error:
        raise _of_driver(error.orig, unreachable=connecting or error.connection_invalidated) from error
    except TimeoutError as error:
        raise silent() from error


def _of_driver(error: Any, *, unreachable: bool) -> StateError:
    """The StateError of an error that the database's driver raised."""
    reason = first_line(error)
    code, state = getattr(error, "sqlite_errorcode", -1) & 0xFF, getattr(error, "sqlstate", None)
    if code in {_SQLITE_BUSY, _SQLITE_LOCKED} or state in _POSTGRES_LOCKED:
        return locked(reason)
    if code == _SQLITE_FULL or state == _POSTGRES_FULL:
        return StateError(messages.STATE_FULL, 5, reason)
    message = messages.STATE_UNREACHABLE if unreachable else messages.STATE_FAILED
    return StateError(message, 5, reason, unreachable=unreachable)


def first_line(error: Exception) -> str:
    """The first line of an error's message, or the name of its type."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
