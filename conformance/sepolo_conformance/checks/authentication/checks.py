"""Authentication: no key, a wrong key, the right key, in either header."""

import base64
import ipaddress
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any
from urllib.parse import quote, urlsplit

from sepolo_conformance.api.calls import Call, reads
from sepolo_conformance.checks.common.service_reports import ServiceReports
from sepolo_conformance.compare.rows import alike
from sepolo_conformance.engine.case import Case, describe, requirement, watch
from sepolo_conformance.engine.registry import TOUR, Mismatch
from sepolo_conformance.model.keys import Key
from sepolo_conformance.model.requirement import MUST, SANDBOX, SHOULD
from sepolo_conformance.model.verdict import NotTested, Vacuous
from sepolo_conformance.target.keys import Identity, authorised
from sepolo_conformance.transport.exchange import Exchange, Request
from sepolo_openapi.contract import Operation

_WRONG = "sep_live_0000000000000000000000000000"
_UNKNOWN = "sep_test_0000000000000000000000000000"
"""A sandbox refuses live keys unseen, so it has to look the other one up."""
_UNKNOWN_ID = "c04f03a5-ace0-4000-8000-000000000000"
_SHORTEST = 8
"""Shorter texts than this are no keys, and may turn up anywhere."""
_MEANING = ("clientId", "clientName", "scopes", "allowedGroupIds", "allowedCustomerIds")


# -- Without a key, with a wrong one -----------------------------------------------------------------------------


@requirement(
    "AUT-001",
    MUST,
    clause='The page: "Authentication problems return 401."',
    title="A request without a key is answered 401",
)
def no_key(case: Case) -> None:
    """Calls every operation that reads without a key, else as with one that is answered 200."""
    for operation in reads(case.contract):
        with case.part(operation.operation_id):
            _expect_401(case, case.call(_call(case, operation), key=None), "no key")


@requirement(
    "AUT-002",
    MUST,
    clause='The page: "Authentication problems return 401."',
    title="A key that doesn't exist is answered 401, in either header",
)
def wrong_key(case: Case) -> None:
    """Calls every operation that reads with a made-up key in each header form."""
    for operation in reads(case.contract):
        with case.part(operation.operation_id):
            call = _call(case, operation)
            for headers in (_both(_UNKNOWN)[0], _both(_WRONG)[1]):
                _expect_401(case, case.bare(call, headers), "a key that doesn't exist")


@requirement(
    "AUT-004",
    MUST,
    clause='The page: "Authentication problems return 401."',
    title="A blank key is answered 401, in either header",
)
def blank_key(case: Case) -> None:
    """Calls every operation that needs no id with each header left blank, and /me with Bearer and nothing after it."""
    for operation in reads(case.contract):
        if "{" not in operation.path:
            for headers in ({"X-Sepolo-Api-Key": ""}, {"Authorization": "Bearer"}):
                _expect_401(case, case.bare(operation, headers), "a blank key")
    _expect_401(case, case.bare("getMe", {"Authorization": ""}), "a blank key")


@requirement(
    "AUT-005",
    MUST,
    clause='The page: "Authentication problems return 401."',
    title="A key that only resembles a valid one, by a character, in other letters or as a pattern, is answered 401",
)
def nearly_right_key(case: Case) -> None:
    """Calls /me with a valid key that is a character longer, a character shorter, or has another last character; in
    other letters, upper for lower; and as a pattern that it matches, with % or _ as in SQL."""
    real = case.target.main().key
    name = real.variable
    last = "0" if real.secret[-1] != "0" else "1"
    made = {
        "with a character too many": (f"{real.secret}-", f"${{{name}}}-"),
        "with a character before it": (f"x{real.secret}", f"x${{{name}}}"),
        "with its last character missing": (real.secret[:-1], f"${{{name}%?}}"),
        "with another last character": (f"{real.secret[:-1]}{last}", f"${{{name}%?}}{last}"),
    }
    for what, (secret, mark) in made.items():
        key = case.hide(secret, mark)
        for headers in _both(secret):
            _expect_401(case, case.bare("getMe", headers, key), f"a valid key {what}")
    # How keys are looked up is the same for both headers, so these take one each.
    looked_up = (
        ("in upper case", real.secret.upper(), f"${{{name}^^}}", 0),
        ("in the other case", real.secret.swapcase(), f"${{{name}~~}}", 1),
        ("that ends in % after twelve characters", f"{real.secret[:12]}%", f"${{{name}:0:12}}%", 0),
        ("with _ for its last character", f"{real.secret[:-1]}_", f"${{{name}%?}}_", 1),
    )
    for what, secret, mark, form in looked_up:
        if secret != real.secret:
            key = case.hide(secret, mark)
            _expect_401(case, case.bare("getMe", _both(secret)[form], key), f"a valid key {what}")


