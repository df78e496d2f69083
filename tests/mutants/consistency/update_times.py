"""Mutants that the checks of `consistency/update_times.py` catch."""

from tests.mutants.harness.alterations import Row, on_operations
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.request_windows import shift_timestamp
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]

_DAY_S = 86_400


async def _sliding_next_service(request: Request, upstream: Upstream) -> Response:
    """Move nextServiceOn by a day with every request."""
    response = await upstream(request)
    if not response.ok or request.operation is None:
        return response
    days = upstream.count("asset requests") + 1
    if "data" not in response.json:
        return response.with_json(_later(response.json, days))
    return response.with_rows([_later(row, days) for row in response.rows])


def _later(row: Row, days: int) -> Row:
    due = row.get("nextServiceOn")
    return {**row, "nextServiceOn": due and shift_timestamp(due, days * _DAY_S)}


async def _approved_on_second_reading(request: Request, upstream: Upstream) -> Response:
    """Approve all reports after the first request for them."""
    response = await upstream(request)
    if not response.ok or request.operation is None or not upstream.count("report requests"):
        return response
    return response.with_rows([{**row, "state": 3, "stateText": "Approved"} for row in response.rows])


MUTANTS = (
    Mutant(
        "con-next-service-slides",
        ("CON-042",),
        "nextServiceOn of assets changes with every request, but updatedOn does not",
        fault=on_operations(_sliding_next_service, "listAssets", "getAsset", "listAssetChildren"),
        probes=(Probe("/assets"),),
    ),
    Mutant(
        "con-approved-silently",
        ("CON-042",),
        "Service reports become Approved after they were read, but keep their updatedOn",
        fault=on_operations(_approved_on_second_reading, "listServiceReports"),
        probes=(Probe("/service-reports", repeat=2),),
    ),
)
