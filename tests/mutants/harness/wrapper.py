"""The sandbox behind one alteration: what mutants and honest variants are served by.

An alteration sees each request with what the contract and the keys say of it, may ask the sandbox as often and
as whomever it likes, and gives the answer. Which alterations there are stands in the tables. Nothing here is
random and nothing is kept but in `Site.memory`, so that the same requests in the same order get the same answers.
"""

import gzip
import json
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

from starlette.types import ASGIApp, Receive, Scope, Send

from sepolo_fixtures import profiles
from sepolo_fixtures.profiles.profile import KeyFact
from sepolo_mock_server import build
from sepolo_mock_server.settings import Settings
from sepolo_openapi import reader
from sepolo_openapi.contract import Operation

__all__ = ["Alteration", "Altered", "Ask", "Reply", "Site", "facts", "layered", "make", "sandbox", "unaltered"]

KEY_HEADER = b"x-sepolo-api-key"
_MEMORY = "sqlite://"
_PACKED_BYTES = 500
_UNWANTED = frozenset({b"accept-encoding", b"if-none-match"})
"""Headers that would have the sandbox send something else than the plain body."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A request. `ids` are the decoded path values of `operation`, `key` the fact of the key it presents.

    `operation` and `key` are None where the contract or the profile knows none.
    """

    method: str
    path: bytes
    query: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""
    operation: Operation | None = None
    ids: Mapping[str, str] = field(default_factory=dict)
    key: KeyFact | None = None

    @property
    def name(self) -> str:
        """The operationId, empty where there is no operation."""
        return self.operation.operation_id if self.operation else ""

    @property
    def values(self) -> dict[str, str]:
        """Decoded query values by name, the last of those repeated."""
        return dict(parse_qsl(self.query.decode("latin-1"), keep_blank_values=True))

    def value(self, name: str) -> str | None:
        return self.values.get(name)

    def number(self, name: str, otherwise: int = 0) -> int:
        """A query value as an integer, `otherwise` where it is none."""
        text = self.values.get(name, "")
        return int(text) if re.fullmatch(r"-?\d{1,18}", text, re.ASCII) else otherwise

    def header(self, name: bytes) -> bytes | None:
        return next((value for known, value in self.headers if known == name), None)

    def asking(self, changes: Mapping[str, object | None] | None = None, **more: object | None) -> "Ask":
        """The same with query values changed; None takes one away. Untouched where nothing changes."""
        before = parse_qsl(self.query.decode("latin-1"), keep_blank_values=True)
        wanted = {**(changes or {}), **more}
        pairs = [(name, value) for name, value in before if name not in wanted]
        pairs += [(name, str(value)) for name, value in wanted.items() if value is not None]
        return self if pairs == before else replace(self, query=urlencode(pairs, quote_via=quote).encode())

    def without(self, *names: bytes) -> "Ask":
        """The same without some headers."""
        return replace(self, headers=tuple(pair for pair in self.headers if pair[0] not in names))

    def having(self, name: bytes, value: bytes) -> "Ask":
        """The same with a header, in place of those of its name."""
        rest = self.without(name)
        return replace(rest, headers=(*rest.headers, (name, value)))

    def as_key(self, fact: KeyFact) -> "Ask":
        """The same, asked with another key."""
        plain = self.without(b"authorization", KEY_HEADER)
        return replace(plain, headers=(*plain.headers, (KEY_HEADER, fact.key.encode())), key=fact)

    def to(self, operation_id: str, ids: Mapping[str, str] | None = None, **query: object) -> "Ask":
        """A GET of another operation with the same key; its path values are taken over where not given."""
        operation = reader.load().operations[operation_id]
        known = {**self.ids, **(ids or {})}
        path = operation.path
        for name, value in known.items():
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        text = urlencode({name: str(value) for name, value in query.items() if value is not None}, quote_via=quote)
        return replace(
            self, method="GET", path=path.encode(), query=text.encode(), body=b"", operation=operation, ids=known
        )


