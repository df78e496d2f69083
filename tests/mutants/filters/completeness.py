"""Mutants that the checks of `filters/completeness.py` catch."""

from tests.mutants.harness.alterations import Rows, change_rows, on_operations
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.predicates import gives
from tests.mutants.harness.probe_parts import MOVEMENTS, WINDOW
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]


def _without_shortest(request: Request, found: Rows) -> Rows:
    """Compare whole seconds, with > in place of >=."""
    least = request.query_int("minDurationSeconds")
    return [row for row in found if int(row["duration"]) > least]


async def _append_newest_incident(request: Request, upstream: Upstream) -> Response:
    """Append the newest incident to the last page, whatever its state."""
    response = await upstream(request)
    if not response.ok or response.json["hasMore"] or len(response.rows) >= request.query_int("pageSize", 100):
        return response
    newest = await upstream(request.with_query(state=None, cursor=None, pageSize=1))
    known = {row["incidentId"] for row in response.rows}
    return response.with_rows([*response.rows, *(row for row in newest.rows if row["incidentId"] not in known)])


MUTANTS = (
    Mutant(
        "flt-duration-floored",
        ("FLT-008",),
        "minDurationSeconds leaves out movements whose duration lies within that second",
        fault=change_rows(_without_shortest, "listMovements", when=gives("minDurationSeconds")),
        probes=(Probe(f"{MOVEMENTS}?{WINDOW}&minDurationSeconds={{own.movement_duration_s}}"),),
    ),
    Mutant(
        "flt-state-of-two",
        ("FLT-011",),
        "listIncidents returns the newest incident for every state",
        fault=on_operations(_append_newest_incident, "listIncidents", when=gives("state")),
        probes=(Probe("/incidents?state=2&pageSize=500"),),
    ),
)
