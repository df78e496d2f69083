"""Texts of the management API's error responses, in the order of their status. See `messages`."""

from collections.abc import Iterable

from sepolo_mock_server.errors.api_error import ApiError
from sepolo_mock_server.errors.messages import quoted

# 400


def unknown_template(names: Iterable[str]) -> str:
    return f"must be one of {', '.join(names)}"


CURSOR_UNKNOWN = "was not issued by this list: start again without a cursor"
CLOCK_NOW_WITHOUT_FIXED = "is for the mode fixed only: leave it out, or give the mode fixed"
DURATION_FORM = "must be an ISO 8601 duration such as P1D, PT10M, P2W or P1DT12H"
DURATION_CALENDAR = (
    "has years or months, whose length differs: give weeks, days, hours, minutes or seconds, such as P30D"
)
DURATION_NEGATIVE = "must not be negative: set an earlier time with PUT clock instead"
DURATION_ZERO = "must be longer than zero"
DURATION_FRACTION = "must be whole weeks, days, hours, minutes and seconds"


def clock_range(earliest: str, latest: str, got: str) -> str:
    return f"must lie between {earliest} and {latest}, which its data cover; got {got}"


def clock_beyond(earliest: str, latest: str, got: str) -> str:
    return f"moves the clock to {got}, but it must lie between {earliest} and {latest}"


def group_unknown(group: int, known: Iterable[int]) -> str:
    return f"the organisation has no group {group}; its groups are {', '.join(map(str, known)) or 'none'}"


def customer_unknown(customer: str, first: str | None, last: str | None) -> str:
    known = "it has no customers" if first is None else f"its customers are {first} to {last}"
    return f"the organisation has no customer {quoted(customer)}; {known}"


BOUNDARY_EMPTY = "no asset belongs to these customers and to a group of allowedGroupIds: the key would see nothing"

LAST_EVENT_ID = "must be the number of an event: an integer from 0 up in plain digits"

# 401

_CHALLENGE = (("WWW-Authenticate", 'Bearer realm="sepolo sandbox management"'),)


def unauthorized(message: str) -> ApiError:
    """401 with the challenge of the management API."""
    return ApiError("unauthorized", message, headers=_CHALLENGE)


BEARER_MISSING = "No management token was sent. Send it as Authorization: Bearer <token>."
BEARER_UNKNOWN = (
    "The management token is not known to this sandbox. The operator's token is printed when the sandbox starts; "
    "that of an organisation was shown when it was made, and ends with the organisation."
)
BEARER_IS_KEY = (
    "An API key was sent in place of a management token. Send the operator's token or that of the organisation as "
    "Authorization: Bearer <token>."
)
BEARER_SCHEME = "The Authorization header is not of the form 'Bearer <token>'."
BEARER_REPEATED = "The Authorization header was sent more than once. Send one token."
BEARER_IN_QUERY = (
    "A token in the query string is refused, because URLs are logged. Send it as Authorization: Bearer <token>."
)

# 403


def operator_only() -> ApiError:
    message = "Only the operator's token may do this; this is the token of one organisation."
    return ApiError("forbidden", message)


# 404


def organization_unknown() -> ApiError:
    return ApiError("not_found", "There is no organisation with this id, or the token does not reach it.")


def key_unknown() -> ApiError:
    return ApiError("not_found", "The organisation has no key with this id.")


def device_unknown() -> ApiError:
    return ApiError("not_found", "The organisation has no device with this id. Ids are those of GET /api/v1/devices.")


def request_unknown() -> ApiError:
    message = "The log has no request with this number, or not any more, or the token does not reach it."
    return ApiError("not_found", message)


# 409


def profile_organization() -> ApiError:
    message = "This organisation belongs to the profile and can't be deleted; reset it instead."
    return ApiError("conflict", message)


def profile_key() -> ApiError:
    message = (
        "This key belongs to the profile and can't be changed. Start the sandbox with --no-demo-keys to do without "
        "the keys of the profile."
    )
    return ApiError("conflict", message)


def key_revoked_before() -> ApiError:
    return ApiError("conflict", "This key was revoked and can't be rotated; make a new one.")


def clock_follows_wall() -> ApiError:
    message = 'This clock follows the wall and can\'t be advanced; set it to {"mode": "fixed"} first.'
    return ApiError("conflict", message)


def too_many_organizations(limit: int) -> ApiError:
    return ApiError("conflict", f"The sandbox has {limit} organisations, which is the limit; delete some first.")


def too_many_keys(limit: int) -> ApiError:
    message = f"The organisation has had {limit} keys, which is the limit; use another organisation."
    return ApiError("conflict", message)


# 421


def misdirected(host: str) -> ApiError:
    message = (
        f"The sandbox listens on this machine only, and the Host header is {quoted(host)}. "
        "Use the host 127.0.0.1 or localhost."
    )
    return ApiError("misdirected_request", message)
