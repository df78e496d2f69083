"""A walk over the pages of a list, following `nextCursor` as an integration does."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sepolo_conformance.api.calls import Call
from sepolo_conformance.api.row_identity import identify
from sepolo_conformance.compare.sequences import Reading
from sepolo_conformance.transport.exchange import Exchange


@dataclass(frozen=True)
class Walk:
    """The pages of a walk. `ended` is True after the last page of the list; `problem` is why the walk ended early."""

    call: Call
    pages: tuple[Exchange, ...]
    ended: bool
    problem: str | None

    @property
    def last(self) -> Exchange:
        return self.pages[-1]

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """All rows in the order of the pages."""
        return [row for page in self.pages for row in page.rows]

    @cached_property
    def reading(self) -> Reading:
        """All rows as one reading of the list."""
        return Reading(self.call.operation, tuple(self.rows), self.ended)

    @property
    def ids(self) -> list[tuple[Any, ...]]:
        """The identities of the rows that have one, in the order of the pages."""
        found = (identify(self.call.operation, row) for row in self.rows)
        return [identity for identity in found if identity is not None]


def walk(
    call: Call,
    send: Callable[[Call, Exchange | None], Exchange],
    pages: int,
    *,
    first: Exchange | None = None,
    is_late: Callable[[], bool] = lambda: False,
) -> Walk:
    """Read a list page by page: `pages` at most, and no further page once `is_late`.

    `send` makes a call that follows an exchange. `first` is the first page, if it is known.
    """
    seen: set[str] = set()
    read: list[Exchange] = []
    current = call
    while True:
        page = first if first is not None and not read else send(current, read[-1] if read else None)
        read.append(page)
        if page.status != 200 or page.fault is not None:
            return Walk(call, tuple(read), ended=False, problem=f"page {len(read)} returned {page.status}")
        if page.received_rows is not None:
            problem = f"page {len(read)} has {page.received_rows} rows, of which the first {len(page.rows)} were read"
            return Walk(call, tuple(read), ended=False, problem=problem)
        if page.member("hasMore") is not True:
            return Walk(call, tuple(read), ended=True, problem=None)
        cursor = page.member("nextCursor")
        if not isinstance(cursor, str) or not cursor:
            return Walk(call, tuple(read), ended=False, problem="hasMore is true without a nextCursor")
        if cursor in seen:
            return Walk(call, tuple(read), ended=False, problem=f"cursor {cursor!r} was returned twice")
        if len(read) >= pages or is_late():
            return Walk(call, tuple(read), ended=False, problem=None)
        seen.add(cursor)
        current = call.having(cursor=cursor)
