"""The cache of successful responses, by everything that they depend on: the least recently used are dropped first."""

from collections.abc import Hashable

from cachetools import LRUCache

from sepolo_mock_server.asgi.responses import Prepared

CAPACITY_BYTES = 24 * 1024 * 1024


class ResponseCache:
    """Keeps prepared responses of at most `capacity` bytes together. Error responses are never stored."""

    def __init__(self, capacity: int = CAPACITY_BYTES) -> None:
        self._responses: LRUCache[Hashable, Prepared] = LRUCache(capacity, getsizeof=lambda response: response.size)

    def get(self, key: Hashable) -> Prepared | None:
        try:
            return self._responses[key]
        except KeyError:
            return None

    def put(self, key: Hashable, response: Prepared) -> None:
        """Store a response, unless it takes more than a quarter of the capacity and would push out all others."""
        if response.size > self._responses.maxsize // 4:
            self._responses.pop(key, None)
        else:
            self._responses[key] = response

    @property
    def size(self) -> int:
        """Bytes in use."""
        return int(self._responses.currsize)
