"""Mutants that the checks of `consistency/movement_signatures.py` catch."""

from collections.abc import Iterator

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

_SIGNATURES = Probe(
    "/devices/TRY-003/movements/{id}/signature",
    each=("/devices/TRY-003/movements?from=2026-03-01T00:00:00Z&to=2026-04-02T00:00:00Z&pageSize=500", "id"),
)


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


def _is_late(row: Row) -> bool:
    """Whether a signature is of a movement late in the evening, when it is the next day in Europe."""
    return str(row["start"])[11:13] in ("22", "23")


_RARE = (
    ("evening", "of movements late in the evening", _is_late),
    ("month-end", "of movements on the first day of a month", lambda row: str(row["start"])[8:10] == "01"),
    ("ac", "of movements with a maximum above 6 A", lambda row: (row["currentMax"] or 0) > 6),
)


def _of_rare_movements() -> Iterator[Mutant]:
    for kind, which, selects in _RARE:
        yield Mutant(
            f"con-signature-{kind}",
            ("CON-023",),
            f"currentRms {which} is half an ampere higher by id",
            fault=set_members(
                lambda row, selects=selects: add_to_member(row, "currentRms", 0.5) if selects(row) else {},  # type: ignore[misc]
                "getMovementSignature",
            ),
            probes=(_SIGNATURES,),
        )
    yield Mutant(
        "con-signature-starts-later",
        ("CON-023",),
        "start of signatures is an hour late in March",
        fault=set_members(
            lambda row: {"start": shift_timestamp(row["start"], 3_600)} if str(row["start"])[5:7] == "03" else {},
            "getMovementSignature",
        ),
        probes=(_SIGNATURES,),
    )


def _without_late_samples(row: Row) -> Row:
    """The signature was calculated before the last samples of the day arrived."""
    if str(row["start"])[8:10] != "15":
        return {}
    if "currentSignature" in row:
        found = row["currentSignature"]
        return {"currentSignature": found and {**found, "sampleCount": found["sampleCount"] - 7}}
    return {"sampleCount": row["sampleCount"] - 7}


async def _in_milliamperes(request: Request, upstream: Upstream) -> Response:
    """Currents of cycles are in mA for devices of one model."""
    response, device = await upstream(request), await upstream(request.to_operation("getDevice"))
    if not response.ok or not device.ok or device.json["model"] != "PG-AC3":
        return response
    names = ("averageCurrent", "peakCurrent", "currentRms")
    return response.with_rows([{**row, **{name: row[name] * 1000 for name in names}} for row in response.rows])


MUTANTS = (
    Mutant(
        "con-signature-lacks-samples",
        ("CON-022",),
        "Signatures of movements on the 15th of a month lack the last samples, in the list and by id",
        fault=set_members(_without_late_samples, "listMovements", "getMovementSignature"),
        probes=(Probe(f"{MOVEMENTS}?from=2026-06-15T00:00:00Z&to=2026-06-15T23:59:59Z"),),
    ),
    Mutant(
        "con-cycles-in-milliamperes",
        ("CON-022",),
        "Currents of cycles are in mA for devices of one model",
        fault=on_operations(_in_milliamperes, "listPointGuardCycles"),
        probes=(Probe(f"/devices/TRY-001/pointguard/cycles?{WINDOW}"),),
    ),
    *_of_rare_movements(),
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
