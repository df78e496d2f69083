"""What happens to connections and worker processes when the server is ended, or a process of it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.end_to_end.harness import ServerProcess, environment, serve, status_of

pytestmark = [
    pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="processes are found in /proc"),
    pytest.mark.no_cover,  # processes are several times slower under the tracer
]

ME = b"GET /api/v1/me HTTP/1.1\r\nHost: x\r\nX-Sepolo-Api-Key: %s\r\n\r\n"
DEADLINE_S = 60.0


def children(pid: int) -> list[int]:
    """Return the worker processes of a process."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until a condition holds."""
    until = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def refuses(server: ServerProcess) -> bool:
    """Whether nothing listens on the server's port any more."""
    try:
        socket.create_connection(server.address, timeout=30).close()
    except ConnectionError as error:
        return isinstance(error, ConnectionRefusedError)
    return False


@contextmanager
def stopped(pids: list[int]) -> Iterator[None]:
    """Keep processes from running."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def connections(server: ServerProcess, count: int) -> list[socket.socket]:
    return [socket.create_connection(server.address, timeout=30) for _ in range(count)]


def received(connection: socket.socket) -> bytes:
    """Return everything that is received until the connection is closed."""
    with connection:
        data = b""
        while piece := connection.recv(1 << 16):
            data += piece
    return data


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("when", ["starting", "running"])
def test_queued_requests_are_answered(workers: int, when: str, tmp_path: Path) -> None:
    """After SIGTERM, requests on open connections and on those that are not accepted yet get their response."""
    server = serve(tmp_path, "--state", str(tmp_path / "state.db"), "--workers", str(workers))
    request = ME % server.keys["full"].key.encode()
    clients = []
    if when == "running":
        assert server("GET", "/healthz").status == 200
        clients = connections(server, 32)
    pids = [server.process.pid, *(children(server.process.pid) if when == "running" else ())]
    with stopped(pids):
        clients += connections(server, 32)
        for client in clients:
            client.sendall(request)
        server.process.send_signal(signal.SIGTERM)
    assert [status_of(received(client)) for client in clients] == [200] * len(clients)
    assert server.stop() == 0
    assert server.stderr == ""
    assert refuses(server)


@pytest.mark.parametrize("grace", ["over", "not over"])
def test_open_request_is_answered(grace: str, tmp_path: Path) -> None:
    """A request that is open at SIGTERM gets its response if it ends in time, else a 503, and nothing is logged."""
    first = "from sepolo_mock_server.asgi import server\nserver._GRACE_S = 0" if grace == "over" else ""
    server = serve(tmp_path, "--state", ":memory:", first=first)
    body = b'{"title":"t","deviceId":"SEP-DEVICE-001"}'
    head = b"POST /api/v1/service-reports HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    head += b"X-Sepolo-Api-Key: %s\r\nContent-Length: %d\r\n\r\n" % (server.keys["full"].key.encode(), len(body))
    (client,) = connections(server, 1)
    client.sendall(head + body[:9])
    assert server("GET", "/healthz").status == 200
    server.process.send_signal(signal.SIGTERM)
    wait_for(lambda: refuses(server))
    if grace == "not over":
        client.sendall(body[9:])
    response = received(client)
    assert status_of(response) == (503 if grace == "over" else 201)
    assert grace == "not over" or b'"error":"service_unavailable"' in response
    assert server.stop() == 0
    assert server.stderr == ""


HANGING = """
import asyncio
from sepolo_mock_server.asgi import endpoint, server
server._GRACE_S = server._CANCEL_S = 0
async def hang(*args):
    await asyncio.Event().wait()
endpoint.ReadEndpoint._response = hang
"""


def test_hanging_request_gets_a_503(tmp_path: Path) -> None:
    """A request that the sandbox never answers gets a 503 when the server ends, and the log no traceback."""
    server = serve(tmp_path, "--state", ":memory:", first=HANGING)
    (client,) = connections(server, 1)
    client.sendall(ME % server.keys["full"].key.encode())
    assert server("GET", "/healthz").status == 200
    assert server.stop() == 0
    response = received(client)
    assert status_of(response) == 503
    assert b'"error":"service_unavailable"' in response
    assert len(server.stderr.splitlines()) == 1
    assert "Cancel 1 running task" in server.stderr


def test_incomplete_head_gets_a_503(tmp_path: Path) -> None:
    """A client that has sent a part of its request's head at SIGTERM gets a 503."""
    server = serve(tmp_path, "--state", ":memory:")
    (client,) = connections(server, 1)
    client.sendall(b"GET /api/v1/me HTTP/1.1\r\nHo")
    assert server("GET", "/healthz").status == 200
    assert server.stop() == 0
    assert status_of(received(client)) == 503
    assert server.stderr == ""


