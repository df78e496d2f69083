"""Mutants that the checks of `isolation/authentication_headers.py` catch."""

from tests.mutants.harness.alterations import PAGED, change_request, first_page, on_operations
from tests.mutants.harness.messages import KEY_HEADER, Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.predicates import all_of, has_scope, is_later_page, uses_bearer
from tests.mutants.harness.probe_parts import bearer
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]


async def _call_as_foreign_by_bearer(request: Request, upstream: Upstream) -> Response:
    if not uses_bearer(request) or not has_scope(request):
        return await upstream(request)
    return await upstream(upstream.as_foreign(request))


async def _cached_by_api_key_header(request: Request, upstream: Upstream) -> Response:
    """A cache of responses whose entries depend on X-Sepolo-Api-Key and not on Authorization."""
    response = await upstream(request)
    if not response.ok:
        return response
    entry = (request.path, request.query, request.header(KEY_HEADER))
    kept: Response = upstream.memory.setdefault(entry, response)
    return kept


MUTANTS = (
    *(
        Mutant(
            f"iso-cached-for-bearer-{name}",
            ("ISO-011",),
            f"Responses of {name} are cached without regard to the key after Bearer",
            fault=on_operations(_cached_by_api_key_header, name),
            probes=(Probe(target, None, headers=bearer("full")), Probe(target, None, headers=bearer("other"))),
        )
        for name, target in (
            ("listInventoryParts", "/inventory/parts"),
            ("listVendors", "/vendors"),
            ("listCustomers", "/customers"),
            ("listServiceReports", "/service-reports"),
        )
    ),
    Mutant(
        "iso-by-bearer-another",
        ("ISO-011",),
        "listCustomers returns another organisation's customers for a key after Bearer",
        fault=on_operations(_call_as_foreign_by_bearer, "listCustomers"),
        probes=(Probe("/customers", None, headers=bearer("full")),),
    ),
    Mutant(
        "iso-pages-by-bearer",
        ("ISO-011",),
        "The cursor is ignored for a key after Bearer",
        fault=change_request(first_page, *PAGED, when=all_of(uses_bearer, is_later_page)),
        probes=(Probe("/devices?pageSize=2&cursor={cursors[own]}", None, headers=bearer("full")),),
    ),
)
