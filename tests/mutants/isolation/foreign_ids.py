"""Mutants that the checks of `isolation/foreign_ids.py` catch."""

from tests.mutants.harness.alterations import cache_by, error_response, fall_back_to_foreign_key, on_operations
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.predicates import has_scope, uses_bearer
from tests.mutants.harness.probe_parts import WINDOW, bearer
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]

_FOREIGN_DEVICE = "/devices/{foreign.device}"

_BY_ID = (
    ("getAsset", "/assets/{foreign.asset}", "ISO-001"),
    ("getDevice", _FOREIGN_DEVICE, "ISO-001"),
    ("getServiceReport", "/service-reports/{foreign.report}", "ISO-001"),
    ("getMovementSignature", f"{_FOREIGN_DEVICE}/movements/{{foreign.movement}}/signature", "ISO-002"),
)
"""Operation, a request of another organisation's data, and the requirement that it may not return them."""
_UNDER_DEVICE = (
    ("listAssetChildren", "/assets/{foreign.parent_asset}/children", "ISO-002"),
    ("listDeviceTelemetry", f"{_FOREIGN_DEVICE}/telemetry?{WINDOW}", "ISO-002"),
    ("listPointGuardCycles", f"{_FOREIGN_DEVICE}/pointguard/cycles?{WINDOW}", "ISO-002"),
    ("listPointGuardCycleSamples", f"{_FOREIGN_DEVICE}/pointguard/cycles/{{foreign.cycle}}/samples", "ISO-002"),
    ("listMovements", f"{_FOREIGN_DEVICE}/movements?{WINDOW}", "ISO-002"),
)
"""The same for lists."""


async def _find_foreign_movement(request: Request, upstream: Upstream) -> Response:
    """Look a movement up by its id alone, in the other organisation, whatever device the path names."""
    response = await upstream(request)
    if response.status != 404 or not (await upstream(request.to_operation("getDevice"))).ok:
        return response
    return await _search_devices(upstream.as_foreign(request), upstream, response)


async def _find_own_movement(request: Request, upstream: Upstream) -> Response:
    """Look a movement up under all devices of the organisation."""
    response = await upstream(request)
    return (
        await _search_devices(request, upstream, response)
        if response.status == 404 and (await upstream(request.to_operation("getDevice"))).ok
        else response
    )


async def _search_devices(request: Request, upstream: Upstream, otherwise: Response) -> Response:
    devices = await upstream(request.to_operation("listDevices", pageSize=500))
    for row in devices.rows if devices.ok else []:
        if row["isPointGuard"]:
            found = await upstream(request.to_operation("getMovementSignature", {"deviceId": row["deviceId"]}))
            if found.ok:
                return found
    return otherwise


async def _reveal_existence(request: Request, upstream: Upstream) -> Response:
    """Give 404 for a foreign resource another code than for an unknown one."""
    response = await upstream(request)
    if response.status == 404 and (await upstream(upstream.as_foreign(request))).ok:
        return error_response(404, "foreign_resource", "The report belongs to another organization.")
    return response


async def _gone_for_foreign(request: Request, upstream: Upstream) -> Response:
    response = await _reveal_existence(request, upstream)
    return response.with_status(410) if response.status == 404 and b"another" in response.body else response


async def _name_owner(request: Request, upstream: Upstream) -> Response:
    """Name the owning organisation in the 404 for a foreign resource."""
    response = await upstream(request)
    foreign = upstream.as_foreign(request)
    if response.status != 404 or not (await upstream(foreign)).ok:
        return response
    me = await upstream(foreign.to_operation("getMe"))
    return response.with_members(message=f"It belongs to {me.json['organizationName']}.")


async def _found_for_head(request: Request, upstream: Upstream) -> Response:
    response = await upstream(request)
    if request.method == "HEAD" and response.status == 404:
        return await upstream(upstream.as_foreign(request))
    return response


