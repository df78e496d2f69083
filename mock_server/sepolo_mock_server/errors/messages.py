"""Texts of the API's error responses, in the order of their status.

A text about one value continues a sentence that begins with the parameter's name ("must be at least 1"). Functions
that return an ApiError also set its code and headers. Nothing here decides when an error is raised.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sepolo_mock_server.errors.api_error import ApiError, Detail

_QUOTED = 60
"""Characters of a client's text that a message quotes."""
_NAMED, _DETAILED = 12, 50
"""Maximum numbers of parameters that a message names, and of details in a response."""


def quoted(text: str) -> str:
    """Return a client's text in quotes, without unprintable characters, cut after 60 characters."""
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text[:_QUOTED])
    return f'"{shown}…"' if len(text) > _QUOTED else f'"{shown}"'


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


INSTANT_EXAMPLE = "2026-06-01T00:00:00Z"
_TYPES = MappingProxyType(
    {
        "string": "a string",
        "integer": "an integer",
        "number": "a number",
        "object": "an object",
        "array": "a list",
        "boolean": "true or false",
        "null": "null",
    }
)
_FORMATS = MappingProxyType({"uuid": "must be a UUID", "date-time": f"must be a date-time such as {INSTANT_EXAMPLE}"})
NAME_PATTERN = r"^[^\s\x00-\x1F\x7F][^\x00-\x1F\x7F]*$"
_PATTERNS = MappingProxyType(
    {NAME_PATTERN: "must begin with a visible character, and must not have line breaks or other control characters"}
)
_SCHEMA_TEXTS: Mapping[str, Callable[[Any], str]] = MappingProxyType(
    {
        "required": lambda _: MISSING,
        "minimum": lambda limit: f"must be at least {limit}",
        "exclusiveMinimum": lambda limit: f"must be greater than {limit}",
        "maximum": lambda limit: f"must be at most {limit}",
        "minLength": lambda limit: f"must be at least {limit} characters long",
        "maxLength": lambda limit: f"must be at most {limit} characters long",
        "maxItems": lambda limit: f"must have at most {limit} entries",
        "uniqueItems": lambda _: "must not have the same entry twice",
        "pattern": lambda pattern: _PATTERNS.get(pattern, f"must match {pattern}"),
        "enum": lambda choices: f"must be one of {', '.join('null' if one is None else str(one) for one in choices)}",
        "type": lambda types: f"must be {' or '.join(_TYPES.get(one, one) for one in sorted(types, reverse=True))}",
        "format": lambda name: _FORMATS.get(name, f"must be of the format {name}"),
    }
)


def schema_violation(keyword: str, value: object) -> str:
    """Return the text for a violated JSON Schema keyword with its value in the schema."""
    text = _SCHEMA_TEXTS.get(keyword)
    return text(value) if text else f"does not satisfy {keyword} of the contract"


def member_unknown(known: Iterable[str]) -> str:
    return f"is no member of this body, which has {', '.join(known)}"


# 400: instants and windows

INSTANT_SPACE = "has a space where the sign of its offset should be: encode the + of the offset as %2B, or use Z"
INSTANT_SPACE_FOR_T = f"has a space between date and time: write a T there, such as {INSTANT_EXAMPLE}"
INSTANT_SPACE_BEFORE_OFFSET = f"has a space before its offset: leave it out, such as {INSTANT_EXAMPLE}"
INSTANT_SPACE_AROUND = "has spaces or line breaks around it: leave them out"
INSTANT_QUOTES = "has quotation marks around it: leave them out"
INSTANT_ENCODED_TWICE = "is percent-encoded twice: encode it once (%2B, not %252B)"
INSTANT_ZONE_NAME = "names a time zone: write the offset instead, Z for UTC or one such as %2B02:00"
INSTANT_SHORT_OFFSET = "has an offset without minutes: write Z for UTC, or one such as %2B02:00"
INSTANT_NO_SECONDS = f"has no seconds: write them, such as {INSTANT_EXAMPLE}"
INSTANT_COMMA = "has a comma before the fraction of the second: write a point"
INSTANT_DATE_ONLY = f"is a date without a time: write both, such as {INSTANT_EXAMPLE}"
INSTANT_BASIC_FORMAT = f"lacks the hyphens and colons: write them, such as {INSTANT_EXAMPLE}"
INSTANT_NUMBER = f"is a number: write a date-time instead of a Unix time, such as {INSTANT_EXAMPLE}"
INSTANT_DAY_FIRST = f"begins with day or month: write the year first, such as {INSTANT_EXAMPLE}"
INSTANT_TWO_DIGITS = f"has parts of one digit: write two digits, such as {INSTANT_EXAMPLE}"
INSTANT_NO_OFFSET = f"has no offset: end it with Z for UTC, such as {INSTANT_EXAMPLE}, or with one such as %2B02:00"
INSTANT_LEAP = "names a leap second, which is not supported: use second 59 or the next minute"
INSTANT_RANGE = "must lie in the years 0001 to 9999, in UTC"
INSTANT_FRACTION = "has more than nine digits after the second"
WINDOW_REVERSED = "must not be later than the end of the window"


