"""Masks keys and tokens in requests and responses, so that what is stored of them can't be used.

Pure rules over bytes. Masked are the whole values of headers that carry credentials and of query parameters with the
name of one, and everything that looks like a key or a token of Sepolo, wherever it stands.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain
from urllib.parse import quote_from_bytes, unquote_to_bytes

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
_SECRET = re.compile(rb"(sep_[a-z]{1,8}_[A-Za-z0-9]{0,3}+)[A-Za-z0-9_-]+")
"""A key or token: three characters after its prefix are enough to tell keys apart, and too few to use one."""
_REMEMBERED_BYTES = 1024
"""Longest headers and longest target that are remembered."""
_SCHEME = re.compile(rb"[A-Za-z0-9-]{1,20}(?= )")


def text(raw: bytes) -> bytes:
    """Return a text in which each key and token is cut after its first characters."""
    return _SECRET.sub(rb"\1...", raw) if _MARK in raw else raw


def headers(pairs: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return names and values in turn, separated by NUL, without credentials; names must be in lower case."""
    joined = b"\0".join(chain.from_iterable(pairs))
    # Most clients send the same headers with each request.
    return _remembered_headers(joined) if len(joined) <= _REMEMBERED_BYTES else _headers(joined)


def _headers(joined: bytes) -> bytes:
    parts = joined.split(b"\0")
    for place in range(0, len(parts) - 1, 2):
        value = parts[place + 1]
        parts[place + 1] = _credential(value) if parts[place] in CREDENTIAL_HEADERS else text(value)
    return b"\0".join(parts)


_remembered_headers = lru_cache(maxsize=256)(_headers)


def _credential(value: bytes) -> bytes:
    """The value of a header with credentials: its scheme, and of a key of Sepolo the first characters."""
    scheme = _SCHEME.match(value)
    shown = _SECRET.search(value)
    prefix = scheme.group() + b" " if scheme else b""
    return prefix + (shown.group(1) if shown else b"") + HIDDEN


def target(path: bytes, query: bytes) -> bytes:
    """Return path and query as they were sent, without credentials; also those that are percent-encoded."""
    return (_remembered_target if len(path) + len(query) <= _REMEMBERED_BYTES else _target)(path, query)


def _target(path: bytes, query: bytes) -> bytes:
    shown = _segment(path)
    if query:
        shown += b"?" + b"&".join(map(_parameter, query.split(b"&")))
    return shown


_remembered_target = lru_cache(maxsize=256)(_target)


def _parameter(pair: bytes) -> bytes:
    name, equals, value = pair.partition(b"=")
    plain = unquote_to_bytes(name) if b"%" in name else name
    if plain.lower() in CREDENTIAL_PARAMETERS and value:
        shown = _SECRET.search(unquote_to_bytes(value))
        return name + equals + (shown.group(1) if shown else b"") + HIDDEN
    return _segment(name) + equals + _segment(value)


def _segment(raw: bytes) -> bytes:
    if b"%" in raw and _MARK in (decoded := unquote_to_bytes(raw)) and _SECRET.search(decoded):
        return quote_from_bytes(text(decoded), safe="/").encode()
    return text(raw)
