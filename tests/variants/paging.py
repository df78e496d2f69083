"""Conforming variants with other pages: order, cursors, page sizes."""

import base64
import re
from collections.abc import Callable
from hashlib import blake2s

from tests.mutants.harness.alterations import PAGED, Row, Rows, change_request, change_rows, on_operations
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.wrapper import Upstream
from tests.variants.harness.paged_lists import Paging, paged
from tests.variants.harness.variant import Variant

__all__ = ["VARIANTS", "clamp_page_size"]

_DRAW = re.compile(rb"draw \d+(?=:)")
_UNPAGED = ("listServiceVisits", "listAppointments", "listVendors", "getTelemetryDaily")


def _reversed(_name: str, rows: Rows) -> Rows:
    return rows[::-1]


def clamp_page_size(request: Request) -> Request:
    size = request.query_int("pageSize", 100)
    return request if 1 <= size <= 500 else request.with_query(pageSize=min(max(size, 1), 500))


def _at_most_200(request: Request) -> Request:
    return request.with_query(pageSize=200) if 200 < request.query_int("pageSize") <= 500 else request


async def _pages_of_two(request: Request, upstream: Upstream) -> Response:
    response = await upstream(request.with_query(cursor=None))
    if not response.ok:
        return response
    start = request.query_int("cursor")
    more = start + 2 < len(response.rows)
    cursor = str(start + 2) if more else None
    return response.with_json({"data": response.rows[start : start + 2], "nextCursor": cursor, "hasMore": more})


def _shuffled(seed: str) -> Callable[[str, Rows], Rows]:
    """Rows in an order that depends on the seed."""

    def place(row: Row) -> bytes:
        return blake2s(f"{seed}{sorted(row.items(), key=str)}".encode(), digest_size=8).digest()

    return lambda _name, rows: sorted(rows, key=place)


async def _in_order_of_filters(request: Request, upstream: Upstream) -> Response:
    """Return the rows in an order that depends on path, filters and window, as the plan of a database does."""
    order = _shuffled(f"{request.path!r}{request.with_query(cursor=None, pageSize=None).query!r}")
    if request.operation_id in _UNPAGED:
        return await change_rows(lambda _request, rows: order("", rows))(request, upstream)
    return await paged(Paging(order=order))(request, upstream)


async def _in_drawn_order(request: Request, upstream: Upstream) -> Response:
    """Return the rows in an order that is drawn at the first page, and kept by the cursor."""
    known = _DRAW.match(_decoded(request.query_value("cursor") or ""))
    seed = known[0].decode() if known else f"draw {upstream.count('draws')}"
    if request.operation_id in _UNPAGED:
        return await change_rows(lambda _request, rows: _shuffled(seed)("", rows))(request, upstream)
    return await paged(Paging(order=_shuffled(seed), cursor_prefix=seed))(request, upstream)


def _decoded(cursor: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except ValueError:
        return b""


VARIANTS = (
    Variant("other-order", "Lists are in reverse order", paged(Paging(order=_reversed))),
    Variant(
        "unpaged-other-order",
        "Lists without pages and daily telemetry are in reverse order",
        change_rows(lambda _request, rows: rows[::-1], *_UNPAGED),
    ),
    Variant("order-by-filters", "The order of a list depends on its filters and window", _in_order_of_filters),
    Variant(
        "drawn-order",
        "The order of a list is drawn anew for each walk",
        _in_drawn_order,
        ("PAG-016", "PAG-017", "PAG-018", "PAG-020"),
    ),
    Variant("default-25", "A page without pageSize has 25 rows", paged(Paging(default_size=25))),
    Variant("default-500", "A page without pageSize has 500 rows", paged(Paging(default_size=500))),
    Variant("clamped", "A pageSize outside 1 to 500 is clamped", change_request(clamp_page_size, *PAGED), ("PAG-008",)),
    Variant("short-pages", "Pages are shorter than pageSize although more rows follow", paged(Paging(fill=0.6))),
    Variant("other-cursor", "Cursors have another format", paged(Paging(cursor_prefix="after-this-row"))),
    Variant("size-capped", "Pages have at most 200 rows", change_request(_at_most_200, *PAGED)),
    Variant(
        "visits-in-pages",
        "Visits and appointments are returned in pages of two",
        on_operations(_pages_of_two, "listServiceVisits", "listAppointments"),
        ("PAG-030",),
    ),
)
