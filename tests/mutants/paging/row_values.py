"""Mutants that the checks of `paging/row_values.py` catch."""

from tests.mutants.harness.alterations import Row, set_members
from tests.mutants.harness.mutant import Mutant, probe_all_pages
from tests.mutants.harness.predicates import is_later_page

__all__ = ["MUTANTS"]


def _without_device_name(row: Row) -> Row:
    return {"deviceName": None}


MUTANTS = (
    Mutant(
        "pag-later-pages-poorer",
        ("PAG-019",),
        "deviceName is null on later pages of listDevices",
        fault=set_members(_without_device_name, "listDevices", when=is_later_page),
        probes=(probe_all_pages("/devices?pageSize=5"),),
    ),
)
