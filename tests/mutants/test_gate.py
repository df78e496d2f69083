"""The suite's own proof: every mutant is caught by what it names, and everything stated is proven by a mutant."""

import pytest

from sepolo_conformance.engine.registry import catalogue
from sepolo_conformance.model.requirement import Level
from tests.mutants.harness.judging import PROFILE, SEED, judge, unjudged, wanted
from tests.mutants.harness.mutant import Mutant
from tests.mutants.harness.serving import Direct
from tests.mutants.harness.wrapper import Altered, facts, make, sandbox
from tests.mutants.table import MUTANTS

UNPROVEN: dict[str, str] = {
    "AUT-011": "an application of this process gets header names in lower case, however they were sent",
    "AUT-019": "everything here runs on this machine",
}
"""Requirements below MUST that no mutant can break, with the reason."""


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: str(mutant.id))
def test_every_mutant_is_caught(mutant: Mutant, direct: Direct) -> None:
    """Each requirement that a mutant names finds it."""
    app = make(PROFILE, SEED) if mutant.writes else sandbox(PROFILE, SEED)
    run = judge(Altered(app, facts(PROFILE), mutant.fault), direct, PROFILE, wanted(mutant))
    missed = {name: (run.verdicts[name].status, run.verdicts[name].reason) for name in mutant.caught_by}
    assert {name: why for name, why in missed.items() if name not in run.broken} == {}


def test_mutants_name_what_there_is() -> None:
    """Every mutant names a requirement, and only those of the catalogue."""
    assert [mutant.id for mutant in MUTANTS if not mutant.caught_by] == []
    assert {name for mutant in MUTANTS for name in mutant.caught_by} <= catalogue().keys()
    assert unjudged(name for mutant in MUTANTS for name in mutant.caught_by) == frozenset()


def test_every_stated_requirement_is_proven() -> None:
    """Each MUST is named by a mutant."""
    named = {name for mutant in MUTANTS for name in mutant.caught_by}
    assert [rule.id for rule in catalogue().values() if rule.level is Level.MUST and rule.id not in named] == []


def test_what_no_mutant_proves_is_known() -> None:
    """Every other requirement is named by a mutant too, but for those that nothing here can break."""
    named = {name for mutant in MUTANTS for name in mutant.caught_by}
    assert catalogue().keys() - named == UNPROVEN.keys()
