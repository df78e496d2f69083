"""The body of an error response as the published page shows it: `{"error": "...", "message": "..."}`."""

from sepolo_conformance.engine import Exchange


def has_error_and_message(exchange: Exchange) -> bool:
    """Return whether the body is a JSON object with the strings error and message."""
    return all(isinstance(exchange.member(name), str) for name in ("error", "message"))


def excerpt(exchange: Exchange) -> str:
    """Return the beginning of the body, or why it is not JSON."""
    return exchange.fault or exchange.body[:200].decode("utf-8", "replace")
