"""Mutants that the checks of `isolation/boundary_ids.py` catch."""

from tests.mutants.harness.alterations import cache_by, ignore_boundaries
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.predicates import uses_bearer
from tests.mutants.harness.probe_parts import DAYS, WINDOW, bearer

__all__ = ["MUTANTS"]

_MACHINE = "/devices/{out_of_bounds[machine]}"
_OUTSIDE = (
    ("getAsset", "/assets/{out_of_bounds[asset]}", "ISO-018"),
    ("getDevice", "/devices/{out_of_bounds[device]}", "ISO-018"),
    ("getServiceReport", "/service-reports/{out_of_bounds[report]}", "ISO-018"),
    ("getMovementSignature", f"{_MACHINE}/movements/{{out_of_bounds[movement]}}/signature", "ISO-019"),
    ("getTelemetryDaily", DAYS, "ISO-023"),
)
"""Operation, a request outside the boundary of a key or of all its data, and the requirement that a leak breaks."""
_UNDER_DEVICE = (
    ("listDeviceTelemetry", f"/devices/{{out_of_bounds[device]}}/telemetry?{WINDOW}", "ISO-019"),
    ("listPointGuardCycles", f"{_MACHINE}/pointguard/cycles?{WINDOW}", "ISO-019"),
    ("listMovements", f"{_MACHINE}/movements?{WINDOW}", "ISO-019"),
)
"""The same for lists."""


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
    *(
        Mutant(
            f"iso-boundary-bearer-{operation}",
            (caught_by,),
            f"{operation} ignores the boundary of a key after Bearer",
            fault=ignore_boundaries(operation, when=uses_bearer),
            probes=(Probe(target, None, headers=bearer("bounded")),),
        )
        for operation, target, caught_by in _OUTSIDE
    ),
    *(
        Mutant(
            f"iso-boundary-cached-{operation}",
            (caught_by,),
            f"{operation} is cached without the boundary of the key",
            fault=cache_by(lambda request: request.key and request.key.organization, operation),
            probes=(Probe(target), Probe(target, "bounded")),
        )
        for operation, target, caught_by in (*_OUTSIDE, *_UNDER_DEVICE)
    ),
)