@requirement(
    "AUT-017",
    SANDBOX,
    clause="Our own choice: who isn't known learns nothing.",
    title="Without a key, 401 comes before what is wrong with ids and parameters",
)
def key_comes_first(case: Case) -> None:
    """Calls every operation that reads without a key and with an unknown id and an unreadable parameter."""
    for operation in reads(case.contract):
        ids = {parameter.name: _UNKNOWN_ID for parameter in operation.parameters if parameter.where == "path"}
        typed = [parameter.name for parameter in operation.parameters if "format" in parameter.schema]
        query = {name: "x" for name in typed if name not in ids}
        _expect_401(case, case.call(Call(operation, ids, query), key=None), "no key, whatever else is wrong")


@requirement(
    "AUT-018",
    MUST,
    clause='The page: "Authentication problems return 401."',
    title="A service report sent without a key is answered 401",
)
def post_without_key(case: Case) -> None:
    """Posts a service report without a key and with a made-up one, and looks for it afterwards where a key may."""
    reports = ServiceReports(case, case.home, refused=True)
    before: Mapping[str, Any] | None = None
    with case.part("listServiceReports"):
        before = reports.reports()
    body = reports.body("no key")
    answers = [reports.post(body, headers=headers, anonymous=True) for headers in (None, *_both(_WRONG))]
    for exchange in answers:
        reports.expect_refused(exchange, 401, "for no valid key")
    if before is not None:
        with case.part("listServiceReports"):
            reports.expect_none_new(before, [body["title"]], answers)


def _expect_401(case: Case, exchange: Exchange, what: str) -> None:
    actual = f"{describe(exchange)} with {len(exchange.rows)} rows" if exchange.rows else describe(exchange)
    case.expect(exchange.status == 401, f"status 401 for {what}", actual, exchange)


def _call(case: Case, operation: Operation) -> Call:
    """Return a call that ought to be answered 200; without ids none needs data, or a key to find them."""
    try:
        return case.home.call(operation.operation_id)
    except (Vacuous, NotTested):
        if "{" in operation.path:
            raise
        return Call(operation)


