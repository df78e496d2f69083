"""Mutants that the checks of `robustness/concurrency.py` catch."""

import asyncio

from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]

_CONCURRENT_S = 0.005


async def _mix_up_keys(request: Request, upstream: Upstream) -> Response:
    """Keep the caller in one variable for all concurrent requests."""
    upstream.memory["last request"] = request
    await asyncio.sleep(_CONCURRENT_S)
    last = upstream.memory["last request"]
    return await upstream(request.with_key(last.key) if last.key and request.key else request)


async def _mix_up_targets(request: Request, upstream: Upstream) -> Response:
    """Keep path and query of an operation in one variable for all concurrent requests of a key."""
    place = request.operation_id, request.key
    upstream.memory[place] = request
    await asyncio.sleep(_CONCURRENT_S)
    return await upstream(upstream.memory[place])


MUTANTS = (
    Mutant(
        "rob-targets-crossed",
        ("ROB-028",),
        "Concurrent requests of one key get each other's data",
        fault=_mix_up_targets,
        probes=(Probe("/service-reports?state=2", concurrent_target="/service-reports?state=1"),),
    ),
    Mutant(
        "rob-requests-crossed",
        ("ROB-008",),
        "Concurrent requests get each other's responses",
        fault=_mix_up_keys,
        probes=(Probe("/me", concurrent_key="other"),),
    ),
)
