"""Conforming variants whose lists and details show different members, and lists with other limits on windows."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.mutants.harness.alterations import Row, error_response, on_operations, set_members
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.request_windows import is_longer_than
from tests.mutants.harness.wrapper import Alteration, Upstream
from tests.variants.harness.schema_members import REMOVED, change_members
from tests.variants.harness.variant import Variant

__all__ = ["VARIANTS"]

_LISTS = ("listAssets", "listAssetChildren", "listDevices", "listServiceReports")
_DETAILS = ("getAsset", "getDevice", "getServiceReport")
_REQUESTS_PER_CHANGE = 30


def _without_assumed(_name: str, schema: Mapping[str, Any], required: bool, value: Any) -> Any:
    return REMOVED if schema.get("x-sepolo-basis") == "assumed" and not required else value


async def _reject_long_window(_request: Request, _upstream: Upstream) -> Response:
    return error_response(400, "validation_error", "The window must be at most 31 days.")


def _replaced(change: Callable[[Row, int], Row]) -> Alteration:
    """Apply a change to rows and details, with the number of the change, which grows every 30 requests."""

    async def altered(request: Request, upstream: Upstream) -> Response:
        response = await upstream(request)
        if not response.ok:
            return response
        step = upstream.count("requests") // _REQUESTS_PER_CHANGE
        if "data" not in response.json:
            return response.with_members(**change(response.json, step))
        return response.with_rows([{**row, **change(row, step)} for row in response.rows])

    return altered


def _empty_battery(row: Row, step: int) -> Row:
    """The battery of every third device is unknown after every second change."""
    return {"batteryPercentage": None} if step % 2 and str(row["deviceId"])[-1] in "147" else {}


def _later_signature(row: Row, step: int) -> Row:
    """The signature of some movements is calculated during the run."""
    name = str(row.get("movementId", row.get("id")))
    if step > 0 or name[-1] not in "012345":
        return {}
    shown = ("movementId", "deviceId")
    return (
        {member: None for member in row if member not in shown} if "movementId" in row else {"currentSignature": None}
    )


VARIANTS = (
    Variant(
        "short-rows",
        "Lists leave out members that the contract assumes, and details show them",
        on_operations(change_members(_without_assumed), *_LISTS),
    ),
    Variant(
        "short-details",
        "Details leave out members that the contract assumes, and lists show them",
        on_operations(change_members(_without_assumed), *_DETAILS),
    ),
    Variant(
        "signatures-by-id-only",
        "currentSignature of listed movements is always null",
        set_members(lambda _row: {"currentSignature": None}, "listMovements"),
    ),
    Variant(
        "31-days",
        "Windows of movements are limited to 31 days, as those of telemetry and cycles are",
        on_operations(_reject_long_window, "listMovements", when=is_longer_than(31)),
    ),
    Variant(
        "batteries-come-and-go",
        "batteryPercentage of some devices is null from time to time",
        on_operations(_replaced(_empty_battery), "listDevices", "getDevice"),
    ),
    Variant(
        "signatures-calculated",
        "Signatures of some movements are calculated during the run",
        on_operations(_replaced(_later_signature), "listMovements", "getMovementSignature"),
    ),
)
