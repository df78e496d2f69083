"""Scopes: the matrix of keys and operations, and what a refusal for a missing scope says."""

from collections.abc import Iterator, Mapping
from typing import Any

from sepolo_conformance.api.calls import Call, paged_lists, reads
from sepolo_conformance.checks.common.list_walks import short
from sepolo_conformance.checks.common.service_reports import ServiceReports
from sepolo_conformance.checks.paging.cursor_uses import genuine
from sepolo_conformance.checks.scopes.key_matrix import Cell, call_for, cells, implied, lacking
from sepolo_conformance.engine.case import Case, describe, requirement
from sepolo_conformance.model.requirement import MUST, SANDBOX, SHOULD
from sepolo_conformance.transport.exchange import KEY_HEADER, Exchange
from sepolo_openapi.contract import Operation

_UNKNOWN_ID = "c04f03a5-ace0-4000-8000-000000000000"
_WRITERS = 4
"""Keys without the scope to write that post a report."""


@requirement(
    "SCP-001",
    MUST,
    clause="The page lists one scope for each operation.",
    title="A scope that /me lists opens each of its operations: no 401, no 403",
)
def held_scope_opens(case: Case) -> None:
    """Calls each operation that reads with each key that has its scope."""
    for cell in cells(case):
        if cell.held:
            expected = (
                f"{cell.operation.scope}, which /me lists for {cell.whose}, to open {cell.operation.operation_id}"
            )
            case.expect(cell.exchange.status not in (401, 403), expected, describe(cell.exchange), cell.exchange)


@requirement(
    "SCP-002",
    MUST,
    clause='The page: "missing scopes return 403".',
    title="An operation whose scope the key lacks is answered 403",
)
def lacked_scope_shuts(case: Case) -> None:
    """Calls each operation that reads with each key that lacks its scope."""
    for cell in lacking(case):
        case.expect(cell.exchange.status == 403, _refusal(cell), _outcome(cell.exchange), cell.exchange)


@requirement(
    "SCP-003",
    MUST,
    clause='The page shows 403 with `{"error": "forbidden", "message": "..."}`.',
    title="403 for a missing scope is JSON with error and message, both text",
)
def refusal_is_json(case: Case) -> None:
    """Reads the body and the Content-Type of each 403 that a missing scope brought."""
    for cell in _refused(case):
        exchange = cell.exchange
        held = all(isinstance(exchange.member(name), str) for name in ("error", "message"))
        actual = exchange.fault or exchange.body[:200].decode("utf-8", "replace")
        case.expect(held, '403 with {"error": "...", "message": "..."}, both text', actual, exchange)
        media = exchange.header("content-type") or "no Content-Type"
        case.expect(exchange.media_type == "application/json", "Content-Type: application/json", media, exchange)


@requirement(
    "SCP-004",
    SHOULD,
    clause='The page shows 403 with `"error": "forbidden"`.',
    title="The error of a missing scope is forbidden",
)
def refusal_is_forbidden(case: Case) -> None:
    """Reads error in each 403 that a missing scope brought."""
    for cell in _refused(case):
        word = cell.exchange.member("error")
        case.expect(word == "forbidden", '"error": "forbidden" with 403', repr(word), cell.exchange)


@requirement(
    "SCP-005",
    SHOULD,
    clause="The page's example of 403 names the scope that the key lacks.",
    title="The message of 403 names the missing scope",
)
def refusal_names_scope(case: Case) -> None:
    """Looks for the missing scope in the message of each 403 that it brought."""
    for cell in _refused(case):
        message = str(cell.exchange.member("message"))
        case.expect(
            cell.operation.scope in message, f"a message that names {cell.operation.scope}", message, cell.exchange
        )


@requirement(
    "SCP-006",
    MUST,
    clause='The page: "missing scopes return 403", and shows two headers for a key.',
    title="A missing scope is answered 403 when the key comes by Authorization: Bearer, too",
)
def bearer_is_no_way_round(case: Case) -> None:
    """Calls each operation that reads with a key that lacks its scope, after Bearer, taking such keys in turn."""
    by_operation: dict[str, list[Cell]] = {}
    for cell in lacking(case):
        by_operation.setdefault(cell.operation.operation_id, []).append(cell)
    for index, found in enumerate(by_operation.values()):
        cell = found[index % len(found)]
        key = cell.identity.key
        headers = {"Accept": "application/json", "Authorization": f"Bearer {key.secret}"}
        exchange = case.bare(call_for(case, cell.identity, cell.operation), headers, key)
        case.expect(exchange.status == 403, f"{_refusal(cell)}, after Bearer too", _outcome(exchange), exchange)


