"""Mutants that the checks of `authentication/rejected_keys.py` catch."""

import re

from tests.mutants.harness.alterations import change_error, error_response, on_operations
from tests.mutants.harness.judging import PROFILE
from tests.mutants.harness.messages import KEY_HEADER, Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.predicates import uses_bearer
from tests.mutants.harness.probe_parts import KEY, UNKNOWN_KEY
from tests.mutants.harness.report_bodies import probe_post
from tests.mutants.harness.wrapper import Upstream, facts

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


def _key_with_same_start(presented: bytes | None, upstream: Upstream) -> bytes:
    """Return the known key that shares the first twenty characters with the presented one."""
    start = (presented or b"")[:20]
    known = (fact.key.encode() for fact in upstream.keys.values())
    return next((key for key in known if len(start) == 20 and key.startswith(start)), presented or b"")


async def _with_compared_start(request: Request, upstream: Upstream) -> Response:
    presented = request.header(KEY_HEADER)
    return await upstream(
        request.with_header(KEY_HEADER, _key_with_same_start(presented, upstream)) if presented else request
    )


async def _accept_unknown_key(request: Request, upstream: Upstream) -> Response:
    """Authenticate an unknown Bearer key as the first organisation."""
    response = await upstream(request)
    if response.status == 401 and uses_bearer(request) and request.operation:
        return await upstream(upstream.as_unrestricted(request))
    return response


def _has_live_key(request: Request) -> bool:
    return b"sep_live_" in (request.header(KEY_HEADER) or request.header(b"authorization") or b"")


def _presented_key(request: Request) -> str:
    """The key in either header, whether it is known or not."""
    given = request.header(KEY_HEADER)
    if given is None:
        scheme, _, given = (request.header(b"authorization") or b"").partition(b" ")
        given = given if scheme.lower() == b"bearer" else b""
    return given.strip().decode("latin-1")


async def _compare_without_case(request: Request, upstream: Upstream) -> Response:
    """Compare keys without regard to case, as some databases compare texts."""
    sent = _presented_key(request).lower() if request.key is None else ""
    found = next((fact for fact in upstream.keys.values() if fact.key.lower() == sent), None)
    return await upstream(request.with_key(found) if found else request)


async def _compare_by_pattern(request: Request, upstream: Upstream) -> Response:
    """Look keys up with LIKE, where % and _ are wildcards."""
    sent = _presented_key(request) if request.key is None else ""
    pattern = re.compile(re.escape(sent).replace("%", ".*").replace("_", "."))
    found = next((fact for fact in upstream.keys.values() if len(sent) > 8 and pattern.fullmatch(fact.key)), None)
    return await upstream(request.with_key(found) if found else request)


def _with_plain_message(_request: Request, response: Response) -> Response:
    return response.with_members(message="The API key is not known.")


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
    Mutant(
        "aut-start-of-key-compared",
        ("AUT-005",),
        "Only the first twenty characters of a key are compared",
        fault=_with_compared_start,
        probes=(Probe("/vendors", None, headers=((KEY, "{keys[full]}0"),)),),
    ),
    Mutant(
        "aut-any-bearer",
        ("AUT-002",),
        "An unknown key after Bearer is accepted",
        fault=on_operations(_accept_unknown_key),
        probes=(Probe("/devices", None, headers=(("Authorization", f"Bearer {UNKNOWN_KEY}"),)),),
    ),
    Mutant(
        "aut-wrong-key-400",
        ("AUT-002",),
        "An unknown X-Sepolo-Api-Key is rejected with 400",
        subtle=False,
        fault=change_error(
            lambda _request, _response: error_response(400, "validation_error", "The API key is not valid."),
            401,
            when=lambda request: request.header(KEY_HEADER) is not None,
        ),
        probes=(Probe("/me", None, headers=((KEY, UNKNOWN_KEY),)),),
    ),
    Mutant(
        "aut-live-key-unknown",
        ("AUT-014",),
        "The message for a live key is the same as for any unknown key",
        fault=change_error(_with_plain_message, 401, when=_has_live_key),
        probes=(Probe("/me", None, headers=((KEY, "sep_live_0123456789abcdef0123"),)),),
    ),
    Mutant(
        "aut-any-case",
        ("AUT-005",),
        "Keys are compared without regard to case",
        fault=_compare_without_case,
        probes=(Probe("/me", None, headers=((KEY, facts(PROFILE)["full"].key.upper()),)),),
    ),
    Mutant(
        "aut-pattern",
        ("AUT-005",),
        "Keys are compared as SQL patterns, with % and _ as wildcards",
        fault=_compare_by_pattern,
        probes=(Probe("/me", None, headers=((KEY, "{keys[full]:.12}%"),)),),
    ),
)
