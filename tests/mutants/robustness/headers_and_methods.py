"""Mutants that the checks of `robustness/headers_and_methods.py` catch."""

from tests.mutants.harness.alterations import change_response, reject
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]


async def _without_rate_limit_headers(request: Request, upstream: Upstream) -> Response:
    limits = (b"ratelimit", b"ratelimit-policy", b"x-ratelimit-limit", b"x-ratelimit-remaining", b"x-ratelimit-reset")
    return (await upstream(request)).without_headers(*limits)


async def _fail_for_head(request: Request, upstream: Upstream) -> Response:
    response = await upstream(request)
    return response.with_status(500) if request.method == "HEAD" else response


MUTANTS = (
    Mutant(
        "rob-head", ("ROB-007",), "HEAD fails with 500", fault=_fail_for_head, probes=(Probe("/me", method="HEAD"),)
    ),
    Mutant(
        "rob-accept",
        ("ROB-007",),
        "Accept: */* fails with 500",
        fault=reject(lambda request: request.header(b"accept") == b"*/*"),
        probes=(Probe("/me", headers=(("Accept", "*/*"),)),),
    ),
    Mutant(
        "rob-no-request-id",
        ("ROB-017",),
        "Responses have no X-Request-Id",
        subtle=False,
        fault=change_response(lambda _request, response: response.without_headers(b"x-request-id")),
        probes=(Probe("/assets"),),
    ),
    Mutant(
        "rob-limit-untold",
        ("ROB-018",),
        "Responses to a limited key have no rate limit headers",
        fault=_without_rate_limit_headers,
        probes=(Probe("/me", "limited"),),
    ),
    Mutant(
        "rob-head-404",
        ("ROB-009",),
        "HEAD is rejected with 405",
        fault=reject(lambda request: request.method == "HEAD", status=405),
        probes=(Probe("/me", method="HEAD"),),
    ),
    Mutant(
        "rob-options-refused",
        ("ROB-010",),
        "OPTIONS is rejected with 405",
        fault=reject(lambda request: request.method == "OPTIONS", status=405),
        probes=(Probe("/me", None, method="OPTIONS"),),
    ),
)
