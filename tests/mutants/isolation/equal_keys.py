"""Mutants that the checks of `isolation/equal_keys.py` catch."""

from tests.mutants.harness.alterations import set_members
from tests.mutants.harness.mutant import Mutant, Probe

__all__ = ["MUTANTS"]

MUTANTS = tuple(
    Mutant(
        f"iso-{member.lower()}-unknown",
        ("ISO-030",),
        f"getMe shows no {member}, although the key is bounded",
        fault=set_members(lambda _row, member=member: {member: []}, "getMe"),  # type: ignore[misc]
        probes=(Probe("/me", key),),
    )
    for member, key in (("allowedGroupIds", "bounded"), ("allowedCustomerIds", "bounded-customers"))
)
