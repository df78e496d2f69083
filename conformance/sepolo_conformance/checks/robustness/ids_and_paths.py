"""Unusual and percent-encoded ids, long URLs, and paths that differ from those of the API by a slash or by case."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from sepolo_conformance.api.calls import Call, reads
from sepolo_conformance.api.identity import authorised
from sepolo_conformance.checks.common.clauses import NO_5XX
from sepolo_conformance.checks.common.prepared_requests import get_request
from sepolo_conformance.checks.robustness.requests import expect_no_server_error, short_call
from sepolo_conformance.engine import MUST, SANDBOX, SHOULD, Case, Exchange, Request, describe, requirement
from sepolo_conformance.model.keys import Key

ODD_IDS_EVERYWHERE = ("%00", "%C3%28", "..%2F..%2Fme")
"""Percent-encoded ids that every operation gets: NUL, invalid UTF-8, and a path."""
ODD_IDS = (
    "%F0%9F%92%A9",
    "a%2Fb",
    "%25",
    "%27%20OR%20%271%27%3D%271",
    "%E2%80%AEx",
    "%0D%0Ax",
    "%3Fx%3D1%23y",
    "x" * 1_000,
    "*",
)
"""Percent-encoded ids that operations get in turn: an emoji, a slash, a percent sign, SQL, right-to-left text, a line
break, a query with a fragment, 1,000 characters, and a wildcard."""
_ODD_IDS_PER_PARAMETER = 2
_LONG = "x" * 8_000


@dataclass(frozen=True, slots=True)
class OddIdRequest:
    """A request with an odd id in a path parameter. `may_change_path`: a proxy may read the id as part of the path."""

    request: Request
    parameter: str
    may_change_path: bool


@requirement(
    "ROB-003", MUST, clause=NO_5XX, title="A percent-encoded id of unusual characters returns neither data nor 5xx"
)
def odd_id_returns_no_data(case: Case) -> None:
    """Sends NUL, invalid UTF-8, emoji, slashes and query characters, percent-encoded, in each path parameter.

    An empty list is accepted. Data is accepted where a proxy may have read the id as another path.
    """
    for index, operation in enumerate(reads(case.contract)):
        with case.part(operation.operation_id):
            call = case.home.call(operation.operation_id)
            key = case.home.reader(operation.operation_id).key
            for odd in odd_id_requests(call, key, index, _ODD_IDS_PER_PARAMETER):
                exchange = case.send(odd.request)
                expect_no_server_error(case, exchange, f" for an odd {odd.parameter}")
                has_data = exchange.ok and (bool(exchange.rows) or operation.returns == "object")
                expected = f"no data for a {odd.parameter} that cannot exist"
                case.expect(odd.may_change_path or not has_data, expected, describe(exchange), exchange)


def odd_id_requests(call: Call, key: Key, turn: int, count: int) -> Iterator[OddIdRequest]:
    """Yield requests with an odd id in each path parameter: those for every operation, and `count` more.

    `turn` is the position of the operation, so that operations together get all odd ids.
    """
    for place, name in enumerate(call.ids):
        start = (turn + place) * count
        in_turn = (ODD_IDS[(start + step) % len(ODD_IDS)] for step in range(count))
        for value in (*ODD_IDS_EVERYWHERE, *in_turn):
            yield OddIdRequest(_request(call, key, {name: value}), name, "%2F" in value or "%3F" in value)


@requirement(
    "ROB-004",
    SHOULD,
    clause="RFC 3986, section 2.3: URIs that differ in the percent-encoding of unreserved characters are equivalent.",
    title="An id with every character percent-encoded identifies the same resource",
)
def percent_encoded_id_is_equivalent(case: Case) -> None:
    """Sends valid ids with every character percent-encoded, and compares the response with the usual one."""
    for operation in reads(case.contract):
        if "{" in operation.path:
            with case.part(operation.operation_id):
                call, key = short_call(case, operation), case.home.reader(operation.operation_id).key
                first = case.send(get_request(call, key))
                second = case.send(percent_encoded_request(call, key))
                if first.status == 200:
                    expected = f"the same as for the id as it is: 200 with {_summary(first)}"
                    same = second.status == 200 and _summary(first) == _summary(second)
                    actual = f"200 with {_summary(second)}" if second.ok else describe(second)
                    case.expect(same, expected, actual, (first, second))


def percent_encoded_request(call: Call, key: Key) -> Request:
    """Return the request of a call with every character of its ids percent-encoded."""
    return _request(
        call, key, {name: "".join(f"%{byte:02X}" for byte in value.encode()) for name, value in call.ids.items()}
    )


def _request(call: Call, key: Key, encoded_ids: dict[str, str]) -> Request:
    """Return the request of a call with some ids in the given encoding, the others in the usual one."""
    path = call.operation.path
    for name, value in call.ids.items():
        path = path.replace(f"{{{name}}}", encoded_ids.get(name) or quote(value, safe=""))
    _, question_mark, query = call.target.partition("?")
    target = f"{path}{question_mark}{query}"
    return Request("GET", target, authorised(key), key=key, operation_id=call.operation.operation_id)


def _summary(exchange: Exchange) -> str:
    """Return the number of rows, or the ids of an object: facts that updates between two calls rarely change."""
    if exchange.rows:
        return f"{len(exchange.rows)} rows"
    found = exchange.data if exchange.fault is None and isinstance(exchange.data, dict) else {}
    return ", ".join(
        f"{name} {value}" for name, value in found.items() if name.endswith("Id") and isinstance(value, str)
    )


@requirement("ROB-005", MUST, clause=NO_5XX, title="A URL of 8,000 characters causes no 5xx response")
def long_url_causes_no_server_error(case: Case) -> None:
    """Sends 8,000 characters as an id, a filter, a cursor and an unknown parameter."""
    key = case.target.main().key
    queries = {"listAssets": "customerId", "listDevices": "cursor", "listVendors": "unknown", "getMe": "unknown"}
    for name, parameter in queries.items():
        expect_no_server_error(case, case.get(name, query={parameter: _LONG}, key=key))
    for name in ("getDevice", "getAsset"):
        operation = case.operation(name)
        ids = {parameter.name: _LONG for parameter in operation.parameters if parameter.where == "path"}
        expect_no_server_error(case, case.get(operation, ids, key=key))


@requirement(
    "ROB-019",
    SANDBOX,
    clause="Our own choice: every resource has exactly one path.",
    title="A path with a trailing slash or in another case is answered with 404",
)
def path_variant_is_not_found(case: Case) -> None:
    """Requests each path without ids with a trailing slash, and with a capital letter."""
    key = case.target.main().key
    for operation in reads(case.contract):
        if "{" not in operation.path:
            head, _, last = operation.path.rpartition("/")
            for target in (f"{operation.path}/", f"{head}/{last.capitalize()}"):
                case.status(case.send(Request("GET", target, authorised(key), key=key)), 404)
