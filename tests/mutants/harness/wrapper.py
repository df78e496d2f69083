"""The sandbox behind an alteration: mutants and conforming variants are both served this way.

An alteration gets each request, may send any requests to the sandbox with any key, and returns the response.
Nothing here is random, and `Upstream.memory` is the only state: the same requests in the same order get the same
responses.
"""

import asyncio
import gzip
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any
from urllib.parse import unquote

from starlette.types import ASGIApp, Receive, Scope, Send

from sepolo_fixtures.profiles.profile import KeyFact
from sepolo_mock_server import build
from sepolo_mock_server.asgi import responses
from sepolo_mock_server.settings import Settings
from sepolo_openapi import reader
from sepolo_openapi.contract import Operation
from tests.harness.in_process import MEMORY, exchange
from tests.harness.in_process import key_facts as facts
from tests.mutants.harness.messages import KEY_HEADER, Request, Response

__all__ = ["Alteration", "Altered", "Upstream", "facts", "layered", "make", "sandbox", "unaltered", "writable"]

_COMPRESSED_FROM_BYTES = 500
_HANDLED_HERE = frozenset({b"accept-encoding", b"if-none-match"})
"""Request headers that the wrapper handles after the alteration, so that alterations see plain bodies."""
_REQUEST_ID = b"x-request-id"
_REPEATABLE = frozenset({KEY_HEADER, b"authorization", b"accept", b"user-agent"})
"""Headers of requests whose response is the same each time."""
_KNOWN_BYTES = 2**29
"""Bodies that are kept in memory; those of one run of the whole suite are 200 MB."""

Exchanged = tuple[int, list[tuple[bytes, bytes]], bytes]
"""Status, headers and body of a response."""


@dataclass
class Upstream:
    """The sandbox as an alteration calls it. `memory` is the only state that an alteration may keep."""

    app: ASGIApp
    keys: Mapping[str, KeyFact]
    memory: dict[Any, Any] = field(default_factory=dict)

    async def __call__(self, request: Request) -> Response:
        """Send a request to the sandbox."""
        target = request.path + b"?" + request.query
        passed = [pair for pair in request.headers if pair[0] not in _HANDLED_HERE]
        known = self.app if isinstance(self.app, Shared) and request.method == "GET" and not request.body else None
        status, headers, body = await (
            known.get(target, passed) if known else exchange(self.app, request.method, target, passed, (request.body,))
        )
        # The response to HEAD has no body; its content-length can't be computed again.
        kept = request.method == "HEAD"
        return Response(status, tuple(pair for pair in headers if kept or pair[0] != b"content-length"), body)

    def count(self, what: object) -> int:
        """How often this was called before with the same argument, from 0."""
        self.memory[what] = self.memory.get(what, -1) + 1
        return int(self.memory[what])

    def as_foreign(self, request: Request) -> Request:
        """The same request with a key of another organisation that has every scope."""
        own = request.key.organization if request.key else 0
        return request.with_key(self._widest(fact for fact in self.keys.values() if fact.organization != own))

    def as_unrestricted(self, request: Request) -> Request:
        """The same request with a key of its organisation that has every scope and no boundary.

        A request without a key gets one of the first organisation.
        """
        own = request.key.organization if request.key else 0
        return request.with_key(self._widest(fact for fact in self.keys.values() if fact.organization == own))

    @staticmethod
    def _widest(found: Iterable[KeyFact]) -> KeyFact:
        return max(found, key=lambda fact: (not (fact.allowed_group_ids or fact.allowed_customers), len(fact.scopes)))


Alteration = Callable[[Request, Upstream], Awaitable[Response]]


class _Layer(Upstream):
    """An upstream that is itself behind an alteration, with a memory of its own."""

    def __init__(self, below: Upstream, alteration: Alteration) -> None:
        super().__init__(below.app, below.keys, below.memory.setdefault(alteration, {}))
        self._below = below
        self._alteration = alteration

    async def __call__(self, request: Request) -> Response:
        return await self._alteration(request, self._below)


def layered(*alterations: Alteration) -> Alteration:
    """Combine alterations; the first one is nearest to the client."""
    outer, *inner = alterations
    if not inner:
        return outer
    below = layered(*inner)

    async def altered(request: Request, upstream: Upstream) -> Response:
        return await outer(request, _Layer(upstream, below))

    return altered


async def unaltered(request: Request, upstream: Upstream) -> Response:
    """The alteration that changes nothing."""
    return await upstream(request)


