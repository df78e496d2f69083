"""Mutants that the checks of `robustness/generated_requests.py` catch."""

import re

from tests.mutants.harness.alterations import PAGED, change_response, fail_without_rows, reject
from tests.mutants.harness.messages import Request
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import TELEMETRY, WINDOW

__all__ = ["MUTANTS"]


def _has_long_cursor(request: Request) -> bool:
    return len(request.query_value("cursor") or "") > 512


MUTANTS = (
    Mutant(
        "rob-children-of-leaf",
        ("ROB-020",),
        "Children of an asset without children fail with 500",
        fault=change_response(fail_without_rows, "listAssetChildren"),
        probes=(Probe("/assets/{own.asset}/children"),),
    ),
    Mutant(
        "rob-long-cursor",
        ("ROB-001",),
        "A cursor of more than 512 characters fails with 500",
        fault=reject(_has_long_cursor, *PAGED),
        probes=(Probe(f"/assets?cursor={'A' * 600}"),),
    ),
    Mutant(
        "rob-negative-type",
        ("ROB-001",),
        "A negative telemetryType fails with 500",
        fault=reject(lambda request: request.query_int("telemetryType") < 0, "listDeviceTelemetry"),
        probes=(Probe(f"{TELEMETRY}?{WINDOW}&telemetryType=-1"),),
    ),
    Mutant(
        "rob-odd-cycle",
        ("ROB-002",),
        "A cycleId with special characters fails with 500",
        fault=reject(
            lambda request: not re.fullmatch(r"\w*", request.query_value("cycleId") or "", re.ASCII),
            "listDeviceTelemetry",
        ),
        probes=(Probe(f"{TELEMETRY}?{WINDOW}&cycleId=a.b"),),
    ),
)
