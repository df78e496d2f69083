"""Mutants that the checks of `errors/error_bodies.py` catch."""

from tests.mutants.harness.alterations import HTML_PAGE, change_error
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe
from tests.mutants.harness.predicates import gives
from tests.mutants.harness.probe_parts import UNKNOWN_ID

__all__ = ["MUTANTS"]

_STACK_TRACE = (
    "System.FormatException: Input string was not in a correct format.\n"
    "   at System.Number.ThrowOverflowOrFormatException(ParsingStatus status)\n"
    "   at Sepolo.Api.Endpoints.AssetEndpoints.List(HttpContext context) in /src/Api/AssetEndpoints.cs:line 41"
)


def _with_stack_trace(_request: Request, response: Response) -> Response:
    return response.with_members(message=_STACK_TRACE)


def _without_error_member(_request: Request, response: Response) -> Response:
    return response.with_json({name: value for name, value in response.json.items() if name != "error"})


def _with_rows(_request: Request, response: Response) -> Response:
    return response.with_members(data=[{"assetId": UNKNOWN_ID, "name": "Point 1", "isActive": True}])


def _with_other_request_id(_request: Request, response: Response) -> Response:
    return response.with_members(requestId="req_0")


MUTANTS = (
    Mutant(
        "err-stack-trace",
        ("ERR-010",),
        "400 for a malformed groupId contains a stack trace",
        fault=change_error(_with_stack_trace, 400, operations=("listAssets",), when=gives("groupId")),
        probes=(Probe("/assets?groupId=abc"),),
    ),
    Mutant(
        "err-404-html",
        ("ERR-002", "ERR-009"),
        "404 for an unknown service report is an HTML page",
        subtle=False,
        fault=change_error(
            lambda _request, response: response.with_body(HTML_PAGE, "text/html"), 404, operations=("getServiceReport",)
        ),
        probes=(Probe(f"/service-reports/{UNKNOWN_ID}"),),
    ),
    Mutant(
        "err-400-without-error",
        ("ERR-002",),
        "400 has no member error",
        subtle=False,
        fault=change_error(_without_error_member, 400),
        probes=(Probe("/assets?pageSize=abc"),),
    ),
    Mutant(
        "err-401-without-body",
        ("ERR-002",),
        "401 has no body",
        subtle=False,
        fault=change_error(lambda _request, response: response.with_body(b""), 401),
        probes=(Probe("/me", None),),
        traffic=("authentication",),
    ),
    Mutant(
        "err-refused-with-rows",
        ("ERR-011",),
        "400 for a bad pageSize contains rows",
        fault=change_error(_with_rows, 400, operations=("listAssets",), when=gives("pageSize")),
        probes=(Probe("/assets?pageSize=501"),),
    ),
    Mutant(
        "err-other-request-id",
        ("ERR-013",),
        "requestId of the body differs from the header",
        subtle=False,
        fault=change_error(_with_other_request_id, 400, 401, 403, 404),
        probes=(Probe("/me", None),),
    ),
    Mutant(
        "err-code-of-404",
        ("ERR-012",),
        "The error code of 404 is not not_found",
        subtle=False,
        fault=change_error(lambda _request, response: response.with_members(error="missing"), 404),
        probes=(Probe("/devices/unknown"),),
    ),
)
