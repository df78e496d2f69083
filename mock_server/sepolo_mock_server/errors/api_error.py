"""Error codes of the API with their statuses, the exceptions that carry them, and the JSON body of an error response.

The texts are in `messages`. Nothing here decides when an error is raised.
"""

from collections.abc import Sequence
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
        "request_timeout": 408,
        "conflict": 409,
        "payload_too_large": 413,
        "uri_too_long": 414,
        "unsupported_media_type": 415,
        "misdirected_request": 421,
        "rate_limited": 429,
        "headers_too_large": 431,
        "internal_error": 500,
        "bad_gateway": 502,
        "gateway_timeout": 504,
        "service_unavailable": 503,
    }
)


@dataclass(frozen=True, slots=True)
class Detail:
    """What is wrong with one parameter or body member."""

    parameter: str
    message: str


class RejectedError(ValueError):
    """One value that a rule rejects; `message` says which values are accepted."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ApiError(Exception):
    """An error response: code, status, message, details and headers."""

    def __init__(
        self, code: str, message: str, details: Sequence[Detail] = (), headers: Sequence[tuple[str, str]] = ()
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = STATUS[code]
        self.message = message
        self.details = tuple(details)
        self.headers = tuple(headers)

    @property
    def explanation(self) -> str:
        """Message and details in one text."""
        if len(self.details) < 2:
            return self.message
        return "; ".join(f"{detail.parameter}: {detail.message}" for detail in self.details)


def error_body(error: ApiError, request_id: str) -> bytes:
    """Return the JSON body of an error response: `error`, `message`, `requestId`, and `details` if there are any."""
    body: dict[str, Any] = {"error": error.code, "message": error.message, "requestId": request_id}
    if error.details:
        body["details"] = [{"parameter": d.parameter, "message": d.message} for d in error.details]
    return orjson.dumps(body)
