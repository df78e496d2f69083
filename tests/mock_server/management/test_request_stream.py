"""The stream of requests: events, filters, resumption, heartbeats, and how it ends."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import orjson
import pytest
import uvicorn
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.server import ServerState

from sepolo_mock_server.asgi import protocol
from sepolo_mock_server.asgi.protocol import BoundedProtocol
from sepolo_mock_server.management import request_stream
from sepolo_mock_server.management.request_filter import RequestFilter
from sepolo_mock_server.management.request_stream import EventStream
from sepolo_mock_server.rules.connection import CONNECTION
from sepolo_mock_server.rules.records import Values, packed_headers
from sepolo_mock_server.state.request_log import RequestLog
from tests.harness.managed import OPERATOR, Managed

START = b"retry: 1000\n\n"


def record(target: str = "/a", status: int = 200, size: int = 0) -> Values:
    texts = (target.encode(), b"", b"", b"", b"\0\0")
    headers = packed_headers(())
    return (0.0, 0.0, status, 0, 0, 0, "GET", *texts, headers, headers, (), b"", bytes(size), 1_000 + size)


class Reader:
    """A client of the stream that takes pieces, and does something before it takes each."""

    def __init__(self, stream: EventStream, steps: list[Callable[[], Any]], method: str = "GET") -> None:
        self.pieces: list[bytes] = []
        self.ending = False
        self._gone = asyncio.Event()
        self._stream = stream
        self._steps = steps
        self._method = method

    def cut(self) -> None:
        """Nothing, as the stream never cuts."""

    async def run(self) -> bytes:
        await self._stream({"method": self._method, "extensions": {CONNECTION: self}}, self._receive, self._send)
        return b"".join(self.pieces)

    async def _receive(self) -> Any:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.body":
            self.pieces.append(message["body"])
            if self._steps:
                self._steps.pop(0)()
            else:
                self._gone.set()


def read(log: RequestLog, *steps: Callable[[], Any], after: int | None = None, wanted: Any = None) -> bytes:
    """Read a stream until it has no step left."""

    async def run() -> bytes:
        return await Reader(EventStream(log, wanted or RequestFilter(), after), list(steps)).run()

    return asyncio.run(run())


def events(received: bytes) -> list[tuple[int, str, Any]]:
    """Return id, name and data of the events."""
    assert received.startswith(START)
    found = []
    for event in received.removeprefix(START).decode().split("\n\n"):
        if event and not event.startswith(":"):
            lines = dict(line.split(": ", 1) for line in event.split("\n"))
            found.append((int(lines["id"]), lines["event"], orjson.loads(lines["data"])))
    return found


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Heartbeats come soon, so that a stream without events does not keep a test waiting."""
    monkeypatch.setattr(request_stream, "HEARTBEAT_S", 0.0)
    monkeypatch.setattr(request_stream, "POLL_S", 0.001)


@pytest.fixture
def log() -> RequestLog:
    return RequestLog.made(several=False, most=20, capacity=100_000)


def test_new_requests(log: RequestLog) -> None:
    """Without Last-Event-ID the stream has the requests that arrive from now on."""
    log.append(record())
    found = events(read(log, lambda: log.append(record("/b")), lambda: log.append(record("/c"))))
    assert [(number, name, data["path"]) for number, name, data in found] == [
        (2, "request", "/b"),
        (3, "request", "/c"),
    ]


def test_resumed(log: RequestLog) -> None:
    """With Last-Event-ID the stream goes on after that number, as if it had not been interrupted."""
    for _ in range(5):
        log.append(record())
    assert [number for number, _, _ in events(read(log, lambda: None, after=3))] == [4, 5]


def test_resumed_after_a_restart(log: RequestLog) -> None:
    """A number that the log has not reached is that of an earlier start, and the stream begins with the first."""
    log.append(record())
    assert [number for number, _, _ in events(read(log, lambda: None, after=4_000))] == [1]


def test_filters(log: RequestLog) -> None:
    """The stream has only the requests that pass the filter."""
    for status in (200, 404, 500, 403):
        log.append(record(status=status))
    found = events(read(log, lambda: None, after=0, wanted=RequestFilter(status="4xx")))
    assert [(number, data["status"]) for number, _, data in found] == [(2, 404), (4, 403)]


