"""Accept, Accept-Language, Accept-Encoding and ETag: which representation of the data is returned."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from sepolo_conformance.api.calls import Call, lists, reads
from sepolo_conformance.api.identity import Identity
from sepolo_conformance.api.timestamps import parse_instant
from sepolo_conformance.checks.common.list_changes import CHANGED, data_changed
from sepolo_conformance.checks.robustness.requests import head_responses, short_call
from sepolo_conformance.engine import SANDBOX, SHOULD, Case, Exchange, describe, fetch_once, requirement

_LOCALISABLE = ("getMovementSignature", "listMovements", "getTelemetryDaily")
"""Operations that return decimals; two of them also have a window."""
_ATTEMPTS = 3
"""Requests with the ETag of the response before, for data that change."""
_COMPRESSIBLE_BYTES = 4_000
"""Bodies of this size are expected to be compressed. Smaller ones may be sent as they are."""
_GZIP: Mapping[str, str] = MappingProxyType({"Accept-Encoding": "gzip"})
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_LANGUAGES = (*((name, "de-DE,de;q=0.9") for name in _LOCALISABLE), (_LOCALISABLE[0], "nb-NO"))


@requirement(
    "ROB-014",
    SANDBOX,
    clause="Our own choice: the API has one format.",
    title="Responses are JSON for every media type in Accept",
)
def response_is_json_for_any_accept(case: Case) -> None:
    """Calls /me with other media types in Accept, and with an invalid Accept."""
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
    title="Responses have an ETag, If-None-Match returns 304 for it, and /me is not cached",
)
def known_etag_returns_304(case: Case) -> None:
    """Sends the ETag of each HEAD response in If-None-Match of a GET, sends an unknown ETag, and reads
    Cache-Control."""
    for call, head in head_responses(case):
        etag, cache_control = head.header("etag"), head.header("cache-control") or ""
        if not case.expect(bool(etag), "an ETag", "none", head):
            continue
        directive = "no-store" if call.operation.operation_id == "getMe" else "private"
        case.expect(directive in cache_control, f"Cache-Control with {directive}", cache_control, head)
        with case.part(call.operation.operation_id):
            _expect_not_modified(case, call, head)
    other = case.get("listVendors", headers={"If-None-Match": '"of-nothing"'})
    case.status(other, 200)


@requirement(
    "ROB-029",
    SANDBOX,
    clause="Our own choice, after RFC 9110, section 8.8.3.",
    title="If-None-Match returns 304 for the ETag of a compressed response",
)
def etag_of_compressed_response_returns_304(case: Case) -> None:
    """Sends the ETag of each list that was requested with Accept-Encoding: gzip in If-None-Match, with the same
    Accept-Encoding."""
    for operation in lists(case.contract):
        with case.part(operation.operation_id):
            call = case.home.listing(operation.operation_id).call
            packed = case.get(operation, call.ids, call.query, headers=_GZIP)
            if packed.header("etag") is None:
                case.vacuous("the response has no ETag")
            _expect_not_modified(case, call, packed, _GZIP)


def _expect_not_modified(case: Case, call: Call, known: Exchange, more: Mapping[str, str] = _NO_HEADERS) -> None:
    """Expect 304 for the ETag of a response, or 200 with another ETag for data that changed since.

    Data that change with each request give no verdict, unless two equal bodies have different ETags.
    """
    for _ in range(_ATTEMPTS):
        etag = known.header("etag") or ""
        headers = {"If-None-Match": etag, **more}
        found = case.get(call.operation, call.ids, call.query, headers=headers, follows=known)
        changed = found.status == 200 and found.header("etag") not in (None, etag)
        if not changed:
            case.expect(found.status == 304 and not found.body, f"304 without a body for {etag}", found.status, found)
            return
        if known.body == found.body:
            case.expect(False, f"ETag {etag} again for an equal body", found.header("etag"), (known, found))
            return
        known = found
    case.vacuous(CHANGED)


@requirement(
    "ROB-022",
    SHOULD,
    clause="RFC 9110, section 8.8: an ETag identifies one representation of the data that a client gets.",
    title="The ETag of a response is not valid for another key that gets other data",
)
def etag_is_not_valid_for_other_data(case: Case) -> None:
    """Sends the ETag of each list, of aggregates and of /me in If-None-Match, with keys of another organisation and of
    smaller boundaries. Times, such as that of the calculation, make no other data."""
    for operation in reads(case.contract):
        with case.part(operation.operation_id):
            if "{" in operation.path:
                continue
            call = short_call(case, operation)
            own = fetch_once(case, call)
            etag = own.header("etag")
            for identity in _other_readers(case, call) if etag else ():
                other = fetch_once(case, call, identity)
                if not other.ok or _without_times(other.data) == _without_times(own.data):
                    continue
                headers = {"If-None-Match": etag or ""}
                found = case.get(operation, call.ids, call.query, key=identity, headers=headers, follows=own)
                expected = f"{operation.operation_id}: 200 for the ETag of another key, which gets other data"
                case.expect(found.status != 304, expected, describe(found), (own, other, found))


def _without_times(data: object) -> object:
    """Return an object without the members that are times; a list as it is."""
    if not isinstance(data, dict) or "data" in data:
        return data
    return {name: value for name, value in data.items() if parse_instant(value) is None}


def _other_readers(case: Case, call: Call) -> Iterator[Identity]:
    """Yield a key of another organisation and one with boundaries, if there are such keys for an operation."""
    for choose in (case.target.other, case.target.bounded):
        found = None
        with case.part(call.operation.operation_id):
            found = choose(call.operation)
        if found is not None:
            yield found


@requirement(
    "ROB-016",
    SANDBOX,
    clause="Our own choice, after RFC 9110, section 12.5.3.",
    title="Accept-Encoding: gzip returns the same data in a smaller body, and only to those who ask for it",
)
def gzip_returns_the_same_data(case: Case) -> None:
    """Requests each list without compression, with it, and without it again."""
    for operation in lists(case.contract):
        with case.part(operation.operation_id):
            call = case.home.listing(operation.operation_id).call
            plain = case.call(call)
            # Right after it, so that few changes of the data lie between the two.
            packed = case.get(operation, call.ids, call.query, headers=_GZIP)
            coding, sizes = packed.header("content-encoding"), [_length(plain), _length(packed)]
            if sizes[0] >= _COMPRESSIBLE_BYTES:
                smaller = coding == "gzip" and sizes[1] < sizes[0]
                actual = f"{coding}, {sizes[1]} bytes; {sizes[0]} bytes without"
                case.expect(smaller, "a smaller body in gzip", actual, (plain, packed))
            same = plain.body == packed.body or data_changed(case, call, plain)
            case.expect(same, "the same data", "other data", (plain, packed))
            vary = packed.header("vary") or "no Vary"
            case.expect("accept-encoding" in vary.lower(), "Vary: Accept-Encoding", vary, packed)
            again = case.call(call)
            coding = again.header("content-encoding") or "identity"
            case.expect(coding == "identity", "no compression for Accept-Encoding: identity", coding, (packed, again))


def _length(exchange: Exchange) -> int:
    return int(exchange.header("content-length") or len(exchange.body))


@requirement(
    "ROB-021",
    SHOULD,
    clause="The published page writes numbers and timestamps in one way, and mentions no language.",
    title="Accept-Language changes neither the data nor the interpretation of parameters",
)
def language_changes_nothing(case: Case) -> None:
    """Requests the signature of a movement and lists with a window in German and Norwegian, which write numbers and
    dates otherwise, and compares the responses with those without Accept-Language."""
    for name, language in _LANGUAGES:
        with case.part(name):
            call = case.home.call(name)
            plain = fetch_once(case, call)
            if plain.status != 200 or plain.fault is not None:
                case.vacuous(plain.fault or describe(plain))
            other = case.get(call.operation, call.ids, call.query, headers={"Accept-Language": language})
            same = other.status == 200 and other.fault is None and other.data == plain.data
            if other.status == 200 and not same and data_changed(case, call, plain):
                case.vacuous(CHANGED)
            expected = f"{name} with Accept-Language: {language}: the same as without"
            actual = "200 with other data" if other.ok else describe(other)
            case.expect(same, expected, actual, (plain, other))
