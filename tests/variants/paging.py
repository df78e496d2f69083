"""Conforming variants with other pages: order, cursors, page sizes."""

from tests.mutants.harness.alterations import PAGED, Rows, change_request, change_rows, on_operations
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.wrapper import Upstream
from tests.variants.harness.paged_lists import Paging, paged
from tests.variants.harness.variant import Variant

__all__ = ["VARIANTS", "clamp_page_size"]


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


VARIANTS = (
    Variant("other-order", "Lists are in reverse order", paged(Paging(order=_reversed))),
    Variant(
        "unpaged-other-order",
        "Lists without pages and daily telemetry are in reverse order",
        change_rows(
            lambda _request, rows: rows[::-1],
            *("listServiceVisits", "listAppointments", "listVendors", "getTelemetryDaily"),
        ),
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
