"""Mutants that the checks of `scopes/rejection_bodies.py` catch."""

from tests.mutants.harness.alterations import change_error
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.mutant import Mutant, Probe

__all__ = ["MUTANTS"]


def _as_problem_json(_request: Request, response: Response) -> Response:
    found = {"type": "about:blank", "title": "Forbidden", "status": 403, "detail": response.json["message"]}
    return response.with_json(found).with_header(b"content-type", b"application/problem+json")


def _with_wrong_scope_in_message(request: Request, response: Response) -> Response:
    return response.with_members(message="The API key does not include the assets.read scope.")


def _without_message(_request: Request, response: Response) -> Response:
    return response.with_json({"error": response.json["error"]})


MUTANTS = (
    Mutant(
        "err-403-problem",
        ("SCP-003",),
        "403 is application/problem+json",
        subtle=False,
        fault=change_error(_as_problem_json, 403),
        probes=(Probe("/vendors", "only-assets.read"),),
    ),
    Mutant(
        "err-403-media-type",
        ("SCP-003",),
        "403 of listIncidents is text/plain",
        fault=change_error(
            lambda _request, response: response.with_header(b"content-type", b"text/plain; charset=utf-8"),
            403,
            operations=("listIncidents",),
        ),
        probes=(Probe("/incidents", "only-assets.read"),),
    ),
    Mutant(
        "scp-403-names-another",
        ("SCP-005",),
        "403 always names assets.read as the missing scope",
        fault=change_error(_with_wrong_scope_in_message, 403),
        probes=(Probe("/vendors", "only-assets.read"),),
    ),
    Mutant(
        "scp-403-without-message",
        ("SCP-003",),
        "403 of listAppointments has no message",
        fault=change_error(_without_message, 403, operations=("listAppointments",)),
        probes=(Probe("/appointments", "only-assets.read"),),
    ),
    Mutant(
        "scp-403-code",
        ("SCP-004",),
        "The error code of 403 is not forbidden",
        subtle=False,
        fault=change_error(lambda _request, response: response.with_members(error="insufficient_scope"), 403),
        probes=(Probe("/vendors", "only-assets.read"),),
    ),
)
