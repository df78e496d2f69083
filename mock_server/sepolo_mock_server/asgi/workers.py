"""Signals of the server, and its worker processes: start, replacement and end.

All workers accept connections from the same listening socket. Only the parent handles the signals of a terminal; it
ends the workers with SIGTERM, and they end by themselves when the parent was killed.
"""

import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing import connection, resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any, Protocol

from sepolo_mock_server.errors import command_line

_spawn = multiprocessing.get_context("spawn")
_log = logging.getLogger("mock_server")

_END_S = 10
"""Time in which a worker must end after the time for open requests."""


class Serve(Protocol):
    """Serves in one process until a signal."""

    def __call__(
        self, listener: socket.socket, signals: tuple[int, ...], ready: Callable[[], None], started: Callable[[], None]
    ) -> None: ...


def ending_signals() -> tuple[int, ...]:
    """Return the signals that end the server. SIGHUP is none of them if it is ignored, as under nohup."""
    hangup = getattr(signal, "SIGHUP", None)
    if hangup is None or signal.getsignal(hangup) is signal.SIG_IGN:
        return signal.SIGINT, signal.SIGTERM
    return signal.SIGINT, signal.SIGTERM, hangup


def handle(signals: tuple[int, ...], handler: Callable[[int, Any], None] | signal.Handlers) -> None:
    """Handle signals in this way from now on."""
    for number in signals:
        signal.signal(number, handler)


@dataclass
class _Worker:
    process: SpawnProcess
    messages: Connection
    """Gets a message once the worker serves."""

    @property
    def started(self) -> bool:
        try:
            return self.messages.poll() and bool(self.messages.recv())
        except (EOFError, OSError):
            return False


def run(serve: Serve, listener: socket.socket, count: int, announce: Callable[[], None], grace_s: float) -> None:
    """Serve with `count` workers until a signal; a worker that dies is replaced.

    Ends with exit code 1 if a worker can't start, which has printed the reason.
    """
    woken, waker = socket.socketpair()
    with woken, waker:
        waker.setblocking(False)
        handle(ending_signals(), lambda number, _: _wake(waker, number))
        announce()
        workers = [_start(serve, listener) for _ in range(count)]
        failed = not _replace_until_woken(workers, woken, partial(_start, serve, listener))
        # The workers accept what is queued before they close the last references to the socket.
        listener.close()
        if not failed:
            woken.recv(1)
        _end([worker.process for worker in workers], woken, grace_s + _END_S)
    handle(ending_signals(), signal.SIG_IGN)
    if failed:
        sys.exit(1)


def _replace_until_woken(workers: list[_Worker], woken: socket.socket, start: Callable[[], _Worker]) -> bool:
    """Replace workers that die; return True on a signal, False when one could not start."""
    while woken not in (ready := connection.wait([woken, *(worker.process.sentinel for worker in workers)])):
        for place, worker in enumerate(workers):
            if worker.process.sentinel in ready:
                worker.process.join()
                if not worker.started:
                    return False
                _log.error(command_line.worker_replaced(worker.process.pid, worker.process.exitcode))
                worker.messages.close()
                workers[place] = start()
    return True


def _wake(waker: socket.socket, number: int) -> None:
    with suppress(OSError):  # many signals before, or the end
        waker.send(bytes([number]))


def _start(serve: Serve, listener: socket.socket) -> _Worker:
    ours, theirs = _spawn.Pipe(duplex=False)
    process = _spawn.Process(target=_work, args=(serve, listener, theirs))
    # It changes the signal mask when it starts.
    resource_tracker.ensure_running()
    # A worker inherits the mask, so that no signal ends it before it can respond to queued requests.
    _mask("SIG_BLOCK", ending_signals())
    try:
        process.start()
    finally:
        _mask("SIG_UNBLOCK", ending_signals())
    theirs.close()
    return _Worker(process, ours)


def _mask(how: str, signals: tuple[int, ...]) -> None:
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(getattr(signal, how), signals)


def _end(processes: list[SpawnProcess], woken: socket.socket, limit_s: float) -> None:
    """End the workers; after `limit_s` or another SIGINT without their response to open requests."""
    for process in processes:
        process.terminate()
    until_s = time.monotonic() + limit_s
    while alive := [process.sentinel for process in processes if process.is_alive()]:
        ready = connection.wait([woken, *alive], max(0, until_s - time.monotonic()))
        if not ready or (woken in ready and woken.recv(1)[0] == signal.SIGINT):
            for process in processes:
                process.kill()
            break
    for process in processes:
        process.join()


def _work(serve: Serve, listener: socket.socket, messages: Connection) -> None:
    """The worker process."""
    inherited = ending_signals()
    handle(tuple(set(inherited) - {signal.SIGTERM}), signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    serve(listener, (signal.SIGTERM,), lambda: _mask("SIG_UNBLOCK", inherited), partial(_tell_started, messages))


def _tell_started(messages: Connection) -> None:
    with suppress(OSError):  # the parent was killed
        messages.send(True)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None  # noqa: S101 - this is a worker
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