def _both(secret: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    return {"X-Sepolo-Api-Key": secret}, {"Authorization": f"Bearer {secret}"}


# -- A valid key -------------------------------------------------------------------------------------------------


@requirement(
    "AUT-003",
    MUST,
    clause="The page shows both `X-Sepolo-Api-Key: <key>` and `Authorization: Bearer <key>`.",
    title="A valid key is taken in either header and means the same organisation",
)
def either_header(case: Case) -> None:
    """Calls /me with each key after Bearer and compares organizationId with what X-Sepolo-Api-Key gave."""
    for identity, first, second in _twice(case):
        if case.expect(second.status == 200, "status 200, as with X-Sepolo-Api-Key", describe(second), second):
            mine, other = first.member("organizationId"), second.member("organizationId")
            case.expect(
                alike(mine, other), f"organizationId {mine} for {identity.key.placeholder}", other, (first, second)
            )


@requirement(
    "AUT-007",
    SHOULD,
    clause="The page shows both `X-Sepolo-Api-Key: <key>` and `Authorization: Bearer <key>`.",
    title="A key means the same client, scopes and boundaries in either header",
)
def same_meaning(case: Case) -> None:
    """Calls /me with each key in each header and compares client, scopes and boundaries."""
    for _, first, second in _twice(case):
        if second.status == 200:
            mine, other = _meaning(first), _meaning(second)
            differing = [name for name in _MEANING if mine[name] != other[name]]
            expected = f"the same in either header: {', '.join(differing) or 'all'}"
            actual = "; ".join(f"{name} {_only(mine[name], other[name])}" for name in differing)
            case.expect(not differing, expected, actual, (first, second))


@requirement(
    "AUT-006",
    MUST,
    clause="The page shows both `X-Sepolo-Api-Key: <key>` and `Authorization: Bearer <key>`.",
    title="A valid key in Authorization: Bearer opens every operation that it opens in X-Sepolo-Api-Key",
)
def bearer_everywhere(case: Case) -> None:
    """Calls every operation that reads with a valid key after Bearer, and posts with one that may not write: that is
    refused, but not with 401."""
    for operation in reads(case.contract):
        with case.part(operation.operation_id):
            key = case.home.reader(operation.operation_id).key
            exchange = case.bare(_call(case, operation), _bearer(key), key)
            expected = f"the key to be taken by {operation.operation_id}, as in X-Sepolo-Api-Key"
            case.expect(exchange.status not in (401, 403), expected, describe(exchange), exchange)
    with case.part("createServiceReport"):
        operation = case.operation("createServiceReport")
        key = case.target.without(operation.scope).key
        headers = tuple({"Content-Type": "application/json", **_bearer(key)}.items())
        exchange = case.send(Request("POST", operation.path, headers, b"{}", key, operation.operation_id))
        expected = "the key to be known by createServiceReport, as in X-Sepolo-Api-Key: no 401"
        case.expect(exchange.status != 401, expected, describe(exchange), exchange)


@requirement(
    "AUT-009",
    SHOULD,
    clause="The page shows clientId as a shortened key: `sep_live_...`.",
    title="clientId is no more than the beginning of the key, and the same each time",
)
def client_id_is_masked(case: Case) -> None:
    """Compares clientId of each key with the key, and over two calls."""
    for identity, first, second in _twice(case):
        shown, secret = first.member("clientId"), identity.key.secret
        if not isinstance(shown, str) or len(secret) < 2 * _SHORTEST:
            continue
        case.expect(secret[-_SHORTEST:] not in shown, "clientId without the end of the key", shown, first)
        case.expect(secret[:-_SHORTEST] not in shown, "clientId with the beginning of the key at most", shown, first)
        if second.status == 200:
            again = second.member("clientId")
            case.expect(shown == again, f"clientId {shown!r} each time", repr(again), (first, second))


@requirement(
    "AUT-011",
    SHOULD,
    clause="RFC 9110, section 5.1: names of headers are read in any case.",
    title="The header that carries the key is known in any case",
)
def header_in_any_case(case: Case) -> None:
    """Calls /me with the names of both headers in lower and in upper case."""
    key = case.target.main().key
    for name in ("x-sepolo-api-key", "X-SEPOLO-API-KEY"):
        case.status(case.bare("getMe", {name: key.secret}, key), 200)
    for name in ("authorization", "AUTHORIZATION"):
        case.status(case.bare("getMe", {name: f"Bearer {key.secret}"}, key), 200)


def _twice(case: Case) -> list[tuple[Identity, Exchange, Exchange]]:
    """Return each key with its answers of /me to X-Sepolo-Api-Key and to Bearer, asked for once in a run."""

    def ask() -> list[tuple[Identity, Exchange, Exchange]]:
        return [
            (identity, identity.answer, case.bare("getMe", _bearer(identity.key), identity.key))
            for identity in case.target.identities()
            if identity.answer is not None
        ]

    return case.once(("authentication", "twice"), ask)


def _bearer(key: Key) -> dict[str, str]:
    return {"Accept": "application/json", "Authorization": f"Bearer {key.secret}"}


def _only(mine: object, other: object) -> str:
    """Return how two values differ, of lists only the entries that do."""
    if isinstance(mine, list) and isinstance(other, list):
        lost, more = [[entry for entry in one if entry not in two] for one, two in ((mine, other), (other, mine))]
        return f"without {lost}" * bool(lost) + f" with {more}" * bool(more) + " after Bearer"
    return f"{mine!r}, after Bearer {other!r}"


def _meaning(exchange: Exchange) -> dict[str, object]:
    found = {name: exchange.member(name) for name in _MEANING}
    return {name: sorted(map(str, value)) if isinstance(value, list) else value for name, value in found.items()}


# -- Watchers ----------------------------------------------------------------------------------------------------


@watch(
    "AUT-008",
    SHOULD,
    clause="The page shows clientId as a shortened key: the key itself is a secret.",
    title="No answer repeats the key that was sent, neither in its headers nor in its body",
    traffic=(
        TOUR,
        "AUT-002",
        "AUT-005",
    ),
)
def key_not_repeated(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Searches headers and body of every answer for the key that was sent, valid or not, as it is and in base64 and
    hexadecimal digits, as a cursor may hold it."""
    sent = [secret for secret in _sent(exchange) if len(secret) >= _SHORTEST]
    if not sent:
        return None
    spellings = [spelling for secret in sent for spelling in _spellings(secret)]
    text = exchange.body.decode("utf-8", "replace")
    where = [name for name, value in exchange.headers if any(spelling in value for spelling in spellings)]
    where += ["the body"] if any(spelling in text for spelling in spellings) else []
    if not where:
        return ()
    name = exchange.request.operation_id or exchange.request.target
    return [Mismatch("an answer without the key", f"the key stands in {', '.join(where)}", f"{name} {exchange.status}")]


@watch(
    "AUT-010",
    SHOULD,
    clause="RFC 9110, section 11.6.1: a 401 says by WWW-Authenticate how to authenticate.",
    title="Every 401 has a WWW-Authenticate header",
    traffic=("AUT-001",),
)
def challenge(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Looks for WWW-Authenticate in every 401."""
    if exchange.status != 401:
        return None
    if exchange.header("www-authenticate"):
        return ()
    return [Mismatch("a WWW-Authenticate header with 401", "none", exchange.request.operation_id or "another path")]


@cache
def _spellings(secret: str) -> frozenset[str]:
    """Return a key as a text may hold it: plain, in hexadecimal digits, and in base64 after any number of bytes."""
    raw = secret.encode()
    found = {secret, raw.hex(), raw.hex().upper()}
    for before, lost in ((0, 0), (1, 2), (2, 3)):
        # The digits that other bytes share in, at either end, are left out.
        kept = len(raw) + before - (len(raw) + before) % 3
        for encoded in (base64.b64encode, base64.urlsafe_b64encode):
            found.add(encoded(bytes(before) + raw)[lost : kept * 4 // 3].decode())
    return frozenset(found)


def _sent(exchange: Exchange) -> list[str]:
    return [
        value.split(" ")[-1]
        for name, value in exchange.request.headers
        if name.lower() in ("x-sepolo-api-key", "authorization")
    ]


# -- What the page leaves open -----------------------------------------------------------------------------------


@requirement(
    "AUT-012",
    SANDBOX,
    clause="Our own choice, after RFC 9110, section 11.1: the scheme's name is read in any case.",
    title="The word Bearer is read in any case, and spaces round a key don't count",
)
def scheme_in_any_case(case: Case) -> None:
    """Calls /me with the word Bearer in lower, upper and mixed case, and with two spaces after it."""
    key = case.target.main().key
    for prefix in ("bearer ", "BEARER ", "bEaReR ", "Bearer  "):
        case.status(case.bare("getMe", {"Authorization": f"{prefix}{key.secret}"}, key), 200)


@requirement(
    "AUT-013",
    SANDBOX,
    clause="Our own choice: addresses end up in logs, so no key may stand in one.",
    title="A key in the query is answered 401",
)
def key_in_query(case: Case) -> None:
    """Calls /me and a list with a valid key in the query, by the names that people try, and in no header."""
    key = case.target.main().key
    for path in ("/api/v1/me", "/api/v1/vendors"):
        for name in ("api_key", "key", "access_token", "X-Sepolo-Api-Key"):
            target = f"{path}?{name}={quote(key.secret, safe='')}"
            _expect_401(case, case.send(Request("GET", target, authorised(None), key=key)), "a key in the query")


@requirement(
    "AUT-014",
    SANDBOX,
    clause="Our own choice: it protects a real key that was sent to the wrong place.",
    title="A live key is answered 401 by a sandbox, with a message that says so",
)
def live_key(case: Case) -> None:
    """Calls /me with a made-up key of the form sep_live_… in each header form and reads the message."""
    for headers in _both(_WRONG):
        exchange = case.bare("getMe", headers)
        _expect_401(case, exchange, "a live key")
        message = str(exchange.member("message"))
        case.expect("live key" in message and "sandbox" in message, "a message on live keys in a sandbox", message)


@requirement(
    "AUT-015",
    SANDBOX,
    clause="Our own choice: nobody can say which of two keys was meant.",
    title="Two different keys in one request are answered 401, the same one twice is taken",
)
def two_keys(case: Case) -> None:
    """Calls /me with two keys that differ, either of them valid or both, and with the same key in both headers."""
    identities = case.target.identities()
    main = case.target.main().key
    others = [_WRONG, *(identity.key.secret for identity in identities if identity.key != main)][:2]
    for other in others:
        for first, second in ((main.secret, other), (other, main.secret)):
            exchange = case.bare("getMe", {"X-Sepolo-Api-Key": first, "Authorization": f"Bearer {second}"}, main)
            _expect_401(case, exchange, "two different keys")
    same = {"X-Sepolo-Api-Key": main.secret, "Authorization": f"Bearer {main.secret}"}
    case.status(case.bare("getMe", same, main), 200)


@requirement(
    "AUT-016",
    SANDBOX,
    clause="Our own choice: the page knows no third way to send a key.",
    title="A key under another scheme than Bearer, or none, is answered 401",
)
def other_schemes(case: Case) -> None:
    """Calls /me with a valid key in Authorization after other words than Bearer, and after none."""
    key = case.target.main().key
    for prefix in ("Basic ", "Token ", "ApiKey ", "Bearer:", "Bearer", ""):
        exchange = case.bare("getMe", {"Authorization": f"{prefix}{key.secret}"}, key)
        _expect_401(case, exchange, f"a key after {prefix!r}")


@requirement(
    "AUT-019",
    SHOULD,
    clause='The page: "JSON over HTTPS".',
    title="The deployment is reached by https, unless it runs on this machine",
)
def encrypted(case: Case) -> None:
    """Looks at the scheme of the address that the suite was given, unless it is of this machine."""
    parts = urlsplit(case.settings.base_url)
    if _is_local(parts.hostname or ""):
        case.vacuous("the deployment runs on this machine")
    exchange = case.get("getMe", key=None)
    case.expect(parts.scheme == "https", "an address that begins with https://", f"{parts.scheme}://", exchange)


def _is_local(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
