"""Mutants that the checks of `paging/envelope.py` catch."""

from tests.mutants.harness.alterations import PAGED, change_json, change_rows, on_operations
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import CYCLES, WINDOW
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]

_UNSAFE_SUFFIX = "+/="


async def _add_unsafe_suffix(request: Request, upstream: Upstream) -> Response:
    cursor = request.query_value("cursor")
    if cursor and cursor.endswith(_UNSAFE_SUFFIX):
        request = request.with_query(cursor=cursor.removesuffix(_UNSAFE_SUFFIX))
    response = await upstream(request)
    return (
        response.with_members(nextCursor=f"{response.json['nextCursor']}{_UNSAFE_SUFFIX}")
        if response.has_more
        else response
    )


async def _without_envelope(request: Request, upstream: Upstream) -> Response:
    response = await upstream(request)
    return response.with_json(response.rows) if response.ok else response


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
        "pag-more-without-cursor",
        ("PAG-001",),
        "listPointGuardCycles returns hasMore true with nextCursor null",
        subtle=False,
        fault=change_json(lambda _request, page: {**page, "nextCursor": None}, "listPointGuardCycles"),
        probes=(Probe(f"{CYCLES}?{WINDOW}&pageSize=2"),),
    ),
    Mutant(
        "pag-cursor-without-more",
        ("PAG-005",),
        "The last page of listDevices has a nextCursor",
        subtle=False,
        fault=change_json(lambda _request, page: {**page, "nextCursor": page["nextCursor"] or "end"}, "listDevices"),
        probes=(Probe("/devices?pageSize=500"),),
    ),
    Mutant(
        "pag-unsafe-cursor",
        ("PAG-022",),
        "Cursors contain characters that must be encoded in a URL",
        subtle=False,
        fault=on_operations(_add_unsafe_suffix, *PAGED),
        probes=(Probe("/customers?pageSize=2"),),
    ),
    Mutant(
        "shp-vendors-bare",
        ("PAG-004",),
        "listVendors returns a bare array",
        subtle=False,
        fault=on_operations(_without_envelope, "listVendors"),
        probes=(Probe("/vendors"),),
    ),
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
