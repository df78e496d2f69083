"""Masks keys and tokens in requests and responses, so that what is stored of them can't be used.

Pure rules over bytes. Masked are the whole values of headers that carry credentials and of query parameters with the
name of one, and everything that looks like a key or a token of Sepolo, wherever it stands.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote_from_bytes, unquote_to_bytes

from sepolo_mock_server.rules.records import Pairs, packed_headers

HIDDEN = b"..."
"""What stands in place of a secret."""

CREDENTIAL_HEADERS = frozenset(
    {b"x-sepolo-api-key", b"authorization", b"proxy-authorization", b"cookie", b"set-cookie"}
)
CREDENTIAL_PARAMETERS = frozenset(
    {b"x-sepolo-api-key", b"api_key", b"apikey", b"api-key", b"access_token", b"token", b"key"}
)
"""Names of query parameters that clients use for keys and tokens, in lower case."""

_MARK = b"sep_"
_SECRET = rb"(sep_[a-z]{1,8}_[A-Za-z0-9]{0,3}+)[A-Za-z0-9_-]+"
"""A key or token: three characters after its prefix are enough to tell keys apart, and too few to use one."""
_SCHEME = re.compile(rb"[A-Za-z0-9-]{1,20}(?= )")
_REMEMBERED = 64
"""Headers of requests and targets that are remembered, as most clients send the same ones again."""


class Masking:
    """The rules, with the one secret that has no prefix: the operator's token if it was chosen."""

    def __init__(self, token: str = "") -> None:
        self._token = token.encode()
        self._secret = re.compile(_SECRET + (b"|" + re.escape(self._token) if token else b""))
        self._known_headers = lru_cache(_REMEMBERED)(self._headers)
        self._last: tuple[list[tuple[bytes, bytes]], bytes] = [], packed_headers(())
        self.target = lru_cache(_REMEMBERED)(self._target)
        """Returns path and query as they were sent, without credentials; also those that are percent-encoded."""

    def text(self, raw: bytes) -> bytes:
        """Return a text in which each key and token is cut after its first characters."""
        if _MARK in raw or (self._token and self._token in raw):
            return self._secret.sub(lambda match: (match.group(1) or b"") + HIDDEN, raw)
        return raw

    def headers(self, pairs: list[tuple[bytes, bytes]]) -> bytes:
        """Return the headers of a request without credentials, packed; names must be in lower case."""
        # Most requests repeat the one before; this comparison takes half of the time of a look-up.
        if pairs != self._last[0]:
            self._last = pairs, self._known_headers(tuple(pairs))
        return self._last[1]

    def values(self, pairs: Iterable[tuple[bytes, bytes]]) -> bytes:
        """Return the headers of a response, packed: they carry no credentials, but may repeat what a client sent."""
        return packed_headers((name, self.text(value)) for name, value in pairs)

    def _headers(self, pairs: Pairs) -> bytes:
        return packed_headers(
            (name, self._credential(value) if name in CREDENTIAL_HEADERS else self.text(value)) for name, value in pairs
        )

    def _credential(self, value: bytes) -> bytes:
        """The value of a header with credentials: its scheme, and of a key of Sepolo the first characters."""
        scheme = _SCHEME.match(value)
        return (scheme.group() + b" " if scheme else b"") + self._shown(value) + HIDDEN

    def _shown(self, value: bytes) -> bytes:
        found = self._secret.search(value)
        return found.group(1) or b"" if found else b""

    def _target(self, path: bytes, query: bytes) -> bytes:
        parts = [self._segment(path)]
        if query:
            parts.append(b"&".join(map(self._parameter, query.split(b"&"))))
        return b"?".join(parts)

    def _parameter(self, pair: bytes) -> bytes:
        name, equals, value = pair.partition(b"=")
        plain = unquote_to_bytes(name) if b"%" in name else name
        if plain.lower() in CREDENTIAL_PARAMETERS and value:
            return name + equals + self._shown(unquote_to_bytes(value)) + HIDDEN
        return self._segment(name) + equals + self._segment(value)

    def _segment(self, raw: bytes) -> bytes:
        if b"%" in raw and self._secret.search(decoded := unquote_to_bytes(raw)):
            return quote_from_bytes(self.text(decoded), safe="/").encode()
        return self.text(raw)
