"""Errors: how refusals look, and that nothing, right or wrong, makes the server fail."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from sepolo_conformance.api.calls import Call, reads
from sepolo_conformance.api.identity import authorised
from sepolo_conformance.checks.common.boundary_values import EDGES, NEARLY, UNREADABLE, breaks, kind_of, tried
from sepolo_conformance.engine.case import Case, describe, observe, requirement
from sepolo_conformance.engine.registry import TOUR, Mismatch
from sepolo_conformance.engine.shared_responses import collect_once
from sepolo_conformance.model.requirement import MUST, SANDBOX, SHOULD
from sepolo_conformance.transport.exchange import Exchange, Request

_WORDS: Mapping[int, str] = MappingProxyType(
    {
        400: "validation_error",
        401: "unauthorized",
        403: "forbidden",
        404: "not_found",
        405: "method_not_allowed",
        409: "conflict",
        413: "payload_too_large",
        415: "unsupported_media_type",
    }
)
_TYPES: Mapping[str, str] = MappingProxyType(
    {"integer": "whole number", "size": "whole number", "uuid": "uuid", "instant": "instant", "choice": "status"}
)
_INNARDS = (
    re.compile(r"^\s*at [\w.<>`$]+\(.*\)", re.MULTILINE),
    re.compile(r"Traceback \(most recent call last\)|File \"[^\"]+\", line \d+"),
    re.compile(r"\b(?:System|Microsoft|Npgsql|java|javax|org)(?:\.\w+)+(?:Exception|Error)\b"),
    re.compile(r"[\w/\\.:-]+\.(?:cs|py|java|js|ts|go|rb|php):(?:line )?\d+"),
    re.compile(r"\bSELECT\b.{1,300}\bFROM\b|\bSQLSTATE\b|\bORA-\d{5}\b", re.DOTALL),
)
"""What only a developer of the server wants to read."""
_REFUSALS = ("AUT-001", "ERR-003", "ERR-006")
"""Checks that are refused with 401, 400 and 404."""
_UNKNOWN_UUID = "c04f03a5-ace0-4000-8000-000000000000"
_UNKNOWN = "conformance-no-such-id"
_MADE_UP = (_UNKNOWN_UUID, _UNKNOWN)
_WILDCARDS = ("_", "%")


# -- Watchers ----------------------------------------------------------------------------------------------------


@observe(
    "ERR-001",
    MUST,
    clause='The page: "validation errors return 400", and unexpected failures 500: none is expected.',
    title="No request of the run, valid or plainly invalid, is answered with 5xx",
    traffic=(
        TOUR,
        "ERR-005",
    ),
)
def no_server_error(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Looks at the status of every answer. 503 with Retry-After was waited for before.

    501 is the right answer for a method that a server doesn't know.
    """
    if exchange.status < 500 or (exchange.status == 501 and exchange.request.method not in ("GET", "POST")):
        return ()
    operation = exchange.request.operation_id or exchange.request.target
    return [Mismatch("no answer of 5xx", describe(exchange), f"{operation} {exchange.status}")]


