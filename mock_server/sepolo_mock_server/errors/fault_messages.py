"""Texts of fault rules, of the errors that they and the header Prefer force, and of their filters. See `messages`."""

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from types import MappingProxyType

from sepolo_mock_server.errors import messages
from sepolo_mock_server.errors.api_error import ApiError, Detail
from sepolo_mock_server.errors.messages import quoted

# 400: fault rules


def operation_unknown(given: str, known: Iterable[str]) -> str:
    names = sorted(known)
    close = get_close_matches(given, names, n=3, cutoff=0.5) or names[:3]
    return f"no operation of the public API has this name; got {quoted(given)}, did you mean {' or '.join(close)}?"


KEY_UNKNOWN = "the organisation has no key with this id"


def required_with(effect: str) -> str:
    return f"is required with the effect {effect}"


def refused_with(effect: str, only: str) -> str:
    return f"is for the effect {only} only: leave it out with {effect}"


def effect_without_cursor(operation: str) -> str:
    return f"staleCursor is for lists with a cursor, and {operation} has none"


def effect_without_rows(operation: str) -> str:
    return f"duplicateRow is for lists, and {operation} returns none"


# 404 and 409


def fault_unknown() -> ApiError:
    return ApiError("not_found", "The organisation has no fault rule with this id; one whose count is used up is gone.")


def too_many_faults(limit: int) -> ApiError:
    return ApiError("conflict", f"The organisation has {limit} fault rules, which is the limit; delete some first.")


# Reasons


_DONE: Mapping[str, str] = MappingProxyType(
    {
        "delay": "delayed the response by {delay_s:g} s.",
        "close": "closed the connection without a response.",
        "truncate": "closed the connection in the middle of the body.",
        "staleCursor": "answered as if the cursor had expired.",
        "duplicateRow": "sent the last row twice.",
        "invalidBody": "left a required member out of the body.",
    }
)


def done(fault_id: str, effect: str, delay_s: float) -> str:
    """What a rule did to a request, for the log; empty for effects whose error says it."""
    return f"The fault rule {fault_id} {_DONE[effect].format(delay_s=delay_s)}" if effect in _DONE else ""


def by_rule(fault_id: str, status: int) -> str:
    return f"The fault rule {fault_id} of the sandbox answered {status} in place of the operation."


def by_preference(code: int) -> str:
    return f"This response was forced by the header Prefer: code={code}."


# Errors that a rule or a preference forces


def forced(status: int, message: str, method: str) -> ApiError:
    """Return the error with a status, as the contract has it; `method` is that of the request."""
    return _FORCED[status](message, method)


def forced_limit(message: str, retry_after_s: int) -> ApiError:
    """429 that asks for a pause."""
    message = f"{message} Try again in {retry_after_s} s."
    return ApiError("rate_limited", message, headers=[("Retry-After", str(retry_after_s))])


def stale_cursor() -> ApiError:
    """400 for an expired cursor, as the sandbox sends it under the clock of the wall."""
    return messages.invalid_one("cursor", messages.CURSOR_EXPIRED)


def _plain(code: str, **headers: str) -> Callable[[str, str], ApiError]:
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return lambda message, _method: ApiError(code, message, headers=named)


_FORCED: Mapping[int, Callable[[str, str], ApiError]] = MappingProxyType(
    {
        400: lambda message, _: ApiError("validation_error", message, [Detail("request", message)]),
        401: lambda message, _: messages.unauthorized(message),
        403: _plain("forbidden"),
        404: _plain("not_found"),
        405: lambda message, method: ApiError("method_not_allowed", message, headers=[("Allow", f"{method}, OPTIONS")]),
        408: _plain("request_timeout"),
        409: _plain("conflict"),
        413: _plain("payload_too_large"),
        415: _plain("unsupported_media_type"),
        429: _plain("rate_limited", Retry_After="1"),
        500: _plain("internal_error"),
        502: _plain("bad_gateway"),
        503: _plain("service_unavailable", Retry_After="1"),
        504: _plain("gateway_timeout"),
    }
)
FORCEABLE = frozenset(_FORCED)
"""Statuses that can be forced."""
