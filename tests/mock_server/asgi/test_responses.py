"""Answers on their way out: validators, compression, and what is kept of them."""

import gzip

import pytest

from sepolo_mock_server.asgi import responses
from sepolo_mock_server.asgi.response_cache import PageCache
from sepolo_mock_server.asgi.responses import Prepared


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
    """Tags are compared weakly, in lists too, and * is any."""
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
    """gzip is used where its weight is above zero, by name or by wildcard."""
    assert responses.accepts_gzip(accept) is expected


def test_prepared() -> None:
    """Equal bodies have equal tags and equal compressed bytes; other bodies have other tags."""
    one, same, other = (Prepared(200, body, responses.PRIVATE) for body in (b"x" * 2000, b"x" * 2000, b"y" * 2000))
    assert (one.etag, one.gzipped()) == (same.etag, same.gzipped())
    assert one.etag != other.etag
    assert gzip.decompress(one.gzipped()[1]) == one.body


def page(size: int) -> Prepared:
    return Prepared(200, b"x" * size, responses.PRIVATE)


def test_cache_is_bounded() -> None:
    """The least recently used pages go when the bytes run out."""
    cache = PageCache(20_000)
    first, second, third = page(3_000), page(3_000), page(3_000)
    for name, one in (("first", first), ("second", second), ("third", third)):
        cache.put(name, one)
    assert cache.get("first") is first
    cache.put("fourth", page(3_000))
    cache.put("fifth", page(3_000))
    assert (cache.get("first"), cache.get("second"), cache.held <= 20_000) == (first, None, True)


def test_cache_leaves_giants_out() -> None:
    """What would fill a quarter of the room isn't kept, and replacing a page counts once."""
    cache = PageCache(20_000)
    cache.put("giant", page(5_000))
    cache.put("small", page(100))
    cache.put("small", page(100))
    assert (cache.get("giant"), cache.held) == (None, page(100).size)
