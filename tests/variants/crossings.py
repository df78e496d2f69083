"""Conforming variants in what a request gets where two factors meet: pages, keys, filters and parents."""

from tests.mutants.harness.alterations import EMPTY_PAGE, PAGED, error_response, json_response, on_operations
from tests.mutants.harness.crossed_faults import FILTERED, WINDOWED, gives_filter
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.predicates import is_later_page
from tests.mutants.harness.wrapper import Upstream
from tests.variants.harness.variant import Variant

__all__ = ["VARIANTS"]

_UNWINDOWED = tuple(name for name in FILTERED if name not in (*WINDOWED, "listDevices"))
"""Without devices, of which any status is accepted."""


async def _one_size(request: Request, upstream: Upstream) -> Response:
    """Bind a cursor to the sizes of the pages that returned it."""
    size, cursor = request.query_value("pageSize"), request.query_value("cursor")
    if cursor and size not in upstream.memory.get(cursor, (size,)):
        return error_response(400, "validation_error", "pageSize can't change between pages.")
    response = await upstream(request)
    if response.has_more:
        following = response.json["nextCursor"]
        upstream.memory[following] = (*upstream.memory.get(following, ()), size)
    return response


async def _cursor_of_place(request: Request, upstream: Upstream) -> Response:
    """Let a cursor contain only the number of rows before it, so that every key of the organisation can use it."""
    cursor = request.query_value("cursor")
    organization = request.key.organization if request.key else None
    issued = upstream.memory.get((request.path, organization, cursor), (0, None))
    response = await upstream(request)
    if response.status == 400 and cursor and issued[1] == _filters(request):
        whole = await upstream(request.with_query(cursor=None, pageSize=500))
        rows = whole.rows[issued[0] : issued[0] + request.query_int("pageSize", 100)] if whole.ok else []
        return whole.with_json({"data": rows, "nextCursor": None, "hasMore": False}) if whole.ok else whole
    if response.has_more:
        place = (request.path, organization, response.json["nextCursor"])
        upstream.memory[place] = issued[0] + len(response.rows), _filters(request)
    return response


def _filters(request: Request) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(pair for pair in request.query_values.items() if pair[0] not in ("cursor", "pageSize")))


async def _empty_page_for_unknown_parent(request: Request, upstream: Upstream) -> Response:
    response = await upstream(request)
    return json_response(EMPTY_PAGE) if response.status == 404 else response


async def _not_found_without_match(request: Request, upstream: Upstream) -> Response:
    response = await upstream(request)
    if response.ok and not response.rows and not is_later_page(request):
        return error_response(404, "not_found", "Nothing matches the filter.")
    return response


VARIANTS = (
    Variant(
        "one-page-size", "A cursor is rejected with another pageSize than its own", on_operations(_one_size, *PAGED)
    ),
    Variant(
        "cursor-of-place",
        "A cursor can be used with every key of the organisation, within the key's boundary",
        on_operations(_cursor_of_place, *PAGED),
    ),
    Variant(
        "unknown-parent-empty",
        "Lists of an unknown asset or device are empty",
        on_operations(
            _empty_page_for_unknown_parent,
            *("listAssetChildren", "listDeviceTelemetry", "listPointGuardCycles", "listPointGuardCycleSamples"),
            "listMovements",
        ),
        ("ERR-007",),
    ),
    Variant(
        "no-match-not-found",
        "A filter that matches no row gets 404",
        on_operations(_not_found_without_match, *_UNWINDOWED, "listMovements", when=gives_filter),
        ("FLT-015",),
    ),
)
