"""Connections whose clients stop sending, against a server process with short times and few file descriptors."""

import socket
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.end_to_end.harness import ServerProcess, serve, status_of

SHORT = """
import resource
from sepolo_mock_server.asgi import protocol
protocol.HEAD_S = protocol.REQUEST_S = 1
resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
"""
DEADLINE_S = 60.0


def healthy(server: ServerProcess) -> bool:
    """Whether a new connection is served."""
    try:
        return status_of(server.raw(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")) == 200
    except (AssertionError, ConnectionError):
        return False


@pytest.mark.parametrize("sent", [b"", b"GET /api/v1/me HTTP/1.1\r\nHo", b"\r\n"])
def test_silent_connections_make_room(sent: bytes, tmp_path: Path) -> None:
    """More silent connections than the process may have file descriptors are closed, and others are served again."""
    pytest.importorskip("resource")
    server = serve(tmp_path, "--state", ":memory:", first=SHORT)
    assert healthy(server)
    held = []
    try:
        for _ in range(400):
            held.append(socket.create_connection(server.address, timeout=30))
            with suppress(ConnectionError):  # the server has no file descriptor left for it
                held[-1].sendall(sent)
        until = time.monotonic() + DEADLINE_S
        while not healthy(server):
            assert time.monotonic() < until
    finally:
        for connection in held:
            connection.close()
    assert server.stop() == 0
    assert server.stderr == ""
