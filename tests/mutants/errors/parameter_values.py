"""Mutants that the checks of `errors/parameter_values.py` catch."""

from tests.mutants.harness.alterations import change_error, change_request
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe

__all__ = ["MUTANTS"]


def _cut_long_texts(request: Request) -> Request:
    names = ("customerId", "deviceId", "externalSystem", "cycleId", "metrics")
    return request.with_query(
        {name: value[:100] for name, value in request.query_values.items() if name in names and len(value) > 100}
    )


def _read_lenient_integer(request: Request) -> Request:
    """Read groupId as Python would read a float, and with a plus sign."""
    text = (request.query_value("groupId") or "").strip().lstrip("+")
    try:
        return (
            request
            if text == request.query_value("groupId") and text.isdigit()
            else request.with_query(groupId=int(float(text)))
        )
    except (ValueError, OverflowError):
        return request


def _without_details(_request: Request, response: Response) -> Response:
    return response.with_json({name: value for name, value in response.json.items() if name != "details"})


MUTANTS = (
    Mutant(
        "err-nearly-an-integer",
        ("ERR-004",),
        "listAssets accepts 1.0 and +1 as groupId",
        fault=change_request(_read_lenient_integer, "listAssets"),
        probes=(Probe("/assets?groupId=1.0"),),
    ),
    Mutant(
        "err-no-details",
        ("ERR-014",),
        "400 has no details",
        subtle=False,
        fault=change_error(_without_details, 400),
        probes=(Probe("/assets?pageSize=abc"),),
    ),
    Mutant(
        "err-limit-of-text",
        ("ERR-017",),
        "Text filters longer than 100 characters are truncated",
        fault=change_request(_cut_long_texts),
        probes=(Probe(f"/incidents?deviceId={'x' * 200}"),),
    ),
)
