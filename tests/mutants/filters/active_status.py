"""Mutants that the checks of `filters/active_status.py` catch."""

from tests.mutants.harness.alterations import Row, change_request, change_rows, on_operations, reject
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe, probe_all_pages
from tests.mutants.harness.predicates import has_value
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]


def _active(row: Row) -> bool:
    return row["isActive"] is True


def _without_unknown_status(request: Request) -> Request:
    return (
        request
        if request.query_value("status") in (None, "active", "inactive", "all")
        else request.with_query(status=None)
    )


async def _all_on_later_pages(request: Request, upstream: Upstream) -> Response:
    """Apply the default status to the first page only: later pages are those of all rows."""
    response = await upstream(request)
    if request.query_value("status") is not None or not response.ok:
        return response
    whole = await upstream(request.with_query(status="all", cursor=None, pageSize=500))
    cursor, size = request.query_value("cursor"), request.query_int("pageSize", 100)
    place = upstream.memory.get(cursor, 0)
    if response.has_more:
        upstream.memory[response.json["nextCursor"]] = place + size
    return response.with_rows(whole.rows[place : place + size]) if cursor else response


MUTANTS = (
    Mutant(
        "flt-inactive-is-all",
        ("FLT-001",),
        "listAssets returns active assets for status=inactive",
        subtle=False,
        fault=change_request(
            lambda request: request.with_query(status="all"), "listAssets", when=has_value("status", "inactive")
        ),
        probes=(Probe("/assets?status=inactive"),),
    ),
    Mutant(
        "flt-all-is-active",
        ("FLT-010",),
        "listInventoryParts leaves inactive parts out for status=all",
        fault=change_rows(
            lambda _request, found: [row for row in found if _active(row)],
            "listInventoryParts",
            when=has_value("status", "all"),
        ),
        probes=(Probe("/inventory/parts?status=all&pageSize=500"),),
    ),
    Mutant(
        "flt-all-by-default",
        ("FLT-028",),
        "listAssets returns all assets without status",
        subtle=False,
        fault=change_request(
            lambda request: request.with_query(status="all"),
            "listAssets",
            when=lambda request: request.query_value("status") is None,
        ),
        probes=(Probe("/assets?pageSize=500"),),
    ),
    *(
        Mutant(
            f"flt-all-on-later-pages-{name}",
            ("FLT-028",),
            f"Later pages of {name} without status have inactive rows too",
            fault=on_operations(_all_on_later_pages, name),
            probes=(probe_all_pages(f"{target}?pageSize=7"),),
        )
        for name, target in (("listAssets", "/assets"), ("listInventoryParts", "/inventory/parts"))
    ),
    Mutant(
        "flt-inactive-refused",
        ("FLT-009",),
        "listInventoryParts rejects status=inactive",
        fault=reject(has_value("status", "inactive"), "listInventoryParts", status=400),
        probes=(Probe("/inventory/parts?status=inactive"),),
    ),
    Mutant(
        "flt-unknown-status",
        ("FLT-019",),
        "listAssets ignores an unknown status",
        fault=change_request(_without_unknown_status, "listAssets"),
        probes=(Probe("/assets?status=broken"),),
    ),
)
