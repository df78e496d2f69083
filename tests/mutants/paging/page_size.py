"""Mutants that the checks of `paging/page_size.py` catch."""

from tests.mutants.harness.alterations import PAGED, change_request, on_operations, reject
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.predicates import gives, has_value, is_later_page
from tests.mutants.harness.probe_parts import MOVEMENTS, TELEMETRY, WINDOW
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]


async def _send_600_by_default(request: Request, upstream: Upstream) -> Response:
    if request.query_value("pageSize") is not None or is_later_page(request):
        return await upstream(request)
    return await _two_pages_as_one(request, upstream, 100)


async def _send_501(request: Request, upstream: Upstream) -> Response:
    if request.query_int("pageSize") != 501 or is_later_page(request):
        return await upstream(request)
    return await _two_pages_as_one(request, upstream, 1)


async def _two_pages_as_one(request: Request, upstream: Upstream, further: int) -> Response:
    """Return 500 rows and some further rows in one page."""
    first = await upstream(request.with_query(pageSize=500))
    if not first.has_more:
        return first
    second = await upstream(request.with_query(pageSize=further, cursor=first.json["nextCursor"]))
    return second.with_rows(first.rows + second.rows)


async def _send_one_more(request: Request, upstream: Upstream) -> Response:
    """Return pageSize + 1 rows, as where the row that is read ahead to compute hasMore isn't removed."""
    size = request.query_int("pageSize")
    return await upstream(request.with_query(pageSize=size + 1) if 1 < size < 500 else request)


def _without_page_size(request: Request) -> Request:
    return request.with_query(pageSize=None)


def _without_malformed_page_size(request: Request) -> Request:
    text = request.query_value("pageSize")
    return request if text is None or text.lstrip("-").isdigit() else request.with_query(pageSize=None)


def _gives_no_page_size(request: Request) -> bool:
    return request.query_value("pageSize") is None


def _read_lenient_page_size(request: Request) -> Request:
    """Read a pageSize as a float."""
    try:
        size = int(float(request.query_value("pageSize") or "100"))
    except (ValueError, OverflowError):
        return request
    return request.with_query(pageSize=size) if 1 <= size <= 500 else request


async def _size_of_first_page(request: Request, upstream: Upstream) -> Response:
    """Take the page size from the cursor."""
    cursor = request.query_value("cursor")
    size = upstream.memory.get(cursor, request.query_int("pageSize", 100))
    response = await upstream(request.with_query(pageSize=size) if cursor else request)
    if response.has_more:
        upstream.memory[response.json["nextCursor"]] = size
    return response


MUTANTS = (
    Mutant(
        "pag-size-of-cursor",
        ("PAG-036", "FLT-033"),
        "Later pages have the pageSize of the first page",
        fault=on_operations(_size_of_first_page, *PAGED),
        probes=(Probe("/devices?pageSize=2"), Probe("/devices?pageSize=1&cursor={cursors[own]}")),
    ),
    Mutant(
        "pag-size-ignored",
        ("PAG-002",),
        "listInventoryParts ignores pageSize",
        subtle=False,
        fault=change_request(_without_page_size, "listInventoryParts"),
        probes=(Probe("/inventory/parts?pageSize=2"),),
    ),
    Mutant(
        "pag-default-600",
        ("PAG-007",),
        "listDeviceTelemetry returns 600 rows without pageSize",
        subtle=False,
        fault=on_operations(_send_600_by_default, "listDeviceTelemetry"),
        probes=(Probe(f"{TELEMETRY}?{WINDOW}"),),
    ),
    Mutant(
        "pag-501",
        ("PAG-007",),
        "pageSize=501 returns 501 rows",
        fault=on_operations(_send_501, *PAGED),
        probes=(Probe(f"{TELEMETRY}?{WINDOW}&pageSize=501"),),
    ),
    Mutant(
        "pag-one-more",
        ("PAG-002",),
        "listServiceReports returns one row more than pageSize",
        fault=on_operations(_send_one_more, "listServiceReports"),
        probes=(Probe("/service-reports?pageSize=2"),),
    ),
    Mutant(
        "pag-size-word-taken",
        ("PAG-010", "ERR-003"),
        "pageSize=abc is read as the default",
        fault=change_request(_without_malformed_page_size, *PAGED),
        probes=(Probe("/assets?pageSize=abc"),),
    ),
    Mutant(
        "pag-size-0-fails",
        ("PAG-009", "ERR-001"),
        "pageSize=0 fails with 500",
        fault=reject(has_value("pageSize", "0"), *PAGED),
        probes=(Probe("/assets?pageSize=0"),),
    ),
    Mutant(
        "pag-500-refused",
        ("PAG-006",),
        "listMovements rejects pageSize=500",
        fault=reject(has_value("pageSize", "500"), "listMovements", status=400),
        probes=(Probe(f"{MOVEMENTS}?{WINDOW}&pageSize=500"),),
    ),
    Mutant(
        "pag-501-clamped",
        ("PAG-008",),
        "pageSize=501 is read as 500",
        fault=change_request(
            lambda request: request.with_query(pageSize=min(request.query_int("pageSize"), 500)),
            *PAGED,
            when=lambda request: request.query_int("pageSize") > 500,
        ),
        probes=(Probe("/assets?pageSize=501"),),
    ),
    Mutant(
        "pag-default-50",
        ("PAG-031",),
        "A page without pageSize has 50 rows",
        subtle=False,
        fault=change_request(lambda request: request.with_query(pageSize=50), *PAGED, when=_gives_no_page_size),
        probes=(Probe("/service-reports"),),
    ),
    Mutant(
        "pag-size-with-fraction",
        ("PAG-011",),
        "pageSize=2.0 is read as 2",
        fault=change_request(_read_lenient_page_size, *PAGED, when=gives("pageSize")),
        probes=(Probe("/assets?pageSize=2.0"),),
    ),
)
