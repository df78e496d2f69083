"""Mutants that the checks of `isolation/boundary_ids.py` catch."""

from tests.mutants.harness.alterations import ignore_boundaries
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import DAYS, WINDOW

__all__ = ["MUTANTS"]


MUTANTS = (
    Mutant(
        "iso-boundary-by-id",
        ("ISO-018",),
        "getDevice ignores the key's boundary",
        fault=ignore_boundaries("getDevice"),
        probes=(Probe("/devices/{out_of_bounds[device]}", "bounded"),),
    ),
    Mutant(
        "iso-boundary-of-days",
        ("ISO-023",),
        "getTelemetryDaily ignores the key's boundary",
        fault=ignore_boundaries("getTelemetryDaily"),
        probes=(Probe(DAYS, "bounded"),),
    ),
    Mutant(
        "iso-boundary-of-telemetry",
        ("ISO-019",),
        "listDeviceTelemetry ignores the key's boundary",
        fault=ignore_boundaries("listDeviceTelemetry"),
        probes=(Probe(f"/devices/{{out_of_bounds[device]}}/telemetry?{WINDOW}", "bounded"),),
    ),
)
