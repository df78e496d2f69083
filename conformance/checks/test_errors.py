"""Errors: what holds for all refusals and failures of the run."""

from collections.abc import Iterable

from conformance.case import describe, watch
from conformance.exchange import Exchange
from conformance.registry import Mismatch


@watch("ERR-001")
def no_server_error(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Looks at the status of every answer. 503 with Retry-After was waited for before."""
    if exchange.status < 500:
        return ()
    operation = exchange.request.operation_id or exchange.request.target
    return [Mismatch(f"no answer of 5xx to {operation}", describe(exchange), f"{operation} {exchange.status}")]


@watch("ERR-002")
def envelope(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Looks for the two members in every answer of 400, 401 and 404 to a call of an operation."""
    if exchange.status not in (400, 401, 404) or exchange.request.operation_id is None:
        return None
    if exchange.request.method == "HEAD":
        return None
    if all(isinstance(exchange.member(name), str) for name in ("error", "message")):
        return ()
    actual = exchange.fault or exchange.body[:200].decode("utf-8", "replace")
    return [Mismatch("a JSON object with error and message, both text", actual, str(exchange.status))]
