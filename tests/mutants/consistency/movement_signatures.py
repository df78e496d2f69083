"""Mutants that the checks of `consistency/movement_signatures.py` catch."""

from tests.mutants.harness.alterations import (
    Row,
    Rows,
    add_to_member,
    change_json,
    change_rows,
    on_operations,
    set_members,
)
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import MOVEMENTS, SIGNATURE, WINDOW
from tests.mutants.harness.request_windows import shift_timestamp
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]


def _with_other_embedded_rms(_request: Request, found: Rows) -> Rows:
    return [
        {
            **row,
            "currentSignature": {
                **row["currentSignature"],
                **add_to_member(row["currentSignature"], "currentRms", 0.4),
            },
        }
        if row["currentSignature"]
        else row
        for row in found
    ]


async def _signature_of_previous_movement(request: Request, upstream: Upstream) -> Response:
    response = await upstream(request)
    if not response.ok or not response.json["start"]:
        return response
    start = response.json["start"]
    around = request.to_operation(
        "listMovements", fromUtc=shift_timestamp(start, -3 * 86_400), toUtc=start, pageSize=500
    )
    found = [row["id"] for row in (await upstream(around)).rows]
    at = found.index(request.path_values["movementId"]) if request.path_values["movementId"] in found else 0
    other = (
        await upstream(request.to_operation("getMovementSignature", {"movementId": found[at - 1]}))
        if len(found) > 1
        else response
    )
    return other.with_members(movementId=request.path_values["movementId"]) if other.ok else response


def _with_other_quantiles(_request: Request, signature: Row) -> Row:
    return {**signature, **add_to_member(signature, "currentP90", 0.8), **add_to_member(signature, "currentP50", 0.5)}


MUTANTS = (
    Mutant(
        "con-embedded-signature",
        ("CON-023",),
        "currentSignature of movements differs from getMovementSignature",
        fault=change_rows(_with_other_embedded_rms, "listMovements"),
        probes=(Probe(f"{MOVEMENTS}?{WINDOW}"),),
    ),
    Mutant(
        "con-signature-of-neighbour",
        ("CON-023",),
        "getMovementSignature returns the signature of the previous movement",
        fault=on_operations(_signature_of_previous_movement, "getMovementSignature"),
        probes=(Probe(SIGNATURE),),
    ),
    Mutant(
        "con-signature-of-other-samples",
        ("CON-024",),
        "currentP50 and currentP90 differ from the quantiles of the samples",
        fault=change_json(_with_other_quantiles, "getMovementSignature"),
        probes=(Probe(SIGNATURE),),
    ),
    Mutant(
        "con-cycle-of-movement",
        ("CON-022",),
        "cycleId of movements names an unknown cycle",
        fault=set_members(lambda row: {"cycleId": f"{row['cycleId']}x"}, "listMovements"),
        probes=(Probe(f"{MOVEMENTS}?{WINDOW}&pageSize=500"),),
    ),
)
