"""Mutants that the checks of `robustness/representations.py` catch."""

import gzip
import re
from dataclasses import replace

from tests.mutants.harness.alterations import change_response, on_operations, reject
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import MOVEMENTS, SIGNATURE, WINDOW
from tests.mutants.harness.request_windows import start_name
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]


async def _send_uncompressed(request: Request, upstream: Upstream) -> Response:
    return (await upstream(request)).with_header(b"content-encoding", b"identity")


def _accepts_gzip(request: Request) -> bool:
    return any(name == b"accept-encoding" and b"gzip" in value for name, value in request.headers)


async def _compressed_from_cache(request: Request, upstream: Upstream) -> Response:
    """Keep a compressed response, and send it to clients that did not ask for compression."""
    place = (request.path, request.query, request.key and request.key.name)
    response = await upstream(request)
    if _accepts_gzip(request):
        upstream.memory[place] = True
    if not response.ok or place not in upstream.memory:
        return response
    packed = replace(response, body=gzip.compress(response.body, 1, mtime=0))
    return packed.with_header(b"content-encoding", b"gzip")


def _with_etag_of_table(request: Request, response: Response) -> Response:
    """The same ETag whatever rows the key gets, as from the newest row of the table."""
    return response.with_header(b"etag", f'W/"{request.operation_id}-{request.query.decode()}"'.encode())


async def _with_decimal_comma(request: Request, upstream: Upstream) -> Response:
    """Write the numbers in shapeJson with a comma for some languages."""
    response = await upstream(request)
    if not response.ok or not _prefers_decimal_comma(request) or not response.json.get("shapeJson"):
        return response
    return response.with_members(shapeJson=re.sub(r"(\d)\.(\d)", r"\1,\2", response.json["shapeJson"]))


def _prefers_decimal_comma(request: Request) -> bool:
    return (request.header(b"accept-language") or b"")[:2].lower() in (b"nb", b"de", b"fr")


async def _with_tag_of_proxy(request: Request, upstream: Upstream) -> Response:
    """A proxy compresses, marks the ETag of what it compressed, and does not know it in If-None-Match."""
    response = await upstream(request)
    tag = response.header(b"etag")
    if tag is None or not _accepts_gzip(request):
        return response
    known = request.header(b"if-none-match")
    return response.with_header(b"etag", tag[:-1] + (b'-gzip"' if known is None else b'-gzip-again"'))


MUTANTS = (
    *(
        Mutant(
            f"rob-etag-of-proxy-{name}",
            ("ROB-029",),
            f"The ETag of a compressed response of {name} never returns 304",
            fault=on_operations(_with_tag_of_proxy, name),
            probes=(Probe(target, headers=(("Accept-Encoding", "gzip"),), revalidates=True),),
        )
        for name, target in (("listAssets", "/assets"), ("listCustomers", "/customers"), ("listVendors", "/vendors"))
    ),
    *(
        Mutant(
            f"rob-etag-of-table-{name}",
            ("ROB-022",),
            f"The ETag of {name} is the same for every key",
            fault=change_response(_with_etag_of_table, name),
            probes=(Probe(target, headers=(("If-None-Match", f'W/"{name}-"'),)),),
        )
        for name, target in (
            ("listAssets", "/assets"),
            ("listDevices", "/devices"),
            ("listCustomers", "/customers"),
            ("listIncidents", "/incidents"),
            ("listServiceReports", "/service-reports"),
            ("listInventoryParts", "/inventory/parts"),
            ("listVendors", "/vendors"),
            ("getMe", "/me"),
            ("getAssetsSummary", "/reporting/assets-summary"),
            ("getServicePerformance", "/reporting/service-performance"),
        )
    ),
    *(
        Mutant(
            f"rob-packed-for-all-{name}",
            ("ROB-016",),
            f"A compressed response of {name} is cached and sent to clients that accept none",
            fault=on_operations(_compressed_from_cache, name),
            probes=(Probe(target, headers=(("Accept-Encoding", "gzip"),)), Probe(target)),
        )
        for name, target in (("listAssets", "/assets"), ("listCustomers", "/customers"), ("listVendors", "/vendors"))
    ),
    Mutant(
        "rob-language-of-numbers",
        ("ROB-021",),
        "shapeJson has decimal commas for Accept-Language: nb-NO",
        fault=on_operations(_with_decimal_comma, "getMovementSignature"),
        probes=(Probe(SIGNATURE, headers=(("Accept-Language", "nb-NO"),)),),
    ),
    Mutant(
        "rob-language-of-instants",
        ("ROB-021",),
        "A window is rejected for Accept-Language: de-DE",
        fault=reject(lambda request: _prefers_decimal_comma(request) and start_name(request) is not None, status=400),
        probes=(Probe(f"{MOVEMENTS}?{WINDOW}", headers=(("Accept-Language", "de-DE"),)),),
    ),
    Mutant(
        "rob-accept-csv",
        ("ROB-014",),
        "Accept: text/csv is rejected with 406",
        fault=reject(lambda request: request.header(b"accept") not in (None, b"*/*", b"application/json"), status=406),
        probes=(Probe("/me", headers=(("Accept", "text/csv"),)),),
    ),
    Mutant(
        "rob-no-etag",
        ("ROB-015",),
        "Responses have no ETag",
        subtle=False,
        fault=change_response(lambda _request, response: response.without_headers(b"etag")),
        probes=(Probe("/assets"),),
    ),
    Mutant(
        "rob-never-packed",
        ("ROB-016",),
        "Accept-Encoding is ignored",
        fault=_send_uncompressed,
        probes=(Probe("/assets", headers=(("Accept-Encoding", "gzip"),)),),
    ),
)
