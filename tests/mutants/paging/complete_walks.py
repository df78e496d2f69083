"""Mutants that the checks of `paging/complete_walks.py` catch."""

from tests.mutants.harness.alterations import (
    EMPTY_PAGE,
    PAGED,
    Row,
    change_request,
    change_rows,
    first_page,
    json_response,
    on_operations,
    set_members,
)
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, probe_all_pages
from tests.mutants.harness.predicates import is_later_page
from tests.mutants.harness.probe_parts import SAMPLES, TELEMETRY, WINDOW
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]

_MAX_ROWS = 1_000


async def _drop_filters_after_first_page(request: Request, upstream: Upstream) -> Response:
    """Issue the cursor of the unfiltered list, so that later pages aren't filtered."""
    plain = request.with_query(groupId=None, customerId=None, status="all")
    if is_later_page(request):
        return await upstream(plain)
    response, other = await upstream(request), await upstream(plain)
    if response.has_more:
        return response.with_members(nextCursor=other.json["nextCursor"])
    return response


async def _repeat_cursor(request: Request, upstream: Upstream) -> Response:
    """Return the requested cursor as nextCursor from the third page on."""
    response = await upstream(request)
    if response.has_more:
        cursor = request.query_value("cursor")
        page = upstream.memory.get(cursor, 0) + 1 if cursor else 1
        if page >= 3:
            return response.with_members(nextCursor=cursor)
        upstream.memory[response.json["nextCursor"]] = page
    return response


def _is_later_page_of_odd_size(request: Request) -> bool:
    return request.query_int("pageSize") % 2 == 1 and is_later_page(request)


async def _repeat_last_row(request: Request, upstream: Upstream) -> Response:
    """Start each page with the last row of the one before, as with >= in place of >."""
    response = await upstream(request)
    if not response.ok:
        return response
    found = response.rows
    last = found[-1:]
    if is_later_page(request):
        again = upstream.memory.get(request.query_value("cursor"), [])
        response = response.with_rows([*again, *found][: request.query_int("pageSize", 100)])
    if response.json["nextCursor"]:
        upstream.memory[response.json["nextCursor"]] = last
    return response


async def _end_after_max_rows(request: Request, upstream: Upstream) -> Response:
    """End the list after a thousand rows with hasMore false."""
    response = await upstream(request)
    if not response.has_more:
        return response
    before = upstream.memory.get(request.query_value("cursor"), 0) if is_later_page(request) else 0
    after = before + len(response.rows)
    if after >= _MAX_ROWS:
        rest = response.rows[: max(0, _MAX_ROWS - before)]
        return response.with_json({"data": rest, "nextCursor": None, "hasMore": False})
    upstream.memory[response.json["nextCursor"]] = after
    return response


async def _announce_empty_page(request: Request, upstream: Upstream) -> Response:
    """Announce a further page after a last page that is full, and returns it empty."""
    if request.query_value("cursor") == "the-end":
        return json_response(EMPTY_PAGE)
    response = await upstream(request)
    if response.ok and not response.json["hasMore"] and len(response.rows) == request.query_int("pageSize", 100):
        return response.with_members(nextCursor="the-end", hasMore=True)
    return response


async def _hide_short_last_page(request: Request, upstream: Upstream) -> Response:
    """Report hasMore false where the following page is the last and not full."""
    response = await upstream(request)
    if not response.has_more:
        return response
    following = await upstream(request.with_query(cursor=response.json["nextCursor"]))
    if following.json["hasMore"] or len(following.rows) == request.query_int("pageSize", 100):
        return response
    return response.with_members(nextCursor=None, hasMore=False)


async def _drop_start_after_first_page(request: Request, upstream: Upstream) -> Response:
    """Issue the cursor of a list without a start, so that later pages run on beyond it."""
    open_start = request.with_query(fromUtc=None)
    if is_later_page(request):
        return await upstream(open_start)
    response = await upstream(request)
    if not response.has_more:
        return response
    other = await upstream(open_start)
    return response.with_members(nextCursor=other.json["nextCursor"])


def _without_device_name(row: Row) -> Row:
    return {"deviceName": None}


