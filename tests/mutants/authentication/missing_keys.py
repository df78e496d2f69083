"""Mutants that the checks of `authentication/missing_keys.py` catch."""

from tests.mutants.harness.alterations import change_error, on_operations
from tests.mutants.harness.messages import KEY_HEADER, Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.predicates import uses_bearer
from tests.mutants.harness.probe_parts import KEY
from tests.mutants.harness.report_bodies import probe_post
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]


async def _accept_missing_key(request: Request, upstream: Upstream) -> Response:
    """Authenticate a request without a key as the first organisation."""
    if request.header(KEY_HEADER) is None and not uses_bearer(request):
        return await upstream(upstream.as_unrestricted(request))
    return await upstream(request)


async def _accept_blank_key(request: Request, upstream: Upstream) -> Response:
    """Authenticate a blank key as the first organisation."""
    blank = request.header(KEY_HEADER)
    if blank is not None and not blank.strip() and not uses_bearer(request):
        return await upstream(upstream.as_unrestricted(request))
    return await upstream(request)


async def _validate_before_key(request: Request, upstream: Upstream) -> Response:
    """Answer 400 and 404 before the key is checked."""
    response = await upstream(request)
    if response.status != 401 or request.operation is None:
        return response
    known = await upstream(upstream.as_unrestricted(request))
    return known if known.status in (400, 404) else response


MUTANTS = (
    Mutant(
        "aut-vendors-open",
        ("AUT-001",),
        "listVendors needs no key",
        subtle=False,
        fault=on_operations(_accept_missing_key, "listVendors"),
        probes=(Probe("/vendors", None),),
    ),
    Mutant(
        "aut-blank-key",
        ("AUT-004",),
        "A blank key is accepted as the first organisation's",
        fault=_accept_blank_key,
        probes=(Probe("/me", None, headers=((KEY, " "),)),),
    ),
    Mutant(
        "aut-missing-key-403",
        ("AUT-001",),
        "A request without a key is rejected with 403",
        subtle=False,
        fault=change_error(
            lambda _request, response: response.with_status(403), 401, when=lambda request: request.key is None
        ),
        probes=(Probe("/me", None),),
    ),
    Mutant(
        "aut-401-without-challenge",
        ("AUT-010",),
        "401 has no WWW-Authenticate header",
        subtle=False,
        fault=change_error(lambda _request, response: response.without_headers(b"www-authenticate"), 401),
        probes=(Probe("/me", None),),
    ),
    Mutant(
        "aut-post-open",
        ("AUT-018",),
        "createServiceReport needs no key",
        fault=on_operations(_accept_missing_key, "createServiceReport"),
        probes=(probe_post('{{"title": "x"}}', key=None),),
        writes=True,
    ),
    Mutant(
        "aut-ids-before-key",
        ("AUT-017",),
        "Path and query are validated before the key is checked",
        fault=_validate_before_key,
        probes=(Probe("/assets/not-a-uuid", None),),
    ),
)
