"""Raw bytes that HTTP clients do not send, over a socket to a server process."""

import json
import socket
from typing import Any

import pytest

from tests.end_to_end.harness import ServerProcess, status_of, statuses_of

PATH = b"/api/v1/me"
REPORT = b'{"title":"t","deviceId":"SEP-DEVICE-001"}'


def header_block(server: ServerProcess, *more: bytes) -> bytes:
    """Return the end of a request head: headers with the key, and `Connection: close`."""
    key = b"X-Sepolo-Api-Key: " + server.keys["full"].key.encode()
    return b"\r\n".join([b"Host: test", key, b"Connection: close", *more, b"", b""])


def send(server: ServerProcess, line: bytes, *more: bytes, body: bytes = b"") -> bytes:
    """Send a request line, the usual headers and `more`, and return the received bytes."""
    return server.raw(line + b"\r\n" + header_block(server, *more) + body)


def post(server: ServerProcess, *more: bytes, body: bytes) -> bytes:
    """Send a body with the usual headers and `more`, and return the received bytes."""
    line = b"POST /api/v1/service-reports HTTP/1.1"
    return send(server, line, b"Content-Type: application/json", *more, body=body)


def error_of(response: bytes) -> Any:
    """Return the error in the only response among the received bytes."""
    head, _, body = response.partition(b"\r\n\r\n")
    assert response.count(b"HTTP/1.1 ") == 1, response
    assert b"content-type: application/json" in head.lower(), response
    assert b"access-control-allow-origin: *" in head.lower()
    found = json.loads(body)
    assert f"x-request-id: {found['requestId']}".encode() in head.lower()
    return found


POST = b"POST /api/v1/service-reports HTTP/1.1\r\nHost: x\r\n"
MALFORMED = {
    "HTTP/0.9 garbage": b"hello\r\n\r\n",
    "control bytes": b"\x00\x01\x02\r\n\r\n",
    "a TLS client": bytes.fromhex("16030100f8010000f40303") + b"\r\n\r\n",
    "an HTTP/2 client": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/3.0": b"GET /api/v1/me HTTP/3.0\r\nHost: x\r\n\r\n",
    "HTTP/0.9": b"GET /api/v1/me\r\n\r\n",
    "HTTP/1.2": b"GET /api/v1/me HTTP/1.2\r\nHost: x\r\n\r\n",
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
    "bare line feeds": b"GET /api/v1/me HTTP/1.1\nHost: x\n\n",
    "NUL in a header": b"GET /api/v1/me HTTP/1.1\r\nHost: x\r\nX-A: a\x00b\r\n\r\n",
    "header without colon": b"GET /api/v1/me HTTP/1.1\r\nHost: x\r\nXA\r\n\r\n",
    "space in a header's name": b"GET /api/v1/me HTTP/1.1\r\nHost: x\r\nX A: 1\r\n\r\n",
    "space before the colon": b"GET /api/v1/me HTTP/1.1\r\nHost: x\r\nX-A : x\r\n\r\n",
    "folded header": b"GET /api/v1/me HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n 2\r\n\r\n",
    "letter in a header's name": b"GET /api/v1/me HTTP/1.1\r\nHost: x\r\nX-\xe9: 1\r\n\r\n",
    "no Host": b"GET /api/v1/me HTTP/1.1\r\n\r\n",
    "no Host, absolute target": b"GET http://x/api/v1/me HTTP/1.1\r\n\r\n",
    "two Hosts": b"GET /api/v1/me HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
    "two Hosts in HTTP/1.0": b"GET /api/v1/me HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n",
    "space in Host": b"GET /api/v1/me HTTP/1.1\r\nHost: x y\r\n\r\n",
    "path in Host": b"GET /api/v1/me HTTP/1.1\r\nHost: x/y\r\n\r\n",
    "user in Host": b"GET /api/v1/me HTTP/1.1\r\nHost: a@x\r\n\r\n",
    "negative length": POST + b"Content-Length: -5\r\n\r\n",
    "length in words": POST + b"Content-Length: five\r\n\r\n",
    "endless length": POST + b"Content-Length: 99999999999999999999999\r\n\r\n",
    "two lengths": POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
    "length and chunks": (POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    "unknown transfer coding": POST + b"Transfer-Encoding: gzip\r\n\r\nx",
}


@pytest.mark.parametrize("request_bytes", MALFORMED.values(), ids=MALFORMED)
def test_malformed_http_is_a_400(request_bytes: bytes, server: ServerProcess) -> None:
    """A request that is not valid HTTP/1.1 is a 400 with an error body, and the server closes the connection."""
    response = server.raw(request_bytes)
    assert status_of(response) == 400
    error = error_of(response)
    assert (error["error"], [detail["parameter"] for detail in error["details"]]) == ("validation_error", ["request"])
    assert "HTTP/1.1" in error["message"] or "Host header" in error["message"]


def test_malformed_chunk_is_a_400(server: ServerProcess) -> None:
    """A body with a malformed chunk is a 400, and nothing is stored."""
    before = server("GET", "/api/v1/service-reports").body
    response = post(server, b"Transfer-Encoding: chunked", body=b"5\r\n" + REPORT[:5] + b"\r\nzz\r\n")
    assert status_of(response) == 400
    error_of(response)
    assert server("GET", "/api/v1/service-reports").body == before


def test_incomplete_body_gets_no_response(server: ServerProcess) -> None:
    """A client that disconnects before the end of its body gets no response, and nothing is stored."""
    before = server("GET", "/api/v1/service-reports").body
    head = b"POST /api/v1/service-reports HTTP/1.1\r\n"
    request = head + header_block(server, b"Content-Type: application/json", b"Content-Length: 500") + REPORT
    with socket.create_connection(server.address, timeout=30) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1 << 16) == b""
    assert server("GET", "/api/v1/service-reports").body == before


