"""Every mutant differs from the sandbox in its probes, and the table of mutants is well formed."""

from collections import Counter

import pytest

from sepolo_conformance.model.requirement import AREAS
from tests.mutants.harness.judging import PROFILE, SEED
from tests.mutants.harness.mutant import Mutant
from tests.mutants.harness.probing import Placeholders, probe_responses
from tests.mutants.harness.serving import Direct
from tests.mutants.harness.wrapper import Altered, facts, make, sandbox
from tests.mutants.table import MUTANTS


@pytest.mark.no_cover  # several times slower under the tracer, and other tests reach the same lines
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: str(mutant.id))
def test_mutant_changes_a_response(mutant: Mutant, direct: Direct, probe_values: Placeholders) -> None:
    """The responses of a mutant to its probes differ from those of the sandbox."""
    create = make if mutant.writes else sandbox
    expected = probe_responses(direct, Altered(create(PROFILE, SEED), facts(PROFILE)), mutant.probes, probe_values)
    altered = Altered(create(PROFILE, SEED), facts(PROFILE), mutant.fault)
    assert probe_responses(direct, altered, mutant.probes, probe_values) != expected


@pytest.mark.no_cover  # as above
def test_unaltered_wrapper_changes_nothing(direct: Direct, probe_values: Placeholders) -> None:
    """The wrapper without an alteration returns the responses of the sandbox."""
    probes = tuple(dict.fromkeys(probe for mutant in MUTANTS for probe in mutant.probes if not probe.all_pages))
    plain, wrapped = make(PROFILE, SEED), Altered(make(PROFILE, SEED), facts(PROFILE))
    for probe in probes:
        expected = probe_responses(direct, plain, (probe,), probe_values)
        assert (probe, probe_responses(direct, wrapped, (probe,), probe_values)) == (probe, expected)


def test_ids_and_titles_are_unique() -> None:
    """Ids and titles are unique; a title is at most 100 characters and has no full stop at its end."""
    assert [key for key, times in Counter(mutant.id for mutant in MUTANTS).items() if times > 1] == []
    assert [key for key, times in Counter(mutant.title for mutant in MUTANTS).items() if times > 1] == []
    assert [mutant.title for mutant in MUTANTS if mutant.title.endswith(".") or len(mutant.title) > 100] == []


def test_most_mutants_are_subtle() -> None:
    """There are at least 80 mutants over all areas; at most a third of them shows on one ordinary request."""
    assert {mutant.area for mutant in MUTANTS} == set(AREAS.values())
    assert len(MUTANTS) >= 80
    assert sum(not mutant.subtle for mutant in MUTANTS) <= len(MUTANTS) / 3
