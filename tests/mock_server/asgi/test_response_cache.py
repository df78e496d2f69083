"""The response cache: the limit in bytes, and the order in which responses are dropped."""

from sepolo_mock_server.asgi import responses
from sepolo_mock_server.asgi.response_cache import ResponseCache
from sepolo_mock_server.asgi.responses import Prepared


def response(size: int) -> Prepared:
    return Prepared(200, b"x" * size, responses.PRIVATE)


def test_least_recently_used_is_dropped() -> None:
    """If the capacity is exceeded, the responses that were used longest ago are dropped."""
    cache = ResponseCache(20_000)
    first, second, third = response(3_000), response(3_000), response(3_000)
    for name, one in (("first", first), ("second", second), ("third", third)):
        cache.put((name,), one)
    assert cache.get(("first",)) is first
    cache.put(("fourth",), response(3_000))
    cache.put(("fifth",), response(3_000))
    assert (cache.get(("first",)), cache.get(("second",)), cache.size <= 20_000) == (first, None, True)


def test_large_response_is_not_stored() -> None:
    """A response of more than a quarter of the capacity is not stored; a replaced response counts once."""
    cache = ResponseCache(20_000)
    cache.put(("large",), response(5_000))
    cache.put(("small",), response(100))
    cache.put(("small",), response(100))
    assert (cache.get(("large",)), cache.size) == (None, response(100).size + len("small"))
    cache.put(("small",), response(5_000))
    assert (cache.get(("small",)), cache.size) == (None, 0)


def test_keys_count() -> None:
    """The bytes of keys count, and a response with a long key is not stored, so that long queries take no memory."""
    cache = ResponseCache(20_000)
    for number in range(100):
        cache.put(("listAssets", 0, b"/path", b"%02000d" % number), response(10))
    assert cache.size <= 20_000
    assert sum(cache.get(("listAssets", 0, b"/path", b"%02000d" % number)) is not None for number in range(100)) == 6
    long = ("listAssets", 0, b"/path", b"x" * 65_000)
    cache.put(long, response(10))
    assert cache.get(long) is None
