"""Most random faults are found too.

`RANDOM_FAULTS=500 pytest -s tests/mutants/test_random_faults.py` draws more and prints the share by kind.
"""

import os
from collections import Counter

import pytest

from tests.mutants.harness.judging import PROFILE, SEED, Wanted, first_finding
from tests.mutants.harness.random_faults import KINDS, draw
from tests.mutants.harness.serving import Direct
from tests.mutants.harness.wrapper import Altered, facts, sandbox

DRAWN = int(os.environ.get("RANDOM_FAULTS", "24"))
MINIMUM_SHARE = 0.85
ORDER = (
    *("shape", "paging", "isolation", "consistency", "waveforms"),
    *("filters", "windows", "scopes", "authentication", "errors"),
)
"""Areas in the order in which they find most faults soonest."""


def _caught_by(number: int, direct: Direct) -> str | None:
    app = Altered(sandbox(PROFILE, SEED), facts(PROFILE), draw(number).alteration)
    return first_finding(app, direct, PROFILE, Wanted(), ORDER)


@pytest.mark.no_cover  # many whole runs, several times slower under the tracer
@pytest.mark.parametrize("half", [0, 1])
def test_most_random_faults_are_found(half: int, direct: Direct) -> None:
    """At least 85 % of the faults cause a finding."""
    drawn, caught = Counter[str](), Counter[str]()
    for number in range(half * DRAWN // 2, (half + 1) * DRAWN // 2):
        fault, name = draw(number), _caught_by(number, direct)
        kind = fault.kinds[0] if len(fault.kinds) == 1 else "combined"
        drawn[kind] += 1
        caught[kind] += name is not None
        if name is None:
            print(f"not found: {number}, {fault.title}")
    for kind in (*KINDS, "combined"):
        print(f"{kind}: {caught[kind]} of {drawn[kind]}")
    print(f"all: {caught.total()} of {drawn.total()}")
    assert caught.total() >= MINIMUM_SHARE * drawn.total()


def test_same_number_draws_same_fault() -> None:
    """A number always draws the same fault, and sixty numbers draw all kinds."""
    titles = [draw(number).title for number in range(60)]
    assert [draw(number).title for number in range(60)] == titles
    assert {kind for number in range(60) for kind in draw(number).kinds} == set(KINDS)
