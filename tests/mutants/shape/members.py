"""Mutants that the checks of `shape/members.py` catch."""

from tests.mutants.harness.alterations import Row, change_json, remove_member
from tests.mutants.harness.messages import Request
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import DEVICE, SUMMARY

__all__ = ["MUTANTS"]


def _with_snake_case_battery(_request: Request, device: Row) -> Row:
    return {{"batteryPercentage": "battery_percentage"}.get(name, name): value for name, value in device.items()}


MUTANTS = (
    Mutant(
        "shp-snake-member",
        ("SHP-013", "SHP-015"),
        "getDevice has battery_percentage in place of batteryPercentage",
        fault=change_json(_with_snake_case_battery, "getDevice"),
        probes=(Probe(DEVICE),),
    ),
    Mutant(
        "shp-summary-member",
        ("SHP-004",),
        "getAssetsSummary has no overdueService",
        subtle=False,
        fault=remove_member("overdueService", "getAssetsSummary"),
        probes=(Probe(SUMMARY),),
    ),
)
