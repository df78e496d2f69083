"""Calls an ASGI application of this process without a socket, and looks up the keys of a profile."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp

from sepolo_fixtures import profiles
from sepolo_fixtures.profiles.profile import KeyFact
from sepolo_openapi import reader

__all__ = ["MEMORY", "Response", "exchange", "joined_headers", "key_facts"]

MEMORY = "sqlite://"
"""State URL of a sandbox that keeps its state in memory."""

RawHeaders = Iterable[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Response:
    """A response; header names in lower case, values of a repeated header joined by a comma."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


async def exchange(
    app: ASGIApp, method: str, target: bytes, headers: RawHeaders = (), chunks: Sequence[bytes] = (b"",)
) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """Send one request as an ASGI server would; return status, headers and body of the response.

    `target` is path and query as they stand in the request line, `chunks` are the pieces of the body. After the last
    chunk the application sees the client disconnect.
    """
    path, _, query = target.partition(b"?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote_to_bytes(path).decode("utf-8", "replace"),
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in headers],
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 1),
    }
    incoming = [
        {"type": "http.request", "body": chunk, "more_body": number < len(chunks)}
        for number, chunk in enumerate(chunks, 1)
    ]
    sent: list[Any] = []

    async def receive() -> Any:
        return incoming.pop(0) if incoming else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    assert [message["type"] for message in sent[:2]] == ["http.response.start", "http.response.body"]
    return sent[0]["status"], list(sent[0]["headers"]), b"".join(message.get("body", b"") for message in sent[1:])


def joined_headers(pairs: RawHeaders) -> dict[str, str]:
    """Return headers by name; repeated ones are joined by a comma. Raises AssertionError for a name in upper case."""
    joined: dict[str, str] = {}
    for raw_name, raw_value in pairs:
        name, value = raw_name.decode(), raw_value.decode("latin-1")
        assert name == name.lower(), "ASGI header names are in lower case"
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined


def key_facts(profile: str = "demo") -> dict[str, KeyFact]:
    """Return the keys of a profile by name."""
    return {fact.name: fact for fact in profiles.load(profile).keys(reader.load().scopes)}
