"""5xx responses: no request may cause one."""

from collections.abc import Iterable

from sepolo_conformance.checks.common.boundary_values import edge_responses
from sepolo_conformance.checks.common.clauses import NO_5XX
from sepolo_conformance.engine import MUST, TOUR, Case, Exchange, Mismatch, describe, observe, requirement


@observe(
    "ERR-001",
    MUST,
    clause=NO_5XX,
    title="No request of the run, valid or invalid, causes a 5xx response",
    traffic=(TOUR, "ERR-005"),
)
def requests_cause_no_server_error(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Reads the status of every response. A 503 with Retry-After is retried before it is judged.

    501 is accepted for a method other than GET and POST, which a server may not implement.
    """
    if exchange.status < 500 or (exchange.status == 501 and exchange.request.method not in ("GET", "POST")):
        return ()
    operation = exchange.request.operation_id or exchange.request.target
    return [Mismatch("no 5xx response", describe(exchange), f"{operation} {exchange.status}")]


@requirement(
    "ERR-005",
    MUST,
    clause=NO_5XX,
    title="No value of a query parameter, at or beyond the limits of its type, causes a 5xx response",
)
def boundary_values_cause_no_server_error(case: Case) -> None:
    """Sends values at and beyond the limits of the type in each query parameter: 2^31, year 9999, NUL, 3,000
    characters."""
    for edge, exchange in edge_responses(case, "edges"):
        case.expect(exchange.status < 500, f"no 5xx for {edge.shown}", describe(exchange), exchange)
