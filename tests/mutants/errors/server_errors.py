"""Mutants that the checks of `errors/server_errors.py` catch."""

from tests.mutants.harness.alterations import change_response, fail_without_rows, reject
from tests.mutants.harness.messages import Request
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import MOVEMENTS, WINDOW

__all__ = ["MUTANTS"]

_MAX_INT32 = 2**31 - 1


def _exceeds_int32(request: Request) -> bool:
    return any(
        abs(request.query_int(name)) > _MAX_INT32
        for name in ("groupId", "state", "telemetryType", "minDurationSeconds")
    )


def _has_astral_character(request: Request) -> bool:
    return any(
        ord(char) > 0xFFFF
        for value in (*request.path_values.values(), *request.query_values.values())
        for char in value
    )


MUTANTS = (
    Mutant(
        "err-int-overflow",
        ("ERR-005", "ERR-001"),
        "An integer beyond 32 bits fails with 500",
        fault=reject(_exceeds_int32),
        probes=(Probe("/assets?groupId=99999999999"),),
    ),
    Mutant(
        "err-empty-list-fails",
        ("ERR-001", "FLT-015"),
        "An empty list of incidents fails with 500",
        fault=change_response(fail_without_rows, "listIncidents"),
        probes=(Probe("/incidents?deviceId=unknown"),),
    ),
    Mutant(
        "rob-emoji-in-filter",
        ("ERR-005",),
        "A character beyond U+FFFF fails with 500",
        fault=reject(_has_astral_character),
        probes=(Probe("/customers?externalSystem=%F0%9F%9A%82"),),
    ),
    Mutant(
        "rob-largest-int",
        ("ERR-005",),
        "The largest 32-bit integer fails with 500",
        fault=reject(lambda request: any(value == "2147483647" for value in request.query_values.values())),
        probes=(Probe("/devices?groupId=2147483647"),),
    ),
    Mutant(
        "rob-negative-duration",
        ("ERR-005",),
        "A negative minDurationSeconds fails with 500",
        fault=reject(lambda request: request.query_int("minDurationSeconds") < 0, "listMovements"),
        probes=(Probe(f"{MOVEMENTS}?{WINDOW}&minDurationSeconds=-1"),),
    ),
    Mutant(
        "rob-far-since",
        ("ERR-005",),
        "updatedSince in year 9999 fails with 500",
        fault=reject(lambda request: (request.query_value("updatedSince") or "").startswith("9999")),
        probes=(Probe("/assets?updatedSince=9999-12-31T23:59:59Z"),),
    ),
)
