"""Requests with an Upgrade header, which the server ignores (RFC 9110, section 7.8), as raw bytes."""

import socket

import pytest

from tests.end_to_end.harness import ServerProcess, status_of, statuses_of

REPORT = b'{"title":"t","deviceId":"SEP-DEVICE-001"}'
UPGRADE = (
    b"Connection: Upgrade, HTTP2-Settings",
    b"Upgrade: h2c",
    b"HTTP2-Settings: AAEAAEAAAAIAAAAAAAMAAAAAAAQBAAAAAAUAAEAAAAYABgAA",
)
"""The headers of Java's HttpClient and of `curl --http2`."""


def head(server: ServerProcess, line: bytes, *more: bytes) -> bytes:
    """Return a request head with the key, the Upgrade headers and `more`."""
    key = b"X-Sepolo-Api-Key: " + server.keys["full"].key.encode()
    return b"\r\n".join([line, b"Host: test", key, *UPGRADE, *more, b"", b""])


def exchange(server: ServerProcess, packets: list[bytes], responses: int) -> bytes:
    """Send each packet once the one before it was read by the server, then read until `responses` responses came."""
    with socket.create_connection(server.address, timeout=30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for packet in packets:
            connection.sendall(packet)
            # The server has one event loop, so it has read the packet before this later request.
            assert server("GET", "/healthz").status == 200
        received = b""
        # All bodies here are JSON objects.
        while received.count(b"HTTP/1.1 ") < responses or not received.endswith(b"}"):
            piece = connection.recv(1 << 16)
            if not piece:
                break
            received += piece
        connection.shutdown(socket.SHUT_WR)
        while piece := connection.recv(1 << 16):
            received += piece
    return received


def stored(server: ServerProcess) -> int:
    """Return the number of reports."""
    count, page = 0, server("GET", "/api/v1/service-reports?pageSize=500").json
    while page["nextCursor"] is not None:
        count += len(page["data"])
        page = server("GET", f"/api/v1/service-reports?pageSize=500&cursor={page['nextCursor']}").json
    return count + len(page["data"])


POST = b"POST /api/v1/service-reports HTTP/1.1"
FRAMINGS = {
    "length": ((b"Content-Length: %d" % len(REPORT),), [REPORT]),
    "length, in pieces": ((b"Content-Length: %d" % len(REPORT),), [REPORT[:9], REPORT[9:]]),
    "chunked": (
        (b"Transfer-Encoding: chunked",),
        [b"5\r\n" + REPORT[:5] + b"\r\n", b"24\r\n" + REPORT[5:], b"\r\n0\r\n\r\n"],
    ),
}


@pytest.mark.parametrize("packets", ["one", "several"])
@pytest.mark.parametrize("framing", FRAMINGS)
def test_body_is_read(framing: str, packets: str, server: ServerProcess) -> None:
    """The body of a request with Upgrade is read, in one packet or several, and the connection stays usable."""
    headers, pieces = FRAMINGS[framing]
    begin = head(server, POST, b"Content-Type: application/json", *headers)
    sent = [begin, *pieces] if packets == "several" else [b"".join([begin, *pieces])]
    before = stored(server)
    received = exchange(server, [*sent, head(server, b"GET /api/v1/me HTTP/1.1")], 2)
    assert statuses_of(received) == [201, 200]
    assert stored(server) == before + 1


@pytest.mark.parametrize("packets", ["one", "several"])
def test_body_is_no_request(packets: str, server: ServerProcess) -> None:
    """A body that looks like requests is not executed as requests."""
    inner = b"POST /api/v1/service-reports HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    inner += b"X-Sepolo-Api-Key: " + server.keys["full"].key.encode() + b"\r\n"
    body = (inner + b"Content-Length: %d\r\n\r\n" % len(REPORT) + REPORT) * 2
    begin = head(server, POST, b"Content-Type: application/json", b"Content-Length: %d" % len(body))
    before = stored(server)
    sent = [begin, body] if packets == "several" else [begin + body]
    received = exchange(server, [*sent, head(server, b"GET /api/v1/me HTTP/1.1")], 2)
    assert statuses_of(received) == [400, 200]
    assert stored(server) == before


@pytest.mark.parametrize("packets", ["one", "several"])
def test_pipelined_requests_are_answered(packets: str, server: ServerProcess) -> None:
    """Each of several pipelined requests with Upgrade gets its response, in order."""
    requests = [head(server, b"GET %s HTTP/1.1" % path) for path in (b"/healthz", b"/nowhere", b"/api/v1/me")]
    received = exchange(server, requests if packets == "several" else [b"".join(requests)], 3)
    assert statuses_of(received) == [200, 404, 200]


def test_head_in_single_bytes(server: ServerProcess) -> None:
    """A request with Upgrade and a body, each byte in a packet of its own, is answered once."""
    request = head(server, POST, b"Content-Type: application/json", b"Content-Length: %d" % len(REPORT)) + REPORT
    with socket.create_connection(server.address, timeout=30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for place in range(len(request)):
            connection.sendall(request[place : place + 1])
        assert status_of(connection.recv(1 << 16)) == 201


def test_ambiguous_length_is_rejected(server: ServerProcess) -> None:
    """Content-Length beside Transfer-Encoding is a 400 with Upgrade too."""
    request = head(server, POST, b"Content-Length: 5", b"Transfer-Encoding: chunked") + b"0\r\n\r\n"
    assert statuses_of(server.raw(request)) == [400]


def test_connect_is_rejected(server: ServerProcess) -> None:
    """CONNECT makes no tunnel: what follows its head is not executed."""
    received = server.raw(b"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n" + head(server, b"GET /api/v1/me HTTP/1.1"))
    assert statuses_of(received) == [400]
