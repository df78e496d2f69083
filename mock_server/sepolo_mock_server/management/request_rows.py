"""Requests of the log as JSON rows and as curl commands."""

import re
import shlex
from typing import Any

from sepolo_mock_server.rules import windows
from sepolo_mock_server.rules.records import Record

Row = dict[str, Any]

_NOT_IN_CURL = re.compile(
    r"host|content-length|connection|accept-encoding|user-agent|transfer-encoding"
    r"|sec-.*|pragma|cache-control|accept-language|origin|referer|dnt|priority"
)
"""Headers that curl sends itself, or that a browser adds and the sandbox ignores."""
_HOST = re.compile(r"[A-Za-z0-9.:\[\]-]+")
"""A host that needs no quoting in a URL."""
_DEFAULT_HOST = "127.0.0.1:8080"
_KEY = "YOUR_KEY"


def summary(record: Record) -> Row:
    """Return the row of a request in a list."""
    return {
        "number": record.number,
        "requestId": record.request_id,
        "receivedOn": received_on(record),
        "durationMs": round(record.duration_s * 1000, 3),
        "method": record.method,
        "path": record.target,
        "operationId": record.operation_id or None,
        "organizationId": record.organization_id or None,
        "keyId": record.key_id or None,
        "keyName": record.key_name or None,
        "status": record.status or None,
        "requestBytes": record.request_bytes,
        "responseBytes": record.response_bytes,
        "reason": record.reason or None,
        "faultId": record.fault_id or None,
    }


def detail(record: Record) -> Row:
    """Return a request with its headers and bodies."""
    return summary(record) | {
        "requestHeaders": _headers(record.request_headers),
        "requestBody": _body(record.request_body, cut=record.request_cut),
        "responseHeaders": _headers(record.response_headers),
        "responseBody": _body(record.response_body, cut=record.response_cut),
        "curl": curl(record),
    }


def received_on(record: Record) -> str:
    """Return when a request was received, with milliseconds."""
    return windows.text(int(record.received_s * 1000))


def url(record: Record) -> str:
    """Return the URL of a request, at the host that its client named."""
    given = dict(record.request_headers).get("host", "")
    return f"http://{given if _HOST.fullmatch(given) else _DEFAULT_HOST}{record.target}"


def text(body: bytes) -> str:
    """Return a body as text."""
    return body.decode("utf-8", "replace")


def curl(record: Record) -> str:
    """Return a request as a curl command for a POSIX shell, with a placeholder for the key.

    A body that is not stored as a whole is read from a file.
    """
    parts = ["curl"]
    if record.method == "HEAD":
        parts.append("--head")
    elif record.method != ("POST" if record.request_bytes else "GET"):
        parts += ["-X", record.method]
    for name, value in record.request_headers:
        if name == "x-sepolo-api-key":
            parts += ["-H", f"X-Sepolo-Api-Key: {_KEY}"]
        elif name == "authorization":
            parts += ["-H", f"Authorization: {value.split(' ')[0]} {_KEY}"]
        elif not _NOT_IN_CURL.fullmatch(name) and (name, value) != ("accept", "*/*"):
            # curl leaves out a header without a value unless it ends with a semicolon.
            parts += ["-H", f"{name}: {value}" if value else f"{name};"]
    if record.request_bytes:
        whole = not record.request_cut and b"\0" not in record.request_body
        # curl reads a file if the text begins with @, except for --data-raw.
        parts += ["--data-raw", text(record.request_body)] if whole else ["--data-binary", "@body.json"]
    return shlex.join([*parts, url(record)])


def _headers(pairs: list[tuple[str, str]]) -> list[Row]:
    return [{"name": name, "value": value} for name, value in pairs]


def _body(stored: bytes, *, cut: bool) -> Row | None:
    return {"text": text(stored), "cut": cut} if stored or cut else None
