"""Responses: conditional requests, content negotiation, and prepared responses."""

import gzip
from typing import Any

import pytest

from sepolo_mock_server.asgi import responses
from sepolo_mock_server.asgi.responses import Prepared

ME = "/api/v1/me"
FOREIGN = "00000000-0000-4000-8000-ffffffffffff"


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (b'W/"1-a"', True),
        (b'"1-a"', True),
        (b"*", True),
        (b'"x", W/"1-a" , "y"', True),
        (b'"x"', False),
        (b"", False),
        (b"1-a", False),
    ],
)
def test_if_none_match(known: bytes, expected: bool) -> None:
    """ETags are compared weakly, also in lists; * matches every one."""
    assert responses.matches(known, b'W/"1-a"') is expected


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (b"gzip", True),
        (b"deflate, GZIP;q=0.5", True),
        (b"*", True),
        (b"x-gzip", True),
        (b"*;q=0", False),
        (b"gzip;q=0", False),
        (b"gzip; q=0.000, *", False),
        (b"identity", False),
        (b"", False),
        (b"gzip;q=junk", False),
    ],
)
def test_accept_encoding(accept: bytes, expected: bool) -> None:
    """gzip is accepted if its weight is above zero, by name or by wildcard."""
    assert responses.accepts_gzip(accept) is expected


def test_prepared() -> None:
    """Equal bodies have equal ETags and equal compressed bytes; other bodies have other ETags."""
    first, equal, other = (Prepared(200, body, responses.PRIVATE) for body in (b"x" * 2000, b"x" * 2000, b"y" * 2000))
    assert (first.etag, first.gzipped()) == (equal.etag, equal.gzipped())
    assert first.etag != other.etag
    assert gzip.decompress(first.gzipped()[1]) == first.body


@pytest.mark.parametrize("given", ["a", "0d4cf1ab-51ac-4f2b-a2c1-9d3b5fae6f60", "x" * 128])
def test_request_id_of_the_client_is_returned(client: Any, given: str) -> None:
    """A valid X-Request-Id is returned with successful responses and errors."""
    for place in (ME, "/api/v1/nowhere"):
        assert client.get(place, headers=[("X-Request-Id", given)]).headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "a b", 'a"b', "a\r\nSet-Cookie: b", "ø", "x" * 129])
def test_unsafe_request_id_is_replaced(client: Any, given: str) -> None:
    """An X-Request-Id that is not safe in a header is replaced by a new one for each request."""
    made = [client.get(ME, headers=[("X-Request-Id", given)]).headers["x-request-id"] for _ in range(2)]
    assert made[0] != made[1]
    assert given not in made


def test_not_modified(client: Any) -> None:
    """A current ETag in If-None-Match gives 304; the ETag of another response gives 200."""
    first = client.get("/api/v1/devices")
    again = client.get("/api/v1/devices", headers=[("If-None-Match", f'"other", {first.headers["etag"]}')])
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert again.headers["cache-control"] == "private, no-cache"
    assert client.get("/api/v1/devices", headers=[("If-None-Match", "*")]).status == 304
    assert client.get("/api/v1/devices?pageSize=5", headers=[("If-None-Match", first.headers["etag"])]).status == 200
    assert client.get(f"/api/v1/assets/{FOREIGN}", headers=[("If-None-Match", "*")]).status == 404


def test_cache_control(client: Any) -> None:
    """Responses may be cached for revalidation, except those of /me and errors."""
    found = [client.get(place).headers["cache-control"] for place in (ME, "/api/v1/assets", "/api/v1/nowhere")]
    assert found == ["no-store", "private, no-cache", "no-store"]


def test_compression(client: Any) -> None:
    """Large responses are compressed if the client accepts gzip, small ones never; Vary says so."""
    plain = client.get("/api/v1/devices")
    gzipped = client.get("/api/v1/devices", headers=[("Accept-Encoding", "gzip")])
    assert gzip.decompress(gzipped.body) == plain.body
    assert (gzipped.headers["content-encoding"], gzipped.headers["vary"]) == ("gzip", "accept-encoding")
    assert gzipped.headers["content-length"] == str(len(gzipped.body))
    assert "content-encoding" not in plain.headers
    assert "content-encoding" not in client.get(ME, headers=[("Accept-Encoding", "gzip")]).headers
