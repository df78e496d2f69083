"""Responses that are sent in pieces: requests as they arrive, and all of them as HAR.

A piece is made when the client has taken the one before, so that a slow client holds only itself up. The server closes
the connection of a client that reads nothing for some time.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from starlette.types import Receive, Scope, Send

from sepolo_mock_server.management import har, request_filter, request_rows
from sepolo_mock_server.management.request_filter import CHUNK, RequestFilter
from sepolo_mock_server.rules import connection
from sepolo_mock_server.state.request_log import RequestLog

HEARTBEAT_S = 15.0
"""Longest time without a byte, since proxies close connections that are silent."""
POLL_S = 0.1
"""Time between looks at the log, in which the requests of all workers arrive."""

Header = tuple[bytes, bytes]


class EventStream:
    """Server-Sent Events about new requests, as an ASGI application."""

    def __init__(self, log: RequestLog, wanted: RequestFilter, after: int | None) -> None:
        """`after` is the number of the last request that the client knows, None for only those from now on."""
        self._log = log
        self._wanted = wanted
        # A number that the log has not reached is that of a sandbox before the last start.
        self._seen = log.last if after is None else after if after <= log.last else 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await _start(send, b"text/event-stream")
        if scope["method"] != "HEAD":
            await _piece(send, b"retry: 1000\n\n")
            await self._send_events(scope, receive, send)
        await _piece(send, b"", more=False)

    async def _send_events(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send events until the client has gone or the server ends."""
        loop = asyncio.get_running_loop()
        server = connection.of(scope)
        gone = asyncio.ensure_future(_disconnected(receive))
        sent_s = loop.time()
        try:
            while not gone.done() and not (server is not None and server.ending):
                events = self._new_events()
                if not events and loop.time() - sent_s >= HEARTBEAT_S:
                    events = b": heartbeat\n\n"
                if events:
                    await _piece(send, events)
                    sent_s = loop.time()
                if self._seen >= self._log.last:
                    await asyncio.wait({gone}, timeout=POLL_S)
        finally:
            gone.cancel()

    def _new_events(self) -> bytes:
        """The events of the next requests in the log, and one that says how many were dropped before them."""
        if self._seen >= self._log.last:
            return b""
        last = min(max(self._seen, self._log.first - 1) + CHUNK, self._log.last)
        found = self._log.read(self._seen + 1, last)
        events = []
        first = found[0].number if found else last + 1
        if first > self._seen + 1:
            events.append(_event("lost", first - 1, {"count": first - 1 - self._seen}))
        accepted = filter(self._wanted.accepts, found)
        events += [_event("request", record.number, request_rows.summary(record)) for record in accepted]
        self._seen = max(last, first - 1)
        return b"".join(events)


class HarExport:
    """The requests of the log as one HAR document, as an ASGI application."""

    def __init__(self, log: RequestLog, wanted: RequestFilter, creator: str) -> None:
        """`creator` is the version of this program."""
        self._log = log
        self._wanted = wanted
        self._creator = creator

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        name = (b"content-disposition", b'attachment; filename="sepolo-requests.har"')
        await _start(send, b"application/json", name)
        if scope["method"] == "HEAD":
            await _piece(send, b"", more=False)
            return
        head = orjson.dumps({"version": har.VERSION, "creator": {"name": "sepolo-mock", "version": self._creator}})
        await _piece(send, b'{"log":' + head[:-1] + b',"entries":[')
        separator = b""
        async for record in request_filter.oldest_first(self._log, self._wanted):
            await _piece(send, separator + orjson.dumps(har.entry(record)))
            separator = b","
        await _piece(send, b"]}}", more=False)


def _event(name: str, number: int, data: dict[str, Any]) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (number, name.encode(), orjson.dumps(data))


async def _disconnected(receive: Callable[[], Awaitable[Any]]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _start(send: Send, media_type: bytes, *headers: Header) -> None:
    own = [(b"content-type", media_type), (b"cache-control", b"no-store"), (b"x-accel-buffering", b"no")]
    await send({"type": "http.response.start", "status": 200, "headers": [*own, *headers]})


async def _piece(send: Send, body: bytes, *, more: bool = True) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": more})
