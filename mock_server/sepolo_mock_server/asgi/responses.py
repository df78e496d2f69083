"""How an answer leaves: headers that every answer has, ETag and 304, gzip, HEAD, CORS.

Bytes in, ASGI messages out. What an answer says is decided elsewhere.
"""

import gzip
import itertools
import re
import secrets
import zlib
from collections.abc import Iterable, Mapping
from functools import lru_cache

from starlette.types import Scope, Send

Header = tuple[bytes, bytes]

JSON = b"application/json"
PRIVATE = b"private, no-cache"
NO_STORE = b"no-store"
WORTH_ZIPPING = 1024
"""Bodies from this size on are compressed when the client asks for it."""

_EXPOSED = (
    "ETag, Location, Retry-After, X-Request-Id, RateLimit-Policy, RateLimit, X-RateLimit-Limit, "
    "X-RateLimit-Remaining, X-RateLimit-Reset, X-Sandbox-Warning, X-Sandbox-Effective-Window, "
    "Idempotent-Replayed"
)
_ALLOWED = "X-Sepolo-Api-Key, Authorization, Content-Type, Idempotency-Key, If-None-Match, X-Request-Id, Prefer"
_CORS: tuple[Header, ...] = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", _EXPOSED.encode()),
)
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._~:/+=@-]{1,128}")
_BOOT = b"req_" + secrets.token_hex(4).encode()
_numbers = itertools.count(1)


class Prepared:
    """A successful answer, ready to be sent any number of times to whoever may have it."""

    __slots__ = ("_common", "_zipped", "body", "etag", "headers", "status")

    def __init__(
        self, status: int, body: bytes, cache: bytes, extra: Iterable[Header] = (), *, tagged: bool = True
    ) -> None:
        self.status = status
        self.body = body
        # A checksum is enough for a weak validator and costs a fraction of a cryptographic digest.
        self.etag = b'W/"%x-%08x"' % (len(body), zlib.crc32(body)) if tagged else b""
        self._common: tuple[Header, ...] = (
            *_CORS,
            (b"cache-control", cache),
            (b"vary", b"accept-encoding"),
            *([(b"etag", self.etag)] if tagged else []),
            *extra,
        )
        self.headers: tuple[Header, ...] = (*self._common, *_content(body))
        self._zipped: tuple[tuple[Header, ...], bytes] | None = None

    @property
    def size(self) -> int:
        """Bytes held, roughly, with room for the compressed body (JSON shrinks to less than a quarter)."""
        return len(self.body) * 5 // 4 + 1_000

    @property
    def unchanged(self) -> tuple[Header, ...]:
        """The headers of a 304."""
        return self._common

    def zipped(self) -> tuple[tuple[Header, ...], bytes]:
        """Headers and compressed body, made once; without a time stamp, so equal bodies give equal bytes."""
        if self._zipped is None:
            body = gzip.compress(self.body, compresslevel=1, mtime=0)
            self._zipped = (*self._common, (b"content-encoding", b"gzip"), *_content(body)), body
        return self._zipped


def _content(body: bytes) -> tuple[Header, ...]:
    return (b"content-type", JSON), (b"content-length", b"%d" % len(body))


async def respond(
    scope: Scope, send: Send, answer: Prepared, headers: Mapping[bytes, bytes], extra: Iterable[Header]
) -> None:
    """Send a prepared answer, or 304 where the client has it already."""
    own = (b"x-request-id", request_id(headers)), *extra
    known = headers.get(b"if-none-match")
    if known is not None and answer.etag and matches(known, answer.etag):
        await _send(send, 304, [*answer.unchanged, *own], b"")
        return
    shown, body = answer.headers, answer.body
    if len(body) >= WORTH_ZIPPING and accepts_gzip(headers.get(b"accept-encoding", b"")):
        shown, body = answer.zipped()
    await _send(send, answer.status, [*shown, *own], b"" if scope["method"] == "HEAD" else body)


async def options(scope: Scope, send: Send, allow: str) -> None:
    """204 with `Allow`, which answers a CORS preflight too; no key is needed to ask."""
    headers = [
        *_CORS,
        (b"allow", allow.encode()),
        (b"access-control-allow-methods", allow.encode()),
        (b"access-control-allow-headers", _ALLOWED.encode()),
        (b"access-control-max-age", b"600"),
        (b"x-request-id", request_id(dict(scope["headers"]))),
    ]
    await _send(send, 204, headers, b"")


def error_headers(request: bytes, extra: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The headers of an error answer with this request id."""
    common = [(name.decode(), value.decode()) for name, value in _CORS]
    return dict([*common, ("x-request-id", request.decode()), ("cache-control", "no-store"), *extra])


def request_id(headers: Mapping[bytes, bytes]) -> bytes:
    """The client's own `X-Request-Id` if it is fit to be echoed, else a new one."""
    given = headers.get(b"x-request-id")
    if given is not None and _REQUEST_ID.fullmatch(given):
        return given
    return b"%s%06x" % (_BOOT, next(_numbers))


def matches(known: bytes, etag: bytes) -> bool:
    """Whether an `If-None-Match` value names the tag, compared weakly (RFC 9110, section 13.1.2)."""
    if known.strip() == b"*":
        return True
    return etag.removeprefix(b"W/") in (tag.strip().removeprefix(b"W/") for tag in known.split(b","))


@lru_cache(maxsize=256)
def accepts_gzip(accept: bytes) -> bool:
    """Whether an `Accept-Encoding` value allows gzip, by name or by `*`, with a weight above zero."""
    weights: dict[str, float] = {}
    for part in accept.decode("latin-1").lower().split(","):
        coding, *parameters = (piece.strip() for piece in part.split(";"))
        weights[coding] = next((_weight(p[2:]) for p in parameters if p.startswith("q=")), 1.0)
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0))) > 0


def _weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


async def _send(send: Send, status: int, headers: list[Header], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
