"""Mutants that the checks of `robustness/parameters.py` catch."""

from tests.mutants.harness.alterations import PAGED, change_response, reject
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.predicates import has_unknown_parameter, has_value
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]


def _parameter_names(request: Request) -> list[str]:
    return [pair.partition("=")[0] for pair in request.query.decode("latin-1").split("&") if pair]


def _has_repeated_parameter(request: Request) -> bool:
    return len(_parameter_names(request)) > len(set(_parameter_names(request)))


async def _last_repeated_value(request: Request, upstream: Upstream) -> Response:
    return await upstream(request.with_query(request.query_values) if _has_repeated_parameter(request) else request)


MUTANTS = (
    Mutant(
        "pag-empty-cursor-refused",
        ("ROB-012",),
        "An empty cursor is rejected",
        fault=reject(has_value("cursor", ""), *PAGED, status=400),
        probes=(Probe("/assets?cursor="),),
    ),
    Mutant(
        "rob-parameter-twice",
        ("ROB-006",),
        "A repeated query parameter fails with 500",
        fault=reject(_has_repeated_parameter),
        probes=(Probe("/assets?status=all&status=all"),),
    ),
    Mutant(
        "rob-unknown-parameter",
        ("ROB-006",),
        "An unknown query parameter fails with 500",
        fault=reject(has_unknown_parameter),
        probes=(Probe("/assets?colour=red"),),
    ),
    Mutant(
        "rob-twice-taken",
        ("ROB-011",),
        "The last value of a repeated query parameter is used",
        fault=_last_repeated_value,
        probes=(Probe("/assets?status=all&status=active"),),
    ),
    Mutant(
        "rob-warning-left-out",
        ("ROB-013",),
        "An unknown query parameter is ignored without a warning header",
        fault=change_response(
            lambda _request, response: response.without_headers(b"x-sandbox-warning"), when=has_unknown_parameter
        ),
        probes=(Probe("/assets?colour=red"),),
    ),
    Mutant(
        "flt-unknown-parameter",
        ("ROB-013",),
        "An unknown query parameter is rejected",
        fault=reject(has_unknown_parameter, "listAssets", "listIncidents", status=400),
        probes=(Probe("/assets?colour=red"),),
    ),
)
