"""The HTTP server: the listening socket, uvicorn in this process or in workers, and the shutdown.

uvicorn's classes are used directly, so that the address is known (port 0 included) and printed before the slow imports,
so that a signal ends the process with exit code 0, and so that requests which wait at that time are answered.
"""

import asyncio
import errno
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from sepolo_mock_server.asgi import workers
from sepolo_mock_server.asgi.protocol import BoundedProtocol
from sepolo_mock_server.errors import SettingsError, command_line

_BACKLOG = 2048
_GRACE_S = 5
"""Time for open requests after a signal; those that are still open then get a 503."""
_CANCEL_S = 1
"""Time after which the tasks of such requests are cancelled."""
_ARRIVAL_S, _TURNS = 0.1, 10
"""Time for the first bytes on connections that are accepted after a signal, and turns of the event loop in it."""
_POLL_S = 0.05


def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket, where connections queue until the server runs; raise SettingsError if it fails."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, UnicodeError):
        raise SettingsError(command_line.unknown_host(host)) from None
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        reasons: dict[int | None, Callable[[], str]] = {
            errno.EADDRINUSE: partial(command_line.port_in_use, port),
            errno.EACCES: partial(command_line.port_forbidden, port),
            errno.EADDRNOTAVAIL: partial(command_line.unknown_host, host),
        }
        reason = reasons.get(error.errno, partial(command_line.not_bound, host, port, error.strerror or str(error)))
        raise SettingsError(reason()) from None
    listener.set_inheritable(True)
    return listener


def base_url(listener: socket.socket) -> str:
    """Return the URL that reaches the socket: for a wildcard address, over loopback."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Server(uvicorn.Server):
    """Closes connections whose time is over, and responds to queued requests before it ends."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_start = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_start()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The process's handlers stay: uvicorn's own would raise the signal again after the shutdown."""
        yield

    async def on_tick(self, counter: int) -> bool:
        if counter % 10 == 0:
            now_s = asyncio.get_running_loop().time()
            for connection in self._connections():
                connection.expire(now_s)
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # A signal during the start ends the server before its first tick, which sets the Date header.
        await super().on_tick(0)
        for listener in sockets or ():
            await self._accept_queued(listener)
        for server in self.servers:
            server.close()
        for listener in sockets or ():
            listener.close()
        # Several turns of the event loop, because one that begins late reads nothing before the time is over.
        for _ in range(_TURNS):
            await asyncio.sleep(_ARRIVAL_S / _TURNS)
        for connection in self._connections():
            connection.shutdown()
        loop = asyncio.get_running_loop()
        until_s = loop.time() + _GRACE_S
        while self.server_state.connections and loop.time() < until_s and not self.force_exit:  # noqa: ASYNC110 - no event
            await asyncio.sleep(_POLL_S)
        for connection in self._connections():
            connection.abandon()
        await super().shutdown(sockets)

    def _connections(self) -> list[BoundedProtocol]:
        return [one for one in self.server_state.connections if isinstance(one, BoundedProtocol)]

    async def _accept_queued(self, listener: socket.socket) -> None:
        """Accept the connections that wait; they would be reset when the listening socket is closed."""
        loop = asyncio.get_running_loop()
        listener.setblocking(False)
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            await loop.connect_accepted_socket(self._protocol, connection)

    def _protocol(self) -> asyncio.Protocol:
        return BoundedProtocol(self.config, self.server_state, self.lifespan.state)


class _QuietEnd:
    """Ends requests that the end of the server cancels without uvicorn's traceback; their clients have got a 503."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.recorder = getattr(app, "recorder", None)
        """Where the server records the requests that it refuses itself."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with suppress(asyncio.CancelledError):
            await self._app(scope, receive, send)


def run(make_app: Callable[[], Any], listener: socket.socket, count: int, announce: Callable[[], None]) -> None:
    """Serve in `count` processes until SIGINT, SIGTERM or SIGHUP; open requests get a few seconds to finish.

    Each process calls `make_app`. `announce` is called as soon as a signal leads to an orderly end.
    """
    serve = partial(_serve, make_app)
    if count > 1:
        workers.run(serve, listener, count, announce, _GRACE_S + _CANCEL_S)
    else:
        serve(listener, workers.ending_signals(), announce, lambda: None)


def _serve(
    make_app: Callable[[], Any],
    listener: socket.socket,
    signals: tuple[int, ...],
    ready: Callable[[], None],
    started: Callable[[], None],
) -> None:
    """Serve in this process until one of the signals. Calls `ready` when they are handled, `started` when it serves."""
    config = uvicorn.Config(
        lambda: _QuietEnd(make_app()),
        factory=True,
        http=BoundedProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_CANCEL_S,
    )
    server = _Server(config, started)
    workers.handle(signals, server.handle_exit)
    ready()
    server.run(sockets=[listener])
    # A second signal while the process ends would change its exit code.
    workers.handle(signals, signal.SIG_IGN)
