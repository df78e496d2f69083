"""Prepared answers by what they depend on; the least recently used go when they take too many bytes."""

from collections import OrderedDict
from collections.abc import Hashable

from sepolo_mock_server.asgi.responses import Prepared


class PageCache:
    """An LRU bounded by bytes. Errors are never put in."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._pages: OrderedDict[Hashable, Prepared] = OrderedDict()
        self._held = 0

    def get(self, key: Hashable) -> Prepared | None:
        page = self._pages.get(key)
        if page is not None:
            self._pages.move_to_end(key)
        return page

    def put(self, key: Hashable, page: Prepared) -> None:
        """Keep a page; not one that would fill a quarter of the room, lest one answer push out all others."""
        self._held -= self._pages.pop(key).size if key in self._pages else 0
        if page.size > self._capacity // 4:
            return
        self._pages[key] = page
        self._held += page.size
        while self._held > self._capacity:
            self._held -= self._pages.popitem(last=False)[1].size

    @property
    def held(self) -> int:
        """Bytes held now."""
        return self._held
