"""A key reads the same data whichever of the two authentication headers carries it."""

from sepolo_conformance.api.calls import Call, is_paged
from sepolo_conformance.api.identity import Identity
from sepolo_conformance.checks.common.clauses import BOTH_HEADERS
from sepolo_conformance.checks.common.prepared_requests import call_by_bearer
from sepolo_conformance.compare.rows import Row, fingerprint, normal_value
from sepolo_conformance.engine import MUST, Case, Exchange, NotTested, Vacuous, describe, requirement
from sepolo_conformance.target.discovery import Discovery
from sepolo_openapi.contract import Operation

_SECOND_PAGES = 3
"""Lists whose second page is read with either header."""
_VOLATILE = ("nextCursor", "generatedOn", "serverTimeUtc")
"""Members that change from call to call."""


@requirement(
    "ISO-011", MUST, clause=BOTH_HEADERS, title="Each operation returns the same data to a key in either header"
)
def same_data_in_either_header(case: Case) -> None:
    """Sends each GET with the key in either header and compares the responses; of three lists the second page too.

    Uses a key of the second organisation if there is one: a deployment that ignores one of the headers may fall back to
    the data of the first. Before it a key of the first organisation sends the same request with Bearer, as a cache may
    leave out the header that carries the key.
    """
    followed = []
    for operation in case.contract.operations.values():
        if operation.method != "GET":
            continue
        with case.part(operation.operation_id):
            data = _second_organisation(case, operation)
            key = data.reader(operation.operation_id)
            call = data.call(operation.operation_id).with_page_size(5)
            plain = case.call(call, key=key)
            if data is case.away and not call.ids:
                call_by_bearer(case, call, case.home.reader(operation.operation_id))
            bearer = call_by_bearer(case, call, key)
            _expect_same(case, call, key, (plain, bearer))
            cursor = plain.member("nextCursor")
            if is_paged(operation) and isinstance(cursor, str):
                followed.append((operation.operation_id, call.having(cursor=cursor), key, plain))
    for name, call, key, first in case.rng.sample(followed, min(_SECOND_PAGES, len(followed))):
        with case.part(f"{name}, second page"):
            plain = case.call(call, key=key, follows=first)
            _expect_same(case, call, key, (plain, call_by_bearer(case, call, key)))


def _second_organisation(case: Case, operation: Operation) -> Discovery:
    """Return the data of the second organisation if it has a call of the operation, otherwise of the first."""
    try:
        case.away.call(operation.operation_id)
    except (NotTested, Vacuous):
        return case.home
    return case.away


def _expect_same(case: Case, call: Call, key: Identity, exchanges: tuple[Exchange, Exchange]) -> None:
    """Expect the same content with either header, unless the data changed between the two requests."""
    plain, bearer = exchanges
    wanted, actual = _content(plain), _content(bearer)
    if actual != wanted and _content(case.call(call, key=key, follows=plain.follows)) != wanted:
        case.vacuous("the data changed between the two requests")
    expected = f"the same as with X-Sepolo-Api-Key: {describe(plain)} {wanted[:200]}"
    case.expect(actual == wanted, expected, f"{describe(bearer)} {actual[:200]}", exchanges)


def _content(exchange: Exchange) -> str:
    """Return the rows or the object of a response in a form to compare, in any order and without volatile members."""
    rows = exchange.rows or [exchange.data if exchange.fault is None and isinstance(exchange.data, dict) else {}]
    plain = [normal_value(row) for row in rows]
    return str(sorted(fingerprint(None, row) or str(_steady_members(row)) for row in plain))


def _steady_members(row: Row) -> list[tuple[str, str]]:
    return sorted((name, str(value)) for name, value in row.items() if name not in _VOLATILE)
