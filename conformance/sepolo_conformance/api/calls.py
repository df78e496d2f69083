"""Calls of operations as values, and the operations to call. Nothing here sends a request."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from sepolo_conformance.api.identity import Identity
from sepolo_conformance.api.timestamps import parse_instant, stamp
from sepolo_conformance.transport.exchange import Exchange
from sepolo_openapi.contract import Contract, Operation

Query = Mapping[str, object] | Iterable[tuple[str, object]]


def path_of(operation: Operation, ids: Mapping[str, str]) -> str:
    """Return the path of an operation with percent-encoded values of its parameters."""
    path = operation.path
    for name, value in ids.items():
        path = path.replace(f"{{{name}}}", quote(value, safe=""))
    return path


@dataclass(frozen=True, slots=True)
class Call:
    """A call of an operation: the values of its path and query parameters, not yet encoded."""

    operation: Operation
    ids: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, object] = field(default_factory=dict)

    @property
    def target(self) -> str:
        return target_of(self.operation, self.ids, self.query)

    def having(self, changes: Mapping[str, object | None] | None = None, **more: object | None) -> "Call":
        """Return the call with changed query values; None removes one."""
        query = {**self.query, **(changes or {}), **more}
        return replace(self, query={name: value for name, value in query.items() if value is not None})

    def with_page_size(self, size: int | None = None) -> "Call":
        """Return the call with a page size, by default the largest; unchanged if the operation is not paged."""
        page = self.operation.page
        if page is None or page.maximum is None:
            return self
        return self.having(pageSize=size or page.maximum)

    def within(self, start: datetime, stop: datetime) -> "Call":
        """Return the call with another window, under the canonical parameter names."""
        window = self.operation.window
        if window is None:
            raise ValueError(f"{self.operation.operation_id} has no window")
        plain = self.having(dict.fromkeys(window.aliases))
        return plain.having({window.start: stamp(start), window.end: stamp(stop)})

    @property
    def window(self) -> tuple[datetime, datetime] | None:
        """The window of the call, None unless both ends are given by their canonical names."""
        window = self.operation.window
        if window is None:
            return None
        start = parse_instant(self.query.get(window.start))
        stop = parse_instant(self.query.get(window.end))
        return None if start is None or stop is None else (start, stop)


@dataclass(frozen=True, slots=True)
class Listing:
    """A list call with the rows of its first page. `complete` if that page has all rows of the list."""

    call: Call
    reader: Identity
    rows: tuple[dict[str, Any], ...]
    complete: bool
    exchange: Exchange = field(repr=False)

    @property
    def operation(self) -> Operation:
        return self.call.operation

    def values(self, member: str) -> tuple[Any, ...]:
        """Return the distinct texts and numbers of a member, in order of appearance."""
        found = [row[member] for row in self.rows if row.get(member) is not None]
        return tuple(dict.fromkeys(value for value in found if isinstance(value, str | int | float)))


def target_of(operation: Operation, ids: Mapping[str, str], query: Query) -> str:
    """Return the percent-encoded path and query."""
    pairs = query.items() if isinstance(query, Mapping) else query
    text = urlencode([(name, str(value)) for name, value in pairs], quote_via=quote)
    path = path_of(operation, ids)
    return f"{path}?{text}" if text else path


def reads(contract: Contract) -> tuple[Operation, ...]:
    """Return the operations with GET, in the order of the contract."""
    return tuple(operation for operation in contract.operations.values() if operation.method == "GET")


def is_paged(operation: Operation) -> bool:
    """Return whether an operation takes pageSize and cursor."""
    return operation.page is not None and operation.page.maximum is not None


def lists(contract: Contract) -> tuple[Operation, ...]:
    """Return the operations that return an enveloped list."""
    return tuple(operation for operation in contract.operations.values() if operation.page is not None)


def paged_lists(contract: Contract) -> tuple[Operation, ...]:
    """Return the operations that take pageSize and cursor."""
    return tuple(operation for operation in contract.operations.values() if is_paged(operation))