def test_client_that_reads_nothing(tmp_path: Path) -> None:
    """A client that does not read its responses does not keep the server from ending, and no traceback is logged."""
    first = "from sepolo_mock_server.asgi import server\nserver._GRACE_S = 0"
    server = serve(tmp_path, "--state", ":memory:", first=first)
    key = server.keys["full"].key.encode()
    request = b"GET /api/v1/devices?pageSize=500 HTTP/1.1\r\nHost: x\r\nX-Sepolo-Api-Key: " + key + b"\r\n\r\n"
    (client,) = connections(server, 1)
    with client:
        client.sendall(request * 200)
        assert server("GET", "/healthz").status == 200
        assert server.stop() == 0
    assert server.stderr == ""


def test_ignored_hangup_stays_ignored(tmp_path: Path) -> None:
    """A server that was started with SIGHUP ignored, as by nohup, survives it."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        server = serve(tmp_path, "--state", str(tmp_path / "state.db"), "--workers", "2")
    finally:
        signal.signal(signal.SIGHUP, before)
    assert server("GET", "/healthz").status == 200
    for pid in (*children(server.process.pid), server.process.pid):
        os.kill(pid, signal.SIGHUP)
    assert server("GET", "/healthz").status == 200
    assert server.stop() == 0


@pytest.mark.parametrize("when", ["starting", "running"])
def test_signal_to_all_processes(when: str, tmp_path: Path) -> None:
    """A signal that the workers get too, as from a terminal, ends the server at any time without messages."""
    server = serve(tmp_path, "--state", str(tmp_path / "state.db"), "--workers", "2")
    if when == "running":
        assert server("GET", "/healthz").status == 200
    wait_for(lambda: len(children(server.process.pid)) == 2)
    for pid in (*children(server.process.pid), server.process.pid):
        os.kill(pid, signal.SIGINT)
    assert server.stop(signal.SIGINT) == 0
    assert server.stderr == ""


@pytest.mark.parametrize(("number", "status"), [(signal.SIGHUP, 503), (signal.SIGINT, None)])
def test_second_signal(number: signal.Signals, status: int | None, tmp_path: Path) -> None:
    """A second SIGINT ends workers with open requests at once; other signals that come twice end them as one does."""
    server = serve(tmp_path, "--state", str(tmp_path / "state.db"), "--workers", "2")
    body = b"POST /api/v1/service-reports HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    body += b"X-Sepolo-Api-Key: %s\r\nContent-Length: 9\r\n\r\n" % server.keys["full"].key.encode()
    (client,) = connections(server, 1)
    client.sendall(body + b"{")
    assert server("GET", "/healthz").status == 200
    for _ in range(2):
        server.process.send_signal(number)
        wait_for(lambda: refuses(server))
    response = b""
    with suppress(ConnectionResetError):
        response = received(client)
    assert (status_of(response) if response else None) == status
    assert server.stop(number) == 0
    assert server.stderr == ""


def test_killed_parent_ends_its_workers(tmp_path: Path) -> None:
    """When the parent is killed, its workers end and free the port."""
    server = serve(tmp_path, "--state", str(tmp_path / "state.db"), "--workers", "2")
    assert server("GET", "/healthz").status == 200
    assert server.stop(signal.SIGKILL) == -signal.SIGKILL
    wait_for(lambda: refuses(server))
    second = serve(tmp_path, "--state", ":memory:", port=server.address[1])
    assert second.stop() == 0
    assert server.stderr == ""


def test_killed_worker_is_replaced(tmp_path: Path) -> None:
    """A worker that dies is replaced, which is one line of the log."""
    server = serve(tmp_path, "--state", str(tmp_path / "state.db"), "--workers", "2")
    assert server("GET", "/healthz").status == 200
    wait_for(lambda: len(children(server.process.pid)) == 2)
    killed, kept = children(server.process.pid)
    # A worker that dies before it serves would end the server.
    with stopped([kept]):
        assert server("GET", "/healthz").status == 200
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: len(set(children(server.process.pid)) - {killed, kept}) == 1)
    assert server("GET", "/api/v1/me").status == 200
    assert server.stop() == 0
    lines = server.stderr.splitlines()
    assert len(lines) == 1
    assert str(killed) in lines[0]


def test_worker_that_cannot_start_ends_the_server() -> None:
    """If a worker ends before it serves, the parent ends with exit code 1 instead of trying again."""
    code = """
import socket, sys
from sepolo_mock_server.asgi import workers
if __name__ == "__main__":
    workers.run(print, socket.create_server(("127.0.0.1", 0)), 2, lambda: None, 0)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, env=environment(), timeout=DEADLINE_S
    )
    assert done.returncode == 1, done
