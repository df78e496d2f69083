"""The input and output of an operation's function: a validated call, and rows or JSON in return."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from sepolo_mock_server.rules.cursors import Position
from sepolo_mock_server.rules.windows import Span
from sepolo_mock_server.sandbox import Principal, Sandbox

if TYPE_CHECKING:
    from sepolo_fixtures.values.pages import Slice
    from sepolo_fixtures.view import View


@dataclass(frozen=True, slots=True)
class Call:
    """A request that has passed every rule. `query` holds values by parameter name, defaults included."""

    sandbox: Sandbox
    principal: Principal
    path: Mapping[str, str]
    query: Mapping[str, Any]
    span: Span
    after: Position | None
    limit: int
    members: Sequence[str]
    """Members of a row, in the contract's order."""

    @property
    def view(self) -> "View":
        return self.principal.view

    @property
    def bounds(self) -> tuple[int, int]:
        """Both ends of the window, for operations whose window always has both."""
        start, stop = self.span.start, self.span.stop
        assert start is not None and stop is not None  # noqa: S101, PT018 - the contract's window rule
        return start, stop


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a page as a JSON array, the position of the last one, whether more follow, and warnings."""

    array: bytes
    position: Position | None = None
    more: bool = False
    warnings: tuple[str, ...] = ()


Result = bytes | Rows | None
"""A JSON object or bare array; the rows of a page; or None, which becomes a 404."""


def page(found: "Slice | None") -> Rows | None:
    """Return the rows of a slice of a list, None for None."""
    return None if found is None else Rows(orjson.dumps(found.rows), found.position, found.more)


def whole_list(rows: list[dict[str, Any]]) -> Rows:
    """Return all rows of a list that is not paged."""
    return Rows(orjson.dumps(rows))


def one(row: dict[str, Any] | None) -> bytes | None:
    """Return one resource as JSON, None for None."""
    return None if row is None else orjson.dumps(row)
