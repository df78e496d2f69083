"""The HTTP server: the listening socket, uvicorn, its workers and their shutdown.

uvicorn's classes are used directly, so that the address is known (port 0 included) and printed before the slow imports,
and so that a signal ends the process with exit code 0.
"""

import errno
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import uvicorn
from uvicorn.supervisors import Multiprocess

from sepolo_mock_server.errors import SettingsError, command_line

_BACKLOG = 2048
_GRACE_S = 5


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
    """Ends with exit code 0 on a signal; uvicorn's own class raises the signal again after the shutdown."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, previous in before.items():
                signal.signal(number, previous)


def run(make_app: Callable[[], object], listener: socket.socket, workers: int) -> None:
    """Serve until SIGINT or SIGTERM; open requests get a few seconds to finish. Each worker calls `make_app`."""
    from sepolo_mock_server.asgi.protocol import ErrorBodyProtocol  # noqa: PLC0415 - httptools is imported when needed

    config = uvicorn.Config(
        make_app,
        factory=True,
        http=ErrorBodyProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE_S,
        workers=workers,
    )
    if workers > 1:
        Multiprocess(config, sockets=[listener]).run()
        return
    _Server(config).run(sockets=[listener])
