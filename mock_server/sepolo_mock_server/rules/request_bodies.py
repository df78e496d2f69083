"""Request bodies and their headers: media type, size limit, JSON syntax, idempotency key.

Pure rules. The contents of a service report are checked in `operations.service_reports`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from sepolo_mock_server.errors import messages

MAXIMUM_BYTES = 1024 * 1024
_KEY_LENGTH = 255


def check_media_type(headers: Mapping[bytes, bytes]) -> None:
    """Raise ApiError 415 unless the body is uncompressed `application/json`, in UTF-8 if a charset is named."""
    if (coding := headers.get(b"content-encoding", b"").decode("latin-1").strip().lower()) not in {"", "identity"}:
        raise messages.wrong_content_encoding(coding)
    sent = headers.get(b"content-type", b"").decode("latin-1")
    kind, *parameters = (part.strip().lower() for part in sent.split(";"))
    charsets = [value.strip('"') for name, _, value in (p.partition("=") for p in parameters) if name == "charset"]
    if kind != "application/json" or any(charset not in {"utf-8", "utf8"} for charset in charsets):
        raise messages.wrong_media_type(sent)


def check_declared_length(headers: Mapping[bytes, bytes]) -> None:
    """Raise ApiError 413 if `Content-Length` announces a body that is too large."""
    declared = headers.get(b"content-length", b"")
    # The digits are counted first: Python refuses to read thousands of them as a number.
    if declared.isdigit() and (len(declared) > len(str(MAXIMUM_BYTES)) or int(declared) > MAXIMUM_BYTES):
        raise messages.body_too_large(MAXIMUM_BYTES)


def check_length(length: int) -> None:
    """Raise ApiError 413 if so many bytes of a body are too many."""
    if length > MAXIMUM_BYTES:
        raise messages.body_too_large(MAXIMUM_BYTES)


def parsed(body: bytes) -> Any:
    """Return the JSON value of a body; raise ApiError 400 with the place of a syntax error."""
    if not body.strip():
        raise messages.invalid_one("body", messages.BODY_MISSING)
    try:
        body.decode()
    except UnicodeDecodeError:
        raise messages.invalid_one("body", messages.BODY_UTF8) from None
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise messages.body_malformed(error.msg, error.lineno, error.colno) from None


def idempotency_key(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """Return the `Idempotency-Key`, None without one; raise ApiError 400 for an invalid one and for more than one."""
    given = [value for name, value in headers if name == b"idempotency-key"]
    if not given:
        return None
    if len(given) > 1:
        raise messages.invalid_one("Idempotency-Key", messages.repeated(len(given)))
    key = given[0].strip().decode("latin-1")
    if not 1 <= len(key) <= _KEY_LENGTH or any(not "!" <= char <= "~" for char in key):
        raise messages.invalid_one("Idempotency-Key", messages.IDEMPOTENCY_KEY)
    return key
