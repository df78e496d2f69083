"""Mutants that the checks of `robustness/concurrency.py` catch."""

import asyncio

from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]

_CONCURRENT_S = 0.005


async def _mix_up_keys(request: Request, upstream: Upstream) -> Response:
    """Keeps the caller in one variable for all concurrent requests."""
    upstream.memory["who"] = request
    await asyncio.sleep(_CONCURRENT_S)
    who = upstream.memory["who"]
    return await upstream(request.with_key(who.key) if who.key and request.key else request)


MUTANTS = (
    Mutant(
        "rob-requests-crossed",
        ("ROB-008",),
        "Concurrent requests get each other's responses",
        fault=_mix_up_keys,
        probes=(Probe("/me", concurrent_key="other"),),
    ),
)
