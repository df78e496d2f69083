"""Two ways to call an application: over a socket of this machine, or directly from any thread."""

import asyncio
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from tests.harness.in_process import exchange

__all__ = ["Direct", "served"]

_STOP_S = 20.0

RequestParts = tuple[str, str, Iterable[tuple[str, str]], bytes]
"""Method, target, headers and body."""
ResponseParts = tuple[int, list[tuple[str, str]], bytes]
"""Status, headers and body."""


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """Serve an application in a thread on a free port of 127.0.0.1; yield its base URL."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, http="httptools", ws="none", lifespan="off", log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    pause = threading.Event()
    while not server.started and thread.is_alive() and not pause.wait(0.01):
        pass
    if not server.started:
        raise RuntimeError("the server didn't start")
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(_STOP_S)
        listener.close()


class Direct:
    """Calls an application in an event loop of its own thread, without a socket and an HTTP parser."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_STOP_S)
        self._loop.close()

    def __call__(
        self, app: ASGIApp, method: str, target: str, headers: Iterable[tuple[str, str]], body: bytes = b""
    ) -> ResponseParts:
        """Send one request."""
        return self.together(app, [(method, target, headers, body)])[0]

    def together(self, app: ASGIApp, requests: Iterable[RequestParts]) -> list[ResponseParts]:
        """Send several requests at the same time; return the responses in the order of the requests."""

        async def gather() -> list[ResponseParts]:
            return await asyncio.gather(*(_send(app, *request) for request in requests))

        return asyncio.run_coroutine_threadsafe(gather(), self._loop).result()


async def _send(
    app: ASGIApp, method: str, target: str, headers: Iterable[tuple[str, str]], body: bytes
) -> ResponseParts:
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    status, pairs, received = await exchange(app, method, target.encode("latin-1"), raw, (body,))
    return status, [(name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs], received
