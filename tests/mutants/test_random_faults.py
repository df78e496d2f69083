"""Most random faults are found too.

`RANDOM_FAULTS=500 pytest -s tests/mutants/test_random_faults.py` draws more and prints the share by kind.
"""

import os
from collections import Counter
from contextvars import ContextVar

import pytest

from tests.mutants.harness.judging import PROFILE, SEED, Wanted, first_finding
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.random_faults import KINDS, draw
from tests.mutants.harness.serving import Direct
from tests.mutants.harness.wrapper import Alteration, Altered, Upstream, facts, layered, sandbox

DRAWN = int(os.environ.get("RANDOM_FAULTS", "12"))
MINIMUM_SHARE = 0.85
ORDER = (
    *("shape", "paging", "isolation", "consistency", "waveforms"),
    *("filters", "windows", "scopes", "authentication", "errors"),
)
"""Areas in the order in which they find most faults soonest."""


_PLAIN = ContextVar[list[Response]]("_PLAIN")
"""Responses that a fault got for one of the requests that are sent at the same time."""


class _Effect:
    """Tells whether a fault changed any response; in a small world some faults meet no row."""

    def __init__(self, fault: Alteration) -> None:
        self.alteration = layered(self._outside, fault, self._inside)
        self.seen = False

    async def _inside(self, request: Request, upstream: Upstream) -> Response:
        response = await upstream(request)
        _PLAIN.get().append(response)
        return response

    async def _outside(self, request: Request, upstream: Upstream) -> Response:
        plain: list[Response] = []
        _PLAIN.set(plain)
        response = await upstream(request)
        self.seen |= response not in plain[:1]
        return response


@pytest.mark.no_cover  # many whole runs, several times slower under the tracer
@pytest.mark.parametrize("half", [0, 1])
def test_most_random_faults_are_found(half: int, direct: Direct) -> None:
    """At least 85 % of the faults that change a response cause a finding."""
    drawn, caught, idle = Counter[str](), Counter[str](), 0
    for number in range(half * DRAWN // 2, (half + 1) * DRAWN // 2):
        fault = draw(number)
        effect = _Effect(fault.alteration)
        app = Altered(sandbox(PROFILE, SEED), facts(PROFILE), effect.alteration)
        name = first_finding(app, direct, PROFILE, Wanted(), ORDER)
        if name is None and not effect.seen:
            idle += 1
            continue
        kind = fault.kinds[0] if len(fault.kinds) == 1 else "combined"
        drawn[kind] += 1
        caught[kind] += name is not None
        if name is None:
            print(f"not found: {number}, {fault.title}")
    for kind in (*KINDS, "combined"):
        print(f"{kind}: {caught[kind]} of {drawn[kind]}")
    print(f"all: {caught.total()} of {drawn.total()}, and {idle} that change nothing")
    assert caught.total() >= MINIMUM_SHARE * drawn.total()


def test_same_number_draws_same_fault() -> None:
    """A number always draws the same fault, and sixty numbers draw all kinds."""
    titles = [draw(number).title for number in range(60)]
    assert [draw(number).title for number in range(60)] == titles
    assert {kind for number in range(60) for kind in draw(number).kinds} == set(KINDS)
