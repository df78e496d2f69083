"""Management tokens and new keys: their texts, the token of a request, and the hosts of a sandbox on loopback.

Pure rules over header values, except for the random secrets. Tokens and keys are compared by hash.
"""

import ipaddress
import re
import secrets
from collections.abc import Callable, Iterable

from sepolo_mock_server.errors import management_messages
from sepolo_mock_server.errors.management_messages import unauthorized
from sepolo_mock_server.rules import api_keys

_SECRET_BYTES = 16
"""128 random bits can't be guessed, so that a plain SHA-256 of them is safe to store."""
_HOST = re.compile(r"(?:\[([^\]]*)\]|([^:]*))(?::[0-9]*)?")


def new_token() -> str:
    """Return a random management token."""
    return api_keys.MANAGEMENT + secrets.token_hex(_SECRET_BYTES)


def new_key() -> str:
    """Return the text of a random API key."""
    return api_keys.TEST + secrets.token_hex(_SECRET_BYTES)


def presented_token(headers: Iterable[tuple[bytes, bytes]], query: bytes, is_token: Callable[[str], bool]) -> str:
    """Return the token of a request; raise ApiError 401 for none, several, an API key, or one in the query.

    `is_token` recognises the operator's token, whose text has no prefix if it was chosen.
    """
    if api_keys.in_query(query, is_token):
        raise unauthorized(management_messages.BEARER_IN_QUERY)
    found = list(headers)
    given = [value.decode("latin-1").strip() for name, value in found if name == b"authorization"]
    if len(given) > 1:
        raise unauthorized(management_messages.BEARER_REPEATED)
    if not given:
        as_key = any(name == b"x-sepolo-api-key" for name, _ in found)
        raise unauthorized(management_messages.BEARER_IS_KEY if as_key else management_messages.BEARER_MISSING)
    scheme, _, token = given[0].partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise unauthorized(management_messages.BEARER_SCHEME)
    if token.startswith((api_keys.TEST, api_keys.LIVE)) and not is_token(token):
        raise unauthorized(management_messages.BEARER_IS_KEY)
    return token


def check_loopback_host(headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Raise ApiError 421 unless the Host header names this machine.

    A web page whose name was made to resolve to 127.0.0.1 (DNS rebinding) is stopped here: its browser sends the
    page's name. A request of HTTP/1.0 may have no Host header; no browser sends one.
    """
    for name, value in headers:
        if name == b"host" and not is_loopback(value.decode("latin-1")):
            raise management_messages.misdirected(value.decode("latin-1"))


def is_loopback(host: str) -> bool:
    """Whether a host, with or without a port, is an address of loopback or a name of it (RFC 6761, section 6.3)."""
    match = _HOST.fullmatch(host)
    name = (match.group(1) or match.group(2) or "").rstrip(".").lower() if match else host
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
