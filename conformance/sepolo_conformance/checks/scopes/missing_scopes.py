"""Operations whose scope the key lacks: 403 with either header, on every page and before validation, and its body."""

from collections.abc import Iterator

from sepolo_conformance.api.calls import Call, paged_lists, reads
from sepolo_conformance.checks.common.list_walks import second_page_cursor, short_list
from sepolo_conformance.checks.common.prepared_requests import call_by_bearer, head, unknown_ids, unreadable_query
from sepolo_conformance.checks.common.response_checks import excerpt, has_error_and_message, outcome
from sepolo_conformance.checks.scopes.key_matrix import Cell, call_for, cells, cells_without_scope, may_be_implied
from sepolo_conformance.engine import MUST, SANDBOX, SHOULD, Case, requirement
from sepolo_openapi.contract import Operation

_RETURNS_403 = 'Published page: "missing scopes return 403".'


@requirement(
    "SCP-002", MUST, clause=_RETURNS_403, title="A call of an operation whose scope the key lacks is rejected with 403"
)
def missing_scope_is_forbidden(case: Case) -> None:
    """Calls each GET operation with each key that lacks its scope."""
    for cell in cells_without_scope(case):
        case.expect(cell.exchange.status == 403, _expected(cell), outcome(cell.exchange), cell.exchange)


@requirement(
    "SCP-006",
    MUST,
    clause='Published page: "missing scopes return 403"; it shows two headers for a key.',
    title="A call with a Bearer token that lacks the scope is rejected with 403",
)
def bearer_token_needs_scope_too(case: Case) -> None:
    """Calls each GET operation with a Bearer token that lacks its scope; such keys take turns over the operations."""
    for cell in _one_of_each_operation(case):
        exchange = call_by_bearer(case, call_for(case, cell.identity, cell.operation), cell.identity)
        case.expect(exchange.status == 403, f"{_expected(cell)} as Bearer token", outcome(exchange), exchange)


@requirement(
    "SCP-012",
    MUST,
    clause='Published page: "missing scopes return 403". HEAD is GET without a body (RFC 9110, section 9.3.2).',
    title="HEAD on an operation whose scope the key lacks is rejected",
)
def head_needs_scope_too(case: Case) -> None:
    """Sends HEAD to each GET operation with a key that lacks its scope; such keys take turns over the operations. Any
    error is accepted, as a deployment need not support HEAD."""
    for cell in _one_of_each_operation(case):
        exchange = head(case, call_for(case, cell.identity, cell.operation), cell.identity)
        case.expect(not exchange.ok, f"{_expected(cell)} with HEAD, or another error", outcome(exchange), exchange)


def _one_of_each_operation(case: Case) -> Iterator[Cell]:
    """Yield each operation with one of the keys that lack its scope, which take turns."""
    by_operation: dict[str, list[Cell]] = {}
    for cell in cells_without_scope(case):
        by_operation.setdefault(cell.operation.operation_id, []).append(cell)
    for index, found in enumerate(by_operation.values()):
        yield found[index % len(found)]


@requirement(
    "SCP-008",
    SANDBOX,
    clause="Our own choice: the published page lists one scope for each operation and no scope that implies another.",
    title="A write scope does not imply the read scope",
)
def write_scope_does_not_imply_read(case: Case) -> None:
    """Takes the cells of the matrix whose key has the write scope and lacks the read scope."""
    found = [cell for cell in cells(case) if may_be_implied(cell.identity, cell.operation)]
    if not found:
        case.not_tested(
            "needs a key with a write scope and without the read scope, such as one with "
            "service_reports.write alone (--api-key)"
        )
    for cell in found:
        case.expect(cell.exchange.status == 403, _expected(cell), outcome(cell.exchange), cell.exchange)


@requirement(
    "SCP-009",
    SANDBOX,
    clause="Our own choice: otherwise a key without the scope can find out which ids exist.",
    title="A call without the scope is rejected with 403 even if ids or parameters are invalid",
)
def missing_scope_precedes_validation(case: Case) -> None:
    """Calls each GET operation with a key that lacks its scope, with unknown ids and with unreadable parameters."""
    for operation in reads(case.contract):
        if operation.scope == "public_api.read":
            continue  # A key without this scope cannot call /me, so its scopes are unknown.
        with case.part(operation.operation_id):
            identity = case.target.without(operation.scope)
            for call in _invalid_calls(operation):
                exchange = case.call(call, key=identity)
                expected = f"status 403 for an invalid call: {identity.key.placeholder} lacks {operation.scope}"
                case.expect(exchange.status == 403, expected, outcome(exchange), exchange)


@requirement(
    "SCP-011",
    MUST,
    clause=_RETURNS_403,
    title="A later page is rejected for a key that lacks the scope, as the first page is",
)
def later_page_needs_scope(case: Case) -> None:
    """Requests the second page of each list with a key that lacks the scope, by a cursor from a key that has it.

    Any 4xx is accepted, as a cursor may be valid for its own key only.
    """
    for operation in paged_lists(case.contract):
        with case.part(operation.operation_id):
            identity = case.target.without(operation.scope)
            placeholder = identity.key.placeholder
            if may_be_implied(identity, operation):
                case.vacuous(f"{placeholder} has the write scope, which may imply {operation.scope}")
            listing = short_list(case, operation)
            page = case.call(listing.call.having(pageSize=2, cursor=second_page_cursor(case, listing)), key=identity)
            expected = f"{operation.operation_id}: 403 or another 4xx, as {placeholder} lacks {operation.scope}"
            case.expect(400 <= page.status < 500, expected, outcome(page), page)


def _invalid_calls(operation: Operation) -> Iterator[Call]:
    """Yield calls with ids that do not exist, with malformed ids, and with unreadable query values."""
    ids, query = unknown_ids(operation), unreadable_query(operation)
    if ids:
        yield Call(operation, ids)
        yield Call(operation, dict.fromkeys(ids, "x"))
    if query:
        yield Call(operation, ids, query)


def _expected(cell: Cell) -> str:
    return f"status 403 for {cell.operation.operation_id}: {cell.key_and_scopes} lacks {cell.operation.scope}"


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
