"""Robustness: what Schemathesis makes up, odd ids and headers, many requests at once, and plain HTTP."""

import re
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from sepolo_conformance.api.calls import Call, is_paged, paged_lists, reads, target_of
from sepolo_conformance.api.identity import Identity, authorised
from sepolo_conformance.checks.common.boundary_values import EDGES, edge_responses
from sepolo_conformance.checks.robustness.odd_requests import HEADERS, encoded, plain, strange
from sepolo_conformance.engine.case import Case, describe, observe, requirement
from sepolo_conformance.engine.registry import TOUR, Mismatch
from sepolo_conformance.engine.shared_responses import collect_once, fetch_once
from sepolo_conformance.model.outcomes import NotTested, RunError
from sepolo_conformance.model.requirement import MUST, SANDBOX, SHOULD
from sepolo_conformance.transport.exchange import Exchange, Request
from sepolo_openapi.contract import Operation

_AGAIN, _FUZZED, _STRANGE = 1, 4, 2
"""Values sent again, requests made up, and odd ids, for each operation; the seed of the run chooses which."""
_LONG = "x" * 8_000
_ROUNDS, _THREADS, _BRISK = 8, 6, 600
_CHAINS, _LINKS = 2, 22
_SPOKEN = ("getMovementSignature", "listMovements", "getTelemetryDaily")
"""Operations that show numbers with decimals, and of which two have a window."""


# -- Made up by Schemathesis -------------------------------------------------------------------------------------


@requirement(
    "ROB-001",
    MUST,
    clause='The page: "validation errors return 400", and unexpected failures 500: none is expected.',
    title="No edge case that Schemathesis derives from the contract makes the server fail",
)
def derived_values(case: Case) -> None:
    """Puts values that Schemathesis derives from the contract into a real call of each operation, one by one.

    They are the edges of each schema, wrong types, and the examples; and once all parameters together. Each value is
    put into one operation at least that has the parameter, and a few more; into which follows from the run's seed.
    """
    case.target.main()
    from sepolo_conformance.checks.robustness.generated_calls import (  # noqa: PLC0415 - slow to import
        derived,
        optional,
        put,
    )

    used: set[tuple[str, str]] = set()
    operations = _with_parameters(case)
    for operation in case.rng.sample(operations, len(operations)):
        with case.part(operation.operation_id):
            call = _short(case, operation)
            values = derived(operation.operation_id)
            mixed = case.rng.sample(values, len(values))
            chosen = {*mixed[:_AGAIN], *(value for value in mixed if value not in used)}
            used |= chosen
            for made in (optional(call), *(put(call, name, value) for name, value in sorted(chosen))):
                _expect_no_failure(case, fetch_once(case, made))


@requirement(
    "ROB-002",
    MUST,
    clause='The page: "validation errors return 400", and unexpected failures 500: none is expected.',
    title="No request that Schemathesis makes up round real ids and windows makes the server fail",
)
def fuzzed_requests(case: Case) -> None:
    """Lets Schemathesis make up some values of a real call of each operation, right ones and wrong ones, seeded."""
    case.target.main()
    from sepolo_conformance.checks.robustness.generated_calls import fuzzed  # noqa: PLC0415 - slow to import

    for operation in _with_parameters(case):
        with case.part(operation.operation_id):
            call = _short(case, operation)
            case.forall(fuzzed(call), lambda made: _expect_no_failure(case, case.call(made)), examples=_FUZZED)


@requirement(
    "ROB-020",
    MUST,
    clause='The page: "validation errors return 400", and unexpected failures 500: none is expected.',
    title="What one answer shows can be asked for in the next, call after call, without making the server fail",
)
def chains_of_calls(case: Case) -> None:
    """Makes calls one after another, as Hypothesis decides, each with the ids that earlier answers show."""
    calls = []
    for operation in reads(case.contract):
        with case.part(operation.operation_id):
            calls.append(case.home.call(operation.operation_id))
    if not calls:
        return
    from sepolo_conformance.checks.robustness.call_chains import follower  # noqa: PLC0415

    case.machine(follower(case, calls), examples=_CHAINS, steps=_LINKS)


def _with_parameters(case: Case) -> list[Operation]:
    return [operation for operation in reads(case.contract) if operation.parameters]


def _short(case: Case, operation: Operation) -> Call:
    """Return a call with data, in pages of two rows."""
    call = case.home.call(operation.operation_id)
    return call.with_page_size(2)