def test_chunked_body_is_accepted(server: ServerProcess) -> None:
    """A body in chunks of one byte is accepted, and so is one after `Expect: 100-continue`."""
    chunks = b"".join(b"1;x=y\r\n%c\r\n" % byte for byte in REPORT) + b"0\r\nTrailer: 1\r\n\r\n"
    assert status_of(post(server, b"Transfer-Encoding: chunked", body=chunks)) == 201
    length = b"Content-Length: %d" % len(REPORT)
    continued = post(server, length, b"Expect: 100-continue", body=REPORT)
    assert continued.startswith(b"HTTP/1.1 100 ")
    assert b"HTTP/1.1 201 " in continued


def test_too_large_body_is_a_413(server: ServerProcess) -> None:
    """A body over 1 MiB is a 413, by its Content-Length before it is sent, and in chunks while it is received."""
    declared = post(server, b"Content-Length: 1048577", body=b"")
    assert (status_of(declared), error_of(declared)["error"]) == (413, "payload_too_large")
    chunked = post(server, b"Transfer-Encoding: chunked", body=b"100001\r\n" + b" " * 0x100001 + b"\r\n")
    assert (status_of(chunked), error_of(chunked)["error"]) == (413, "payload_too_large")


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
def test_unusual_request_line_is_accepted(line: bytes, server: ServerProcess) -> None:
    """HTTP/1.0, absolute and percent-encoded targets, fragments and empty queries are accepted."""
    assert status_of(send(server, line)) == 200


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
def test_invalid_target_is_rejected(line: bytes, status: int, server: ServerProcess) -> None:
    """Paths and queries are not normalised: an unknown path is a 404, malformed encoding a 400."""
    response = send(server, line)
    assert status_of(response) == status
    error_of(response)


@pytest.mark.parametrize("host", [b"test", b"", b"127.0.0.1:8080", b"[::1]:80", b"my_host.example", b"a%20b"])
def test_host_is_accepted(host: bytes, server: ServerProcess) -> None:
    """Names, addresses, a port and an empty value are accepted as Host, and HTTP/1.0 needs none."""
    request = b"GET /healthz HTTP/1.1\r\nConnection: close\r\nHost:" + host + b"\r\n\r\n"
    assert status_of(server.raw(request)) == 200
    assert status_of(server.raw(b"GET /healthz HTTP/1.0\r\n\r\n")) == 200


def test_head_gets_no_body_with_a_400(server: ServerProcess) -> None:
    """The 400 to an invalid HEAD request has the headers of the error, but no body."""
    response = server.raw(b"HEAD /api/v1/me HTTP/1.1\r\n\r\n")
    assert status_of(response) == 400
    assert response.endswith(b"\r\n\r\n")


def test_pipelined_requests_are_answered_in_order(server: ServerProcess) -> None:
    """Requests that are sent before the first response get their responses in the same order."""
    first = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n"
    responses = server.raw(first + b"GET /api/v1/me HTTP/1.1\r\n" + header_block(server))
    assert [piece[:3] for piece in responses.split(b"HTTP/1.1 ")[1:]] == [b"200", b"404", b"200"]


def test_malformed_request_is_answered_in_order(server: ServerProcess) -> None:
    """Pipelined requests before a malformed one get their responses first, and those after it get none."""
    good = b"GET /api/v1/me HTTP/1.1\r\n" + header_block(server).replace(b"Connection: close\r\n", b"")
    responses = server.raw(good + good + b"GET /api/v1/me HTTP/1.1\r\n\r\n" + good)
    assert statuses_of(responses) == [200, 200, 400]


@pytest.mark.parametrize("line", [b"GET /api/v1/me HTTP/1.1", b"POST /api/v1/service-reports HTTP/1.1"])
def test_malformed_body_gets_one_response(line: bytes, server: ServerProcess) -> None:
    """A request whose body is malformed gets one response, whether the operation reads the body or not."""
    head = line + b"\r\n" + header_block(server, b"Transfer-Encoding: chunked", b"Content-Type: application/json")
    with socket.create_connection(server.address, timeout=30) as connection:
        connection.sendall(head)
        assert server("GET", "/healthz").status == 200
        connection.sendall(b"zz\r\n")
        received = b""
        while piece := connection.recv(1 << 16):
            received += piece
    assert len(statuses_of(received)) == 1


def test_body_of_a_read_is_ignored(server: ServerProcess) -> None:
    """The body of a GET is ignored, and not taken for the next request."""
    response = send(server, b"GET /api/v1/me HTTP/1.1", b"Content-Length: 24", body=b"GET /nowhere HTTP/1.1\r\n\r\n")
    assert response.count(b"HTTP/1.1 200 ") == 1
    assert response.count(b"HTTP/1.1 ") == 1
