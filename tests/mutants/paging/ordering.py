"""Mutants that the checks of `paging/ordering.py` catch."""

from hashlib import blake2b

from tests.mutants.harness.alterations import Row, Rows, change_rows, on_operations
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.probe_parts import TELEMETRY, WINDOW
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]


def _with_first_two_swapped(_request: Request, found: Rows) -> Rows:
    return [*reversed(found[:2]), *found[2:]]


async def _shuffle(request: Request, upstream: Upstream) -> Response:
    """Order the rows by a hash that differs from request to request."""
    response = await upstream(request)
    turn = upstream.count("shuffled")
    if not response.ok:
        return response

    def digest(row: Row) -> bytes:
        return blake2b(f"{turn}/{row['customerId']}".encode()).digest()

    return response.with_rows(sorted(response.rows, key=digest))


def _sorted_by_name(_request: Request, found: Rows) -> Rows:
    return sorted(found, key=lambda row: str(row["name"]))


def _with_first_row_late(_request: Request, found: Rows) -> Rows:
    """Move the first row of a page behind the first one with another stamp."""
    other = next((at for at, row in enumerate(found) if row["stamp"] != found[0]["stamp"]), 0)
    return [*found[1 : other + 1], *found[:1], *found[other + 1 :]]


MUTANTS = (
    Mutant(
        "pag-order-by-size",
        ("PAG-017", "PAG-018"),
        "The order of incidents depends on pageSize",
        fault=change_rows(
            _with_first_two_swapped, "listIncidents", when=lambda request: request.query_int("pageSize", 100) > 50
        ),
        probes=(Probe("/incidents?pageSize=100"),),
    ),
    Mutant(
        "pag-order-unstable",
        ("PAG-016",),
        "The order of customers differs between requests",
        fault=on_operations(_shuffle, "listCustomers"),
        probes=(Probe("/customers", repeat=2),),
    ),
    Mutant(
        "pag-customers-by-name",
        ("PAG-033",),
        "Each page of listCustomers is sorted by name",
        subtle=False,
        fault=change_rows(_sorted_by_name, "listCustomers"),
        probes=(Probe("/customers"),),
    ),
    Mutant(
        "pag-telemetry-not-by-stamp",
        ("PAG-034",),
        "The first row of each telemetry page is out of order",
        fault=change_rows(_with_first_row_late, "listDeviceTelemetry"),
        probes=(Probe(f"{TELEMETRY}?{WINDOW}"),),
    ),
)
