"""Odd but legal requests: strange ids, headers and addresses, and the same thing written in another way.

Tables and calls, built as they go over the wire; nothing here sends anything.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from sepolo_conformance.api.calls import Call
from sepolo_conformance.api.identity import authorised
from sepolo_conformance.model.keys import Key
from sepolo_conformance.transport.exchange import Request

__all__ = ["HEADERS", "STRANGE", "Strange", "encoded", "plain", "strange"]

STRANGE = (
    "%00",
    "%C3%28",
    "..%2F..%2Fme",
    "%F0%9F%92%A9",
    "a%2Fb",
    "%25",
    "%27%20OR%20%271%27%3D%271",
    "%E2%80%AEx",
    "%0D%0Ax",
    "%3Fx%3D1%23y",
    "x" * 1_000,
    "*",
)
"""Ids, percent-encoded: NUL, broken UTF-8, paths within, an emoji, marks of queries and of right-to-left text."""

HEADERS: tuple[tuple[str, str], ...] = (
    ("Accept", "*/*"),
    ("Accept", "text/html"),
    ("Accept", "application/xml;q=0.9, */*;q=0.1"),
    ("Accept", ";;;"),
    ("Accept-Language", "x-klingon;q=9"),
    ("Accept-Charset", "iso-8859-1"),
    ("Content-Type", "application/xml"),
    ("Content-Type", "multipart/form-data"),
    ("Cookie", 'a=b; c; =d; "e'),
    ("If-None-Match", 'W/"never", not quoted'),
    ("If-Modified-Since", "yesterday"),
    ("Range", "bytes=5-1"),
    ("Range", "rows=0-9"),
    ("Origin", "null"),
    ("Referer", "not an address"),
    ("X-Forwarded-For", "not an address, ::1"),
    ("X-Request-Id", "conformance-1"),
    ("X-Request-Id", "x" * 2_000),
    ("X-Unknown", "\xe6\xf8\xe5"),
    ("X-Unknown", "x" * 4_000),
)
"""Headers that any client, proxy or browser may send."""


@dataclass(frozen=True, slots=True)
class Strange:
    """A request with an odd id in the place of `parameter`; `escapes` if a proxy may take it for another path."""

    request: Request
    parameter: str
    escapes: bool


def plain(call: Call, key: Key | None) -> Request:
    """Return the ordinary request for a call."""
    return Request("GET", call.target, authorised(key), key=key, operation_id=call.operation.operation_id)


def strange(call: Call, key: Key, start: int, count: int) -> Iterator[Strange]:
    """Yield requests with an odd id in place of each id of the call: the first three, and `count` from `start` on."""
    rest = STRANGE[3:]
    for place, name in enumerate(call.ids):
        turn = (start + place) * count
        for value in (*STRANGE[:3], *(rest[(turn + step) % len(rest)] for step in range(count))):
            request = Request(
                "GET", _filled(call, {name: value}), authorised(key), key=key, operation_id=call.operation.operation_id
            )
            yield Strange(request, name, "%2F" in value or "%3F" in value)


def encoded(call: Call, key: Key) -> Request:
    """Return the request for a call with every character of its ids percent-encoded."""
    ids = {name: "".join(f"%{byte:02X}" for byte in value.encode()) for name, value in call.ids.items()}
    return Request("GET", _filled(call, ids), authorised(key), key=key, operation_id=call.operation.operation_id)


def _filled(call: Call, raw: dict[str, str]) -> str:
    """Return path and query with some ids as they are given, the others percent-encoded."""
    path = call.operation.path
    for name, value in call.ids.items():
        path = path.replace(f"{{{name}}}", raw.get(name) or quote(value, safe=""))
    _, mark, query = call.target.partition("?")
    return f"{path}{mark}{query}"
