"""400 for query values that do not have the type of their parameter."""

from sepolo_conformance.checks.common.boundary_values import edge_responses, kind_of, violates
from sepolo_conformance.checks.common.response_checks import outcome
from sepolo_conformance.engine import MUST, SANDBOX, SHOULD, Case, requirement

_TYPED_PARAMETERS = 'Published page: "validation errors return 400"; it gives each parameter a type.'
_TYPES = {
    "integer": "an integer",
    "size": "an integer",
    "uuid": "a uuid",
    "instant": "a date-time",
    "choice": "a status",
}
"""What a value of each kind of `boundary_values` has to be."""


@requirement(
    "ERR-003",
    MUST,
    clause=_TYPED_PARAMETERS,
    title="A query value that cannot be parsed as the type of its parameter is rejected with 400",
)
def unreadable_value_is_rejected(case: Case) -> None:
    """Sends a value that no parser accepts for the type in each typed query parameter, one at a time."""
    for edge, exchange in edge_responses(case, "unreadable"):
        expected = f"status 400: {edge.shown} is not {_TYPES[kind_of(edge.parameter)]}"
        case.expect(exchange.status == 400, expected, outcome(exchange), exchange)


@requirement(
    "ERR-004",
    SHOULD,
    clause=_TYPED_PARAMETERS,
    title="A query value that only a lenient parser accepts is rejected with 400",
)
def almost_valid_value_is_rejected(case: Case) -> None:
    """Sends a value that only a lenient parser accepts, such as 30 February, in each typed query parameter."""
    for edge, exchange in edge_responses(case, "nearly"):
        expected = f"status 400: {edge.shown} is not {_TYPES[kind_of(edge.parameter)]}"
        case.expect(exchange.status == 400, expected, outcome(exchange), exchange)


@requirement(
    "ERR-014",
    SANDBOX,
    clause="Our own choice: callers who get 400 need to know which parameter is invalid.",
    title="The details of a 400 response name the invalid parameter",
)
def details_name_invalid_parameter(case: Case) -> None:
    """Reads the details of the 400 responses to unreadable values: they have to name the one invalid parameter."""
    for edge, exchange in edge_responses(case, "unreadable"):
        if exchange.status == 400:
            details = exchange.member("details")
            named = [entry.get("parameter") for entry in details or () if isinstance(entry, dict)]
            held = named == [edge.parameter.name] and all(entry.get("message") for entry in details)
            case.expect(held, f"details with {edge.parameter.name} alone, and a message", details, exchange)


@requirement(
    "ERR-017",
    SANDBOX,
    clause="Our own choice: the contract sets limits where the published page gives only the type.",
    title="A query value beyond the limits that the contract sets is rejected with 400",
)
def value_beyond_limits_is_rejected(case: Case) -> None:
    """Takes the boundary values that the contract excludes, except empty ones and date-times."""
    for edge, exchange in edge_responses(case, "edges"):
        if edge.value and violates(edge.parameter, edge.value):
            case.expect(exchange.status == 400, f"status 400 for {edge.shown}", outcome(exchange), exchange)
