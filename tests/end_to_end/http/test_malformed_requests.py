"""Requests that HTTP clients refuse to send, byte by byte over a socket to a real server process."""

import json
import socket
from typing import Any

import pytest

from tests.end_to_end.harness import ServerProcess, status_of

PATH = b"/api/v1/me"
REPORT = b'{"title":"t","deviceId":"SEP-DEVICE-001"}'


def headers(server: ServerProcess, *more: bytes) -> bytes:
    """The header block of a request that ends its connection."""
    key = b"X-Sepolo-Api-Key: " + server.keys["full"].key.encode()
    return b"\r\n".join([b"Host: test", key, b"Connection: close", *more, b"", b""])


def sent(server: ServerProcess, line: bytes, *more: bytes, body: bytes = b"") -> bytes:
    """What comes back for a request line, the usual headers and these."""
    return server.raw(line + b"\r\n" + headers(server, *more) + body)


def posted(server: ServerProcess, *more: bytes, body: bytes) -> bytes:
    """What comes back for a body with these headers."""
    line = b"POST /api/v1/service-reports HTTP/1.1"
    return sent(server, line, b"Content-Type: application/json", *more, body=body)


def envelope(response: bytes) -> Any:
    """The error in an response, which has to be the contract's and the only response."""
    head, _, body = response.partition(b"\r\n\r\n")
    assert response.count(b"HTTP/1.1 ") == 1, response
    assert b"content-type: application/json" in head.lower(), response
    assert b"access-control-allow-origin: *" in head.lower()
    found = json.loads(body)
    assert f"x-request-id: {found['requestId']}".encode() in head.lower()
    return found


NO_HTTP = {
    "HTTP/0.9 garbage": b"hello\r\n\r\n",
    "control bytes": b"\x00\x01\x02\r\n\r\n",
    "a TLS client": bytes.fromhex("16030100f8010000f40303") + b"\r\n\r\n",
    "an HTTP/2 client": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/3.0": b"GET /api/v1/me HTTP/3.0\r\nHost: x\r\n\r\n",
    "no version number": b"GET /api/v1/me HTTP/x\r\nHost: x\r\n\r\n",
    "lower-case method": b"get /api/v1/me HTTP/1.1\r\nHost: x\r\n\r\n",
    "unknown method": b"COFFEE /api/v1/me HTTP/1.1\r\nHost: x\r\n\r\n",
    "CONNECT": b"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n",
    "no target": b"GET  HTTP/1.1\r\nHost: x\r\n\r\n",
    "query alone": b"GET ?a=b HTTP/1.1\r\nHost: x\r\n\r\n",
    "relative target": b"GET api/v1/me HTTP/1.1\r\nHost: x\r\n\r\n",
    "space in the target": b"GET /api/v1/a b HTTP/1.1\r\nHost: x\r\n\r\n",
    "NUL in the target": b"GET /api/v1/\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
    "UTF-8 in the path": b"GET /api/v1/devices/\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n",
    "Latin-1 in the path": b"GET /api/v1/devices/\xe9 HTTP/1.1\r\nHost: x\r\n\r\n",
    "UTF-8 in the query": b"GET /api/v1/assets?customerId=\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n",
    "broken absolute target": b"GET http://[::1 HTTP/1.1\r\nHost: x\r\n\r\n",
    "a target of 100 KB": b"GET /api/v1/me?x=" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "bare line feeds": b"GET /api/v1/me HTTP/1.1\nHost: x\n\n",
    "NUL in a header": b"GET /api/v1/me HTTP/1.1\r\nX-A: a\x00b\r\n\r\n",
    "header without colon": b"GET /api/v1/me HTTP/1.1\r\nXA\r\n\r\n",
    "space in a header's name": b"GET /api/v1/me HTTP/1.1\r\nX A: 1\r\n\r\n",
    "space before the colon": b"GET /api/v1/me HTTP/1.1\r\nHost : x\r\n\r\n",
    "folded header": b"GET /api/v1/me HTTP/1.1\r\nX-A: 1\r\n 2\r\n\r\n",
    "letter in a header's name": b"GET /api/v1/me HTTP/1.1\r\nX-\xe9: 1\r\n\r\n",
    "negative length": b"POST /api/v1/service-reports HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
    "length in words": b"POST /api/v1/service-reports HTTP/1.1\r\nContent-Length: five\r\n\r\n",
    "endless length": b"POST /api/v1/service-reports HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    "two lengths": b"POST /api/v1/service-reports HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
    "length and chunks": (
        b"POST /api/v1/service-reports HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    ),
    "unknown transfer coding": b"POST /api/v1/service-reports HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\nx",
}


@pytest.mark.parametrize("request_", NO_HTTP.values(), ids=NO_HTTP)
def test_what_is_no_http(request_: bytes, server: ServerProcess) -> None:
    """Bytes that are no HTTP/1.1 are answered in the envelope all the same, with 400, and the connection ends."""
    response = server.raw(request_)
    assert status_of(response) == 400
    error = envelope(response)
    assert (error["error"], [detail["parameter"] for detail in error["details"]]) == ("validation_error", ["request"])
    assert "HTTP/1.1" in error["message"]


def test_a_broken_chunk(server: ServerProcess) -> None:
    """A body whose chunks end in nonsense is refused, and nothing of it is stored."""
    before = server("GET", "/api/v1/service-reports").body
    response = posted(server, b"Transfer-Encoding: chunked", body=b"5\r\n" + REPORT[:5] + b"\r\nzz\r\n")
    assert status_of(response) == 400
    envelope(response)
    assert server("GET", "/api/v1/service-reports").body == before


def test_a_body_that_never_ends(server: ServerProcess) -> None:
    """A client that leaves before its body is complete has stored nothing and is not answered."""
    before = server("GET", "/api/v1/service-reports").body
    head = b"POST /api/v1/service-reports HTTP/1.1\r\n"
    request = head + headers(server, b"Content-Type: application/json", b"Content-Length: 500") + REPORT
    with socket.create_connection(server.address, timeout=30) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1 << 16) == b""
    assert server("GET", "/api/v1/service-reports").body == before


