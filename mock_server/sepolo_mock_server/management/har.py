"""Requests of the log in the format HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/)."""

from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from sepolo_mock_server.management import request_rows
from sepolo_mock_server.rules.records import Record

VERSION = "1.2"

_UNKNOWN = -1
"""What HAR wants for a size or a time that is not known."""


def entry(record: Record) -> dict[str, Any]:
    """Return the entry of one request. Members that begin with `_` are this sandbox's own."""
    duration_ms = round(record.duration_s * 1000, 3)
    return {
        "startedDateTime": request_rows.received_on(record),
        "time": duration_ms,
        "request": _request(record),
        "response": _response(record),
        "cache": {},
        "timings": {"send": 0, "wait": duration_ms, "receive": 0},
        "comment": record.reason,
        "_number": record.number,
        "_operationId": record.operation_id or None,
        "_keyName": record.key_name or None,
    }


def _request(record: Record) -> dict[str, Any]:
    url = request_rows.url(record)
    request: dict[str, Any] = {
        "method": record.method,
        "url": url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _headers(record.request_headers),
        "queryString": [
            {"name": name, "value": value} for name, value in parse_qsl(urlsplit(url).query, keep_blank_values=True)
        ],
        "headersSize": _UNKNOWN,
        "bodySize": record.request_bytes,
    }
    if record.request_bytes:
        media_type = dict(record.request_headers).get("content-type", "")
        request["postData"] = {"mimeType": media_type, "text": request_rows.text(record.request_body)}
    return request


def _response(record: Record) -> dict[str, Any]:
    headers = dict(record.response_headers)
    try:
        phrase = HTTPStatus(record.status).phrase
    except ValueError:
        phrase = ""
    return {
        # 0 is the status of a request without a response.
        "status": record.status,
        "statusText": phrase,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _headers(record.response_headers),
        "content": {
            "size": record.plain_bytes,
            "mimeType": headers.get("content-type", "x-unknown"),
            "text": request_rows.text(record.response_body),
        },
        "redirectURL": headers.get("location", ""),
        "headersSize": _UNKNOWN,
        "bodySize": record.response_bytes,
    }


def _headers(pairs: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]
