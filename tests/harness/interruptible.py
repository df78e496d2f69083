"""A proxy in front of a PostgreSQL socket, to take the database away and to bring it back."""

import contextlib
import shutil
import socket
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

__all__ = ["Proxy"]

_SOCKET = ".s.PGSQL.5432"


class Proxy:
    """Forwards connections to the database whose socket is in a folder, and refuses or ignores them when told to."""

    def __init__(self, cluster: Path) -> None:
        self._target = str(cluster / _SOCKET)
        # The path of a Unix socket is limited to about 100 characters.
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
        self._flowing = threading.Event()
        self._flowing.set()
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener: socket.socket | None = None
        self.resume()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.refuse()
        self._flowing.set()
        for thread in self._threads:
            thread.join()
        shutil.rmtree(self.folder)

    def hang(self) -> None:
        """Accept connections and data, and pass nothing on."""
        self._flowing.clear()

    def refuse(self) -> None:
        """Break all connections and refuse new ones."""
        if self._listener is not None:
            (self.folder / _SOCKET).unlink()
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        for each in self._sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def resume(self) -> None:
        """Forward everything again, also what has waited."""
        self._flowing.set()
        if self._listener is None:
            self._listener = socket.socket(socket.AF_UNIX)
            self._listener.bind(str(self.folder / _SOCKET))
            self._listener.listen()
            self._start(self._accept, self._listener)

    def _start(self, work: "object", *sockets: socket.socket) -> None:
        thread = threading.Thread(target=work, args=sockets)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._target)
                self._sockets += [client, server]
                self._start(self._pump, client, server)
                self._start(self._pump, server, client)

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(1 << 16):
                self._flowing.wait()
                sink.sendall(piece)
        for each in (source, sink):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        # The other direction uses the same two sockets, so each direction closes its own source.
        source.close()