def _expect_no_failure(case: Case, exchange: Exchange, why: str = "") -> None:
    what = exchange.request.operation_id or exchange.request.target
    odd_method = exchange.status == 501 and exchange.request.method not in ("GET", "POST")
    case.expect(exchange.status < 500 or odd_method, f"{what} to answer without 5xx{why}", describe(exchange), exchange)


# -- Odd ids and addresses ---------------------------------------------------------------------------------------


@requirement(
    "ROB-003",
    MUST,
    clause='The page: "validation errors return 400", and unexpected failures 500: none is expected.',
    title="An id of odd characters, percent-encoded, is answered neither with success nor with 5xx",
)
def strange_ids(case: Case) -> None:
    """Puts NUL, broken UTF-8, emoji, slashes and marks of queries, percent-encoded, into each id of each path.

    An empty list is tolerated, and so is any answer but 5xx where a proxy may have read the id as another path.
    """
    for index, operation in enumerate(reads(case.contract)):
        with case.part(operation.operation_id):
            call = case.home.call(operation.operation_id)
            key = case.home.reader(operation.operation_id).key
            for odd in strange(call, key, index, _STRANGE):
                exchange = case.send(odd.request)
                _expect_no_failure(case, exchange, f" for an odd {odd.parameter}")
                shows = exchange.ok and (bool(exchange.rows) or operation.returns == "object")
                expected = f"no data for a {odd.parameter} that can't exist"
                case.expect(odd.escapes or not shows, expected, describe(exchange), exchange)


@requirement(
    "ROB-004",
    SHOULD,
    clause="RFC 3986, section 2.3: letters and digits mean the same whether percent-encoded or not.",
    title="An id means the same thing however it is percent-encoded",
)
def other_encoding(case: Case) -> None:
    """Asks for real ids with each character percent-encoded, and compares with the plain request."""
    for operation in reads(case.contract):
        if "{" in operation.path:
            with case.part(operation.operation_id):
                call, key = _short(case, operation), case.home.reader(operation.operation_id).key
                first, second = case.send(plain(call, key)), case.send(encoded(call, key))
                if first.status == 200:
                    expected = f"the same as for the plain id: 200 with {_seen(first)}"
                    same = second.status == 200 and _seen(first) == _seen(second)
                    actual = f"200 with {_seen(second)}" if second.ok else describe(second)
                    case.expect(same, expected, actual, (first, second))


def _seen(exchange: Exchange) -> str:
    """Return how much an answer shows, which moving data hardly change."""
    if exchange.rows:
        return f"{len(exchange.rows)} rows"
    found = exchange.data if exchange.fault is None and isinstance(exchange.data, dict) else {}
    return ", ".join(
        f"{name} {value}" for name, value in found.items() if name.endswith("Id") and isinstance(value, str)
    )


@requirement(
    "ROB-005",
    MUST,
    clause='The page: "validation errors return 400", and unexpected failures 500: none is expected.',
    title="An address of 8,000 characters doesn't make the server fail",
)
def long_addresses(case: Case) -> None:
    """Sends 8,000 characters as an id, a filter, a cursor and an unknown parameter."""
    key = case.target.main().key
    queries = {"listAssets": "customerId", "listDevices": "cursor", "listVendors": "unknown", "getMe": "unknown"}
    for name, parameter in queries.items():
        _expect_no_failure(case, case.get(name, query={parameter: _LONG}, key=key))
    for name in ("getDevice", "getAsset"):
        operation = case.operation(name)
        ids = {parameter.name: _LONG for parameter in operation.parameters if parameter.where == "path"}
        _expect_no_failure(case, case.get(operation, ids, key=key))


# -- Odd parameters ----------------------------------------------------------------------------------------------


@requirement(
    "ROB-006",
    MUST,
    clause='The page: "validation errors return 400", and unexpected failures 500: none is expected.',
    title="Parameters that are repeated, or that nobody knows, don't make the server fail",
)
def odd_parameters(case: Case) -> None:
    """Sends each operation a parameter twice, the same and another value, and parameters that nobody knows."""
    for exchange in (*_repeated(case), *(exchange for _, exchange in _unknown(case))):
        _expect_no_failure(case, exchange)


