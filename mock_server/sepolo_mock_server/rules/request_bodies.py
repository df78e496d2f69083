"""Request bodies: read up to a limit, checked for media type, parsed as JSON.

Nothing here knows what a body means.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from starlette.types import Receive

from sepolo_mock_server import errors
from sepolo_mock_server.errors import RejectedError

LIMIT = 1024 * 1024
_ATTEMPT_LENGTH = 255


def check_media_type(headers: Mapping[bytes, bytes]) -> None:
    """ApiError 415 for anything but `application/json`, in UTF-8 if a charset is named, and not compressed."""
    if (coding := headers.get(b"content-encoding", b"").decode("latin-1").strip().lower()) not in {"", "identity"}:
        raise errors.wrong_coding(coding)
    sent = headers.get(b"content-type", b"").decode("latin-1")
    kind, *parameters = (part.strip().lower() for part in sent.split(";"))
    charsets = [value.strip('"') for name, _, value in (p.partition("=") for p in parameters) if name == "charset"]
    if kind != "application/json" or any(charset not in {"utf-8", "utf8"} for charset in charsets):
        raise errors.wrong_media_type(sent)


async def read(receive: Receive, headers: Mapping[bytes, bytes]) -> bytes | None:
    """The whole body, None when the client has gone; ApiError 413 as soon as it is known to be too large."""
    declared = headers.get(b"content-length", b"")
    if declared.isdigit() and (len(declared) > len(str(LIMIT)) or int(declared) > LIMIT):
        raise errors.too_large(LIMIT)
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > LIMIT:
            raise errors.too_large(LIMIT)
        if not message.get("more_body", False):
            return bytes(body)


def parsed(body: bytes) -> Any:
    """The JSON value of a body; ApiError 400 that says where it goes wrong."""
    if not body.strip():
        raise errors.invalid_one("body", errors.BODY_MISSING)
    try:
        body.decode()
    except UnicodeDecodeError:
        raise errors.invalid_one("body", errors.BODY_UTF8) from None
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise errors.body_malformed(error.msg, error.lineno, error.colno) from None


def attempt_key(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """The `Idempotency-Key`, None without one; ApiError 400 for one that can't be used, and for two."""
    given = [value for name, value in headers if name == b"idempotency-key"]
    if not given:
        return None
    if len(given) > 1:
        raise errors.invalid_one("Idempotency-Key", errors.repeated(len(given)))
    try:
        return _visible(given[0].decode("ascii").strip())
    except (UnicodeDecodeError, RejectedError):
        raise errors.invalid_one("Idempotency-Key", errors.IDEMPOTENCY_KEY) from None


def _visible(text: str) -> str:
    if not 1 <= len(text) <= _ATTEMPT_LENGTH or any(not "!" <= char <= "~" for char in text):
        raise RejectedError(errors.IDEMPOTENCY_KEY)
    return text
