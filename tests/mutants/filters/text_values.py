"""Mutants that the checks of `filters/text_values.py` catch."""

import re

from tests.mutants.harness.alterations import change_request, on_operations
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.predicates import gives
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]

_SQL_INJECTION = re.compile(r"' *or *'?1'? *= *'?1", re.IGNORECASE)


async def _match_customer_by_prefix(request: Request, upstream: Upstream) -> Response:
    """Compare customerId by prefix where no row matches exactly. Returns the first page only."""
    wanted = request.query_value("customerId") or ""
    response = await upstream(request)
    if not response.ok or response.rows or not wanted:
        return response
    every = await upstream(request.with_query(customerId=None, pageSize=500))
    size = request.query_int("pageSize", 100)
    return response.with_rows([row for row in every.rows if str(row["customerId"]).startswith(wanted)][:size])


def _with_lower_case_status(request: Request) -> Request:
    status = request.query_value("status")
    return request if status is None else request.with_query(status=status.lower())


def _without_injected_filters(request: Request) -> Request:
    """Remove a filter whose value contains an SQL condition that is always true."""
    names = ("customerId", "externalSystem")
    return request.with_query({name: None for name in names if _SQL_INJECTION.search(request.query_value(name) or "")})


async def _match_underscore_as_wildcard(request: Request, upstream: Upstream) -> Response:
    """Compare customerId and deviceId with LIKE, where _ stands for any character."""
    for name in ("customerId", "deviceId"):
        value = request.query_value(name) or ""
        if "_" in value:
            pattern = re.compile(re.escape(value).replace("_", "."))
            response = await upstream(request.with_query({name: None}))
            found = [row for row in response.rows if pattern.fullmatch(str(row[name]))] if response.ok else []
            return response.with_rows(found) if response.ok else response
    return await upstream(request)


MUTANTS = (
    Mutant(
        "flt-customer-by-start",
        ("FLT-025",),
        "listAssets compares customerId by prefix",
        fault=on_operations(_match_customer_by_prefix, "listAssets", when=gives("customerId")),
        probes=(Probe("/assets?customerId=C-1000"),),
    ),
    Mutant(
        "flt-case-of-status",
        ("FLT-031",),
        "status is compared without regard to case",
        fault=change_request(_with_lower_case_status, "listAssets", "listInventoryParts"),
        probes=(Probe("/assets?status=ALL"),),
    ),
    Mutant(
        "flt-text-in-query",
        ("FLT-025",),
        "customerId and externalSystem are open to SQL injection",
        fault=change_request(_without_injected_filters),
        probes=(Probe("/customers?externalSystem=x%27%20OR%20%271%27%3D%271"),),
    ),
    Mutant(
        "flt-underscore-is-any",
        ("FLT-025",),
        "customerId and deviceId are compared as SQL patterns, with _ as a wildcard",
        fault=on_operations(_match_underscore_as_wildcard, "listAssets", "listIncidents", "listServiceReports"),
        probes=(Probe("/incidents?deviceId=TRY-00_"),),
    ),
)
