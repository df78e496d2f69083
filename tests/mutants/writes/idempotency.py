"""Mutants that the checks of `writes/idempotency.py` catch."""

from tests.mutants.harness.alterations import change_request, on_operations
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant
from tests.mutants.harness.report_bodies import CREATE_REPORT, PROBE_REPORTS, REPORT_BODY, probe_post
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]


async def _repeat_first_response(request: Request, upstream: Upstream) -> Response:
    """Answer a reused Idempotency-Key with the first response, whatever the body."""
    response = await upstream(request)
    idempotency_key = request.header(b"idempotency-key")
    if response.ok and idempotency_key:
        upstream.memory[idempotency_key] = response
    return upstream.memory.get(idempotency_key, response) if response.status == 409 else response


async def _share_keys_between_organizations(request: Request, upstream: Upstream) -> Response:
    """Remember responses by Idempotency-Key alone, without the organisation."""
    idempotency_key = request.header(b"idempotency-key")
    if idempotency_key is None:
        return await upstream(request)
    if idempotency_key not in upstream.memory:
        response = await upstream(request)
        if response.ok:
            upstream.memory[idempotency_key] = response
        return response
    return upstream.memory[idempotency_key]


async def _store_equal_bodies_once(request: Request, upstream: Upstream) -> Response:
    """Answer a repeated body with the first response."""
    content = (request.key, request.body)
    if content not in upstream.memory:
        response = await upstream(request)
        if not response.ok:
            return response
        upstream.memory[content] = response
    return upstream.memory[content]


MUTANTS = (
    Mutant(
        "wrt-attempt-ignored",
        ("WRT-015",),
        "Idempotency-Key is ignored",
        fault=change_request(lambda request: request.without_headers(b"idempotency-key"), CREATE_REPORT),
        probes=(probe_post(headers=(("Idempotency-Key", "one"),), repeat=2), PROBE_REPORTS),
        writes=True,
    ),
    Mutant(
        "wrt-attempt-of-another-body",
        ("WRT-016",),
        "A reused Idempotency-Key with another body returns the first response",
        fault=on_operations(_repeat_first_response, CREATE_REPORT),
        probes=(
            probe_post(headers=(("Idempotency-Key", "one"),)),
            probe_post(REPORT_BODY.replace("Looked at", "Replaced"), headers=(("Idempotency-Key", "one"),)),
        ),
        writes=True,
    ),
    Mutant(
        "wrt-same-body-once",
        ("WRT-022",),
        "The same body without Idempotency-Key creates one report only",
        fault=on_operations(_store_equal_bodies_once, CREATE_REPORT),
        probes=(probe_post(repeat=2),),
        writes=True,
    ),
    Mutant(
        "wrt-attempt-of-anyone",
        ("WRT-017",),
        "Idempotency-Keys are shared by all organisations",
        fault=on_operations(_share_keys_between_organizations, CREATE_REPORT),
        probes=(
            probe_post(headers=(("Idempotency-Key", "one"),)),
            probe_post(REPORT_BODY.replace("own.", "foreign."), key="other", headers=(("Idempotency-Key", "one"),)),
        ),
        writes=True,
    ),
)
