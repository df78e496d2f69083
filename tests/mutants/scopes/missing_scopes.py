"""Mutants that the checks of `scopes/missing_scopes.py` catch."""

from tests.mutants.harness.alterations import (
    EMPTY_PAGE,
    PAGED,
    change_error,
    error_response,
    ignore_scope,
    on_operations,
    require_scope,
)
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.predicates import all_of, is_later_page, lacks_scope, uses_bearer
from tests.mutants.harness.probe_parts import DAYS, SAMPLES, SIGNATURE, UNKNOWN_ID, bearer
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]


async def _accept_write_scope(request: Request, upstream: Upstream) -> Response:
    assert request.key is not None
    permitted = "service_reports.write" in request.key.scopes
    return await upstream(upstream.as_unrestricted(request) if permitted else request)


async def _validate_before_scope(request: Request, upstream: Upstream) -> Response:
    """Answer 400 and 404 before the scope is checked."""
    known = await upstream(upstream.as_unrestricted(request))
    return known if known.status in (400, 404) else await upstream(request)


def _as_problem_json(_request: Request, response: Response) -> Response:
    found = {"type": "about:blank", "title": "Forbidden", "status": 403, "detail": response.json["message"]}
    return response.with_json(found).with_header(b"content-type", b"application/problem+json")


def _with_wrong_scope_in_message(request: Request, response: Response) -> Response:
    return response.with_members(message="The API key does not include the assets.read scope.")


def _without_message(_request: Request, response: Response) -> Response:
    return response.with_json({"error": response.json["error"]})


async def _unchecked_for_head(request: Request, upstream: Upstream) -> Response:
    return await upstream(upstream.as_unrestricted(request) if request.method == "HEAD" else request)


MUTANTS = (
    Mutant(
        "scp-signature-unchecked",
        ("SCP-002",),
        "getMovementSignature does not check movements.read",
        fault=ignore_scope("getMovementSignature", when=lacks_scope),
        probes=(Probe(SIGNATURE, "only-assets.read"),),
    ),
    Mutant(
        "scp-daily-unchecked",
        ("SCP-002",),
        "getTelemetryDaily does not check reporting.read",
        fault=ignore_scope("getTelemetryDaily", when=lacks_scope),
        probes=(Probe(DAYS, "only-assets.read"),),
    ),
    Mutant(
        "scp-samples-by-devices",
        ("SCP-002",),
        "listPointGuardCycleSamples checks assets.read in place of telemetry.read",
        fault=require_scope("assets.read", "listPointGuardCycleSamples"),
        probes=(Probe(SAMPLES, "only-assets.read"),),
    ),
    Mutant(
        "scp-write-implies-read",
        ("SCP-008",),
        "service_reports.write also permits reading service reports",
        fault=on_operations(_accept_write_scope, "listServiceReports", "getServiceReport", when=lacks_scope),
        probes=(Probe("/service-reports", "only-service_reports.write"),),
    ),
    Mutant(
        "scp-403-as-404",
        ("SCP-002",),
        "A missing scope is rejected with 404",
        subtle=False,
        fault=change_error(
            lambda _request, _response: error_response(404, "not_found", "There is no such resource."), 403
        ),
        probes=(Probe("/vendors", "only-assets.read"),),
    ),
    Mutant(
        "scp-403-as-empty",
        ("SCP-002",),
        "listCustomers returns an empty page for a missing scope",
        fault=change_error(
            lambda _request, response: response.with_json(EMPTY_PAGE).with_status(200),
            403,
            operations=("listCustomers",),
        ),
        probes=(Probe("/customers", "only-assets.read"),),
    ),
    Mutant(
        "scp-existence-told",
        ("SCP-009",),
        "Ids are validated before the scope is checked",
        fault=on_operations(_validate_before_scope, "getDevice", "getAsset", "getServiceReport", when=lacks_scope),
        probes=(Probe(f"/service-reports/{UNKNOWN_ID}", "only-assets.read"),),
    ),
    Mutant(
        "scp-by-bearer-unchecked",
        ("SCP-006",),
        "listDevices does not check devices.read for a key after Bearer",
        fault=ignore_scope("listDevices", when=all_of(lacks_scope, uses_bearer)),
        probes=(Probe("/devices", None, headers=bearer("only-assets.read")),),
    ),
    Mutant(
        "scp-head-unchecked",
        ("SCP-012",),
        "HEAD needs no scope",
        fault=_unchecked_for_head,
        probes=(Probe("/devices", "only-assets.read", method="HEAD"),),
    ),
    Mutant(
        "scp-later-pages-unchecked",
        ("SCP-011",),
        "The scope is not checked on pages after the first",
        fault=ignore_scope(*PAGED, when=all_of(is_later_page, lacks_scope)),
        probes=(Probe("/devices?pageSize=2&cursor={cursors[own]}", "only-assets.read"),),
    ),
    Mutant(
        "scp-later-pages-of-parts",
        ("SCP-011",),
        "The scope is not checked on later pages of listInventoryParts",
        fault=ignore_scope("listInventoryParts", when=all_of(is_later_page, lacks_scope)),
        probes=(Probe("/inventory/parts?cursor=x", "only-assets.read"),),
    ),
    Mutant(
        "err-403-problem",
        ("SCP-003",),
        "403 is application/problem+json",
        subtle=False,
        fault=change_error(_as_problem_json, 403),
        probes=(Probe("/vendors", "only-assets.read"),),
    ),
    Mutant(
        "err-403-media-type",
        ("SCP-003",),
        "403 of listIncidents is text/plain",
        fault=change_error(
            lambda _request, response: response.with_header(b"content-type", b"text/plain; charset=utf-8"),
            403,
            operations=("listIncidents",),
        ),
        probes=(Probe("/incidents", "only-assets.read"),),
    ),
    Mutant(
        "scp-403-names-another",
        ("SCP-005",),
        "403 always names assets.read as the missing scope",
        fault=change_error(_with_wrong_scope_in_message, 403),
        probes=(Probe("/vendors", "only-assets.read"),),
    ),
    Mutant(
        "scp-403-without-message",
        ("SCP-003",),
        "403 of listAppointments has no message",
        fault=change_error(_without_message, 403, operations=("listAppointments",)),
        probes=(Probe("/appointments", "only-assets.read"),),
    ),
    Mutant(
        "scp-403-code",
        ("SCP-004",),
        "The error code of 403 is not forbidden",
        subtle=False,
        fault=change_error(lambda _request, response: response.with_members(error="insufficient_scope"), 403),
        probes=(Probe("/vendors", "only-assets.read"),),
    ),
)