@requirement(
    "ROB-011",
    SANDBOX,
    clause="Our own choice: nobody can say which value was meant.",
    title="A parameter that is given twice is answered 400",
)
def repeated_parameters(case: Case) -> None:
    """Looks at the answers to parameters that were sent twice."""
    for exchange in _repeated(case):
        case.status(exchange, 400)


@requirement(
    "ROB-013",
    SANDBOX,
    clause="Our own choice: a misspelt parameter should be noticed.",
    title="A parameter that nobody knows changes nothing and is named in X-Sandbox-Warning",
)
def unknown_parameters(case: Case) -> None:
    """Adds unknown parameters to a call of each operation; compares status, warning and rows with the plain call."""
    for plain_call, exchange in _unknown(case):
        case.status(exchange, 200)
        rows = fetch_once(case, plain_call).rows
        expected = f"{plain_call.operation.operation_id}: the same rows with and without unknown parameters"
        case.expect(exchange.rows == rows, expected, f"{len(exchange.rows)} rows, {len(rows)} without", exchange)
        warning = exchange.header("x-sandbox-warning") or "no X-Sandbox-Warning"
        case.expect("conformance-unknown" in warning, "X-Sandbox-Warning: … conformance-unknown …", warning, exchange)


@requirement(
    "ROB-012",
    SANDBOX,
    clause="Our own choice: an empty value is a fault in the caller's code, but for a first page's cursor.",
    title="An empty value is answered 400, an empty cursor is the first page",
)
def empty_values(case: Case) -> None:
    """Looks at the answers to empty values, and reads first pages with an empty cursor."""
    for edge, exchange in edge_responses(case, "edges", EDGES):
        if edge.value == "":
            case.expect(exchange.status == 400, f"status 400 for {edge.shown}", describe(exchange), exchange)
    for listing in case.listings(paged_lists(case.contract)):
        call = listing.call.having(pageSize=2)
        first, empty = case.call(call), case.call(call.having(cursor=""))
        case.expect(first.rows == empty.rows, "an empty cursor to give the first page", describe(empty), (first, empty))


def _repeated(case: Case) -> list[Exchange]:
    def ask() -> Iterator[Exchange]:
        for operation in reads(case.contract):
            with case.part(operation.operation_id):
                call = case.home.call(operation.operation_id)
                call = call if call.query or not is_paged(operation) else call.having(pageSize=2)
                for index, (name, value) in enumerate(call.query.items()):
                    again = value if index % 2 else f"{value}0"
                    yield _with_pairs(case, call, [*call.query.items(), (name, again)])

    return collect_once(case, ("robustness", "repeated"), ask)


def _unknown(case: Case) -> list[tuple[Call, Exchange]]:
    def ask() -> Iterator[tuple[Call, Exchange]]:
        for operation in reads(case.contract):
            with case.part(operation.operation_id):
                call = _short(case, operation)
                odd = [("conformance-unknown", "1"), ("__proto__[x]", "1"), ("$filter", "1 eq 1"), ("", "")]
                yield call, _with_pairs(case, call, [*call.query.items(), *odd])

    return collect_once(case, ("robustness", "unknown"), ask)


def _with_pairs(case: Case, call: Call, pairs: list[tuple[str, object]]) -> Exchange:
    key = case.home.reader(call.operation.operation_id).key
    target = target_of(call.operation, call.ids, pairs)
    return case.send(replace(plain(call, key), target=target))


# -- Odd headers and methods -------------------------------------------------------------------------------------


@requirement(
    "ROB-007",
    MUST,
    clause='The page: "validation errors return 400", and unexpected failures 500: none is expected.',
    title="Odd but legal headers and methods don't make the server fail",
)
def odd_headers(case: Case) -> None:
    """Sends odd headers to two operations, a body with GET to another, and HEAD and OPTIONS to all that read."""
    for name in ("getMe", "listAssets"):
        with case.part(name):
            request = plain(_short(case, case.operation(name)), case.home.reader(name).key)
            for header in HEADERS:
                kept = tuple(pair for pair in request.headers if pair[0] != header[0])
                _expect_no_failure(case, case.send(replace(request, headers=(*kept, header))))
    with case.part("listVendors"):
        request = plain(case.home.call("listVendors"), case.home.reader("listVendors").key)
        for body in (b"{}", b"not JSON"):
            headers = (*request.headers, ("Content-Type", "application/json"))
            _expect_no_failure(case, case.send(replace(request, headers=headers, body=body)))
    for exchange in (*(head for _, head in _heads(case)), *_options(case)):
        _expect_no_failure(case, exchange)


