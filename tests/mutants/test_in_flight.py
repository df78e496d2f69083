"""Several checks at the same time send the same requests, and find the same, as one after the other."""

from typing import Any

import pytest

from sepolo_conformance.checks.shape import oracle
from tests.mutants.harness.judging import KEYS, PROFILE, SEED, Run, Wanted, judge
from tests.mutants.harness.mutant import Mutant
from tests.mutants.harness.serving import Direct
from tests.mutants.harness.wrapper import Altered, facts, sandbox
from tests.mutants.table import MUTANTS

pytestmark = pytest.mark.no_cover  # much slower under the tracer, and other tests reach the same lines

AREAS = ("shape", "paging")
CHOSEN = [next(mutant for mutant in MUTANTS if mutant.area == area and not mutant.subtle) for area in AREAS]
"""The first mutant of some areas that one ordinary request shows, so that many checks have findings."""


UNLIMITED = tuple(name for name in KEYS if name != "limited")
"""Without the key whose rate limit the sandbox counts over both runs."""


def outcome(run: Run) -> dict[str, Any]:
    """Return the verdicts as plain values, without times and request ids."""
    found = {name: verdict.plain() | {"seconds": 0} for name, verdict in run.verdicts.items()}
    for verdict in found.values():
        for finding in verdict["findings"]:
            for step in finding["steps"]:
                step.update(milliseconds=0, request_id="", response_headers=[], response_body="")
    return found


@pytest.mark.parametrize("mutant", CHOSEN, ids=lambda mutant: str(mutant.id))
def test_number_in_flight_changes_nothing(mutant: Mutant, direct: Direct) -> None:
    """Verdicts, findings with their exchanges, notes and requests of each check are equal with 1 and 8 in flight."""
    runs = []
    for in_flight in (1, 8):
        oracle._oracle.cache_clear()
        wanted = Wanted(areas=frozenset({*AREAS, mutant.area}), in_flight=in_flight, keys=UNLIMITED)
        app = Altered(sandbox(PROFILE, SEED), facts(PROFILE), mutant.fault)
        runs.append(judge(app, direct, PROFILE, wanted))
    one, eight = map(outcome, runs)
    assert {name: (one[name], eight[name]) for name in one if one[name] != eight[name]} == {}
    assert runs[0].asked == runs[1].asked
    assert runs[0].broken
