"""Mutants that the checks of `filters/metrics_hint.py` catch."""

from tests.mutants.harness.alterations import reject
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import TELEMETRY, WINDOW

__all__ = ["MUTANTS"]

_METRICS = frozenset(("current", "temperature", "humidity", "voltage", "batteryVoltage", "batteryPercentage"))

MUTANTS = (
    Mutant(
        "rob-metrics-refused",
        ("FLT-026",),
        "An unknown metric is rejected",
        fault=reject(
            lambda request: not _METRICS.issuperset((request.query_value("metrics") or "current").split(",")),
            "listDeviceTelemetry",
            status=400,
        ),
        probes=(Probe(f"{TELEMETRY}?{WINDOW}&metrics=wobble"),),
    ),
)
