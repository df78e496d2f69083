"""Two ways to reach an application: over a socket of this machine, or as a function call without one."""

import asyncio
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

import uvicorn
from starlette.types import ASGIApp

__all__ = ["Direct", "served"]

_START_S = 20.0

Request = tuple[str, str, Iterable[tuple[str, str]], bytes]
"""Method, target, headers and body."""
Answer = tuple[int, list[tuple[str, str]], bytes]
"""Status, headers and body."""


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """Serve an application on a free port of 127.0.0.1, in a thread; gives its base URL."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, http="httptools", ws="none", lifespan="off", log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    begun = threading.Event()
    while not server.started and thread.is_alive() and not begun.wait(0.01):
        pass
    if not server.started:
        raise RuntimeError("the server didn't start")
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(_START_S)
        listener.close()


class Direct:
    """Calls an application in a loop of its own thread, from any thread: no socket, no HTTP parser."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_START_S)
        self._loop.close()

    def __call__(
        self, app: ASGIApp, method: str, target: str, headers: Iterable[tuple[str, str]], body: bytes = b""
    ) -> Answer:
        """The answer to one request."""
        return self.together(app, [(method, target, headers, body)])[0]

    def together(self, app: ASGIApp, requests: Iterable[Request]) -> list[Answer]:
        """The answers to requests that are under way at the same time."""

        async def all_of_them() -> list[Answer]:
            return await asyncio.gather(*(_ask(app, *request) for request in requests))

        return asyncio.run_coroutine_threadsafe(all_of_them(), self._loop).result()


async def _ask(app: ASGIApp, method: str, target: str, headers: Iterable[tuple[str, str]], body: bytes) -> Answer:
    path, _, query = target.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "root_path": "",
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers],
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 1),
    }
    incoming = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[Any] = []

    async def receive() -> Any:
        return incoming.pop() if incoming else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in sent[0]["headers"]]
    return sent[0]["status"], pairs, b"".join(message.get("body", b"") for message in sent[1:])
