"""Mutants that the checks of `isolation/authentication_headers.py` catch."""

from tests.mutants.harness.alterations import PAGED, cache_by, change_request, first_page, on_operations
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


MUTANTS = (
    *(
        Mutant(
            f"iso-cached-for-bearer-{name}",
            ("ISO-011",),
            f"Responses of {name} are cached without regard to the key after Bearer",
            fault=cache_by(lambda request: request.header(KEY_HEADER), name),
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
