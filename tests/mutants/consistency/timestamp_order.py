"""Mutants that the checks of `consistency/timestamp_order.py` catch."""

from tests.mutants.harness.alterations import set_members
from tests.mutants.harness.mutant import Mutant, Probe

__all__ = ["MUTANTS"]


MUTANTS = (
    Mutant(
        "con-created-after-update",
        ("CON-040",),
        "createdOn and updatedOn of customers are swapped",
        fault=set_members(lambda row: {"createdOn": row["updatedOn"], "updatedOn": row["createdOn"]}, "listCustomers"),
        probes=(Probe("/customers"),),
    ),
)