@requirement(
    "ROB-009",
    SANDBOX,
    clause="Our own choice, after RFC 9110, section 9.3.2.",
    title="HEAD is answered as GET is, without the body",
)
def head_is_get(case: Case) -> None:
    """Compares HEAD with what GET is answered: the status, the type of the body, and that there is none."""
    for call, head in _heads(case):
        case.status(head, 200)
        case.expect(head.body == b"" and head.media_type == "application/json", "headers alone", head.headers, head)
        name = call.operation.operation_id
        request = replace(plain(call, None), method="HEAD")
        case.expect(
            (found := case.send(request)).status == 401, f"401 for HEAD {name} without a key", found.status, found
        )


@requirement(
    "ROB-010",
    SANDBOX,
    clause="Our own choice: browsers ask before they send a key.",
    title="OPTIONS is answered 204 without a key, with Allow, and lets other origins in",
)
def options(case: Case) -> None:
    """Sends OPTIONS without a key to every path, as a browser does before it asks from another origin."""
    offered: dict[str, set[str]] = {}
    for operation in case.contract.operations.values():
        offered.setdefault(operation.path, set()).add(operation.method)
    for exchange in _options(case):
        case.status(exchange, 204)
        methods = offered[next(path for path in offered if _fits(path, exchange.request.target))]
        allowed = {word.strip() for word in (exchange.header("allow") or "").split(",")}
        case.expect(allowed == {*methods, "HEAD", "OPTIONS"}, f"Allow: {', '.join(sorted(methods))}", allowed, exchange)
        lets_in = exchange.header("access-control-allow-origin") in ("*", "https://example.com")
        headers = (exchange.header("access-control-allow-headers") or "").lower()
        case.expect(
            lets_in and "x-sepolo-api-key" in headers, "other origins and the key's header let in", headers, exchange
        )


def _fits(path: str, target: str) -> bool:
    return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), target) is not None


def _heads(case: Case) -> list[tuple[Call, Exchange]]:
    def ask() -> Iterator[tuple[Call, Exchange]]:
        for operation in reads(case.contract):
            with case.part(operation.operation_id):
                call, key = _short(case, operation), case.home.reader(operation.operation_id).key
                yield call, case.send(replace(plain(call, key), method="HEAD"))

    return collect_once(case, ("robustness", "heads"), ask)


def _options(case: Case) -> list[Exchange]:
    def ask() -> Iterator[Exchange]:
        asked = (
            ("Origin", "https://example.com"),
            ("Access-Control-Request-Method", "GET"),
            ("Access-Control-Request-Headers", "x-sepolo-api-key"),
        )
        for path in dict.fromkeys(operation.path for operation in case.contract.operations.values()):
            yield case.send(Request("OPTIONS", re.sub(r"\{\w+\}", "x", path), asked))

    return collect_once(case, ("robustness", "options"), ask)


@requirement(
    "ROB-014",
    SANDBOX,
    clause="Our own choice: the API has but one format.",
    title="Whatever Accept asks for, the answer is JSON",
)
def always_json(case: Case) -> None:
    """Asks for other formats by Accept, and for none."""
    key = case.target.main().key
    for accept in ("text/html", "application/xml", "image/png;q=1, application/json;q=0", ";;;"):
        exchange = case.bare("getMe", {"X-Sepolo-Api-Key": key.secret, "Accept": accept}, key)
        case.status(exchange, 200)
        media = exchange.media_type
        case.expect(media == "application/json", f"application/json for Accept: {accept}", media, exchange)


@requirement(
    "ROB-015",
    SANDBOX,
    clause="Our own choice, after RFC 9110, section 13.1.2.",
    title="An answer has an ETag, and 304 is the answer to one who has it; /me isn't stored",
)
def not_modified(case: Case) -> None:
    """Sends the ETag of each HEAD back with GET, and one that is of nothing; and reads Cache-Control."""
    for call, head in _heads(case):
        etag, stored = head.header("etag"), head.header("cache-control") or ""
        if not case.expect(bool(etag), "an ETag", "none", head):
            continue
        wanted = "no-store" if call.operation.operation_id == "getMe" else "private"
        case.expect(wanted in stored, f"Cache-Control with {wanted}", stored, head)
        same = case.get(call.operation, call.ids, call.query, headers={"If-None-Match": etag or ""}, follows=head)
        case.expect(same.status == 304 and not same.body, f"304 without a body for {etag}", same.status, same)
    other = case.get("listVendors", headers={"If-None-Match": '"of-nothing"'})
    case.status(other, 200)


