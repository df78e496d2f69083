"""The sandbox conforms at every level, for several seeds and profiles."""

import pytest

from sepolo_conformance.model.verdict import Status
from tests.mutants.harness.judging import PROFILE, Wanted, judge
from tests.mutants.harness.serving import Direct
from tests.mutants.harness.wrapper import Altered, facts, make

OTHERS = [(PROFILE, 2), ("demo", 1), ("small", 1), ("fleet", 1)]
"""Profiles and seeds; fleet has more than a million devices."""
WORLDS = [
    pytest.param(PROFILE, 1),
    # One traced run is enough for the coverage.
    *(pytest.param(profile, seed, marks=pytest.mark.no_cover) for profile, seed in OTHERS),
]


@pytest.mark.parametrize(("profile", "seed"), WORLDS, ids=lambda value: str(value).rpartition("/")[2])
def test_sandbox_conforms(profile: str, seed: int, direct: Direct) -> None:
    """A run at level sandbox with writes has no finding and no error; on the mutants' profile it judges everything."""
    wanted = Wanted(writes=True, seed=seed)
    run = judge(Altered(make(profile, seed), facts(profile)), direct, profile, wanted)
    bad = run.of(Status.FAIL, Status.WARN, Status.ERROR)
    shown = {name: (bad[name].reason, [(f.expected, f.actual) for f in bad[name].findings][:2]) for name in bad}
    assert shown == {}
    if (profile, seed) == (PROFILE, 1):
        assert run.of(Status.VACUOUS, Status.NOT_TESTED).keys() == {"AUT-019", "CON-042"}