MUTANTS = (
    Mutant(
        "iso-movement-under-own-device",
        ("ISO-003",),
        "A foreign movement is returned under a device of the key's organisation",
        fault=on_operations(_find_foreign_movement, "getMovementSignature", when=has_scope),
        probes=(Probe("/devices/{own.device}/movements/{foreign.movement}/signature"),),
    ),
    Mutant(
        "iso-movement-under-any-device",
        ("ISO-004",),
        "A movement is returned under every device of its organisation",
        fault=on_operations(_find_own_movement, "getMovementSignature", when=has_scope),
        probes=(Probe("/devices/TRY-002/movements/{own.movement}/signature"),),
    ),
    Mutant(
        "iso-asset-by-id",
        ("ISO-001",),
        "getAsset returns an asset of another organisation",
        fault=fall_back_to_foreign_key("getAsset"),
        probes=(Probe("/assets/{foreign.asset}"),),
    ),
    Mutant(
        "iso-report-by-id",
        ("ISO-001",),
        "getServiceReport returns a report of another organisation",
        fault=fall_back_to_foreign_key("getServiceReport"),
        probes=(Probe("/service-reports/{foreign.report}"),),
    ),
    Mutant(
        "iso-telemetry-of-device",
        ("ISO-002",),
        "listDeviceTelemetry returns telemetry of another organisation's device",
        fault=fall_back_to_foreign_key("listDeviceTelemetry"),
        probes=(Probe(f"{_FOREIGN_DEVICE}/telemetry?{WINDOW}"),),
    ),
    Mutant(
        "iso-samples-of-cycle",
        ("ISO-002",),
        "listPointGuardCycleSamples returns samples of another organisation's cycle",
        fault=fall_back_to_foreign_key("listPointGuardCycleSamples"),
        probes=(Probe(f"{_FOREIGN_DEVICE}/pointguard/cycles/{{foreign.cycle}}/samples"),),
    ),
    Mutant(
        "iso-signature-of-movement",
        ("ISO-002",),
        "getMovementSignature returns a signature of another organisation",
        fault=fall_back_to_foreign_key("getMovementSignature"),
        probes=(Probe(f"{_FOREIGN_DEVICE}/movements/{{foreign.movement}}/signature"),),
    ),
    Mutant(
        "iso-children-of-asset",
        ("ISO-002",),
        "listAssetChildren returns children of another organisation's asset",
        fault=fall_back_to_foreign_key("listAssetChildren"),
        probes=(Probe("/assets/{foreign.parent_asset}/children"),),
    ),
    Mutant(
        "iso-head-by-id",
        ("ISO-031",),
        "HEAD with an id of another organisation returns 200",
        fault=_found_for_head,
        probes=(Probe("/assets/{foreign.asset}", method="HEAD"),),
    ),
    Mutant(
        "iso-existence-told",
        ("ISO-013",),
        "404 for another organisation's report has another code than for an unknown one",
        fault=on_operations(_reveal_existence, "getServiceReport", when=has_scope),
        probes=(Probe("/service-reports/{foreign.report}"),),
    ),
    Mutant(
        "iso-gone",
        ("ISO-012",),
        "Another organisation's report is answered with 410",
        fault=on_operations(_gone_for_foreign, "getServiceReport", when=has_scope),
        probes=(Probe("/service-reports/{foreign.report}"),),
    ),
    Mutant(
        "iso-owner-told",
        ("ISO-001",),
        "404 for another organisation's asset names the owner",
        fault=on_operations(_name_owner, "getAsset", when=has_scope),
        probes=(Probe("/assets/{foreign.asset}"),),
    ),
    *(
        Mutant(
            f"iso-bearer-{operation}",
            (caught_by,),
            f"{operation} returns data of another organisation to a key after Bearer",
            fault=fall_back_to_foreign_key(operation, when=uses_bearer),
            probes=(Probe(target, None, headers=bearer("full")),),
        )
        for operation, target, caught_by in _BY_ID
    ),
    *(
        Mutant(
            f"iso-cached-{operation}",
            (caught_by,),
            f"Responses of {operation} are cached by URL, without the organisation",
            fault=cache_by(lambda _request: None, operation),
            probes=(Probe(target, "other"), Probe(target)),
        )
        for operation, target, caught_by in (*_BY_ID, *_UNDER_DEVICE)
    ),
)
