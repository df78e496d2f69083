"""Walks over the pages of a list."""

import json
from collections.abc import Callable

from sepolo_conformance.api.calls import Call
from sepolo_conformance.engine.walk import walk
from sepolo_conformance.transport.exchange import Exchange, Request
from sepolo_openapi import reader

CALL = Call(reader.load().operations["listAssets"])


def _page(number: int, last: int) -> Exchange:
    more = number < last
    body = {"data": [{"assetId": str(number)}], "nextCursor": str(number + 1) if more else None, "hasMore": more}
    headers = (("content-type", "application/json"),)
    return Exchange("http://test", Request("GET", CALL.target), 200, headers, json.dumps(body).encode(), 0.0)


def _pages(last: int, sent: list[object]) -> Callable[[Call, Exchange | None], Exchange]:
    """Send pages by their number, and remember the cursors."""

    def send(call: Call, _before: Exchange | None) -> Exchange:
        sent.append(call.query.get("cursor"))
        return _page(int(str(call.query.get("cursor", 1))), last)

    return send


def test_a_known_first_page_is_not_requested_again() -> None:
    """The walk continues a page that is given, with its cursor."""
    sent: list[object] = []
    found = walk(CALL, _pages(3, sent), 9, first=_page(1, 3))
    assert (found.ended, len(found.rows), sent) == (True, 3, ["2", "3"])


def test_a_late_walk_is_abandoned() -> None:
    """After the time for it, a walk reads no further page, and has not reached the end."""
    sent: list[object] = []
    found = walk(CALL, _pages(9, sent), 9, is_late=lambda: len(sent) >= 2)
    assert (found.ended, found.problem, len(found.rows)) == (False, None, 2)
