"""The suite doesn't cry wolf: no honest variant breaks a MUST, and each warns of nothing but what it names."""

import pytest

from conformance.requirements import Level
from conformance.verdict import Status
from tests.mutants.judging import PROFILE, SEED, Wanted, judge
from tests.mutants.serving import Direct
from tests.mutants.wrapper import Altered, facts, make, sandbox
from tests.variants.table import VARIANTS, Variant


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: str(variant.id))
def test_honest_variants_conform(variant: Variant, direct: Direct) -> None:
    """A deployment that differs only where it may passes at level must."""
    app = make(PROFILE, SEED) if variant.writes else sandbox(PROFILE, SEED)
    wanted = Wanted(level=Level.MUST, writes=variant.writes)
    run = judge(Altered(app, facts(PROFILE), variant.alteration), direct, PROFILE, wanted)
    shown = {name: [(f.expected, f.actual) for f in verdict.findings][:2] for name, verdict in run.verdicts.items()}
    assert {name: (verdict.reason, shown[name]) for name, verdict in run.of(Status.FAIL, Status.ERROR).items()} == {}
    assert {name: shown[name] for name in run.of(Status.WARN) if name not in variant.warns} == {}


def test_there_are_enough_variants() -> None:
    """At least fifteen, each with an id and a title of its own."""
    assert len(VARIANTS) >= 15
    assert len({variant.id for variant in VARIANTS}) == len({variant.title for variant in VARIANTS}) == len(VARIANTS)
