"""Conforming variants with other errors: statuses, bodies, headers, and temporary failures."""

import re

from tests.mutants.harness.alterations import DEVICE_LISTS, EMPTY_PAGE, change_error, error_response
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.predicates import is_later_page
from tests.mutants.harness.wrapper import Alteration, Upstream
from tests.variants.harness.variant import Variant

__all__ = ["VARIANTS", "only_get", "without_body"]

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_REMOVED_HEADERS = (
    b"etag",
    b"www-authenticate",
    b"x-request-id",
    b"ratelimit",
    b"ratelimit-policy",
    b"vary",
    b"cache-control",
    b"location",
    b"x-sandbox-warning",
    b"x-sandbox-effective-window",
    b"allow",
)
_CODES = {400: "BadRequest", 401: "Unauthenticated", 403: "forbidden", 404: "NotFound"}
_PERIOD = 29
"""Every so many requests one fails."""


def without_body(_request: Request, response: Response) -> Response:
    return response.with_body(b"").without_headers(b"content-type")


async def only_get(request: Request, upstream: Upstream) -> Response:
    """Answer HEAD and OPTIONS with 405."""
    if request.method in ("HEAD", "OPTIONS"):
        return error_response(405, "method_not_allowed", "No.").with_header(b"allow", b"GET")
    return await upstream(request)


def _has_malformed_uuid(request: Request) -> bool:
    parameters = request.operation.parameters if request.operation else ()
    uuids = {parameter.name for parameter in parameters if parameter.schema.get("format") == "uuid"}
    return any(name in uuids and not _UUID.fullmatch(value) for name, value in request.path_values.items())


def _as_problem_json(_request: Request, response: Response) -> Response:
    found = {"type": "https://tools.ietf.org/html/rfc9110", "title": "Bad Request", "status": response.status}
    return response.with_json(found).with_header(b"content-type", b"application/problem+json")


def _with_other_code(_request: Request, response: Response) -> Response:
    return response.with_json({"error": _CODES[response.status], "message": response.json["message"]})


async def _forbid_foreign(request: Request, upstream: Upstream) -> Response:
    """Answer 403 for a resource of another organisation."""
    response = await upstream(request)
    if response.status != 404 or request.key is None or not request.path_values:
        return response
    if not (await upstream(upstream.as_foreign(request))).ok:
        return response
    return error_response(403, "forbidden", "The resource belongs to another organization.")


def _failing_periodically(error: Response) -> Alteration:
    """Answer every 29th request with an error."""

    async def altered(request: Request, upstream: Upstream) -> Response:
        return error if upstream.count("requests") % _PERIOD == _PERIOD - 1 else await upstream(request)

    return altered


async def _empty_for_unknown(request: Request, upstream: Upstream) -> Response:
    """Return an empty list for an unknown id in the path."""
    response = await upstream(request)
    lists = (*DEVICE_LISTS, "listPointGuardCycleSamples", "listAssetChildren")
    return (
        error_response(200).with_json(EMPTY_PAGE)
        if response.status == 404 and request.operation_id in lists
        else response
    )


async def _404_for_unknown_device(request: Request, upstream: Upstream) -> Response:
    """Answer 404 for a deviceId filter that names an unknown device."""
    response = await upstream(request)
    device = request.query_value("deviceId")
    if device is None or request.operation_id not in ("listIncidents", "getTelemetryDaily") or is_later_page(request):
        return response
    if not response.ok or response.rows:
        return response
    unrestricted = upstream.as_unrestricted(request)
    known = await upstream(unrestricted.to_operation("getDevice", {"deviceId": device}))
    return response if known.ok else error_response(404, "not_found", "No such device.")


async def _check_id_before_scope(request: Request, upstream: Upstream) -> Response:
    if request.key is None or request.operation is None or not request.path_values:
        return await upstream(request)
    known = await upstream(upstream.as_unrestricted(request))
    return known if known.status == 404 else await upstream(request)


async def _without_headers(request: Request, upstream: Upstream) -> Response:
    return (await upstream(request)).without_headers(*_REMOVED_HEADERS)


VARIANTS = (
    Variant(
        "bad-uuid-404",
        "A malformed UUID in the path is answered with 404",
        change_error(
            lambda _request, _response: error_response(404, "not_found", "No such resource."),
            400,
            when=_has_malformed_uuid,
        ),
    ),
    Variant("empty-400", "400, 404 and 405 have no body", change_error(without_body, 400, 404, 405), ("ERR-002",)),
    Variant(
        "problem-400",
        "400, 401 and 404 are application/problem+json",
        change_error(_as_problem_json, 400, 401, 404),
        ("ERR-002", "ERR-009"),
    ),
    Variant(
        "other-words", "Errors have other codes and no request id", change_error(_with_other_code, 400, 401, 403, 404)
    ),
    Variant("foreign-403", "A resource of another organisation is answered with 403", _forbid_foreign),
    Variant(
        "restarting",
        "Every 29th request is answered with 503 and Retry-After",
        _failing_periodically(
            error_response(503, "service_unavailable", "Try again.").with_header(b"retry-after", b"1")
        ),
    ),
    Variant(
        "limited",
        "Every 29th request is answered with 429 and Retry-After",
        _failing_periodically(
            error_response(429, "rate_limited", "Too many requests.").with_header(b"retry-after", b"2")
        ),
    ),
    Variant("get-only", "HEAD and OPTIONS are answered with 405", only_get),
    Variant("bare-headers", "Responses have no optional headers", _without_headers, ("AUT-010",)),
    Variant("empty-for-unknown", "Lists under an unknown id are empty", _empty_for_unknown, ("ERR-007",)),
    Variant(
        "nothing-is-404",
        "A deviceId filter that names an unknown device is answered with 404",
        _404_for_unknown_device,
        ("FLT-015",),
    ),
    Variant("ids-first", "404 for an unknown id takes precedence over 403", _check_id_before_scope),
)
