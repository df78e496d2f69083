"""Mutants that the checks of `writes/concurrent_writes.py` catch."""

import asyncio
import re

from tests.mutants.harness.alterations import on_operations
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.report_bodies import CREATE_REPORT, PROBE_REPORTS, probe_post
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]

_CONCURRENT_S = 0.005


async def _merge_concurrent(request: Request, upstream: Upstream) -> Response:
    """Answer a POST that arrives while another is stored with the response to that one."""
    waiting = upstream.memory.get("stored")
    if waiting is not None:
        kept: Response = await waiting
        return kept
    upstream.memory["stored"] = asyncio.get_running_loop().create_future()
    await asyncio.sleep(_CONCURRENT_S)
    response = await upstream(request)
    upstream.memory.pop("stored").set_result(response)
    return response


async def _remember_key_after_response(request: Request, upstream: Upstream) -> Response:
    """Treat two concurrent POSTs with one Idempotency-Key as different ones."""
    idempotency_key = request.header(b"idempotency-key")
    pending = upstream.memory.setdefault("pending", set())
    first = idempotency_key not in pending
    pending.add(idempotency_key)
    await asyncio.sleep(_CONCURRENT_S)
    response = await upstream(request if first else request.without_headers(b"idempotency-key"))
    pending.discard(idempotency_key)
    return response


async def _page_by_offset(request: Request, upstream: Upstream) -> Response:
    """Issue cursors that are the number of rows before the page, as with OFFSET."""
    plain = request.with_query(cursor=None)
    base, page = await upstream(plain), await upstream(plain.with_query(pageSize=500))
    match = re.fullmatch(r"o(\d+)", request.query_value("cursor") or "o0")
    if not base.ok or match is None:
        return await upstream(request)
    found = page.rows
    while page.json["hasMore"]:
        page = await upstream(plain.with_query(pageSize=500, cursor=page.json["nextCursor"]))
        found = [*found, *page.rows]
    start, size = int(match[1]), request.query_int("pageSize", 100)
    more = start + size < len(found)
    part = {"data": found[start : start + size], "nextCursor": f"o{start + size}" if more else None, "hasMore": more}
    return base.with_json(part)


MUTANTS = (
    Mutant(
        "wrt-posts-merged",
        ("WRT-018",),
        "Concurrent POSTs create one report only",
        fault=on_operations(_merge_concurrent, CREATE_REPORT),
        probes=(probe_post(concurrent_key="full"), PROBE_REPORTS),
        writes=True,
    ),
    Mutant(
        "wrt-attempts-at-once",
        ("WRT-019",),
        "Concurrent POSTs with one Idempotency-Key create two reports",
        fault=on_operations(_remember_key_after_response, CREATE_REPORT),
        probes=(probe_post(headers=(("Idempotency-Key", "one"),), concurrent_key="full"), PROBE_REPORTS),
        writes=True,
    ),
    Mutant(
        "wrt-rows-counted",
        ("WRT-026",),
        "Cursors of listServiceReports are row offsets, which a new report shifts",
        fault=on_operations(_page_by_offset, "listServiceReports"),
        probes=(Probe("/service-reports?pageSize=2"),),
        writes=True,
    ),
)
