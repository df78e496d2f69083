"""A fault where two factors meet is found for every operation that it concerns."""

import re

import pytest

from sepolo_conformance.checks.common.crossings import crossed_lists, crossings
from sepolo_conformance.engine import expectations
from sepolo_conformance.engine.case import Case
from sepolo_conformance.engine.registry import catalogue
from sepolo_openapi import reader
from tests.mutants.harness.alterations import PAGED, READS
from tests.mutants.harness.crossed_faults import (
    FILTERED,
    FILTERED_PAGES,
    ROW_LISTS,
    WHOLE_LISTS,
    WHOLE_PAGES,
    WINDOWED,
    WINDOWED_PAGES,
)
from tests.mutants.harness.judging import PROFILE, SEED, Wanted, judge, suite_of
from tests.mutants.harness.serving import Direct
from tests.mutants.harness.wrapper import Altered, facts, sandbox
from tests.mutants.isolation.boundary_lists import BOUNDED_LISTS, BOUNDED_PAGES
from tests.mutants.table import MUTANTS

BY_ID = {mutant.id: mutant for mutant in MUTANTS}
_FILTERED_TO_PAGES = tuple(name for name in FILTERED_PAGES if name != "listMovements")
"""Without movements: those that match a filter in the world of the tests fit into one page of half of the rows."""
_FILTERED_WITH_ROWS = tuple(name for name in FILTERED if name != "listMovements")
"""Without movements: the filter with the best split matches none in the world of the tests."""
CONCERNED = {
    "flt-ignored-for-bearer": FILTERED,
    "flt-ignored-on-later-pages": _FILTERED_TO_PAGES,
    "flt-ignored-for-the-bounded": FILTERED,
    "flt-window-lost-for-bearer": WINDOWED,
    "flt-window-lost-on-later-pages": WINDOWED_PAGES,
    "flt-ignored-by-default": ("listAppointments", "getTelemetryDaily"),
    "flt-member-lost-with-filter": _FILTERED_WITH_ROWS,
    "flt-member-lost-for-bearer": ROW_LISTS,
    "flt-member-lost-on-later-pages": PAGED,
    "flt-member-lost-by-default": ("listAppointments", "getTelemetryDaily"),
    "flt-row-lost-for-bearer": PAGED,
    "flt-size-doubled-for-the-bounded": PAGED,
    "flt-size-doubled-with-filter": _FILTERED_TO_PAGES,
    "flt-size-doubled-on-later-pages": PAGED,
    "pag-size-of-cursor": PAGED,
    "iso-boundary-lost-for-bearer": BOUNDED_LISTS,
    "iso-boundary-lost-by-default": ("listServiceVisits", "listAppointments"),
    "iso-boundary-lost-on-later-pages": BOUNDED_PAGES,
    "iso-boundary-lost-by-cursor": (*BOUNDED_PAGES, "listAssetChildren"),
    "iso-row-for-bearer": WHOLE_LISTS,
    "iso-row-on-later-pages": WHOLE_PAGES,
}


@pytest.mark.no_cover  # many requests, several times slower under the tracer
@pytest.mark.parametrize("mutant", CONCERNED)
def test_fault_is_found_in_every_operation(mutant: str, direct: Direct) -> None:
    """The crossings of each operation that a mutant alters deviate, and no others."""
    app = Altered(sandbox(PROFILE, SEED), facts(PROFILE), BY_ID[mutant].fault)
    case = Case(suite_of(app, direct, PROFILE, Wanted()), catalogue()["FLT-032"])
    found = set()
    for operation in crossed_lists(case):
        with case.part(operation.operation_id):
            if crossings(case, operation.operation_id).deviations:
                found.add(operation.operation_id)
    assert found == set(CONCERNED[mutant]), case.notes


@pytest.mark.no_cover  # as above
def test_mixed_up_requests_are_found_in_every_operation(direct: Direct, monkeypatch: pytest.MonkeyPatch) -> None:
    """ROB-008 finds responses for the key of a concurrent request in each operation that both organisations call."""
    monkeypatch.setattr(expectations, "KEPT", 1_000)
    app = Altered(sandbox(PROFILE, SEED), facts(PROFILE), BY_ID["rob-requests-crossed"].fault)
    verdict = judge(app, direct, PROFILE, Wanted(ids=frozenset({"ROB-008"}))).verdicts["ROB-008"]
    assert {finding.expected.partition(" ")[0] for finding in verdict.findings} == set(READS)


@pytest.mark.no_cover  # as above
def test_mixed_up_targets_are_found_in_every_operation(direct: Direct, monkeypatch: pytest.MonkeyPatch) -> None:
    """ROB-028 finds the data of a concurrent request of the same key in each operation with an id, filter or window."""
    monkeypatch.setattr(expectations, "KEPT", 1_000)
    app = Altered(sandbox(PROFILE, SEED), facts(PROFILE), BY_ID["rob-targets-crossed"].fault)
    verdict = judge(app, direct, PROFILE, Wanted(ids=frozenset({"ROB-028"}))).verdicts["ROB-028"]
    paths = {finding.expected.partition(" ")[0].partition("?")[0] for finding in verdict.findings}
    found = {name for name in READS if any(_fits(name, path) for path in paths)}
    assert found == set(READS) - {"getMe", "getAssetsSummary", "listVendors"}


def _fits(name: str, path: str) -> bool:
    pattern = re.sub(r"\{\w+\}", "[^/]+", reader.load().operations[name].path)
    return re.fullmatch(pattern, path) is not None
