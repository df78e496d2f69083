"""Mutants that the checks of `robustness/http_methods.py` catch."""

from tests.mutants.harness.alterations import reject
from tests.mutants.harness.mutant import Mutant, Probe

__all__ = ["MUTANTS"]


MUTANTS = (
    Mutant(
        "rob-head-404",
        ("ROB-009",),
        "HEAD is rejected with 405",
        fault=reject(lambda request: request.method == "HEAD", status=405),
        probes=(Probe("/me", method="HEAD"),),
    ),
    Mutant(
        "rob-options-refused",
        ("ROB-010",),
        "OPTIONS is rejected with 405",
        fault=reject(lambda request: request.method == "OPTIONS", status=405),
        probes=(Probe("/me", None, method="OPTIONS"),),
    ),
)