@dataclass(frozen=True)
class Reply:
    """An answer; header names in lower case, without content-length, which is added when it is sent."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes = b""

    @cached_property
    def data(self) -> Any:
        """The body as JSON values. Shared: change a copy."""
        return json.loads(self.body)

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of a page or array."""
        found = self.data["data"] if isinstance(self.data, dict) else self.data
        return list(found)

    def header(self, name: bytes) -> bytes | None:
        return next((value for known, value in self.headers if known == name), None)

    def with_data(self, data: Any) -> "Reply":
        """The same with other JSON values; the very same where they are equal."""
        if data == self.data and json.dumps(data) == json.dumps(self.data):
            return self
        return self.with_body(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode())

    def with_rows(self, rows: list[dict[str, Any]]) -> "Reply":
        """The same page or array with other rows."""
        return self.with_data({**self.data, "data": rows} if isinstance(self.data, dict) else rows)

    def with_body(self, body: bytes, media_type: str | None = None) -> "Reply":
        """The same with other bytes; without the ETag, which was that of the old ones."""
        changed = replace(self, body=body).without(b"etag")
        return changed if media_type is None else changed.having(b"content-type", media_type.encode())

    def with_status(self, status: int) -> "Reply":
        return replace(self, status=status)

    def without(self, *names: bytes) -> "Reply":
        return replace(self, headers=tuple(pair for pair in self.headers if pair[0] not in names))

    def having(self, name: bytes, value: bytes) -> "Reply":
        rest = self.without(name)
        return replace(rest, headers=(*rest.headers, (name, value)))


@dataclass
class Site:
    """The sandbox as an alteration may ask it. `memory` is all that an alteration may remember."""

    app: ASGIApp
    keys: Mapping[str, KeyFact]
    memory: dict[Any, Any] = field(default_factory=dict)

    async def __call__(self, ask: Ask) -> Reply:
        """The sandbox's own answer."""
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": ask.method,
            "scheme": "http",
            "path": unquote(ask.path.decode("latin-1")),
            "raw_path": ask.path,
            "query_string": ask.query,
            "root_path": "",
            "headers": [pair for pair in ask.headers if pair[0] not in _UNWANTED],
            "server": ("127.0.0.1", 80),
            "client": ("127.0.0.1", 1),
        }
        incoming = [{"type": "http.request", "body": ask.body, "more_body": False}]
        sent: list[Any] = []

        async def receive() -> Any:
            return incoming.pop() if incoming else {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        kept = ask.method == "HEAD"  # it tells the length of a body that doesn't come
        headers = tuple(pair for pair in sent[0]["headers"] if kept or pair[0] != b"content-length")
        return Reply(sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:]))

    def count(self, what: object) -> int:
        """How often this was asked before, from 0."""
        self.memory[what] = self.memory.get(what, -1) + 1
        return int(self.memory[what])

    def stranger(self, ask: Ask) -> KeyFact:
        """A key with every scope in an organisation other than the asking key's."""
        mine = ask.key.organization if ask.key else 0
        return self._widest(fact for fact in self.keys.values() if fact.organization != mine)

    def master(self, ask: Ask) -> KeyFact:
        """A key with every scope and no boundary in the asking key's own organisation, the first where none asks."""
        mine = ask.key.organization if ask.key else 0
        return self._widest(fact for fact in self.keys.values() if fact.organization == mine)

    @staticmethod
    def _widest(found: Iterable[KeyFact]) -> KeyFact:
        return max(found, key=lambda fact: (not (fact.allowed_group_ids or fact.allowed_customers), len(fact.scopes)))


Alteration = Callable[[Ask, Site], Awaitable[Reply]]


class _Layer(Site):
    """A site that is itself behind an alteration, with a memory of its own."""

    def __init__(self, below: Site, alteration: Alteration) -> None:
        super().__init__(below.app, below.keys, below.memory.setdefault(alteration, {}))
        self._below = below
        self._alteration = alteration

    async def __call__(self, ask: Ask) -> Reply:
        return await self._alteration(ask, self._below)


