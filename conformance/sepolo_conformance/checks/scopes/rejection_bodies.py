"""The body of the 403 response for a missing scope."""

from sepolo_conformance.checks.common.error_responses import excerpt, has_error_and_message
from sepolo_conformance.checks.scopes.key_matrix import Cell, cells_without_scope
from sepolo_conformance.engine import MUST, SHOULD, Case, requirement


@requirement(
    "SCP-003",
    MUST,
    clause='The published page shows 403 with `{"error": "forbidden", "message": "..."}`.',
    title="The 403 response for a missing scope is JSON with the strings error and message",
)
def forbidden_response_is_json(case: Case) -> None:
    """Reads the body and the Content-Type of each 403 response for a missing scope."""
    for cell in _forbidden(case):
        exchange = cell.exchange
        expected = '403 with {"error": "...", "message": "..."}, both strings'
        case.expect(has_error_and_message(exchange), expected, excerpt(exchange), exchange)
        media = exchange.header("content-type") or "no Content-Type"
        case.expect(exchange.media_type == "application/json", "Content-Type: application/json", media, exchange)


@requirement(
    "SCP-004",
    SHOULD,
    clause='The published page shows 403 with `"error": "forbidden"`.',
    title='The error code for a missing scope is "forbidden"',
)
def error_code_is_forbidden(case: Case) -> None:
    """Reads `error` in each 403 response for a missing scope."""
    for cell in _forbidden(case):
        code = cell.exchange.member("error")
        case.expect(code == "forbidden", '"error": "forbidden" with 403', repr(code), cell.exchange)


@requirement(
    "SCP-005",
    SHOULD,
    clause="The 403 example of the published page names the missing scope.",
    title="The message of the 403 response names the missing scope",
)
def message_names_missing_scope(case: Case) -> None:
    """Searches the message of each 403 response for the scope that the key lacks."""
    for cell in _forbidden(case):
        message, scope = str(cell.exchange.member("message")), cell.operation.scope
        case.expect(scope in message, f"a message that names {scope}", message, cell.exchange)


def _forbidden(case: Case) -> list[Cell]:
    found = [cell for cell in cells_without_scope(case) if cell.exchange.status == 403]
    return found or case.vacuous("no missing scope was rejected with 403, see SCP-002")