@pytest.mark.parametrize("size", [0, 30_000])
def test_lost_requests(log: RequestLog, size: int) -> None:
    """A reader that comes late is told how many requests the log has dropped, and gets those that are left."""

    def more() -> None:
        for _ in range(300):
            log.append(record(size=size))

    found = events(read(log, more, lambda: None, after=0))
    kept = log.read(1, log.last)
    first = kept[0].number
    assert found[0] == (first - 1, "lost", {"count": first - 1})
    assert [number for number, _, _ in found[1:]] == [one.number for one in kept]


def test_heartbeat(log: RequestLog) -> None:
    """A stream without events has comments, so that the connection is not taken for a dead one."""
    assert read(log, lambda: None, lambda: None) == START + b": heartbeat\n\n" * 2


def test_end_of_the_server(log: RequestLog) -> None:
    """The stream ends when the server ends, so that the shutdown does not wait for readers."""

    async def run() -> bytes:
        reader = Reader(EventStream(log, RequestFilter(), None), [lambda: setattr(reader, "ending", True)])
        return await reader.run()

    assert asyncio.run(run()) == START


def test_slow_reader_waits_alone(log: RequestLog) -> None:
    """While one reader takes nothing, others get all events, and the slow one later gets what the log still has."""

    async def run() -> tuple[bytes, bytes]:
        resumed = asyncio.Event()
        slow = Reader(EventStream(log, RequestFilter(), 0), [lambda: None, lambda: None])
        take = slow._send

        async def hold(message: Any) -> None:
            await resumed.wait()
            await take(message)

        slow._send = hold  # type: ignore[method-assign]
        task = asyncio.create_task(slow.run())
        await asyncio.sleep(0)
        for _ in range(30):
            log.append(record())
        fast = await Reader(EventStream(log, RequestFilter(), 15), [lambda: None]).run()
        resumed.set()
        return fast, await task

    fast, late = map(events, asyncio.run(run()))
    assert [number for number, _, _ in fast] == list(range(16, 31))
    assert late[0] == (10, "lost", {"count": 10})
    assert [number for number, _, _ in late[1:]] == list(range(11, 31))


def test_reader_that_reads_nothing() -> None:
    """A client on a socket that reads nothing takes bounded memory, and is cut off."""
    log = RequestLog.made(several=False)
    made: list[BoundedProtocol] = []

    def buffered() -> int:
        # The protocol is made before it has a connection.
        transport: Any = made[0].transport if made else None
        return 0 if transport is None else int(transport.get_write_buffer_size())

    async def more() -> None:
        for _ in range(100):
            log.append(record("/" + "a" * 10_000))
        await asyncio.sleep(0)

    async def run() -> None:
        ended = asyncio.Event()

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await EventStream(log, RequestFilter(), 0)(scope, receive, send)
            ended.set()

        config = uvicorn.Config(app, http=BoundedProtocol, ws="none", log_config=None)
        loop = asyncio.get_running_loop()

        def make() -> BoundedProtocol:
            made.append(BoundedProtocol(config, ServerState(), {}))
            return made[-1]

        config.load()
        server = await loop.create_server(make, "127.0.0.1", 0)
        async with server:
            with socket.create_connection(server.sockets[0].getsockname()) as client:
                client.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
                while buffered() <= HIGH_WATER_LIMIT:
                    await more()
                waiting = buffered()
                for _ in range(20):
                    await more()
                assert buffered() == waiting < 2**22
                made[0].expire(loop.time())
                made[0].expire(loop.time() + protocol.UNREAD_S + 1)
                assert made[0].transport.is_closing()
                await ended.wait()

    asyncio.run(asyncio.wait_for(run(), 30))


def test_stream_of_the_api(make: Callable[..., Managed]) -> None:
    """The operation streams events with an id of its own, and refuses a Last-Event-ID that is no number."""
    sandbox = make()
    for _ in range(2):
        sandbox("GET", "/api/v1/me", token=None)
    received = sandbox("GET", "/requests/stream?status=401", headers=[("Last-Event-ID", "1")])
    assert (received.status, received.headers["content-type"]) == (200, "text/event-stream")
    assert received.headers["x-request-id"]
    assert "access-control-allow-origin" not in received.headers
    ((number, name, data),) = events(received.body)
    assert (number, name) == (2, "request")
    assert data.items() <= sandbox("GET", "/requests/2").json.items()
    assert sandbox("HEAD", "/requests/stream", token=OPERATOR).body == b""
    refused = sandbox("GET", "/requests/stream", headers=[("Last-Event-ID", "x")])
    assert [one["parameter"] for one in refused.json["details"]] == ["Last-Event-ID"]
