"""Mutants that the checks of `authentication/header_forms.py` catch."""

from tests.mutants.harness.alterations import change_request, reject, without_bearer
from tests.mutants.harness.messages import KEY_HEADER, Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.predicates import uses_bearer
from tests.mutants.harness.probe_parts import bearer
from tests.mutants.harness.report_bodies import probe_post
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]


async def _with_case_sensitive_scheme(request: Request, upstream: Upstream) -> Response:
    value = request.header(b"authorization")
    return await upstream(
        request if value is None or value.startswith(b"Bearer ") else request.without_headers(b"authorization")
    )


async def _prefer_key_header(request: Request, upstream: Upstream) -> Response:
    return await upstream(request.without_headers(b"authorization") if request.header(KEY_HEADER) else request)


async def _accept_any_scheme(request: Request, upstream: Upstream) -> Response:
    """Take the last part of Authorization as the key, whatever the scheme."""
    value = request.header(b"authorization") or b""
    return await upstream(
        request.with_header(KEY_HEADER, value.split()[-1]).without_headers(b"authorization")
        if value.split()
        else request
    )


MUTANTS = (
    Mutant(
        "aut-bearer-scheme-case",
        ("AUT-012",),
        "The scheme Bearer is compared with regard to case",
        fault=_with_case_sensitive_scheme,
        probes=(Probe("/me", None, headers=(("Authorization", "bearer {keys[full]}"),)),),
    ),
    Mutant(
        "aut-bearer-refused-by-vendors",
        ("AUT-006",),
        "listVendors does not accept Bearer",
        fault=change_request(without_bearer, "listVendors"),
        probes=(Probe("/vendors", None, headers=bearer("full")),),
    ),
    Mutant(
        "aut-first-header-counts",
        ("AUT-015",),
        "X-Sepolo-Api-Key wins over a different key after Bearer",
        fault=_prefer_key_header,
        probes=(Probe("/me", headers=bearer("other")),),
    ),
    Mutant(
        "aut-any-scheme",
        ("AUT-016",),
        "Any authorization scheme is accepted in place of Bearer",
        fault=_accept_any_scheme,
        probes=(Probe("/me", None, headers=(("Authorization", "Basic {keys[full]}"),)),),
    ),
    Mutant(
        "aut-bearer-refused-by-post",
        ("AUT-006",),
        "createServiceReport does not accept Bearer",
        fault=reject(uses_bearer, "createServiceReport", status=401),
        probes=(probe_post(key=None, headers=bearer("full")),),
        writes=True,
    ),
)
