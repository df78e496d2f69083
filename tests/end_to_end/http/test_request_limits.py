"""Limits of request line, headers and trailers, with the bytes that an attacker without a key would send."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.harness import ServerProcess, status_of

GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
CHUNKED = b"POST /api/v1/service-reports HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
LIMIT = 65_536


def with_headers(*lines: bytes) -> bytes:
    """Return a GET with these header lines beside Host and Connection."""
    return GET + b"".join(line + b"\r\n" for line in lines) + b"\r\n"


def filler(size: int) -> bytes:
    """Return a header line that makes the request line and headers of a GET count `size` bytes."""
    url, host, close = b"/healthz", b"Host: x\r\n", b"Connection: close\r\n"
    name = b"X-Filler: "
    return name + b"f" * (size - len(url) - len(host) - len(close) - len(name) - 2)


ACCEPTED = {
    "100 headers": with_headers(*(b"X-%d: 1" % number for number in range(98))),
    "64 KiB in one header": with_headers(filler(LIMIT)),
    "a URL of 60 KiB": b"GET /healthz?" + b"a" * 61_440 + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
}
REJECTED = {
    "101 headers": (with_headers(*(b"X-%d: 1" % number for number in range(99))), 431),
    "64 KiB and a byte in one header": (with_headers(filler(LIMIT + 1)), 431),
    "a URL of 70 KB": (b"GET /healthz?" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
    "a header of 1 MiB": (with_headers(b"X-A: " + b"x" * 2**20), 431),
    "a header of 1 MiB without an end": (GET + b"X-A: " + b"x" * 2**20, 431),
    "a header's name of 1 MiB": (GET + b"x" * 2**20, 431),
}


@pytest.mark.parametrize("request_bytes", ACCEPTED.values(), ids=ACCEPTED)
def test_request_within_the_limits_is_accepted(request_bytes: bytes, server: ServerProcess) -> None:
    """Request line and headers of 64 KiB, and 100 headers, are accepted."""
    assert status_of(server.raw(request_bytes)) == 200


@pytest.mark.parametrize(("request_bytes", "status"), REJECTED.values(), ids=REJECTED)
def test_request_above_a_limit_is_rejected(request_bytes: bytes, status: int, server: ServerProcess) -> None:
    """A longer URL is a 414, longer or more headers are a 431, and the server closes the connection."""
    assert_rejected(server.raw(request_bytes), status)


@pytest.mark.parametrize("trailers", ["many", "long", "long, with headers"])
def test_trailers_count(trailers: str, server: ServerProcess) -> None:
    """Trailers count with the headers of their request."""
    head, lines = CHUNKED, [b"X-%d: 1" % number for number in range(99)]
    if trailers == "long":
        lines = [b"X: " + b"x" * LIMIT]
    elif trailers == "long, with headers":
        head = CHUNKED[:-2] + b"X-A: " + b"x" * 40_000 + b"\r\n\r\n"
        lines = [b"X: " + b"x" * 30_000]
    # The operation responds with 401 before it reads the body; its connection is closed with or without a 431.
    received = server.raw(head + b"0\r\n" + b"\r\n".join(lines) + b"\r\n\r\n")
    assert received.count(b"HTTP/1.1 ") == 1
    assert status_of(received) in {401, 431}


class Endless:
    """A request that never ends: what it begins with, and what it repeats."""

    def __init__(self, begin: bytes, unit: bytes) -> None:
        self.begin, self.unit = begin, unit * (1 + 100_000 // len(unit))


ENDLESS = {
    "headers": Endless(GET, b"X-A: aaaaaaaaaaaaaaaaaaaa\r\n"),
    "a header": Endless(GET + b"X-A: ", b"a"),
    "URL": Endless(b"GET /", b"a"),
    "trailers": Endless(CHUNKED + b"0\r\n", b"X-A: aaaaaaaaaaaaaaaaaaaa\r\n"),
    "a trailer": Endless(CHUNKED + b"0\r\nX-A: ", b"a"),
    "a chunk's extension": Endless(CHUNKED + b"1;", b"a"),
    "empty lines": Endless(b"", b"\r\n"),
}


@pytest.mark.parametrize("request_parts", ENDLESS.values(), ids=ENDLESS)
def test_endless_request_ends(request_parts: Endless, server: ServerProcess) -> None:
    """A request that never ends is rejected, its connection is closed, and the server's memory does not grow."""
    before = resident_kib(server)
    sent = 0
    with socket.create_connection(server.address, timeout=30) as connection:
        try:
            connection.sendall(request_parts.begin)
            while sent < 200_000_000:
                connection.sendall(request_parts.unit)
                sent += len(request_parts.unit)
        except OSError:
            pass
    assert sent < 200_000_000
    assert resident_kib(server) - before < 8 * 1024
    assert server("GET", "/healthz").status == 200


def test_response_arrives_while_the_client_sends(server: ServerProcess) -> None:
    """A client that sends its whole oversized request before it reads still gets the response."""
    with socket.create_connection(server.address, timeout=30) as connection:
        for piece in pieces(GET + b"X-A: " + b"x" * 2**22):
            connection.sendall(piece)
        received = b""
        while piece := connection.recv(1 << 16):
            received += piece
    assert_rejected(received, 431)


def pieces(data: bytes) -> Iterator[bytes]:
    for place in range(0, len(data), 1 << 16):
        yield data[place : place + (1 << 16)]


def assert_rejected(received: bytes, status: int) -> None:
    """Check that the received bytes are one error response."""
    assert received.count(b"HTTP/1.1 ") == 1
    assert status_of(received) == status
    head, _, body = received.partition(b"\r\n\r\n")
    assert b"\r\nconnection: close" in head
    error = json.loads(body)
    assert error["error"] == {414: "uri_too_long", 431: "headers_too_large"}[status]
    assert f"x-request-id: {error['requestId']}".encode() in head


def resident_kib(server: ServerProcess) -> int:
    """Return the resident memory of the server in KiB."""
    status = Path(f"/proc/{server.process.pid}/status")
    if not status.exists():
        pytest.skip("there is no /proc")
    return int(next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmRSS")))
