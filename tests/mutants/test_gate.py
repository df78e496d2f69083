"""The proof of the suite: every mutant is caught, and every MUST requirement catches a mutant."""

import sys
from pathlib import Path

import pytest

from sepolo_conformance.engine import registry
from sepolo_conformance.engine.registry import catalogue
from sepolo_conformance.model.requirement import Level
from tests.mutants.harness.judging import PROFILE, SEED, judge, wanted
from tests.mutants.harness.mutant import Mutant
from tests.mutants.harness.serving import Direct
from tests.mutants.harness.wrapper import Altered, facts, sandbox, writable
from tests.mutants.table import MUTANTS

NAMED = {name for mutant in MUTANTS for name in mutant.caught_by}

UNPROVEN: dict[str, str] = {
    "AUT-011": "an ASGI application gets header names in lower case, whatever the client sends",
    "AUT-019": "the check applies to remote targets only",
}
"""Requirements below MUST that no mutant breaks, with the reason."""


@pytest.mark.no_cover  # several times slower under the tracer, and the run of the sandbox reaches nearly all lines
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: str(mutant.id))
def test_mutant_is_caught(mutant: Mutant, direct: Direct) -> None:
    """Each requirement that a mutant names in `caught_by` has a finding."""
    app = writable(PROFILE, SEED) if mutant.writes else sandbox(PROFILE, SEED)
    run = judge(Altered(app, facts(PROFILE), mutant.fault), direct, PROFILE, wanted(mutant))
    missed = {name: run.verdicts[name] for name in mutant.caught_by if name not in run.broken}
    assert {name: (verdict.status, verdict.reason) for name, verdict in missed.items()} == {}


def test_mutants_name_known_requirements() -> None:
    """Every mutant names a requirement, and only existing ones with a check or an observer."""
    assert [mutant.id for mutant in MUTANTS if not mutant.caught_by] == []
    assert catalogue().keys() >= NAMED
    assert registry.checks().keys() | registry.observers().keys() >= NAMED


def test_every_must_catches_a_mutant() -> None:
    """Each MUST requirement is named by a mutant."""
    assert [rule.id for rule in catalogue().values() if rule.level is Level.MUST and rule.id not in NAMED] == []


def test_requirements_without_a_mutant_are_listed() -> None:
    """Every other requirement is named by a mutant too, except those in `UNPROVEN`."""
    assert catalogue().keys() - NAMED == UNPROVEN.keys()


def test_retired_ids_are_unused() -> None:
    """No mutant names a requirement that was merged into another one."""
    assert set() == NAMED & registry.RETIRED.keys()


def test_mutants_are_in_the_file_named_after_their_check() -> None:
    """`tests/mutants/<area>/<topic>.py` has the mutants whose first requirement is in `checks/<area>/<topic>.py`."""
    files = [path for path in Path(__file__).parent.glob("*/*.py") if path.parent.name != "harness"]
    misplaced = {}
    for area, topic in ((path.parent.name, path.stem) for path in files):
        for mutant in sys.modules[f"tests.mutants.{area}.{topic}"].MUTANTS:
            module = registry.judge_of(mutant.caught_by[0]).function.__module__
            if module != f"sepolo_conformance.checks.{area}.{topic}":
                misplaced[mutant.id] = module
    assert misplaced == {}
