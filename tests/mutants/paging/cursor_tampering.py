"""Mutants that the checks of `paging/cursor_tampering.py` catch."""

from tests.mutants.harness.alterations import PAGED, SERVER_ERROR, first_page, on_operations
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.predicates import is_later_page
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]


async def _first_page_for_bad_cursor(request: Request, upstream: Upstream) -> Response:
    response = await upstream(request)
    return await upstream(first_page(request)) if response.status == 400 and is_later_page(request) else response


async def _ignore_last_character(request: Request, upstream: Upstream) -> Response:
    """Accept a cursor with one further character at its end."""
    response, cursor = await upstream(request), request.query_value("cursor")
    return await upstream(request.with_query(cursor=cursor[:-1])) if response.status == 400 and cursor else response


async def _fail_for_bad_cursor(request: Request, upstream: Upstream) -> Response:
    response = await upstream(request)
    return SERVER_ERROR if _rejects_cursor(response) else response


def _rejects_cursor(response: Response) -> bool:
    return response.status == 400 and any(
        detail["parameter"] == "cursor" for detail in response.json.get("details", ())
    )


MUTANTS = (
    Mutant(
        "pag-tampered-cursor",
        ("PAG-025",),
        "listAssets returns the first page for a tampered cursor",
        fault=on_operations(_first_page_for_bad_cursor, "listAssets"),
        probes=(Probe("/assets?cursor=garbage"),),
    ),
    Mutant(
        "pag-cursor-prolonged",
        ("PAG-026",),
        "A character appended to a cursor is ignored",
        fault=on_operations(_ignore_last_character, *PAGED),
        probes=(Probe("/devices?pageSize=2&cursor={cursors[foreign]}x", "other"),),
    ),
    Mutant(
        "err-cursor-fails",
        ("PAG-024",),
        "A malformed cursor of listInventoryParts fails with 500",
        fault=on_operations(_fail_for_bad_cursor, "listInventoryParts"),
        probes=(Probe("/inventory/parts?cursor=garbage"),),
    ),
)