def layered(*alterations: Alteration) -> Alteration:
    """Several alterations, the first one nearest to the client."""
    outer, *inner = alterations
    if not inner:
        return outer
    below = layered(*inner)

    async def altered(ask: Ask, site: Site) -> Reply:
        return await outer(ask, _Layer(site, below))

    return altered


async def unaltered(ask: Ask, site: Site) -> Reply:
    """The alteration that alters nothing."""
    return await site(ask)


class Altered:
    """An ASGI application: the sandbox behind an alteration."""

    def __init__(self, app: ASGIApp, keys: Mapping[str, KeyFact], alteration: Alteration = unaltered) -> None:
        self.site = Site(app, keys)
        self._alteration = alteration
        self._facts = {fact.key.encode(): fact for fact in keys.values()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.site.app(scope, receive, send)
            return
        reply = _negotiated(dict(scope["headers"]), await self.answer(scope, await _body(receive)))
        body = b"" if scope["method"] == "HEAD" else reply.body
        told = reply.header(b"transfer-encoding") or reply.header(b"content-length")
        bare = reply.status in (204, 304) or told is not None
        length = () if bare else ((b"content-length", b"%d" % len(reply.body)),)
        await send({"type": "http.response.start", "status": reply.status, "headers": [*reply.headers, *length]})
        await send({"type": "http.response.body", "body": body})

    async def answer(self, scope: Mapping[str, Any], body: bytes) -> Reply:
        """The altered answer to a request."""
        headers = tuple((name.lower(), value) for name, value in scope["headers"])
        operation, ids = _matched(scope["method"], scope["raw_path"])
        ask = Ask(
            scope["method"],
            scope["raw_path"],
            scope["query_string"],
            headers,
            body,
            operation,
            ids,
            self._facts.get(_presented(headers)),
        )
        return await self._alteration(ask, self.site)


def facts(profile: str) -> dict[str, KeyFact]:
    """The keys of a profile, by name."""
    return {fact.name: fact for fact in profiles.load(profile).keys(reader.load().scopes)}


@cache
def sandbox(profile: str, seed: int) -> ASGIApp:
    """A sandbox that all who only read share, so that what one has drawn needn't be drawn again."""
    return make(profile, seed)


def make(profile: str, seed: int) -> ASGIApp:
    """A sandbox of one's own, with its state in memory."""
    return build.app(Settings(profile=profile, seed=seed, state=_MEMORY))


def _negotiated(headers: Mapping[bytes, bytes], reply: Reply) -> Reply:
    """The answer as the client asked for it: 304 for what it has, packed if it can unpack it."""
    tag = reply.header(b"etag")
    if tag is not None and headers.get(b"if-none-match") == tag:
        return Reply(304, reply.without(b"content-type").headers)
    ready = reply.header(b"content-encoding") is not None or len(reply.body) < _PACKED_BYTES
    if ready or b"gzip" not in headers.get(b"accept-encoding", b""):
        return reply
    packed = replace(reply, body=gzip.compress(reply.body, 1, mtime=0))
    return packed.having(b"content-encoding", b"gzip").having(b"vary", b"Accept-Encoding")


async def _body(receive: Receive) -> bytes:
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


def _matched(method: str, path: bytes) -> tuple[Operation | None, dict[str, str]]:
    for known, pattern, operation in _routes():
        if known == method and (match := pattern.fullmatch(path)):
            return operation, {name: unquote(value.decode("latin-1")) for name, value in match.groupdict().items()}
    return None, {}


def _presented(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The key in whichever of the two headers it stands."""
    for name, value in headers:
        if name == KEY_HEADER:
            return value.strip()
        if name == b"authorization" and value[:7].lower() == b"bearer ":
            return value[7:].strip()
    return b""
