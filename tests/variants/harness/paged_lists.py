"""Pages that the wrapper makes itself: another order, other cursors, other page sizes."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2s
from typing import Any

from tests.mutants.harness.alterations import PAGED, Rows, error_response
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.wrapper import Alteration, Upstream

__all__ = ["Paging", "paged"]

_UNCHANGED = ("listPointGuardCycleSamples", "listDeviceTelemetry")
"""Lists whose order is fixed, or that are too long to be read completely for each page."""
_MAX_PAGE_SIZE = 500


@dataclass(frozen=True)
class Paging:
    """How pages are made.

    `fill` is the share of pageSize that a page has although more rows follow. `added` gets request, upstream and rows,
    and returns the rows with new ones where they belong.
    """

    default_size: int = 100
    fill: float = 1.0
    order: Callable[[str, Rows], Rows] = lambda _name, rows: rows
    cursor_prefix: str = "p"
    added: Callable[[Request, Upstream, Rows], Rows] = lambda _request, _upstream, rows: rows


def paged(paging: Paging) -> Alteration:
    """Return lists in pages made by `paging`."""

    async def altered(request: Request, upstream: Upstream) -> Response:
        if request.operation_id not in PAGED or request.operation_id in _UNCHANGED:
            return await upstream(request)
        response = await upstream(request.with_query(cursor=None))
        if not response.ok:
            return response
        rows = paging.added(request, upstream, paging.order(request.operation_id, await _all_rows(request, upstream)))
        start = _start(paging, request, rows)
        if start is None:
            return error_response(400, "invalid_cursor", "The cursor can't be used here.")
        return _page(paging, request, response, rows, start)

    return altered


def _page(paging: Paging, request: Request, response: Response, rows: Rows, start: int) -> Response:
    size = request.query_int("pageSize", paging.default_size)
    stop = start + max(1, int(size * paging.fill))
    more = stop < len(rows)
    cursor = _cursor(paging, request, _row_id(request, rows[stop - 1])) if more else None
    return response.with_json({"data": rows[start:stop], "nextCursor": cursor, "hasMore": more})


async def _all_rows(request: Request, upstream: Upstream) -> Rows:
    """All rows of a list, kept in memory: the clock of the sandbox stands still."""
    key = _list_key(request)
    if key not in upstream.memory:
        found: list[dict[str, Any]] = []
        page = await upstream(request.with_query(cursor=None, pageSize=_MAX_PAGE_SIZE))
        while page.ok:
            found += page.rows
            if not page.has_more:
                break
            page = await upstream(request.with_query(cursor=page.json["nextCursor"], pageSize=_MAX_PAGE_SIZE))
        upstream.memory[key] = found
    kept: Rows = upstream.memory[key]
    return kept


def _list_key(request: Request) -> tuple[Any, ...]:
    """What identifies a list: path, filters and key."""
    filters = {name: value for name, value in request.query_values.items() if name not in ("cursor", "pageSize")}
    return request.path, tuple(sorted(filters.items())), request.key.name if request.key else ""


def _row_id(request: Request, row: dict[str, Any]) -> str:
    """The identity of a row. A cursor with it keeps its place when rows are added before it."""
    page = request.operation.page if request.operation else None
    return json.dumps([row.get(name) for name in page.identity] if page else [])


def _cursor(paging: Paging, request: Request, last: str) -> str:
    signature = blake2s(repr((_list_key(request), last)).encode(), digest_size=6).hexdigest()
    return base64.urlsafe_b64encode(f"{paging.cursor_prefix}:{signature}:{last}".encode()).decode().rstrip("=")


def _start(paging: Paging, request: Request, rows: Rows) -> int | None:
    """The index at which the requested page starts, None for a cursor that is not of this list."""
    cursor = request.query_value("cursor")
    if not cursor:
        return 0
    try:
        last = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split(":", 2)[2]
    except (ValueError, IndexError):
        return None
    known = [_row_id(request, row) for row in rows]
    return known.index(last) + 1 if _cursor(paging, request, last) == cursor and last in known else None
