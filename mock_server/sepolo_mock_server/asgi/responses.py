"""Sending responses: common headers, ETag and 304, gzip, HEAD and CORS.

Takes bodies as bytes and sends ASGI messages. The content of a response is made elsewhere.
"""

import gzip
import itertools
import re
import secrets
import struct
import zlib
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from starlette.types import Message, Scope, Send

from sepolo_mock_server.asgi.recorder import EXCHANGE, Exchange, Header, Stored
from sepolo_mock_server.errors import messages
from sepolo_mock_server.errors.api_error import ApiError, error_body

JSON = b"application/json"
PRIVATE = b"private, no-cache"
NO_STORE = b"no-store"
READ_METHODS = frozenset({"GET", "HEAD"})
_READ = "GET, HEAD, OPTIONS"
GZIP_FROM_BYTES = 1024
"""Bodies from this size on are compressed if the client accepts gzip."""

_EXPOSED = (
    "ETag, Location, Retry-After, X-Request-Id, RateLimit-Policy, RateLimit, X-RateLimit-Limit, "
    "X-RateLimit-Remaining, X-RateLimit-Reset, X-Sandbox-Warning, X-Sandbox-Effective-Window, "
    "Idempotent-Replayed, Preference-Applied"
)
_ALLOWED = "X-Sepolo-Api-Key, Authorization, Content-Type, Idempotency-Key, If-None-Match, X-Request-Id, Prefer"
_CORS: tuple[Header, ...] = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", _EXPOSED.encode()),
)
_WITHOUT_CORS = ("/sandbox/", "/console/", "/reference/")
_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}")
"""A header name or method (RFC 9110, section 5.6.2) that a preflight may get back."""
_REMEMBERED_BYTES = 128
"""Longest `Accept-Encoding` value that is remembered."""
_ECHOED = 32
"""Requested headers that a preflight gets back at most."""
_REQUEST_ID = re.compile(rb"(?!.*sep_)[A-Za-z0-9._~:/+=@-]{1,128}")
"""An id that is repeated; a key in its place is not."""
_PROCESS = b"req_" + secrets.token_hex(4).encode()
_numbers = itertools.count(1)


class Prepared:
    """A successful response with its headers, which can be sent any number of times.

    A body that is `packed` is compressed by gzip, and is unpacked for each client that does not accept gzip. Another
    body is compressed when a client first accepts it, and is kept in both forms.
    """

    __slots__ = (
        "_body",
        "_common",
        "_content_type",
        "_gzipped",
        "_packed",
        "_stored",
        "etag",
        "extra",
        "headers",
        "length",
        "status",
    )

    def __init__(
        self,
        status: int,
        body: bytes,
        cache: bytes,
        extra: Iterable[Header] = (),
        *,
        tagged: bool = True,
        cors: bool = True,
        content_type: bytes = JSON,
        packed: bool = False,
    ) -> None:
        self.status = status
        self._content_type = content_type
        self._body, self._packed = body, packed
        self.extra = tuple(extra)
        self.length, checksum = _of_unpacked(body) if packed else (len(body), zlib.crc32(body) if tagged else 0)
        # A checksum is enough for a weak ETag and costs a fraction of a cryptographic digest.
        self.etag = b'W/"%x-%08x"' % (self.length, checksum) if tagged else b""
        self._common: tuple[Header, ...] = (
            *(_CORS if cors else ()),
            (b"cache-control", cache),
            (b"vary", b"accept-encoding"),
            *([(b"etag", self.etag)] if tagged else []),
            *self.extra,
        )
        self.headers: tuple[Header, ...] = (*self._common, *_content(self.length, content_type))
        self._gzipped = self._encoded(body) if packed else None
        self._stored: tuple[tuple[Header, ...], Stored] | None = None

    @property
    def body(self) -> bytes:
        """The body without compression; a packed one is unpacked each time."""
        return gzip.decompress(self._body) if self._packed else self._body

    @property
    def size(self) -> int:
        """Approximate size in bytes, including the compressed body (less than a quarter of the JSON)."""
        return self.length * 5 // 4 + 1_000

    @property
    def not_modified(self) -> tuple[Header, ...]:
        """The headers of a 304."""
        return self._common

    def gzipped(self) -> tuple[tuple[Header, ...], bytes]:
        """Return headers and compressed body, made once. Without a time stamp, so equal bodies give equal bytes."""
        if self._gzipped is None:
            self._gzipped = self._encoded(gzip.compress(self.body, compresslevel=1, mtime=0))
        return self._gzipped

    def _encoded(self, body: bytes) -> tuple[tuple[Header, ...], bytes]:
        return (*self._common, (b"content-encoding", b"gzip"), *_content(len(body), self._content_type)), body

    def stored(self, shown: tuple[Header, ...], exchange: Exchange) -> Stored:
        """Return the response with the headers that are sent as the request log has it; usually made once."""
        if self._stored is None or self._stored[0] is not shown:
            self._stored = shown, exchange.stored(shown, self.body)
        return self._stored[1]


def _content(length: int, content_type: bytes = JSON) -> tuple[Header, ...]:
    return (b"content-type", content_type), (b"content-length", b"%d" % length)


def _of_unpacked(body: bytes) -> tuple[int, int]:
    """Return length and CRC-32 of what is compressed in a body below 4 GiB, which end it (RFC 1952, section 2.3.1)."""
    checksum, length = struct.unpack("<II", body[-8:])
    return length, checksum


