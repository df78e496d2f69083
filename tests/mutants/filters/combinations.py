"""Mutants that the checks of `filters/combinations.py` catch."""

from tests.mutants.harness.alterations import change_request, remove_parameters
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.predicates import gives

__all__ = ["MUTANTS"]


MUTANTS = (
    Mutant(
        "flt-group-lost-when-combined",
        ("FLT-012",),
        "listAssets ignores groupId when status is given",
        fault=change_request(remove_parameters("groupId"), "listAssets", when=gives("groupId", "status")),
        probes=(Probe("/assets?groupId=12&status=inactive"),),
    ),
    Mutant(
        "flt-device-of-incidents",
        ("FLT-014",),
        "listIncidents ignores deviceId when a window is given",
        fault=change_request(remove_parameters("deviceId"), "listIncidents", when=gives("deviceId", "fromUtc")),
        probes=(Probe("/incidents?deviceId=SEP-DEVICE-020&fromUtc=2025-01-01T00:00:00Z"),),
    ),
    Mutant(
        "flt-third-filter",
        ("FLT-012",),
        "listAssets ignores customerId beside two other filters",
        fault=change_request(
            remove_parameters("customerId"), "listAssets", when=gives("customerId", "groupId", "status")
        ),
        probes=(Probe("/assets?customerId=C-99999&groupId=12&status=all"),),
    ),
    Mutant(
        "flt-third-of-three",
        ("FLT-013",),
        "listAssets ignores updatedSince beside two other filters",
        fault=change_request(
            remove_parameters("updatedSince"), "listAssets", when=gives("customerId", "groupId", "updatedSince")
        ),
        probes=(
            Probe("/assets?customerId={own.customer}&groupId={own.group}&updatedSince=2026-06-30T23:00:00Z&status=all"),
        ),
    ),
)