def test_bodies_that_come_in_chunks(server: ServerProcess) -> None:
    """Chunks of any size make one body, and `Expect: 100-continue` is honoured."""
    chunks = b"".join(b"1;x=y\r\n%c\r\n" % byte for byte in REPORT) + b"0\r\nTrailer: 1\r\n\r\n"
    assert status_of(posted(server, b"Transfer-Encoding: chunked", body=chunks)) == 201
    length = b"Content-Length: %d" % len(REPORT)
    waited = posted(server, length, b"Expect: 100-continue", body=REPORT)
    assert waited.startswith(b"HTTP/1.1 100 ")
    assert b"HTTP/1.1 201 " in waited


def test_a_body_too_large(server: ServerProcess) -> None:
    """The announcement of a large body is enough to refuse it; large chunks are refused on the way."""
    startup_lines = posted(server, b"Content-Length: 1048577", body=b"")
    assert (status_of(startup_lines), envelope(startup_lines)["error"]) == (413, "payload_too_large")
    chunked = posted(server, b"Transfer-Encoding: chunked", body=b"100001\r\n" + b" " * 0x100001 + b"\r\n")
    assert (status_of(chunked), envelope(chunked)["error"]) == (413, "payload_too_large")


@pytest.mark.parametrize(
    "line",
    [
        b"GET /api/v1/me HTTP/1.1",
        b"GET /api/v1/me HTTP/1.0",
        b"GET http://another.example/api/v1/me HTTP/1.1",
        b"GET /api/v1/me#fragment HTTP/1.1",
        b"GET /api/v1/%6d%65 HTTP/1.1",
        b"GET /api/v1/me? HTTP/1.1",
        b"GET /api/v1/me?&&& HTTP/1.1",
    ],
)
def test_odd_lines_that_will_do(line: bytes, server: ServerProcess) -> None:
    """Older, absolute and needlessly encoded ways to ask for a path are answered."""
    assert status_of(sent(server, line)) == 200


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"GET //api/v1/me HTTP/1.1", 404),
        (b"GET /api/v1/../v1/me HTTP/1.1", 404),
        (b"GET /api/v1/me/ HTTP/1.1", 404),
        (b"GET /API/V1/ME HTTP/1.1", 404),
        (b"GET /api%2Fv1%2Fme HTTP/1.1", 404),
        (b"GET ///x:y@[ HTTP/1.1", 404),
        (b"GET /api/v1/devices/%2E%2E HTTP/1.1", 404),
        (b"GET /api/v1/devices/%FF HTTP/1.1", 400),
        (b"GET /api/v1/devices/%C3%28 HTTP/1.1", 400),
        (b"GET /api/v1/devices/%00 HTTP/1.1", 400),
        (b"GET /api/v1/devices/%ZZ HTTP/1.1", 400),
        (b"GET /api/v1/devices/% HTTP/1.1", 400),
        (b"GET /api/v1/devices?status=% HTTP/1.1", 400),
        (b"GET /api/v1/devices?%FF HTTP/1.1", 400),
        (b"OPTIONS * HTTP/1.1", 404),
        (b"TRACE /api/v1/me HTTP/1.1", 405),
        (b"PROPFIND /api/v1/me HTTP/1.1", 405),
    ],
)
def test_odd_lines(line: bytes, status: int, server: ServerProcess) -> None:
    """The server hands paths and queries on as they were sent, so that they are judged once."""
    response = sent(server, line)
    assert status_of(response) == status
    envelope(response)


def test_many_and_long_headers(server: ServerProcess) -> None:
    """Nobody needs a megabyte of headers, but it does no harm."""
    for more in ([b"X-A: " + b"x" * 2**20], [b"X-%d: 1" % number for number in range(5_000)]):
        assert status_of(sent(server, b"GET /api/v1/me HTTP/1.1", *more)) == 200


@pytest.mark.parametrize("protocol", [b"websocket", b"h2c", b"TLS/1.0"])
def test_upgrades(protocol: bytes, server: ServerProcess) -> None:
    """An offer to change the protocol is not taken: HTTP/1.1 goes on."""
    key = b"X-Sepolo-Api-Key: " + server.keys["full"].key.encode()
    more = [b"Upgrade: " + protocol, b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", b"Sec-WebSocket-Version: 13"]
    request = b"\r\n".join([b"GET /api/v1/me HTTP/1.0", b"Connection: Upgrade", key, *more, b"", b""])
    assert status_of(server.raw(request)) == 200


def test_several_requests_at_once(server: ServerProcess) -> None:
    """Requests that are sent before the responses to earlier ones come are answered in their order."""
    first = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n"
    responses = server.raw(first + b"GET /api/v1/me HTTP/1.1\r\n" + headers(server))
    assert [piece[:3] for piece in responses.split(b"HTTP/1.1 ")[1:]] == [b"200", b"404", b"200"]


def test_a_body_where_none_belongs(server: ServerProcess) -> None:
    """A body of a read is ignored, and isn't taken for the next request."""
    response = sent(server, b"GET /api/v1/me HTTP/1.1", b"Content-Length: 24", body=b"GET /nowhere HTTP/1.1\r\n\r\n")
    assert response.count(b"HTTP/1.1 200 ") == 1
    assert response.count(b"HTTP/1.1 ") == 1
