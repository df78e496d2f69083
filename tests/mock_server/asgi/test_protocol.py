"""`protocol`: times of a connection, with a clock that the test sets, and responses to rejected requests."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from sepolo_mock_server.asgi import protocol
from sepolo_mock_server.asgi.protocol import BoundedProtocol

GET = b"GET /small HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n"
LATER_S = 1000.0

Script = Callable[["Peer"], Awaitable[None]]


class Observed(BoundedProtocol):
    """The protocol, with the number of its reads."""

    reads = 0

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self.reads += 1


class Peer:
    """A client of one connection, and the server's side of it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, server: Observed) -> None:
        self.reader, self.writer, self.server = reader, writer, server
        self.released = asyncio.Event()

    async def send(self, data: bytes) -> None:
        """Send bytes and wait until the server has read them."""
        before = self.server.reads
        self.writer.write(data)
        await until(lambda: self.server.reads > before)

    def expire(self, after_s: float) -> None:
        self.server.expire(asyncio.get_running_loop().time() + after_s)

    async def statuses(self) -> list[int]:
        """Return the statuses of everything that is received until the server ends the connection."""
        received = await self.reader.read()
        return [int(part[:3]) for part in received.split(b"HTTP/1.1 ")[1:]]


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - uvicorn has no events for this
        await asyncio.sleep(0)


async def connected(script: Script) -> None:
    """Run a script as the client of a server with one connection."""
    made: list[Observed] = []
    peers: list[Peer] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/slow":
            await peers[0].released.wait()
        while scope["method"] == "POST" and (message := await receive()).get("more_body"):
            if message["type"] == "http.disconnect":
                return
        body = b"x" * (2**24 if scope["path"] == "/large" else 1)
        length = b"%d" % len(body)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
        await send({"type": "http.response.body", "body": body})

    config = uvicorn.Config(app, http=BoundedProtocol, ws="none", lifespan="off", log_config=None)
    state = ServerState()
    loop = asyncio.get_running_loop()

    def make() -> Observed:
        made.append(Observed(config, state, {}))
        return made[-1]

    server = await loop.create_server(make, "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        await until(lambda: bool(made) and made[0].transport is not None)
        peers.append(Peer(reader, writer, made[0]))
        try:
            await script(peers[0])
        finally:
            writer.close()
            made[0].transport.abort()


def run(script: Script) -> None:
    asyncio.run(asyncio.wait_for(connected(script), 30))


@pytest.mark.parametrize(
    ("sent", "limit_s", "statuses"),
    [
        (b"", protocol.HEAD_S, []),
        (b"\r\n\r\n", protocol.HEAD_S, []),
        (b"GET / HTTP/1.1\r\nHo", protocol.HEAD_S, [408]),
        (GET + b"GET / HTTP/1.1\r\nHo", protocol.HEAD_S, [200, 408]),
        (POST + b"abc", protocol.REQUEST_S, [408]),
        (GET + POST + b"abc", protocol.REQUEST_S, [200, 408]),
        (POST.replace(b"POST /", b"GET /"), protocol.REQUEST_S, [200]),
    ],
)
def test_incomplete_request_ends(sent: bytes, limit_s: float, statuses: list[int]) -> None:
    """A request that is not complete in time gets a 408 unless it has a response; a silent connection is closed."""

    async def script(peer: Peer) -> None:
        if sent:
            await peer.send(sent)
        await until(lambda: peer.server.server_state.total_requests == statuses.count(200))
        peer.expire(limit_s - 1)
        assert not peer.server.transport.is_closing()
        peer.expire(limit_s + 1)
        assert await peer.statuses() == statuses

    run(script)


def test_time_begins_with_the_request() -> None:
    """The time of a request begins with its first byte, not with the connection or its other bytes."""

    async def script(peer: Peer) -> None:
        await peer.send(b"GET / HT")
        peer.server._since_s -= protocol.HEAD_S
        await peer.send(b"TP/1.1\r\n")
        peer.expire(1)
        assert await peer.statuses() == [408]

    run(script)


def test_slow_response_is_no_reason_to_close() -> None:
    """A connection whose request is complete is not closed while the application works."""

    async def script(peer: Peer) -> None:
        await peer.send(GET.replace(b"/small", b"/slow"))
        peer.expire(LATER_S)
        peer.released.set()
        assert (await peer.reader.readline()).startswith(b"HTTP/1.1 200 ")

    run(script)


def test_rejection_waits_for_earlier_responses() -> None:
    """A rejected request gets its response after the response to a slow one before it."""

    async def script(peer: Peer) -> None:
        await peer.send(GET.replace(b"/small", b"/slow") + GET + b"nonsense\r\n\r\n")
        peer.released.set()
        assert await peer.statuses() == [200, 200, 400]

    run(script)


def test_late_body_of_a_queued_request() -> None:
    """A pipelined request whose body does not arrive is not handed to the application."""

    async def script(peer: Peer) -> None:
        await peer.send(GET.replace(b"/small", b"/slow") + POST)
        peer.expire(protocol.REQUEST_S + 1)
        peer.released.set()
        assert await peer.statuses() == [200, 408]

    run(script)


def test_pipelined_requests_are_parsed_as_they_are_answered() -> None:
    """Of many pipelined requests few are kept in parsed form, and all get their response."""

    async def script(peer: Peer) -> None:
        await peer.send(GET.replace(b"/small", b"/slow"))
        await peer.send(GET * 1000)
        assert len(peer.server._open) <= 1 + protocol.PIECE_BYTES // len(GET)
        peer.expire(LATER_S)
        peer.released.set()
        peer.writer.write(b"nonsense\r\n\r\n")
        assert await peer.statuses() == [200] * 1001 + [400]

    run(script)


def test_client_that_does_not_read() -> None:
    """A connection is aborted when its client has read nothing of a response for some time, closed or not."""

    async def script(peer: Peer) -> None:
        await peer.send(GET.replace(b"/small", b"/large"))
        await until(lambda: peer.server.transport.get_write_buffer_size() > 0)
        peer.expire(0)
        peer.server.transport.close()
        peer.expire(protocol.UNREAD_S - 1)
        assert peer.server in peer.server.connections
        peer.expire(protocol.UNREAD_S + 1)
        await until(lambda: peer.server not in peer.server.connections)

    run(script)


def test_rejected_client_that_stays() -> None:
    """A client that neither closes its rejected connection nor stops sending is disconnected."""

    async def script(peer: Peer) -> None:
        await peer.send(b"nonsense\r\n\r\n")
        peer.expire(protocol.LINGER_S + 1)
        await until(lambda: peer.server not in peer.server.connections)

    run(script)


def test_endless_rest_of_a_rejected_request() -> None:
    """What a client sends after its rejected request is read up to a limit."""

    async def script(peer: Peer) -> None:
        await peer.send(b"nonsense\r\n\r\n")
        for _ in range(4 * protocol.LINGER_BYTES // 2**16):
            peer.writer.write(b"x" * 2**16)
            await peer.writer.drain()

    with pytest.raises(ConnectionError):
        run(script)


def test_abandoned_requests() -> None:
    """At the end of the server the open request gets a 503, and those behind it no response."""

    async def script(peer: Peer) -> None:
        await peer.send(GET.replace(b"/small", b"/slow") + GET)
        peer.server.shutdown()
        peer.server.abandon()
        assert await peer.statuses() == [503]
        peer.released.set()

    run(script)
