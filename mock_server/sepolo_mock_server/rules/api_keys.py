"""Who is asking: the key in a request's headers, looked up by hash, and what it may do.

Pure rules over header values; no request object, no I/O. Expiry is judged by the world's clock, so that the
same key gives the same answer on any day.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import unquote_to_bytes

from sepolo_fixtures.profiles.profile import KeyFact
from sepolo_mock_server import errors
from sepolo_mock_server.errors import unauthorized
from sepolo_mock_server.rules import windows

_LIVE, _TEST = "sep_live_", "sep_test_"
_QUERY_NAMES = frozenset({"x-sepolo-api-key", "api_key", "apikey", "api-key", "access_token", "token", "key"})
_SHOWN = len(_TEST) + 3
"""Characters of a key that `clientId` shows."""


@dataclass(frozen=True, slots=True)
class Carriers:
    """Where the contract lets a key stand: bare in headers of these lower-case names, or after `Bearer`."""

    bare: frozenset[bytes]
    bearer: bool

    @classmethod
    def of(cls, schemes: Mapping[str, Mapping[str, str]]) -> "Carriers":
        """Read the security schemes of the contract."""
        bare = {s["name"].lower().encode() for s in schemes.values() if s["type"] == "apiKey" and s["in"] == "header"}
        bearer = any(s["type"] == "http" and s["scheme"].lower() == "bearer" for s in schemes.values())
        return cls(frozenset(bare), bearer)


def presented_key(carriers: Carriers, headers: Iterable[tuple[bytes, bytes]], query: bytes) -> str:
    """The one key a request presents; ApiError 401 for none, two, a live one or one in the query."""
    found: str | None = None
    for name, value in headers:
        if name in carriers.bare:
            key = value.decode("latin-1").strip()
        elif name == b"authorization" and carriers.bearer:
            key = _bearer(value.decode("latin-1"))
        else:
            continue
        if found is not None and key != found:
            raise unauthorized(errors.KEYS_DIFFER)
        found = key
    if not found:
        raise unauthorized(errors.KEY_IN_QUERY if _in_query(query) else errors.KEY_MISSING)
    if found.startswith(_LIVE):
        raise unauthorized(errors.KEY_LIVE)
    return found


def _bearer(value: str) -> str:
    scheme, _, key = value.strip().partition(" ")
    if scheme.lower() != "bearer":
        raise unauthorized(errors.KEY_SCHEME)
    return key.strip()


def _in_query(query: bytes) -> bool:
    for pair in query.split(b"&"):
        name, _, value = pair.partition(b"=")
        if unquote_to_bytes(name).decode("latin-1").lower() in _QUERY_NAMES:
            return True
        if unquote_to_bytes(value).startswith((_LIVE.encode(), _TEST.encode())):
            return True
    return False


def masked(key: str) -> str:
    """`sep_test_ful...`: tells keys apart without giving one away."""
    return key[:_SHOWN] + "..."


class Keyring:
    """The keys of a profile, found by hash: the work is the same whether a key exists or not."""

    def __init__(self, keys: Sequence[KeyFact]) -> None:
        self._by_hash = {_hash(fact.key): number for number, fact in enumerate(keys)}
        self._keys = tuple(keys)

    def find(self, key: str, now: int) -> int:
        """The number of a key that is valid at `now`; ApiError 401 otherwise."""
        number = self._by_hash.get(_hash(key))
        if number is None:
            raise unauthorized(errors.KEY_UNKNOWN)
        expires = self._keys[number].expires
        if expires is not None and expires <= now:
            raise errors.key_expired(windows.text(expires))
        return number


def _hash(key: str) -> bytes:
    return sha256(key.encode()).digest()
