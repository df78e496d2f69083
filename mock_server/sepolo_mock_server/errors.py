"""Everything the sandbox says when it refuses: the table of error codes, the envelope, and every sentence.

No rule lives here and nothing is decided: the rules raise what this module words. The second half holds the
sentences of the command line.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import orjson

STATUS = MappingProxyType(
    {
        "validation_error": 400,
        "unauthorized": 401,
        "forbidden": 403,
        "not_found": 404,
        "method_not_allowed": 405,
        "conflict": 409,
        "payload_too_large": 413,
        "unsupported_media_type": 415,
        "rate_limited": 429,
        "internal_error": 500,
        "service_unavailable": 503,
    }
)

_SHOWN = 60
"""Longest piece of a client's own text that a sentence quotes."""
_NAMED, _DETAILED = 12, 50
"""Most parameters that a sentence names, and most details of one answer: nonsense isn't sent back in full."""


@dataclass(frozen=True, slots=True)
class Detail:
    """What is wrong with one parameter or body member."""

    parameter: str
    message: str


class RejectedError(ValueError):
    """A single value that a rule refuses; `message` says what would be right."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ApiError(Exception):
    """An answer other than success, ready to be sent: code, sentence, details and headers."""

    def __init__(
        self,
        code: str,
        message: str,
        details: Sequence[Detail] = (),
        headers: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = STATUS[code]
        self.message = message
        self.details = tuple(details)
        self.headers = tuple(headers)


def envelope(error: ApiError, request_id: str) -> bytes:
    """The error body: `error`, `message`, `requestId`, and `details` when there are any."""
    body: dict[str, Any] = {"error": error.code, "message": error.message, "requestId": request_id}
    if error.details:
        body["details"] = [{"parameter": d.parameter, "message": d.message} for d in error.details]
    return orjson.dumps(body)


def quoted(text: str) -> str:
    """A client's text as it may appear in a sentence: printable, in quotes, at most 60 characters."""
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text[:_SHOWN])
    return f'"{shown}…"' if len(text) > _SHOWN else f'"{shown}"'


# 400


def invalid(details: Sequence[Detail]) -> ApiError:
    """400 for one or more parameters."""
    if len(details) == 1:
        return ApiError("validation_error", f"{details[0].parameter}: {details[0].message}", details)
    names = list(dict.fromkeys(detail.parameter for detail in details))
    shown = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
    message = f"{len(details)} values are not valid: {shown}. See details."
    return ApiError("validation_error", message, details[:_DETAILED])


def invalid_one(parameter: str, message: str) -> ApiError:
    """400 for one parameter."""
    return invalid([Detail(parameter, message)])


MISSING = "is required"
EMPTY = "must not be empty; leave the parameter out instead"
BAD_PERCENT = "is not valid percent-encoding: each % must be followed by two hexadecimal digits"
BAD_UTF8 = "is not valid UTF-8 after percent-decoding"
NUL = "must not contain a NUL character"


def repeated(times: int) -> str:
    return f"was given {times} times; give it once"


def not_integer(text: str) -> str:
    return f"must be an integer in plain digits, such as 12; got {quoted(text)}"


def not_uuid(text: str) -> str:
    return f"must be a UUID such as a33b5a5d-e55a-423d-9bdf-0bc2c61f7e63; got {quoted(text)}"


_TYPES = MappingProxyType({"string": "a text", "integer": "an integer", "number": "a number", "object": "an object"})
_FINDINGS: Mapping[str, Callable[[Any], str]] = MappingProxyType(
    {
        "required": lambda _: MISSING,
        "minimum": lambda limit: f"must be at least {limit}",
        "maximum": lambda limit: f"must be at most {limit}",
        "minLength": lambda limit: f"must be at least {limit} characters long",
        "maxLength": lambda limit: f"must be at most {limit} characters long",
        "pattern": lambda pattern: f"must match {pattern}",
        "enum": lambda choices: f"must be one of {', '.join(map(str, choices))}",
        "type": lambda types: f"must be {' or '.join(_TYPES.get(one, one) for one in sorted(types, reverse=True))}",
        "format": lambda name: {"uuid": "must be a UUID", "date-time": f"must be like {INSTANT_EXAMPLE}"}.get(
            name, f"must be of the format {name}"
        ),
    }
)


