"""API keys: the key of a request's headers, its hash, and its expiry.

Pure rules over header values. Expiry is compared with the organisation's clock, so that the same key gets the same
response on any day.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import unquote_to_bytes

from sepolo_fixtures.profiles.profile import KeyFact
from sepolo_mock_server.errors import messages
from sepolo_mock_server.errors.messages import unauthorized
from sepolo_mock_server.rules import windows

LIVE, TEST, MANAGEMENT = "sep_live_", "sep_test_", "sep_mgmt_"
"""How keys of production and of sandboxes begin, and management tokens."""
_QUERY_NAMES = frozenset({"x-sepolo-api-key", "api_key", "apikey", "api-key", "access_token", "token", "key"})
_SHOWN = len(TEST) + 3
"""Characters of a key that `clientId` shows."""


@dataclass(frozen=True, slots=True)
class KeyHeaders:
    """Headers that may carry a key: `names` (lower case) hold the bare key, `Authorization` holds `Bearer <key>`."""

    names: frozenset[bytes]
    bearer: bool

    @classmethod
    def of(cls, schemes: Mapping[str, Mapping[str, str]]) -> "KeyHeaders":
        """Read the security schemes of the contract."""
        names = {s["name"].lower().encode() for s in schemes.values() if s["type"] == "apiKey" and s["in"] == "header"}
        bearer = any(s["type"] == "http" and s["scheme"].lower() == "bearer" for s in schemes.values())
        return cls(frozenset(names), bearer)


def presented_key(allowed: KeyHeaders, headers: Iterable[tuple[bytes, bytes]], query: bytes) -> str:
    """Return the key of a request; raise ApiError 401 for none, two different ones, a live one or one in the query."""
    found: str | None = None
    for name, value in headers:
        if name in allowed.names:
            key = value.decode("latin-1").strip()
        elif name == b"authorization" and allowed.bearer:
            key = _bearer(value.decode("latin-1"))
        else:
            continue
        if found is not None and key != found:
            raise unauthorized(messages.KEYS_DIFFER)
        found = key
    if not found:
        raise unauthorized(messages.KEY_IN_QUERY if in_query(query) else messages.KEY_MISSING)
    if found.startswith(LIVE):
        raise unauthorized(messages.KEY_LIVE)
    return found


def _bearer(value: str) -> str:
    scheme, _, key = value.strip().partition(" ")
    if scheme.lower() != "bearer":
        raise unauthorized(messages.KEY_SCHEME)
    return key.strip()


def in_query(query: bytes, is_secret: Callable[[str], bool] = lambda _: False) -> bool:
    """Whether a query string has a key or token: by the name of a parameter, or by its value."""
    for pair in query.split(b"&"):
        name, _, value = pair.partition(b"=")
        if unquote_to_bytes(name).decode("latin-1").lower() in _QUERY_NAMES:
            return True
        text = unquote_to_bytes(value).decode("latin-1")
        if text.startswith((LIVE, TEST, MANAGEMENT)) or is_secret(text):
            return True
    return False


def shown(key: str) -> str:
    """Return the first characters of a key."""
    return key[:_SHOWN]


def masked(key: str) -> str:
    """Return the first characters of a key, such as `sep_test_ful...`: enough to tell keys apart, too few to use."""
    return shown(key) + "..."


def check_expiry(fact: KeyFact, now: int) -> None:
    """Raise ApiError 401 if a key is not valid any more at `now`."""
    if fact.expires is not None and fact.expires <= now:
        raise messages.key_expired(windows.text(fact.expires))


def key_hash(key: str) -> bytes:
    """Return the SHA-256 of a key. A slow hash would protect guessable secrets; 128 random bits can't be guessed."""
    return sha256(key.encode()).digest()