def not_instant(text: str) -> str:
    return f"must be a date-time such as {INSTANT_EXAMPLE}; got {quoted(text)}"


def no_such_instant(text: str) -> str:
    return f"must be a date and time that exists; got {quoted(text)}"


def window_missing(names: Iterable[str]) -> str:
    return f"is required: give {' or '.join(names)}, such as {INSTANT_EXAMPLE}"


def aliases_differ(other: str) -> str:
    return f"differs from {other}, which is the same end of the window: give one of the two"


def window_too_long(max_days: int) -> str:
    return f"lies more than {max_days} days ({max_days} x 24 hours) after the start of the window"


# 400: cursors

_RESTART = "start again without a cursor"
CURSOR_FORGED = f"was not issued by this server, or was altered or cut off: {_RESTART}"
CURSOR_LONG = f"is longer than any cursor of this server: {_RESTART}"
CURSOR_OPERATION = f"belongs to another list: {_RESTART}"
CURSOR_KEY = f"was issued to another API key: {_RESTART}"
CURSOR_FILTERS = "was issued for another path or other filters: repeat those of the first page with every cursor"
CURSOR_WORLD = f"was issued for other data (another profile, seed or clock): {_RESTART}"
CURSOR_RESET = f"was ended by a reset of the sandbox: {_RESTART}"
CURSOR_EXPIRED = f"is older than 24 hours: {_RESTART}"

# 400: bodies and headers

IDEMPOTENCY_KEY = "must be 1 to 255 visible ASCII characters"
NEEDS_TARGET = "give assetId or deviceId"
COMPLETED_EARLY = "must not be earlier than startedOn"
ASSET_UNKNOWN = "no asset with this id belongs to the API key's organization"
DEVICE_UNKNOWN = "no device with this id belongs to the API key's organization"
VISIT_UNKNOWN = "no service visit with this id belongs to the API key's organization"
DEVICE_ELSEWHERE = "is not mounted on the asset of assetId: leave one of the two out"
BODY_MISSING = "the request needs a JSON body"
BODY_UTF8 = "the body is not valid UTF-8"
NOT_HTTP = "is not valid HTTP/1.1: percent-encode characters outside ASCII in the URL"
HTTP_VERSION = "must be HTTP/1.0 or HTTP/1.1"
HOST_MALFORMED = "must have the name and the port of a host in its Host header"


def host_count(count: int) -> str:
    return f"must have one Host header; got {count}"


def body_malformed(reason: str, line: int, column: int) -> ApiError:
    return invalid_one("body", f"is not valid JSON: {reason} at line {line}, column {column}")


# 401


def unauthorized(message: str) -> ApiError:
    """401 with the challenge that RFC 9110, section 11.6.1, requires."""
    return ApiError("unauthorized", message, headers=[("WWW-Authenticate", 'Bearer realm="sepolo"')])


