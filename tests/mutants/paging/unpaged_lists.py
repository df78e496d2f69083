"""Mutants that the checks of `paging/unpaged_lists.py` catch."""

from tests.mutants.harness.alterations import change_rows, on_operations
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]


async def _split_vendors(request: Request, upstream: Upstream) -> Response:
    """Return the vendors in two pages."""
    response = await upstream(request.with_query(cursor=None))
    if not response.ok or len(response.rows) < 2:
        return response
    if request.query_value("cursor") == "the-end":
        return response.with_rows(response.rows[1:])
    return response.with_json({"data": response.rows[:1], "nextCursor": "the-end", "hasMore": True})


MUTANTS = (
    Mutant(
        "pag-visit-twice",
        ("PAG-014",),
        "listServiceVisits returns the last visit twice",
        fault=change_rows(lambda _request, found: [*found, *found[-1:]], "listServiceVisits"),
        probes=(Probe("/service-visits"),),
    ),
    Mutant(
        "pag-vendors-in-two",
        ("PAG-030",),
        "listVendors returns two pages",
        fault=on_operations(_split_vendors, "listVendors"),
        probes=(Probe("/vendors"),),
    ),
)