@requirement(
    "SCP-007",
    MUST,
    clause='The page: service_reports.write is "not granted to normal read-only API keys".',
    title="A service report from a key without service_reports.write is answered 403, and nothing is created",
)
def read_only_keys_create_nothing(case: Case) -> None:
    """Posts reports with keys that lack service_reports.write, in either header, and looks for them in the list."""
    case.target.without("service_reports.write")
    identities = [
        entry for entry in case.target.identities() if entry.scopes and not entry.holds("service_reports.write")
    ]
    home = case.target.main().organization_id
    ours = sorted(
        (entry for entry in identities if entry.organization_id == home), key=lambda entry: len(entry.scopes or ())
    )
    reports = ServiceReports(case, case.home, refused=True)
    before: Mapping[str, Any] | None = None
    with case.part("listServiceReports"):
        before = reports.reports()
    # The key of most scopes is tried in both headers: a scope may be looked up by one of them only.
    ways = [*((entry, False) for entry in ours[-_WRITERS:]), *((entry, True) for entry in ours[-1:])]
    titles, answers = [], []
    for identity, bearer in ways:
        body = reports.body("no scope")
        exchange = reports.post(body, key=identity, bearer=bearer)
        header = "Authorization" if bearer else KEY_HEADER
        reports.expect_refused(
            exchange, 403, f"for {identity.key.placeholder} in {header}, which lacks the scope to write"
        )
        titles.append(body["title"])
        answers.append(exchange)
    if before is not None:
        with case.part("listServiceReports"):
            reports.expect_none_new(before, titles, answers)


@requirement(
    "SCP-008",
    SANDBOX,
    clause="Our own choice: the page lists one scope for each operation and no order among them.",
    title="A scope to write doesn't open what asks for the scope to read",
)
def write_is_not_read(case: Case) -> None:
    """Takes the cells of the matrix where a key may write and not read."""
    found = [cell for cell in cells(case) if implied(cell.identity, cell.operation)]
    if not found:
        case.not_tested("needs a key that may write and not read: one with service_reports.write alone (--api-key)")
    for cell in found:
        case.expect(cell.exchange.status == 403, _refusal(cell), _outcome(cell.exchange), cell.exchange)


@requirement(
    "SCP-009",
    SANDBOX,
    clause="Our own choice: otherwise a key without the scope could learn which ids exist.",
    title="A missing scope is answered 403 whether or not ids and parameters are right",
)
def scope_comes_first(case: Case) -> None:
    """Calls each operation with a key that lacks its scope, with unknown ids, and with unreadable parameters."""
    for operation in reads(case.contract):
        if operation.scope == "public_api.read":
            continue  # a key without it may not even say what it has
        with case.part(operation.operation_id):
            identity = case.target.without(operation.scope)
            for call in _wrong_calls(operation):
                exchange = case.call(call, key=identity)
                expected = f"status 403, as {identity.key.placeholder} lacks {operation.scope}, whatever else is wrong"
                case.expect(exchange.status == 403, expected, _outcome(exchange), exchange)


@requirement(
    "SCP-010",
    SANDBOX,
    clause="Our own choice: the page's example leaves public_api.read out.",
    title="/me lists public_api.read and only scopes of the contract, each once",
)
def listed_scopes(case: Case) -> None:
    """Compares the scopes that /me lists for each key with those of the contract."""
    for identity in case.target.identities():
        if identity.answer is not None:
            listed = identity.answer.member("scopes")
            case.need(isinstance(listed, list), "scopes to be an array", repr(listed), identity.answer)
            strange = [scope for scope in listed if scope not in case.contract.scopes]
            held = not strange and len(set(listed)) == len(listed) and "public_api.read" in listed
            expected = "public_api.read, and scopes of the contract, each once"
            case.expect(held, expected, ", ".join(map(str, listed)), identity.answer)


@requirement(
    "SCP-011",
    MUST,
    clause='The page: "missing scopes return 403".',
    title="A page after the first is refused to a key that lacks the scope, as the first is",
)
def later_pages(case: Case) -> None:
    """Asks for the second page of each list, by a cursor that was given to a key with the scope, with a key without it.

    A cursor may be good for its own key only, so that any refusal will do.
    """
    for operation in paged_lists(case.contract):
        with case.part(operation.operation_id):
            identity = case.target.without(operation.scope)
            if implied(identity, operation):
                case.vacuous(f"{identity.key.placeholder} may write what it may not read")
            listing = short(case, operation)
            page = case.call(listing.call.having(pageSize=2, cursor=genuine(case, listing)), key=identity)
            expected = f"403, or another refusal, for {identity.key.placeholder}, which lacks {operation.scope}"
            case.expect(400 <= page.status < 500, f"{operation.operation_id}: {expected}", _outcome(page), page)


def _wrong_calls(operation: Operation) -> Iterator[Call]:
    """Yield calls with made-up ids, and with values that no parser takes."""
    ids = {parameter.name: _UNKNOWN_ID for parameter in operation.parameters if parameter.where == "path"}
    typed = [entry.name for entry in operation.parameters if entry.where == "query" and "format" in entry.schema]
    if ids:
        yield Call(operation, ids)
        yield Call(operation, dict.fromkeys(ids, "x"))
    if typed:
        yield Call(operation, ids, dict.fromkeys(typed, "x"))


def _refused(case: Case) -> list[Cell]:
    found = [cell for cell in lacking(case) if cell.exchange.status == 403]
    return found or case.vacuous("no missing scope was answered 403, see SCP-002")


def _refusal(cell: Cell) -> str:
    return f"status 403 for {cell.operation.operation_id}, as {cell.whose} lacks {cell.operation.scope}"


def _outcome(exchange: Exchange) -> str:
    return f"{describe(exchange)} with {len(exchange.rows)} rows" if exchange.rows else describe(exchange)