@observe(
    "ERR-002",
    SHOULD,
    clause='The page shows `{"error": "...", "message": "..."}` as what errors look like.',
    title="Answers 400, 401 and 404 have a body with error and message",
    traffic=(*_REFUSALS,),
)
def envelope(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Looks for the two members in every answer of 400, 401 and 404 to a call of an operation."""
    if exchange.status not in (400, 401, 404) or not _called(exchange):
        return None
    if all(isinstance(exchange.member(name), str) and exchange.member(name) for name in ("error", "message")):
        return ()
    return [Mismatch("a JSON object with error and message, both text", _excerpt(exchange), str(exchange.status))]


@observe(
    "ERR-009",
    SHOULD,
    clause='The page: "JSON over HTTPS", with its own form for errors.',
    title="Refusals with a body are application/json, not a web page or another format",
    traffic=(*_REFUSALS,),
)
def json_refusals(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Looks at the Content-Type of every 400, 401 and 404 with a body."""
    if exchange.status not in (400, 401, 404) or not _called(exchange) or not exchange.body:
        return None
    if exchange.media_type == "application/json":
        return ()
    actual = exchange.header("content-type") or "no Content-Type"
    return [Mismatch("Content-Type: application/json", actual, f"{exchange.status} {exchange.media_type}")]


@observe(
    "ERR-010",
    SHOULD,
    clause="The page's errors are a word and a sentence for people.",
    title="No refusal or failure shows a stack trace, a file or a query of the server",
    traffic=(
        *_REFUSALS,
        "ERR-005",
    ),
)
def no_innards(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Searches the text of every refusal and failure for the marks of stack traces, source files and queries."""
    if exchange.status < 400 or exchange.request.method == "HEAD":
        return None
    text = exchange.body[:20_000].decode("utf-8", "replace").replace("\\r", "").replace("\\n", "\n").replace('\\"', '"')
    found = next((match[0] for pattern in _INNARDS if (match := pattern.search(text))), None)
    if found is None:
        return ()
    expected = "an error for people, without the server's own code, files or queries"
    return [
        Mismatch(expected, f"{exchange.status} with {found.strip()[:120]!r}", f"{_name(exchange)} {exchange.status}")
    ]


@observe(
    "ERR-011",
    SHOULD,
    clause="The page's errors are a word and a sentence, no more.",
    title="No refusal brings rows along",
    traffic=(*_REFUSALS,),
)
def no_rows(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Looks for rows in the body of every refusal and failure."""
    if exchange.status < 400 or exchange.request.method == "HEAD":
        return None
    data = exchange.member("data")
    if not isinstance(data, list) or not data:
        return ()
    actual = f"{exchange.status} with {len(data)} rows of data"
    return [Mismatch("no data in a refusal", actual, f"{_name(exchange)} {exchange.status}")]


@observe(
    "ERR-012",
    SANDBOX,
    clause="Our own choice: the page shows no other word than forbidden.",
    title="The error of each status is the word that the documentation lists",
    traffic=(
        *_REFUSALS,
        "SCP-002",
        "ERR-015",
    ),
)
def word_of_status(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Compares the error of every refusal with the word for its status."""
    word = _WORDS.get(exchange.status)
    if word is None or exchange.request.method == "HEAD":
        return None
    if exchange.member("error") == word:
        return ()
    actual = repr(exchange.member("error"))
    return [Mismatch(f'"error": "{word}" with status {exchange.status}', actual, f"{exchange.status} {actual}")]


@observe(
    "ERR-013",
    SANDBOX,
    clause="Our own choice: a number to name when asking for help.",
    title="Every error has a requestId, the same as in X-Request-Id",
    traffic=(
        *_REFUSALS,
        "SCP-002",
        "ERR-015",
    ),
)
def request_id(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Compares requestId in the body of every refusal with the header."""
    if exchange.status < 400 or exchange.request.method == "HEAD":
        return None
    told, header = exchange.member("requestId"), exchange.header("x-request-id")
    if isinstance(told, str) and told and told == header:
        return ()
    return [Mismatch(f"requestId as in X-Request-Id: {header}", repr(told), str(exchange.status))]


# -- Values of query parameters ----------------------------------------------------------------------------------


@requirement(
    "ERR-003",
    MUST,
    clause='The page: "validation errors return 400", and types the parameter.',
    title="A query value that can't be read as the parameter's type is answered 400, on every operation",
)
def unreadable_values(case: Case) -> None:
    """Puts a value that no parser takes for the type into each typed query parameter, one at a time."""
    for edge, exchange in tried(case, "unreadable", UNREADABLE):
        expected = f"status 400: {edge.shown} is no {_TYPES[kind_of(edge.parameter)]}"
        case.expect(exchange.status == 400, expected, _outcome(exchange), exchange)


@requirement(
    "ERR-004",
    SHOULD,
    clause='The page: "validation errors return 400", and types the parameter.',
    title="A query value that is nearly of the parameter's type is answered 400, and not read as another one",
)
def nearly_right_values(case: Case) -> None:
    """Puts a value that only a careless parser takes, e.g. 30 February, into each typed query parameter."""
    for edge, exchange in tried(case, "nearly", NEARLY):
        expected = f"status 400: {edge.shown} is no {_TYPES[kind_of(edge.parameter)]}"
        case.expect(exchange.status == 400, expected, _outcome(exchange), exchange)


@requirement(
    "ERR-005",
    MUST,
    clause='The page: "validation errors return 400", and unexpected failures 500: none is expected.',
    title="No value of any query parameter, at the edge of its type or beyond, makes the server fail",
)
def edges_never_fail(case: Case) -> None:
    """Puts values at the edge of its type and beyond into each query parameter: 2^31, year 9999, NUL, 3,000 letters."""
    for edge, exchange in tried(case, "edges", EDGES):
        case.expect(exchange.status < 500, f"no 5xx for {edge.shown}", describe(exchange), exchange)


@requirement(
    "ERR-014",
    SANDBOX,
    clause="Our own choice: who gets 400 should see why.",
    title="The details of 400 name the parameter that is wrong",
)
def details_name_parameter(case: Case) -> None:
    """Looks into the details of the refusals of unreadable values for the parameter that was wrong."""
    for edge, exchange in tried(case, "unreadable", UNREADABLE):
        if exchange.status == 400:
            details = exchange.member("details")
            named = [entry.get("parameter") for entry in details or () if isinstance(entry, dict)]
            told = named == [edge.parameter.name] and all(entry.get("message") for entry in details)
            case.expect(told, f"details of {edge.parameter.name} alone, with a message", details, exchange)


@requirement(
    "ERR-017",
    SANDBOX,
    clause="Our own choice: the narrower reading of each type.",
    title="A value beyond the limits of its parameter is answered 400",
)
def beyond_limits(case: Case) -> None:
    """Takes those values at the edge that the contract's limits exclude, but for empty ones and instants."""
    for edge, exchange in tried(case, "edges", EDGES):
        if edge.value and breaks(edge.parameter, edge.value):
            case.expect(exchange.status == 400, f"status 400 for {edge.shown}", _outcome(exchange), exchange)


# -- Ids in the path ---------------------------------------------------------------------------------------------


@requirement(
    "ERR-006",
    MUST,
    clause='The page: one thing is returned "if it belongs to the API key organization".',
    title="An id that doesn't exist is answered neither with success nor with 5xx",
)
def unknown_id_shows_nothing(case: Case) -> None:
    """Asks for ids that don't exist: made-up ones, and real ones with a character too many or too few, or with the last
    one replaced by a wildcard of databases.

    An empty list is tolerated. What an id that is nearly real shows counts only where it says that it is of another.
    """
    for name, call, exchange in _unknown(case):
        wanted = call.ids[name]
        expected = f"neither data nor 5xx for {name} {wanted!r}, which doesn't exist"
        shown = _shown(exchange)
        others = [row for row in shown if str(row.get(name, wanted)).lower() != wanted.lower()]
        wrong = shown if wanted in _MADE_UP else others
        actual = f"{describe(exchange)} with {_excerpt(exchange)}" if exchange.ok else describe(exchange)
        case.expect(exchange.status < 500 and not wrong, expected, actual, exchange)


@requirement(
    "ERR-007",
    SHOULD,
    clause="RFC 9110, section 15.5.5: 404 for what isn't there.",
    title="An id that doesn't exist is answered 404",
)
def unknown_id_is_404(case: Case) -> None:
    """Asks for made-up ids, each in a path that is right otherwise."""
    for name, call, exchange in _unknown(case):
        if call.ids[name] in _MADE_UP:
            case.expect(
                exchange.status == 404, f"status 404: there is no {name} {call.ids[name]}", _outcome(exchange), exchange
            )


@requirement(
    "ERR-008",
    MUST,
    clause="The page types the id in the path as uuid.",
    title="A path id that is no uuid is answered 400 or 404",
)
def malformed_path_id(case: Case) -> None:
    """Puts what is no uuid into each path parameter of that type: a word, a real id cut short, one too long."""
    for operation in reads(case.contract):
        with case.part(operation.operation_id):
            for parameter in operation.parameters:
                if parameter.where != "path" or parameter.schema.get("format") != "uuid":
                    continue
                call = case.home.call(operation.operation_id)
                real = call.ids[parameter.name]
                for value in ("not-a-uuid", real[:-1], f"{real}0"):
                    exchange = case.call(replace(call, ids={**call.ids, parameter.name: value}))
                    expected = f"status 400 or 404: {parameter.name} {value!r} is no uuid"
                    case.expect(exchange.status in (400, 404), expected, _outcome(exchange), exchange)


def _unknown(case: Case) -> list[tuple[str, Call, Exchange]]:
    """Return the answers to ids that don't exist, with the parameter that each stands in, asked for once in a run."""

    def tries() -> Iterator[tuple[str, Call, Exchange]]:
        for operation in reads(case.contract):
            with case.part(operation.operation_id):
                for parameter in operation.parameters:
                    if parameter.where != "path":
                        continue
                    call = case.home.call(operation.operation_id)
                    real = call.ids[parameter.name]
                    is_uuid = parameter.schema.get("format") == "uuid"
                    for value in (_UNKNOWN_UUID,) if is_uuid else _nearly(real):
                        other = replace(call, ids={**call.ids, parameter.name: value})
                        yield parameter.name, other, case.call(other)

    return collect_once(case, ("errors", "unknown"), tries)


def _nearly(real: str) -> Iterator[str]:
    """Yield a made-up id, and some that are nearly a real one."""
    yield from (_UNKNOWN, f"{real}~")
    if len(real) > 1:
        yield from (real[:-1], *(real[:-1] + mark for mark in _WILDCARDS))


def _shown(exchange: Exchange) -> list[dict[str, Any]]:
    """Return what a successful answer shows: the rows of a list, or the one object."""
    if not exchange.ok or exchange.fault is not None:
        return []
    single = isinstance(exchange.data, dict) and "data" not in exchange.data
    return [exchange.data] if single else exchange.rows


# -- Paths and methods that aren't offered -----------------------------------------------------------------------


@requirement(
    "ERR-015",
    SANDBOX,
    clause="Our own choice, after RFC 9110, section 15.5.6.",
    title="A method that a path doesn't offer is answered 405 with the right Allow",
)
def method_not_offered(case: Case) -> None:
    """Sends a method that each path doesn't offer, without a key, so that nothing can come of it."""
    offered: dict[str, set[str]] = {}
    for operation in case.contract.operations.values():
        offered.setdefault(operation.path, set()).add(operation.method)
    methods = ("PUT", "DELETE", "PATCH", "POST")
    for index, (path, known) in enumerate(offered.items()):
        method = next(word for word in (*methods[index % 4 :], *methods) if word not in known)
        exchange = case.send(Request(method, re.sub(r"\{\w+\}", _UNKNOWN_UUID, path), authorised(None)))
        if case.expect(exchange.status == 405, f"status 405 for {method}", describe(exchange), exchange):
            allowed = {word.strip() for word in (exchange.header("allow") or "").split(",")}
            case.expect(
                known <= allowed and method not in allowed, f"Allow: {', '.join(sorted(known))}", allowed, exchange
            )
            _expect_envelope(case, exchange)


@requirement(
    "ERR-016",
    SANDBOX,
    clause="Our own choice: errors look alike, wherever they happen.",
    title="A path that the API doesn't have is answered 404 in the same form",
)
def unknown_path(case: Case) -> None:
    """Asks for paths that the API doesn't have: beside, above and below those it has."""
    key = case.target.main().key
    for target in ("/api/v1/nothing", "/api/v1", "/api/v2/me", "/api/v1/me/me", "/api/v1/reporting"):
        exchange = case.send(Request("GET", target, authorised(key), key=key))
        case.status(exchange, 404)
        _expect_envelope(case, exchange)


def _expect_envelope(case: Case, exchange: Exchange) -> None:
    held = all(isinstance(exchange.member(name), str) for name in ("error", "message"))
    case.expect(held, "a JSON object with error and message, both text", _excerpt(exchange), exchange)


# -- Words -------------------------------------------------------------------------------------------------------


def _called(exchange: Exchange) -> bool:
    return exchange.request.operation_id is not None and exchange.request.method != "HEAD"


def _name(exchange: Exchange) -> str:
    return exchange.request.operation_id or "another path"


def _excerpt(exchange: Exchange) -> str:
    return exchange.fault or exchange.body[:200].decode("utf-8", "replace")


def _outcome(exchange: Exchange) -> str:
    """Return status and message, or status and number of rows."""
    return f"{describe(exchange)} with {len(exchange.rows)} rows" if exchange.ok else describe(exchange)
