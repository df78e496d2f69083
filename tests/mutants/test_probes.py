"""Every mutant differs from the sandbox where it says, and none breaks."""

from collections import Counter

import pytest

from sepolo_conformance.model.requirement import AREAS
from tests.mutants.harness.judging import PROFILE, SEED
from tests.mutants.harness.mutant import Mutant
from tests.mutants.harness.probing import Words, answers
from tests.mutants.harness.serving import Direct
from tests.mutants.harness.wrapper import Altered, facts, make, sandbox
from tests.mutants.table import MUTANTS


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: str(mutant.id))
def test_every_mutant_changes_an_answer(mutant: Mutant, direct: Direct, words: Words) -> None:
    """The witness of a mutant is answered otherwise than by the sandbox, and always with something."""
    plain = make(PROFILE, SEED) if mutant.writes else sandbox(PROFILE, SEED)
    twin = make(PROFILE, SEED) if mutant.writes else sandbox(PROFILE, SEED)
    sound = answers(direct, Altered(plain, facts(PROFILE)), mutant.shows, words)
    faulty = answers(direct, Altered(twin, facts(PROFILE), mutant.fault), mutant.shows, words)
    assert sound != faulty


def test_an_unaltered_wrapper_changes_nothing(direct: Direct, words: Words) -> None:
    """The wrapper alone hands on what the sandbox says."""
    looks = tuple(dict.fromkeys(look for mutant in MUTANTS for look in mutant.shows if not look.walk))
    plain, wrapped = make(PROFILE, SEED), Altered(make(PROFILE, SEED), facts(PROFILE))
    for look in looks:
        sound, same = answers(direct, plain, (look,), words), answers(direct, wrapped, (look,), words)
        assert (look, same) == (look, sound)


def test_mutants_are_told_apart() -> None:
    """Ids are unique and carry the code of their area; titles are unique and no sentences."""
    codes = {area: code for code, area in AREAS.items()}
    assert [m.id for m in MUTANTS if m.id[:4] != f"{codes[m.area].lower()}-"] == []
    assert [key for key, times in Counter(m.id for m in MUTANTS).items() if times > 1] == []
    assert [key for key, times in Counter(m.title for m in MUTANTS).items() if times > 1] == []
    assert [m.title for m in MUTANTS if m.title.endswith(".") or len(m.title) > 100] == []


def test_mutants_are_mostly_subtle_and_of_every_area() -> None:
    """At least 80 mutants over all areas, of which a third at most shows on one ordinary request."""
    assert {mutant.area for mutant in MUTANTS} == set(AREAS.values())
    assert len(MUTANTS) >= 80
    assert sum(not mutant.subtle for mutant in MUTANTS) <= len(MUTANTS) / 3