def finding(keyword: str, value: object) -> str:
    """What a JSON Schema keyword demands, in words."""
    word = _FINDINGS.get(keyword)
    return word(value) if word else f"does not satisfy {keyword} of the contract"


# 400: instants and windows

INSTANT_EXAMPLE = "2026-06-01T00:00:00Z"
INSTANT_SPACE = "has a space where its offset should be: encode the + of the offset as %2B, or use Z"
INSTANT_NO_OFFSET = f"has no offset: end it with Z for UTC, such as {INSTANT_EXAMPLE}, or with one such as %2B02:00"
INSTANT_LEAP = "names a leap second, which is not supported: use second 59 or the next minute"
INSTANT_RANGE = "must lie in the years 0001 to 9999, in UTC"
INSTANT_FRACTION = "has more than nine digits after the second"
WINDOW_REVERSED = "must not be later than the end of the window"


def not_instant(text: str) -> str:
    return f"must be a date-time such as {INSTANT_EXAMPLE}; got {quoted(text)}"


def no_such_instant(text: str) -> str:
    return f"names no date or time that exists; got {quoted(text)}"


def window_missing(names: Iterable[str]) -> str:
    return f"is required: give {' or '.join(names)}, such as {INSTANT_EXAMPLE}"


def aliases_differ(other: str) -> str:
    return f"differs from {other}, which names the same end of the window: give one of the two"


def window_too_long(max_days: int) -> str:
    return f"lies more than {max_days} days ({max_days} x 24 hours) after the start of the window"


# 400: cursors

_AGAIN = "start again without a cursor"
CURSOR_FORGED = f"was not issued by this server, or was altered or shortened on its way: {_AGAIN}"
CURSOR_LONG = f"is longer than any cursor of this server: {_AGAIN}"
CURSOR_OPERATION = f"belongs to another list: {_AGAIN}"
CURSOR_KEY = f"was issued to another API key: {_AGAIN}"
CURSOR_FILTERS = "was issued for another path or other filters: repeat those of the first page with every cursor"
CURSOR_WORLD = f"was issued for other data (another profile, seed or clock): {_AGAIN}"
CURSOR_RESET = f"was ended by a reset of the sandbox: {_AGAIN}"
CURSOR_EXPIRED = f"is older than 24 hours: {_AGAIN}"

# 400: bodies and headers

IDEMPOTENCY_KEY = "must be 1 to 255 visible ASCII characters"
NEEDS_TARGET = "give assetId or deviceId"
COMPLETED_EARLY = "must not be earlier than startedOn"
ASSET_UNKNOWN = "no asset with this id belongs to the API key's organization"
DEVICE_UNKNOWN = "no device with this id belongs to the API key's organization"
VISIT_UNKNOWN = "no service visit with this id belongs to the API key's organization"
DEVICE_ELSEWHERE = "is not mounted on the asset that assetId names: leave one of the two out"
BODY_MISSING = "the request needs a JSON body"
BODY_UTF8 = "the body is not valid UTF-8"
HEADER_TEXT = "must be ASCII text"
NOT_HTTP = "is not valid HTTP/1.1: percent-encode what is not ASCII, and keep the address below 64 KiB"


def body_malformed(reason: str, line: int, column: int) -> ApiError:
    return invalid_one("body", f"is not valid JSON: {reason} at line {line}, column {column}")


# 401


def unauthorized(message: str) -> ApiError:
    """401 with the challenge that RFC 9110 section 11.6.1 asks for."""
    return ApiError("unauthorized", message, headers=[("WWW-Authenticate", 'Bearer realm="sepolo"')])


KEY_MISSING = "No API key was sent. Send it as X-Sepolo-Api-Key: <key> or as Authorization: Bearer <key>."
KEY_UNKNOWN = "The API key is not known to this sandbox. The command 'sepolo-mock keys' lists the keys that are."
KEY_LIVE = (
    "A live key (sep_live_…) was sent to a sandbox. It was not used. Send one of the sandbox's sep_test_… "
    "keys, and consider replacing the live key if this connection was not private."
)
KEYS_DIFFER = "Two different API keys were sent. Send one key, in one header."
KEY_IN_QUERY = (
    "An API key in the query string is refused, because addresses end up in logs. Send it as X-Sepolo-Api-Key: <key>."
)
KEY_SCHEME = "The Authorization header is not of the form 'Bearer <key>'."


