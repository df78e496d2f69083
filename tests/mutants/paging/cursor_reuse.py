"""Mutants that the checks of `paging/cursor_reuse.py` catch."""

from tests.mutants.harness.alterations import EMPTY_PAGE, PAGED, error_response, on_operations
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.predicates import is_later_page
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]


async def _accept_cursor_once(request: Request, upstream: Upstream) -> Response:
    """Return an empty page for a cursor that was used before."""
    cursor = request.query_value("cursor")
    response = await upstream(request)
    if cursor and response.ok and upstream.count(cursor):
        return response.with_json(EMPTY_PAGE)
    return response


async def _bind_cursor_to_page_size(request: Request, upstream: Upstream) -> Response:
    """Reject a cursor with another pageSize than that it was issued for."""
    size = request.query_value("pageSize")
    if is_later_page(request) and upstream.memory.get(request.query_value("cursor"), size) != size:
        return error_response(400, "validation_error", "The cursor was issued for another pageSize.")
    response = await upstream(request)
    if response.ok and response.json["nextCursor"]:
        upstream.memory[response.json["nextCursor"]] = size
    return response


MUTANTS = (
    Mutant(
        "pag-cursor-used-up",
        ("PAG-020",),
        "A cursor that is used a second time returns an empty page",
        fault=on_operations(_accept_cursor_once, *PAGED),
        probes=(Probe("/customers?pageSize=7", all_pages=True, repeat=2),),
    ),
    Mutant(
        "pag-cursor-bound-to-size",
        ("PAG-021",),
        "A cursor is rejected with another pageSize",
        fault=on_operations(_bind_cursor_to_page_size, *PAGED),
        probes=(Probe("/devices?pageSize=2", "other"), Probe("/devices?pageSize=3&cursor={cursors[foreign]}", "other")),
    ),
)
