"""A server that sends arbitrary bytes, so that it can break HTTP. A function of the test sends each response."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

__all__ = ["Raw", "Wire", "json_answer", "raw_server"]


@dataclass
class Wire:
    """One connection. `over` is set at the end of the test."""

    connection: socket.socket
    over: threading.Event

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def drip(self, data: bytes, pause: float = 0.01) -> None:
        """Send one byte at a time, until the client closes the connection or the test ends."""
        for place in range(len(data)):
            self.send(data[place : place + 1])
            if self.over.wait(pause):
                return

    def hold(self) -> None:
        """Send nothing until the end of the test."""
        self.over.wait()


Answer = Callable[[Wire, str], None]


@dataclass
class Raw:
    """A running server: its URL, and the targets of its requests."""

    url: str
    targets: list[str] = field(default_factory=list)


def json_answer(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    """Return the bytes of a response with a JSON body."""
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@contextmanager
def raw_server(answer: Answer, *, eager: bool = False) -> Iterator[Raw]:
    """Serve on a free port until the block ends; `answer` is called with the connection and the target of each request.

    An eager server calls it for the first bytes it receives, even if they are no request.
    """
    over = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    raw = Raw(f"http://127.0.0.1:{listener.getsockname()[1]}")
    threads: list[threading.Thread] = []

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            rest = b""
            while not over.is_set():
                while b"\r\n\r\n" not in rest and not (eager and rest):
                    chunk = connection.recv(65_536)
                    if not chunk:
                        return
                    rest += chunk
                head, _, rest = rest.partition(b"\r\n\r\n")
                target = head.split(b" ")[1].decode("latin-1") if head.count(b" ") > 1 else ""
                raw.targets.append(target)
                answer(Wire(connection, over), target)

    def accept() -> None:
        while not over.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threads.append(threading.Thread(target=serve, args=(connection,), daemon=True))
            threads[-1].start()

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield raw
    finally:
        over.set()
        # close() alone does not wake a thread that waits in accept().
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        acceptor.join()
