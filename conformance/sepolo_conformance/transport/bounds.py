"""What is kept of a response. Checks share responses to the end of a run, so a target could exhaust its memory."""

from dataclasses import replace
from typing import Any

from sepolo_conformance.transport.exchange import Exchange, Request
from sepolo_conformance.transport.response import Response, TooLargeError
from sepolo_openapi import reader
from sepolo_openapi.contract import Operation

MAX_BODY_BYTES = 16 * 2**20
"""The largest response body that is read: of a list without pages."""
_MAX_PAGE_BYTES, _MAX_OBJECT_BYTES = 8 * 2**20, 2**20
"""The largest bodies of a page and of a single object; a page of 500 movements has 0.3 MB."""
_MAX_ROWS = 10_000
"""Rows that are kept of a list without pages."""
_KEPT_BYTES = 2**16
"""Bytes that are kept of a body of which rows are left out."""


def require_size(request: Request, response: Response) -> None:
    """Raise TooLargeError for a body that is longer than any response to such a request can be."""
    operation = _operation(request)
    if operation is None or operation.returns == "object":
        most = _MAX_OBJECT_BYTES
    else:
        most = _MAX_PAGE_BYTES if _page_size(operation) else MAX_BODY_BYTES
    if len(response.body) > most:
        raise TooLargeError(f"the response is longer than {most // 2**20} MiB")


def bounded(exchange: Exchange) -> Exchange:
    """Return an exchange without the rows that exceed the largest page, of which one is left to show the deviation.

    `received_rows` and `received_bytes` then tell what the response had.
    """
    operation = _operation(exchange.request)
    if operation is None or operation.returns == "object" or len(exchange.body) <= _KEPT_BYTES:
        return exchange
    data = exchange.data if exchange.fault is None else None
    rows = data.get("data") if isinstance(data, dict) else data
    most = (_page_size(operation) or _MAX_ROWS) + 1
    if not isinstance(rows, list) or len(rows) <= most:
        return exchange
    kept: Any = {**data, "data": rows[:most]} if isinstance(data, dict) else rows[:most]
    made = replace(
        exchange, body=exchange.body[:_KEPT_BYTES], received_rows=len(rows), received_bytes=len(exchange.body)
    )
    vars(made)["data"] = kept
    return made


def _operation(request: Request) -> Operation | None:
    return reader.load().operations.get(request.operation_id or "")


def _page_size(operation: Operation) -> int | None:
    return operation.page.maximum if operation.page else None
