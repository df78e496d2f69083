"""Mutants that the checks of `errors/unknown_resources.py` catch."""

import re

from tests.mutants.harness.alterations import SERVER_ERROR, change_error, json_response, on_operations
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import UNKNOWN_ID
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]


async def _null_for_unknown(request: Request, upstream: Upstream) -> Response:
    response = await upstream(request)
    return json_response(None) if response.status == 404 else response


async def _newest_for_unknown(request: Request, upstream: Upstream) -> Response:
    response = await upstream(request)
    if response.status != 404:
        return response
    newest = await upstream(request.to_operation("listServiceReports", pageSize=1))
    return newest.with_json(newest.rows[0]) if newest.ok and newest.rows else response


async def _find_by_pattern(request: Request, upstream: Upstream) -> Response:
    """Look a device up with LIKE, where % and _ are wildcards."""
    wanted = request.path_values["deviceId"]
    response = await upstream(request)
    if response.status != 404 or not re.search("[_%]", wanted):
        return response
    pattern = re.compile(re.escape(wanted).replace("_", ".").replace("%", ".*"))
    every = await upstream(request.to_operation("listDevices", pageSize=500))
    found = [row for row in every.rows if pattern.fullmatch(row["deviceId"])] if every.ok else []
    return await upstream(request.to_operation("getDevice", {"deviceId": found[0]["deviceId"]})) if found else response


MUTANTS = (
    Mutant(
        "err-null-for-unknown",
        ("ERR-007",),
        "An unknown asset returns 200 with null",
        fault=on_operations(_null_for_unknown, "getAsset"),
        probes=(Probe(f"/assets/{UNKNOWN_ID}"),),
    ),
    Mutant(
        "err-newest-for-unknown",
        ("ERR-006",),
        "An unknown service report returns the newest one",
        fault=on_operations(_newest_for_unknown, "getServiceReport"),
        probes=(Probe(f"/service-reports/{UNKNOWN_ID}"),),
    ),
    Mutant(
        "err-device-alike",
        ("ERR-006",),
        "A deviceId in the path is compared as an SQL pattern, with % and _ as wildcards",
        fault=on_operations(_find_by_pattern, "getDevice"),
        probes=(Probe("/devices/TRY-00_"), Probe("/devices/TRY%25")),
    ),
    Mutant(
        "err-bad-uuid",
        ("ERR-008",),
        "A malformed assetId of listAssetChildren fails with 500",
        fault=change_error(lambda _request, _response: SERVER_ERROR, 400, operations=("listAssetChildren",)),
        probes=(Probe("/assets/not-a-uuid/children"),),
    ),
    Mutant(
        "err-unknown-device-400",
        ("ERR-007",),
        "An unknown device is rejected with 400",
        subtle=False,
        fault=change_error(lambda _request, response: response.with_status(400), 404, operations=("getDevice",)),
        probes=(Probe("/devices/unknown"),),
    ),
)
