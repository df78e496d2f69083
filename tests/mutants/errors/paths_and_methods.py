"""Mutants that the checks of `errors/paths_and_methods.py` catch."""

from tests.mutants.harness.alterations import HTML_PAGE, change_error, error_response
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.wrapper import Upstream

__all__ = ["MUTANTS"]


async def _fail_for_unknown_method(request: Request, upstream: Upstream) -> Response:
    response = await upstream(request)
    return error_response(500, "internal_error", "No handler.") if response.status == 405 else response


MUTANTS = (
    Mutant(
        "err-405-without-allow",
        ("ERR-015",),
        "405 has no Allow header",
        subtle=False,
        fault=change_error(
            lambda _request, response: response.without_headers(b"allow").with_json(
                {**response.json, "error": "not_allowed"}
            ),
            405,
        ),
        probes=(Probe("/me", method="DELETE"),),
    ),
    Mutant(
        "err-no-route-html",
        ("ERR-016",),
        "404 for an unknown path is an HTML page",
        subtle=False,
        fault=change_error(
            lambda _request, response: response.with_body(HTML_PAGE, "text/html"),
            404,
            when=lambda request: request.operation is None,
        ),
        probes=(Probe("/nothing"),),
    ),
    Mutant(
        "rob-unknown-method",
        ("ERR-015",),
        "A method that the path does not have fails with 500",
        fault=_fail_for_unknown_method,
        probes=(Probe("/me", method="PUT"),),
    ),
)
