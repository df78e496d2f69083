"""The cache of successful responses, by everything that they depend on: the least recently used are dropped first."""

from collections.abc import Hashable

from cachetools import LRUCache

from sepolo_mock_server.asgi.responses import Prepared

CAPACITY_BYTES = 24 * 1024 * 1024
LONGEST_KEY_BYTES = 2048
"""Responses to requests with a longer path and query are not stored: only such a request could repeat them."""


class ResponseCache:
    """Keeps prepared responses and their keys of at most `capacity` bytes. Error responses are never stored."""

    def __init__(self, capacity: int = CAPACITY_BYTES) -> None:
        self._responses: LRUCache[tuple[Hashable, ...], tuple[Prepared, int]] = LRUCache(
            capacity, getsizeof=lambda stored: stored[1]
        )

    def get(self, key: tuple[Hashable, ...]) -> Prepared | None:
        try:
            return self._responses[key][0]
        except KeyError:
            return None

    def put(self, key: tuple[Hashable, ...], response: Prepared) -> None:
        """Store a response, unless its key is long or it takes more than a quarter of the capacity."""
        key_bytes = sum(len(part) for part in key if isinstance(part, (bytes, str)))
        size = response.size + key_bytes
        if key_bytes > LONGEST_KEY_BYTES or size > self._responses.maxsize // 4:
            self._responses.pop(key, None)
        else:
            self._responses[key] = response, size

    @property
    def size(self) -> int:
        """Bytes in use."""
        return int(self._responses.currsize)