KEY_MISSING = "No API key was sent. Send it as X-Sepolo-Api-Key: <key> or as Authorization: Bearer <key>."
KEY_UNKNOWN = "The API key is not known to this sandbox. The command 'sepolo-mock keys' lists the known keys."
KEY_LIVE = (
    "A live key (sep_live_…) was sent to a sandbox. It was not used. Send one of the sandbox's sep_test_… "
    "keys, and consider replacing the live key if this connection was not private."
)
KEY_OF_MANAGEMENT = (
    "A management token was sent in place of an API key. Make a key with it: POST /sandbox/v1/organizations/{id}/keys."
)
KEY_DEMO = "The keys of the profile are switched off in this sandbox (--no-demo-keys). Use a key that was made in it."
KEY_ROTATED = "The API key was rotated: this is its text before. Use the new one."
KEYS_DIFFER = "Two different API keys were sent. Send one key, in one header."
KEY_IN_QUERY = (
    "An API key in the query string is rejected, because URLs are logged. Send it as X-Sepolo-Api-Key: <key>."
)
KEY_SCHEME = "The Authorization header is not of the form 'Bearer <key>'."


def key_expired(when: str) -> ApiError:
    return unauthorized(f"The API key expired on {when}.")


def key_revoked(when: str) -> ApiError:
    return unauthorized(f"The API key was revoked on {when}.")


# 403


def scope_missing(scope: str) -> ApiError:
    # The exact sentence of the published page.
    return ApiError("forbidden", f"The API key does not include the {scope} scope.")


# 404


def not_found() -> ApiError:
    """404 for an id: the same text whether the id is unknown or belongs to another organization."""
    return ApiError("not_found", "No such resource belongs to the API key's organization.")


def no_route(path: str) -> ApiError:
    hint = "Paths are case-sensitive and have no trailing slash."
    return ApiError("not_found", f"This API has no path {quoted(path)}. {hint}")


# 405


def method_not_allowed(method: str, allowed: str) -> ApiError:
    message = f"The method {quoted(method)} is not supported on this path; use {allowed}."
    return ApiError("method_not_allowed", message, headers=[("Allow", allowed)])


# 408


def request_timeout(seconds: int) -> ApiError:
    return ApiError("request_timeout", f"The request was not received completely within {seconds} s.")


# 409


def idempotency_conflict() -> ApiError:
    message = "This Idempotency-Key was used before with a different body. Use a new key for a new request."
    return ApiError("conflict", message)


# 413


def body_too_large(limit: int) -> ApiError:
    return ApiError("payload_too_large", f"The body is larger than {limit} bytes.")


# 414


def uri_too_long(limit: int) -> ApiError:
    return ApiError("uri_too_long", f"The URL is longer than {limit} bytes.")


# 415


def wrong_media_type(sent: str) -> ApiError:
    got = f"got {quoted(sent)}" if sent else "the request has no Content-Type"
    return ApiError("unsupported_media_type", f"Send Content-Type: application/json in UTF-8; {got}.")


def wrong_content_encoding(sent: str) -> ApiError:
    return ApiError("unsupported_media_type", f"Send the body without Content-Encoding; got {quoted(sent)}.")


# 429


def rate_limited(period: str, limit: int, retry_after_s: int) -> ApiError:
    message = f"The API key may make {limit} requests a {period}. Try again in {retry_after_s} s."
    return ApiError("rate_limited", message, headers=[("Retry-After", str(retry_after_s))])


# 431


def headers_too_large(limit: int, count: int) -> ApiError:
    message = f"The request line, headers and trailers take more than {limit} bytes, or are more than {count} headers."
    return ApiError("headers_too_large", message)


# 500 and 503


def internal_error() -> ApiError:
    return ApiError("internal_error", "The sandbox failed unexpectedly. Its log has an entry with this requestId.")


def shutting_down() -> ApiError:
    message = "The sandbox is shutting down. Try again when it runs again."
    return ApiError("service_unavailable", message, headers=[("Retry-After", "5")])


STATE_LOCKED = "The sandbox's state is locked by another process. Try again."
STATE_FULL = "The disk of the sandbox's state is full. Free some space, then try again."
STATE_UNREACHABLE = "The database of the sandbox's state can't be reached. Try again when it is back."
STATE_FAILED = "The sandbox's state can't be used; its log names the reason. Try again when it is mended."