@requirement(
    "ROB-016",
    SANDBOX,
    clause="Our own choice, after RFC 9110, section 12.5.3.",
    title="With Accept-Encoding: gzip the answer is smaller and the same",
)
def compressed(case: Case) -> None:
    """Reads some lists with and without compression."""
    for name in ("listVendors", "listAssets", "listDevices"):
        with case.part(name):
            call = case.home.listing(name).call
            first = case.call(call)
            second = case.get(call.operation, call.ids, call.query, headers={"Accept-Encoding": "gzip"})
            coding, sizes = second.header("content-encoding"), [_length(first), _length(second)]
            case.expect(
                coding == "gzip" and sizes[1] < sizes[0], "a smaller body, gzip", f"{coding}, {sizes}", (first, second)
            )
            case.expect(first.body == second.body, "the same data", "other data", (first, second))
            vary = second.header("vary") or "no Vary"
            case.expect("accept-encoding" in vary.lower(), "Vary: Accept-Encoding", vary, second)


def _length(exchange: Exchange) -> int:
    return int(exchange.header("content-length") or len(exchange.body))


@requirement(
    "ROB-021",
    SHOULD,
    clause="The page writes numbers and instants in one way, and names no language.",
    title="Accept-Language changes neither data nor how parameters are read",
)
def no_language(case: Case) -> None:
    """Asks for a movement's signature and for lists over a window as a German and a Norwegian browser do, where numbers
    and dates are written otherwise, and compares with what is answered without.
    """
    for name, language in (*((name, "de-DE,de;q=0.9") for name in _SPOKEN), (_SPOKEN[0], "nb-NO")):
        with case.part(name):
            call = case.home.call(name)
            plain = fetch_once(case, call)
            if plain.status != 200:
                case.vacuous(describe(plain))
            other = case.get(call.operation, call.ids, call.query, headers={"Accept-Language": language})
            if other.status == 200 and other.data != plain.data and case.call(call).data != plain.data:
                case.vacuous("the rows of the list changed while it was read")
            same = other.status == 200 and other.data == plain.data
            expected = f"{name} with Accept-Language: {language}: the same as without"
            actual = "200 with other data" if other.ok else describe(other)
            case.expect(same, expected, actual, (plain, other))


