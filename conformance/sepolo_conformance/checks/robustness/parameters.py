"""Query parameters that are repeated, unknown or empty."""

from collections.abc import Iterator
from dataclasses import replace

from sepolo_conformance.api.calls import Call, paged_lists, reads, target_of
from sepolo_conformance.checks.common.boundary_values import edge_responses
from sepolo_conformance.checks.common.clauses import NO_5XX
from sepolo_conformance.checks.common.prepared_requests import get_request
from sepolo_conformance.checks.robustness.requests import expect_no_server_error, short_call
from sepolo_conformance.compare.sequences import Reading, same_rows
from sepolo_conformance.engine import MUST, SANDBOX, Case, Exchange, collect_once, describe, fetch_once, requirement
from sepolo_openapi.contract import Operation

_UNKNOWN = "conformance-unknown"


@requirement("ROB-006", MUST, clause=NO_5XX, title="Repeated and unknown query parameters cause no 5xx response")
def odd_parameters_cause_no_server_error(case: Case) -> None:
    """Sends each operation a parameter twice, with the same value or with another one, and unknown parameters."""
    for exchange in (*_with_repeated_parameter(case), *(exchange for _, exchange in _with_unknown_parameters(case))):
        expect_no_server_error(case, exchange)


@requirement(
    "ROB-011",
    SANDBOX,
    clause="Our own choice: a parameter with two values is ambiguous.",
    title="A repeated query parameter is rejected with 400",
)
def repeated_parameter_is_rejected(case: Case) -> None:
    """Reads the responses to parameters that were sent twice."""
    for exchange in _with_repeated_parameter(case):
        case.status(exchange, 400)


@requirement(
    "ROB-012",
    SANDBOX,
    clause="Our own choice: an empty value is a mistake of the caller, except as cursor of the first page.",
    title="An empty query value is rejected with 400, and an empty cursor returns the first page",
)
def empty_value_is_rejected(case: Case) -> None:
    """Reads the responses to empty values, and requests first pages with an empty cursor."""
    for edge, exchange in edge_responses(case, "edges"):
        if edge.value == "":
            case.expect(exchange.status == 400, f"status 400 for {edge.shown}", describe(exchange), exchange)
    for listing in case.listings(paged_lists(case.contract)):
        call = listing.call.having(pageSize=2)
        first, empty = case.call(call), case.call(call.having(cursor=""))
        expected = "the first page for an empty cursor"
        case.expect(_same_rows(call.operation, first, empty), expected, describe(empty), (first, empty))


@requirement(
    "ROB-013",
    SANDBOX,
    clause="Our own choice: a warning makes misspelt parameters visible.",
    title="An unknown query parameter is ignored and named in X-Sandbox-Warning",
)
def unknown_parameter_is_ignored(case: Case) -> None:
    """Adds unknown parameters to a valid call of each operation, and compares rows and warning with the plain call."""
    for call, first in _with_unknown_parameters(case):
        exchange = first
        case.status(exchange, 200)
        plain = fetch_once(case, call)
        if not _same_rows(call.operation, plain, exchange):  # the suite may have created a report after the plain call
            plain, exchange = case.call(call), _send_unknown(case, call)
        expected = f"{call.operation.operation_id}: the same rows with and without unknown parameters"
        actual = f"{len(exchange.rows)} rows, {len(plain.rows)} without"
        case.expect(_same_rows(call.operation, plain, exchange), expected, actual, exchange)
        warning = exchange.header("x-sandbox-warning") or "no X-Sandbox-Warning"
        case.expect(_UNKNOWN in warning, f"X-Sandbox-Warning: … {_UNKNOWN} …", warning, exchange)


def _same_rows(operation: Operation, *pages: Exchange) -> bool:
    return same_rows(*(Reading(operation, tuple(page.rows), ended=False) for page in pages))


@collect_once
def _with_repeated_parameter(case: Case) -> Iterator[Exchange]:
    """Return the responses to valid calls with one parameter sent twice, requested once in a run."""
    for operation in reads(case.contract):
        with case.part(operation.operation_id):
            call = case.home.call(operation.operation_id)
            call = call if call.query else call.with_page_size(2)
            for index, (name, value) in enumerate(call.query.items()):
                again = value if index % 2 else f"{value}0"
                yield _send_pairs(case, call, [*call.query.items(), (name, again)])


@collect_once
def _with_unknown_parameters(case: Case) -> Iterator[tuple[Call, Exchange]]:
    """Return valid calls with the responses to them and unknown parameters, requested once in a run."""
    for operation in reads(case.contract):
        with case.part(operation.operation_id):
            call = short_call(case, operation)
            yield call, _send_unknown(case, call)


def _send_unknown(case: Case, call: Call) -> Exchange:
    unknown = [(_UNKNOWN, "1"), ("__proto__[x]", "1"), ("$filter", "1 eq 1"), ("", "")]
    return _send_pairs(case, call, [*call.query.items(), *unknown])


def _send_pairs(case: Case, call: Call, pairs: list[tuple[str, object]]) -> Exchange:
    key = case.home.reader(call.operation.operation_id).key
    return case.send(replace(get_request(call, key), target=target_of(call.operation, call.ids, pairs)))
