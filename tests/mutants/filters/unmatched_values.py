"""Mutants that the checks of `filters/unmatched_values.py` catch."""

from tests.mutants.harness.alterations import change_request, on_operations, remove_parameters
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.predicates import gives
from tests.mutants.harness.probe_parts import MOVEMENTS, WINDOW
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]

_NIL_UUID = "00000000-0000-0000-0000-000000000000"

_INT32_OVERFLOWS_MS = range(2_147_484, 2_147_483_647)


async def _unfiltered_for_unknown_group(request: Request, upstream: Upstream) -> Response:
    """Return the unfiltered list where no row matches groupId."""
    response = await upstream(request)
    return (
        await upstream(request.with_query(groupId=None))
        if response.ok and not response.rows and not request.query_value("cursor")
        else response
    )


def _without_zero_filters(request: Request) -> Request:
    """Remove groupId=0 and state=0."""
    return request.with_query({name: None for name in ("groupId", "state") if request.query_value(name) == "0"})


def _without_nil_uuids(request: Request) -> Request:
    return request.with_query(
        {name: None for name in ("assetId", "userId", "vendorId") if request.query_value(name) == _NIL_UUID}
    )


MUTANTS = (
    Mutant(
        "flt-unknown-group-is-all",
        ("FLT-015",),
        "listDevices returns all devices for an unknown groupId",
        fault=on_operations(_unfiltered_for_unknown_group, "listDevices", when=gives("groupId")),
        probes=(Probe("/devices?groupId=99999"),),
    ),
    Mutant(
        "flt-zero-is-none",
        ("FLT-015",),
        "groupId=0 and state=0 are ignored",
        fault=change_request(_without_zero_filters),
        probes=(Probe("/assets?groupId=0"), Probe("/incidents?state=0")),
    ),
    Mutant(
        "flt-zeros-are-no-id",
        ("FLT-015",),
        "The nil UUID is ignored as a filter",
        fault=change_request(_without_nil_uuids),
        probes=(Probe(f"/inventory/parts?vendorId={_NIL_UUID}"),),
    ),
    Mutant(
        "flt-duration-wraps",
        ("FLT-015",),
        "minDurationSeconds overflows 32 bits in milliseconds and is ignored",
        fault=change_request(
            remove_parameters("minDurationSeconds"),
            "listMovements",
            when=lambda request: request.query_int("minDurationSeconds") in _INT32_OVERFLOWS_MS,
        ),
        probes=(Probe(f"{MOVEMENTS}?{WINDOW}&minDurationSeconds=2147484"),),
    ),
)