@observe(
    "ROB-017",
    SANDBOX,
    clause="Our own choice: a number to name when asking for help.",
    title="Every answer has an X-Request-Id, a sound one that was sent is kept",
    traffic=(
        TOUR,
        "AUT-001",
        "ROB-007",
    ),
)
def request_ids(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Looks for X-Request-Id in every answer, the same as in the request where that was short and plain."""
    sent = next((value for name, value in exchange.request.headers if name.lower() == "x-request-id"), None)
    told = exchange.header("x-request-id")
    sound = sent is not None and re.fullmatch(r"[A-Za-z0-9._-]{1,64}", sent) is not None
    if told and (not sound or told == sent):
        return ()
    expected = f"X-Request-Id: {sent}" if sound else "an X-Request-Id"
    return [Mismatch(expected, repr(told), f"{exchange.request.method} {exchange.status} {sound}")]


@requirement(
    "ROB-018",
    SANDBOX,
    clause="Our own choice, after the IETF draft on rate limit headers.",
    title="Answers to a limited key say its limit and what is left",
)
def rate_headers(case: Case) -> None:
    """Calls /me twice with a key that /me says is limited, and reads the headers about it."""
    limited = [entry for entry in case.target.identities() if entry.per_minute is not None]
    if not limited:
        case.not_tested("needs a key with a rate limit: --api-key")
    identity = limited[0]
    first, second = (case.get("getMe", key=identity) for _ in range(2))
    names = ("RateLimit-Policy", "RateLimit", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
    for exchange in (first, second):
        absent = [name for name in names if not exchange.header(name)]
        case.expect(not absent, "headers that say limit, rest and reset", f"absent: {', '.join(absent)}", exchange)
    limit = first.header("x-ratelimit-limit")
    case.expect(limit == str(identity.per_minute), f"X-RateLimit-Limit: {identity.per_minute}", limit, first)
    left = [exchange.header("x-ratelimit-remaining") or "" for exchange in (first, second)]
    fewer = all(map(str.isdigit, left)) and int(left[1]) < int(left[0])
    case.expect(fewer, "X-RateLimit-Remaining to go down", " then ".join(left), (first, second))


@requirement(
    "ROB-019",
    SANDBOX,
    clause="Our own choice: one thing has one address.",
    title="A path with a slash at its end or in another case is answered 404",
)
def exact_paths(case: Case) -> None:
    """Asks for each path without ids with a slash at its end, and with a capital letter."""
    key = case.target.main().key
    for operation in reads(case.contract):
        if "{" not in operation.path:
            head, _, last = operation.path.rpartition("/")
            for target in (f"{operation.path}/", f"{head}/{last.capitalize()}"):
                case.status(case.send(Request("GET", target, authorised(key), key=key)), 404)


# -- Many at once ------------------------------------------------------------------------------------------------


@requirement(
    "ROB-008",
    MUST,
    clause='The page: "Every request is scoped to the organization that owns the API key."',
    title="Requests at the same time are answered as they are one by one, each to its own key",
)
def at_the_same_time(case: Case) -> None:
    """Asks /me and lists with two keys in several threads, and compares with what each key was told before.

    The keys are of two organisations if there are such keys. /me has to say the same; of a list it counts that it
    comes, and that it shows nothing that only the other key was shown before.
    """
    asked = _alternating(case)
    alone = {number: case.call(call, key=who) for number, (who, call) in enumerate(asked)}
    with ThreadPoolExecutor(_THREADS) as pool:
        waiting = [
            (number, pool.submit(_asked, case, who, call))
            for _ in range(_ROUNDS)
            for number, (who, call) in enumerate(asked)
        ]
        answers = [(number, future.result()) for number, future in waiting]
    foreign = _foreign(case, alone)
    for number, exchange in answers:
        if isinstance(exchange, RunError):
            raise exchange
        who, call = asked[number]
        mark, name = who.key.placeholder, call.operation.operation_id
        expected = f"{name} to tell {mark} the same at once with others as alone: {_whose(alone[number])}"
        case.expect(_whose(exchange) == _whose(alone[number]), expected, _whose(exchange), (alone[number], exchange))
        leaked = sorted(_ids(exchange) & foreign.get(mark, frozenset()))
        case.expect(not leaked, f"{name} to show {mark} its own data alone", f"another's: {leaked[:3]}", exchange)


def _alternating(case: Case) -> list[tuple[Identity, Call]]:
    main = case.target.main()
    quick = [entry for entry in case.target.identities() if entry.per_minute is None or entry.per_minute >= _BRISK]
    quick.sort(key=lambda entry: (entry.key != main.key, entry.organization_id == main.organization_id))
    found: list[tuple[Identity, Call]] = []
    for who in quick[:2]:
        for name in ("getMe", "listDevices", "listAssets"):
            operation = case.operation(name)
            if who.holds(operation.scope):
                found.append((who, Call(operation).with_page_size(5)))
    if not found:
        raise NotTested(f"needs a key for {_BRISK} requests a minute or more: --api-key")
    return found


def _asked(case: Case, who: Identity, call: Call) -> Exchange | RunError:
    try:
        return case.call(call, key=who)
    except RunError as problem:
        return problem


def _whose(exchange: Exchange) -> str:
    """Return status and who is told, which only /me says."""
    who = [f"{name} {exchange.member(name)}" for name in ("organizationId", "clientId") if exchange.member(name)]
    return ", ".join((str(exchange.status), *who))


def _ids(exchange: Exchange) -> frozenset[str]:
    found = (row.get("deviceId") or row.get("assetId") for row in exchange.rows)
    return frozenset(name for name in found if isinstance(name, str))


def _foreign(case: Case, alone: Mapping[int, Exchange]) -> dict[str, frozenset[str]]:
    """Return what each key was never shown, and another organisation's key was, by the mark of the key."""
    keys = {exchange.request.key for exchange in alone.values() if exchange.request.key is not None}
    if len({case.target.identity(key).organization_id for key in keys}) < len(keys):
        return {}
    shown = {key.placeholder: [_ids(page) for page in alone.values() if page.request.key == key] for key in keys}
    own = {mark: frozenset().union(*pages) for mark, pages in shown.items()}
    everything = frozenset().union(*own.values())
    return {mark: everything - mine for mark, mine in own.items()}