def key_expired(when: str) -> ApiError:
    return unauthorized(f"The API key expired on {when}.")


# 403, 404, 405, 409, 413, 415, 429, 500


def scope_missing(scope: str) -> ApiError:
    # The page's own sentence, word for word.
    return ApiError("forbidden", f"The API key does not include the {scope} scope.")


def not_found() -> ApiError:
    """404 for an id: one sentence, whether it belongs to nobody or to someone else."""
    return ApiError("not_found", "No such resource belongs to the API key's organization.")


def no_route(path: str) -> ApiError:
    hint = "Paths are exact in case and have no trailing slash."
    return ApiError("not_found", f"There is no {quoted(path)} in this API. {hint}")


def method_not_allowed(method: str, allowed: str) -> ApiError:
    message = f"{quoted(method)} is not offered here; use {allowed}."
    return ApiError("method_not_allowed", message, headers=[("Allow", allowed)])


def idempotency_conflict() -> ApiError:
    message = "This Idempotency-Key was used before with a different body. Use a new key for a new request."
    return ApiError("conflict", message)


def too_large(limit: int) -> ApiError:
    return ApiError("payload_too_large", f"The body is larger than {limit} bytes.")


def wrong_media_type(sent: str) -> ApiError:
    got = f"got {quoted(sent)}" if sent else "the request has no Content-Type"
    return ApiError("unsupported_media_type", f"Send Content-Type: application/json in UTF-8; {got}.")


def wrong_coding(sent: str) -> ApiError:
    return ApiError("unsupported_media_type", f"Send the body as it is, without Content-Encoding; got {quoted(sent)}.")


def rate_limited(period: str, limit: int, retry_after_s: int) -> ApiError:
    message = f"The API key may make {limit} requests a {period}. Try again in {retry_after_s} s."
    return ApiError("rate_limited", message, headers=[("Retry-After", str(retry_after_s))])


def internal() -> ApiError:
    return ApiError("internal_error", "The sandbox failed unexpectedly. Its log names this request by its requestId.")


def state_busy() -> ApiError:
    message = "The sandbox's state is locked by another process. Try again."
    return ApiError("service_unavailable", message, headers=[("Retry-After", "1")])


# The command line


def state_unusable(place: str, reason: str) -> str:
    return f"the state {place} can't be used: {reason}. Give --state another path, or --state :memory:"


def state_scheme(state: str) -> str:
    return (
        f"--state {quoted(state)} is not understood: give a path, :memory:, "
        "sqlite:///PATH or postgresql+psycopg://USER@HOST/DATABASE"
    )


def state_driver(module: str) -> str:
    return f"the database driver {module} is not installed: install the extra 'postgres' of sepolo-contract"


def bare(text: str) -> str:
    """A value as it was typed, in quotes only where it wouldn't be recognised without."""
    return text if re.fullmatch(r"[\w.+-]{1,60}", text) else quoted(text)


def wrong_option(source: str, right: str, places: str) -> str:
    return f"{source} is wrong: give {right} with {places}"


def no_state(place: str) -> str:
    return f"there is no state {place}, so there is nothing to forget: name another with --state"


def weak_secret(variable: str) -> str:
    return f"the environment variable {variable} must be at least 16 visible ASCII characters long"


def memory_shared() -> str:
    return "--state :memory: keeps its reports in one process: use --workers 1, or give --state a path"


def unknown_host(host: str) -> str:
    return f"--host {quoted(host)} is no address of this machine: give 127.0.0.1, or 0.0.0.0 for all of them"


def port_in_use(port: int) -> str:
    return f"port {port} is in use: give --port another one, or 0 for any that is free"


def port_forbidden(port: int) -> str:
    return f"port {port} may not be used by this user: give --port one from 1024 up, or 0 for any free one"


def not_bound(host: str, port: int, reason: str) -> str:
    return f"can't listen on {host} port {port}: {reason}"