MUTANTS = (
    Mutant(
        "pag-cursor-without-filter",
        ("PAG-023",),
        "Pages of listAssets after the first are not filtered",
        fault=on_operations(_drop_filters_after_first_page, "listAssets"),
        probes=(probe_all_pages("/assets?groupId=12&pageSize=5"),),
    ),
    Mutant(
        "pag-endless",
        ("PAG-012",),
        "nextCursor stays the same from the third page on",
        fault=on_operations(_repeat_cursor, *PAGED),
        probes=(probe_all_pages("/customers?pageSize=2"),),
    ),
    Mutant(
        "pag-row-lost-at-odd-sizes",
        ("PAG-003",),
        "Later pages of listInventoryParts lose their first row for an odd pageSize",
        fault=change_rows(lambda _request, found: found[1:], "listInventoryParts", when=_is_later_page_of_odd_size),
        probes=(probe_all_pages("/inventory/parts?pageSize=7"),),
    ),
    Mutant(
        "pag-row-doubled",
        ("PAG-003",),
        "Each page of listCustomers repeats the last row of the page before",
        fault=on_operations(_repeat_last_row, "listCustomers"),
        probes=(probe_all_pages("/customers?pageSize=7"),),
    ),
    Mutant(
        "pag-empty-last-page",
        ("PAG-015",),
        "A full last page announces another page, which is empty",
        fault=on_operations(_announce_empty_page, *PAGED),
        probes=(probe_all_pages("/customers?pageSize=3"),),
    ),
    Mutant(
        "pag-short-end-lost",
        ("PAG-003",),
        "A last page that is not full is never announced",
        fault=on_operations(_hide_short_last_page, *PAGED),
        probes=(probe_all_pages("/customers?pageSize=7"),),
    ),
    Mutant(
        "pag-children-start-again",
        ("PAG-012",),
        "listAssetChildren ignores the cursor",
        fault=change_request(first_page, "listAssetChildren"),
        probes=(probe_all_pages("/assets/{own.parent_asset}/children?pageSize=2"),),
    ),
    Mutant(
        "pag-seam-at-hundred",
        ("PAG-003",),
        "Samples of a cycle lose the first row of later pages for a pageSize of 100",
        fault=change_rows(
            lambda _request, found: found[1:],
            "listPointGuardCycleSamples",
            when=lambda request: is_later_page(request) and request.query_int("pageSize", 100) == 100,
        ),
        probes=(probe_all_pages(SAMPLES),),
    ),
    Mutant(
        "pag-telemetry-capped",
        ("PAG-035",),
        "listDeviceTelemetry ends after 1,000 rows",
        fault=on_operations(_end_after_max_rows, "listDeviceTelemetry"),
        probes=(probe_all_pages(f"{TELEMETRY}?{WINDOW}&pageSize=500"),),
    ),
    Mutant(
        "pag-telemetry-lost-at-seam",
        ("PAG-013",),
        "Later pages of listDeviceTelemetry lose their first row for a small pageSize",
        fault=change_rows(
            lambda _request, found: found[1:],
            "listDeviceTelemetry",
            when=lambda request: is_later_page(request) and 1 < request.query_int("pageSize", 100) < 100,
        ),
        probes=(probe_all_pages(f"{TELEMETRY}?from=2026-05-20T00:00:00Z&to=2026-05-21T00:00:00Z&pageSize=20"),),
    ),
    Mutant(
        "win-second-page-unbounded",
        ("PAG-023",),
        "Later pages of listIncidents ignore the start of the window",
        fault=on_operations(_drop_start_after_first_page, "listIncidents"),
        probes=(probe_all_pages("/incidents?fromUtc=2026-05-20T00:00:00Z&toUtc=2026-06-28T00:00:00Z&pageSize=3"),),
    ),
    Mutant(
        "pag-later-pages-poorer",
        ("PAG-019",),
        "deviceName is null on later pages of listDevices",
        fault=set_members(_without_device_name, "listDevices", when=is_later_page),
        probes=(probe_all_pages("/devices?pageSize=5"),),
    ),
)