async def respond(
    scope: Scope, send: Send, response: Prepared, headers: Mapping[bytes, bytes], extra: Iterable[Header]
) -> None:
    """Send a prepared response, or 304 if the client has its current ETag."""
    own = (b"x-request-id", request_id(headers)), *extra
    given = headers.get(b"if-none-match")
    status = response.status
    if given is not None and response.etag and matches(given, response.etag):
        status, shown, body = 304, response.not_modified, b""
    elif response.length >= GZIP_FROM_BYTES and accepts_gzip(headers.get(b"accept-encoding", b"")):
        shown, body = response.gzipped()
    else:
        shown, body = response.headers, response.body
    if scope["method"] == "HEAD":
        body = b""
    exchange: Exchange | None = scope.get(EXCHANGE)
    if exchange is not None:
        stored = response.stored(shown, exchange)
        exchange.record(scope, status, len(body), stored if body else (stored[0], b"", 0), own)
    await _send(send, status, [*shown, *own], body)


async def respond_to_read(scope: Scope, send: Send, make: Callable[[], Prepared]) -> None:
    """Send what `make` returns to GET and HEAD on a path outside the contract; raise ApiError 405 for other methods."""
    if scope["method"] == "OPTIONS":
        await options(scope, send, _READ)
        return
    if scope["method"] not in READ_METHODS:
        raise messages.method_not_allowed(scope["method"], _READ)
    await respond(scope, send, make(), dict(scope["headers"]), ())


async def options(scope: Scope, send: Send, allow: str) -> None:
    """Send 204 with `Allow` and, on public paths, the headers of a CORS preflight; no key is required.

    The requested method and headers are allowed too, so that a browser sends them and shows the API's own response.
    """
    given = dict(scope["headers"])
    if not has_cors(scope["path"]):
        await _send(send, 204, [(b"allow", allow.encode()), (b"x-request-id", request_id(given))], b"")
        return
    methods, names = allow.encode(), _ALLOWED.encode()
    headers = [
        *_CORS,
        (b"allow", methods),
        (b"access-control-allow-methods", _with_tokens(methods, given.get(b"access-control-request-method", b""), 1)),
        (b"access-control-allow-headers", _with_tokens(names, _requested_headers(scope), _ECHOED)),
        (b"access-control-max-age", b"600"),
        (b"vary", b"access-control-request-method, access-control-request-headers"),
        (b"x-request-id", request_id(given)),
    ]
    exchange: Exchange | None = scope.get(EXCHANGE)
    if exchange is not None:
        exchange.record(scope, 204, 0, exchange.stored(headers, b""))
    await _send(send, 204, headers, b"")


def _requested_headers(scope: Scope) -> bytes:
    return b",".join(value for name, value in scope["headers"] if name == b"access-control-request-headers")


def _with_tokens(allowed: bytes, requested: bytes, limit: int) -> bytes:
    """Return a list, and the first `limit` requested tokens that it lacks; values that are not tokens are left out."""
    known = set(allowed.lower().split(b", "))
    found: list[bytes] = []
    for part in requested.split(b","):
        token = part.strip()
        if len(found) < limit and _TOKEN.fullmatch(token) and token.lower() not in known:
            known.add(token.lower())
            found.append(token)
    return b", ".join((allowed, *found))


def error_response(headers: Mapping[bytes, bytes], error: ApiError) -> tuple[list[Header], bytes]:
    """Return headers and body of the error response to a request with these headers."""
    identifier = request_id(headers)
    body = error_body(error, identifier.decode())
    own = [(name.encode(), value.encode()) for name, value in error_headers(identifier, error.headers).items()]
    return [*own, *_content(len(body))], body


def has_cors(path: str) -> bool:
    """Whether pages of other origins may read the responses of a path: those of the public API, not of management."""
    return not path.startswith(_WITHOUT_CORS)


def error_headers(request_id: bytes, extra: Iterable[tuple[str, str]], *, cors: bool = True) -> dict[str, str]:
    """Return the headers of an error response."""
    common = [(name.decode(), value.decode()) for name, value in _CORS] if cors else []
    return dict([*common, ("x-request-id", request_id.decode()), ("cache-control", "no-store"), *extra])


def request_id(headers: Mapping[bytes, bytes]) -> bytes:
    """Return the client's `X-Request-Id` if it is safe to repeat in a header, else a new id."""
    given = headers.get(b"x-request-id")
    if given is not None and _REQUEST_ID.fullmatch(given):
        return given
    return b"%s%06x" % (_PROCESS, next(_numbers))


def matches(if_none_match: bytes, etag: bytes) -> bool:
    """Whether an `If-None-Match` value contains the ETag, by weak comparison (RFC 9110, section 13.1.2)."""
    if if_none_match.strip() == b"*":
        return True
    return etag.removeprefix(b"W/") in (tag.strip().removeprefix(b"W/") for tag in if_none_match.split(b","))


def accepts_gzip(accept_encoding: bytes) -> bool:
    """Whether an `Accept-Encoding` value allows gzip, by name or by `*`, with a weight above zero."""
    # Values that browsers and libraries send are short; only those are remembered.
    return _known_gzip(accept_encoding) if len(accept_encoding) <= _REMEMBERED_BYTES else _gzip(accept_encoding)


def _gzip(accept_encoding: bytes) -> bool:
    weights: dict[str, float] = {}
    for part in accept_encoding.decode("latin-1").lower().split(","):
        coding, *parameters = (piece.strip() for piece in part.split(";"))
        weights[coding] = next((_weight(p[2:]) for p in parameters if p.startswith("q=")), 1.0)
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0))) > 0


_known_gzip = lru_cache(maxsize=256)(_gzip)


def _weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def with_request_id(send: Send, headers: Mapping[bytes, bytes]) -> Send:
    """Return a channel that adds `X-Request-Id` to the response."""
    own = (b"x-request-id", request_id(headers))

    async def named(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], own]}
        await send(message)

    return named


async def _send(send: Send, status: int, headers: list[Header], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
