"""The HTTP server around the application: the socket, uvicorn, its workers and their end.

uvicorn with httptools and uvloop, driven through its own classes, so that the address is known (port 0
included) and announced before the slow imports, and a signal ends the process with a clean exit code.
"""

import errno
import gc
import logging
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import uvicorn
from uvicorn.supervisors import Multiprocess

from sepolo_mock_server import errors
from sepolo_mock_server.settings import Settings, SettingsError

_BACKLOG = 2048
_GRACE_S = 5


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; SettingsError says why there is none. Connections queue up from here on."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, UnicodeError):
        raise SettingsError(errors.unknown_host(host)) from None
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        reasons: dict[int | None, Callable[[], str]] = {
            errno.EADDRINUSE: partial(errors.port_in_use, port),
            errno.EACCES: partial(errors.port_forbidden, port),
            errno.EADDRNOTAVAIL: partial(errors.unknown_host, host),
        }
        reason = reasons.get(error.errno, partial(errors.not_bound, host, port, error.strerror or str(error)))
        raise SettingsError(reason()) from None
    listener.set_inheritable(True)
    return listener


def base_url(listener: socket.socket) -> str:
    """The address to type: a wildcard is reached over loopback."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _CleanServer(uvicorn.Server):
    """Ends with exit code 0 on a signal: uvicorn's own would raise the signal again when all is done."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, previous in before.items():
                signal.signal(number, previous)


def run(settings: Settings, listener: socket.socket, workers: int) -> None:
    """Serve until SIGINT or SIGTERM; open requests get a few seconds to finish."""
    from sepolo_mock_server.asgi.protocol import EnvelopeProtocol  # noqa: PLC0415

    config = uvicorn.Config(
        partial(application, settings),
        factory=True,
        http=EnvelopeProtocol,
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
    _CleanServer(config).run(sockets=[listener])


def application(settings: Settings) -> object:
    """What each worker serves."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    # uvicorn warns of malformed requests and refused upgrades, which are the client's affair.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    from sepolo_mock_server import build  # noqa: PLC0415

    made = build.app(settings)
    # What was made so far lives as long as the process: the collector need not look at it again and again.
    gc.freeze()
    return made