class Altered:
    """An ASGI application: the sandbox behind an alteration."""

    def __init__(self, app: ASGIApp, keys: Mapping[str, KeyFact], alteration: Alteration = unaltered) -> None:
        self.upstream = Upstream(app, keys)
        self._alteration = alteration
        self._facts = {fact.key.encode(): fact for fact in keys.values()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.upstream.app(scope, receive, send)
            return
        request = self._request(scope, await _read_body(receive))
        response = _negotiate(dict(scope["headers"]), await self._alteration(request, self.upstream))
        body = b"" if scope["method"] == "HEAD" else response.body
        framed = response.header(b"transfer-encoding") or response.header(b"content-length")
        bare = response.status in (204, 304) or framed is not None
        length = () if bare else ((b"content-length", b"%d" % len(response.body)),)
        await send({"type": "http.response.start", "status": response.status, "headers": [*response.headers, *length]})
        await send({"type": "http.response.body", "body": body})

    def _request(self, scope: Mapping[str, Any], body: bytes) -> Request:
        headers = tuple((name.lower(), value) for name, value in scope["headers"])
        operation, path_values = _match_operation(scope["method"], scope["raw_path"])
        return Request(
            scope["method"],
            scope["raw_path"],
            scope["query_string"],
            headers,
            body,
            operation,
            path_values,
            self._facts.get(_presented_key(headers)),
        )


class Shared:
    """A sandbox that only reads. It answers a repeated GET from memory, as whole runs send the same ones."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._known: dict[object, tuple[bytes, int, list[tuple[bytes, bytes]], bytes]] = {}
        self._free = _KNOWN_BYTES

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    async def get(self, target: bytes, headers: Sequence[tuple[bytes, bytes]]) -> Exchanged:
        """Return status, headers and body of the response to a GET without a body."""
        asked = (target, *headers)
        if asked in self._known:
            await asyncio.sleep(0)  # so that concurrent requests take turns, as they do in the sandbox
            request_id, status, others, body = self._known[asked]
            new = responses.request_id({})
            return status, [*others, (_REQUEST_ID, new)], body.replace(request_id, new) if status >= 400 else body
        found = status, named, body = await exchange(self._app, "GET", target, headers)
        given = {name for name, _ in headers} | {name for name, _ in named if name.startswith(b"x-ratelimit-")}
        if given <= _REPEATABLE and self._free > 0:
            self._free -= len(body)
            others = [pair for pair in named if pair[0] != _REQUEST_ID]
            self._known[asked] = dict(named)[_REQUEST_ID], status, others, body
        return found


class _Beside(Shared):
    """A sandbox that stores reports. Another one, which only reads, answers what they do not change."""

    def __init__(self, app: ASGIApp, reading: Shared) -> None:
        super().__init__(app)
        self._reading = reading

    async def get(self, target: bytes, headers: Sequence[tuple[bytes, bytes]]) -> Exchanged:
        """Return status, headers and body of the response to a GET without a body."""
        if b"/service-reports" in target:
            return await exchange(self._app, "GET", target, headers)
        return await self._reading.get(target, headers)


@cache
def sandbox(profile: str, seed: int) -> Shared:
    """A sandbox shared by all tests that only read, so that its responses are generated once."""
    return Shared(make(profile, seed))


def writable(profile: str, seed: int) -> ASGIApp:
    """A new sandbox with its state in memory; what no report changes is answered by the shared one."""
    return _Beside(make(profile, seed), sandbox(profile, seed))


def make(profile: str, seed: int) -> ASGIApp:
    """A new sandbox with its state in memory."""
    return build.app(Settings(profile=profile, seed=seed, state=MEMORY))


def _negotiate(headers: Mapping[bytes, bytes], response: Response) -> Response:
    """Apply If-None-Match and Accept-Encoding to a response."""
    tag = response.header(b"etag")
    if tag is not None and headers.get(b"if-none-match") == tag:
        return Response(304, response.without_headers(b"content-type").headers)
    ready = response.header(b"content-encoding") is not None or len(response.body) < _COMPRESSED_FROM_BYTES
    if ready or b"gzip" not in headers.get(b"accept-encoding", b""):
        return response
    packed = replace(response, body=gzip.compress(response.body, 1, mtime=0))
    return packed.with_header(b"content-encoding", b"gzip").with_header(b"vary", b"Accept-Encoding")


async def _read_body(receive: Receive) -> bytes:
    pieces: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(pieces)
        pieces.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(pieces)


@cache
def _routes() -> tuple[tuple[str, re.Pattern[bytes], Operation], ...]:
    return tuple(
        (operation.method, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", operation.path).encode()), operation)
        for operation in reader.load().operations.values()
    )


def _match_operation(method: str, path: bytes) -> tuple[Operation | None, dict[str, str]]:
    for known, pattern, operation in _routes():
        if known == method and (match := pattern.fullmatch(path)):
            return operation, {name: unquote(value.decode("latin-1")) for name, value in match.groupdict().items()}
    return None, {}


def _presented_key(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The key in X-Sepolo-Api-Key or after Bearer, whichever header comes first."""
    for name, value in headers:
        if name == KEY_HEADER:
            return value.strip()
        if name == b"authorization" and value[:7].lower() == b"bearer ":
            return value[7:].strip()
    return b""
