"""The bodies of all error responses of a run: error, message and requestId, and nothing internal to the server."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from sepolo_conformance.checks.common.response_checks import excerpt, has_error_and_message
from sepolo_conformance.engine import SANDBOX, SHOULD, Exchange, Mismatch, observe

_ERROR_CODES: Mapping[int, str] = MappingProxyType(
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
_INTERNALS = (
    re.compile(r"^\s*at [\w.<>`$]+\(.*\)", re.MULTILINE),
    re.compile(r"Traceback \(most recent call last\)|File \"[^\"]+\", line \d+"),
    re.compile(r"\b(?:System|Microsoft|Npgsql|java|javax|org)(?:\.\w+)+(?:Exception|Error)\b"),
    re.compile(r"[\w/\\.:-]+\.(?:cs|py|java|js|ts|go|rb|php):(?:line )?\d+"),
    re.compile(r"\bSELECT\b.{1,300}\bFROM\b|\bSQLSTATE\b|\bORA-\d{5}\b", re.DOTALL),
)
"""Stack frames, tracebacks, exception classes, source files and SQL of common platforms."""
_REJECTIONS = ("AUT-001", "ERR-003", "ERR-006")
"""Checks whose requests are rejected with 401, 400 and 404."""


@observe(
    "ERR-002",
    SHOULD,
    clause='The published page shows `{"error": "...", "message": "..."}` as the body of an error.',
    title="The bodies of 400, 401 and 404 responses contain error and message",
    traffic=_REJECTIONS,
)
def body_has_error_and_message(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Reads the two members in every 400, 401 and 404 response to a call of an operation: non-empty strings."""
    if not _is_rejected_call(exchange):
        return None
    if has_error_and_message(exchange) and exchange.member("error") and exchange.member("message"):
        return ()
    expected = "a JSON object with error and message, both non-empty strings"
    return [Mismatch(expected, excerpt(exchange), str(exchange.status))]


@observe(
    "ERR-009",
    SHOULD,
    clause='Published page: "JSON over HTTPS"; it shows a JSON body for errors.',
    title="The bodies of 400, 401 and 404 responses are application/json",
    traffic=_REJECTIONS,
)
def body_is_json(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Reads the Content-Type of every 400, 401 and 404 response with a body."""
    if not _is_rejected_call(exchange) or not exchange.body:
        return None
    if exchange.media_type == "application/json":
        return ()
    actual = exchange.header("content-type") or "no Content-Type"
    return [Mismatch("Content-Type: application/json", actual, f"{exchange.status} {exchange.media_type}")]


@observe(
    "ERR-010",
    SHOULD,
    clause="The errors on the published page consist of an error code and a message.",
    title="No error response contains a stack trace, a source file or a query of the server",
    traffic=(*_REJECTIONS, "ERR-005"),
)
def body_shows_no_internals(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Searches every error response for stack traces, exception classes, source files and SQL."""
    if not _is_error(exchange):
        return None
    text = exchange.body[:20_000].decode("utf-8", "replace").replace("\\r", "").replace("\\n", "\n").replace('\\"', '"')
    found = next((match[0] for pattern in _INTERNALS if (match := pattern.search(text))), None)
    if found is None:
        return ()
    expected = "an error without code, files or queries of the server"
    return [Mismatch(expected, f"{exchange.status} with {found.strip()[:120]!r}", _kind(exchange))]


@observe(
    "ERR-011",
    SHOULD,
    clause="The errors on the published page consist of an error code and a message.",
    title="No error response contains rows",
    traffic=_REJECTIONS,
)
def body_contains_no_rows(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Looks for rows in the body of every error response."""
    if not _is_error(exchange):
        return None
    data = exchange.member("data")
    if not isinstance(data, list) or not data:
        return ()
    return [Mismatch("no data in an error", f"{exchange.status} with {len(data)} rows of data", _kind(exchange))]


@observe(
    "ERR-012",
    SANDBOX,
    clause="Our own choice: the published page shows no other error code than forbidden.",
    title="The error code of each status is the documented one",
    traffic=(*_REJECTIONS, "SCP-002", "ERR-015"),
)
def error_code_matches_status(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Compares the error code of every error response with the one documented for its status."""
    code = _ERROR_CODES.get(exchange.status)
    if code is None or exchange.request.method == "HEAD":
        return None
    if exchange.member("error") == code:
        return ()
    actual = repr(exchange.member("error"))
    return [Mismatch(f'"error": "{code}" with status {exchange.status}', actual, f"{exchange.status} {actual}")]


@observe(
    "ERR-013",
    SANDBOX,
    clause="Our own choice: callers can quote the requestId when they report a problem.",
    title="Every error response has a requestId, equal to X-Request-Id",
    traffic=(*_REJECTIONS, "SCP-002", "ERR-015"),
)
def request_id_equals_header(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Compares requestId in the body of every error response with the header X-Request-Id."""
    if not _is_error(exchange):
        return None
    request_id, header = exchange.member("requestId"), exchange.header("x-request-id")
    if isinstance(request_id, str) and request_id and request_id == header:
        return ()
    return [Mismatch(f"requestId equal to X-Request-Id: {header}", repr(request_id), str(exchange.status))]


def _is_error(exchange: Exchange) -> bool:
    return exchange.status >= 400 and exchange.request.method != "HEAD"


def _is_rejected_call(exchange: Exchange) -> bool:
    """Return whether an operation was called, and rejected with a status for which errors have a body."""
    return exchange.status in (400, 401, 404) and exchange.request.operation_id is not None and _is_error(exchange)


def _kind(exchange: Exchange) -> str:
    return f"{exchange.request.operation_id or 'another path'} {exchange.status}"
