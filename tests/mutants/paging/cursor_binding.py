"""Mutants that the checks of `paging/cursor_binding.py` catch."""

from sepolo_mock_server.errors import messages
from tests.mutants.harness.alterations import PAGED, SERVER_ERROR, first_page, on_operations
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.predicates import has_scope, is_later_page
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]


def _rejects_cursor_of_another_list(response: Response) -> bool:
    details = response.json.get("details", ())
    return any(messages.CURSOR_OPERATION in detail["message"] for detail in details)


async def _fail_for_foreign_cursor(request: Request, upstream: Upstream) -> Response:
    """Answer 500 for a genuine cursor of another list."""
    response = await upstream(request)
    if response.status == 400 and _rejects_cursor_of_another_list(response):
        return SERVER_ERROR
    return response


async def _first_page_for_foreign_cursor(request: Request, upstream: Upstream) -> Response:
    """Return the first page for a genuine cursor of another list."""
    response = await _fail_for_foreign_cursor(request, upstream)
    return await upstream(first_page(request)) if response.status == 500 else response


async def _trust_cursor(request: Request, upstream: Upstream) -> Response:
    """Take filters and organisation from the cursor."""
    response = await upstream(request)
    if response.status != 400 or not has_scope(request):
        return response
    foreign = upstream.as_foreign(request)
    size, cursor = request.query_value("pageSize"), request.query_value("cursor")
    for status in (None, "all"):
        plain = foreign.to_operation(
            request.operation_id,
            status=status if request.operation_id == "listAssets" else None,
            pageSize=size,
            cursor=cursor,
        )
        found = await upstream(plain)
        if found.ok:
            return found
    return response


MUTANTS = (
    Mutant(
        "pag-foreign-cursor-fails",
        ("PAG-029",),
        "A cursor of another list fails with 500",
        fault=on_operations(_fail_for_foreign_cursor, *PAGED),
        probes=(Probe("/assets?cursor={cursors[foreign]}"),),
    ),
    Mutant(
        "pag-foreign-cursor-taken",
        ("PAG-028",),
        "A cursor of another list returns the first page",
        fault=on_operations(_first_page_for_foreign_cursor, *PAGED),
        probes=(Probe("/assets?cursor={cursors[foreign]}"),),
    ),
    Mutant(
        "iso-cursor-is-all",
        ("PAG-027",),
        "Organisation and filters are taken from the cursor",
        fault=on_operations(_trust_cursor, "listAssets", "listDevices", "listIncidents", when=is_later_page),
        probes=(Probe("/devices?groupId=12&cursor={cursors[foreign]}"),),
    ),
)
