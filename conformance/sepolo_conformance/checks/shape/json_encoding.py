"""Responses are JSON in UTF-8: media type, charset, readable letters, and each member name once."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from sepolo_conformance.checks.shape.faults import Basis, Kind
from sepolo_conformance.checks.shape.oracle import mismatches
from sepolo_conformance.engine import MUST, SHOULD, Exchange, Mismatch, observe

_LARGEST_PARSED_AGAIN = 100_000
"""Bytes up to which a body is parsed a second time, to find repeated member names, or searched for garbled letters."""
_TRACES = (b"\xc3\x83", b"\xc3\xa2", b"\xef\xbf\xbd", b"\\u00c3", b"\\u00C3", b"\\ufffd", b"\\uFFFD")
"""Bytes of which garbled letters contain some; a search for them is fast."""
_GARBLED = re.compile("\u00c3[\u0080-\u00ba\u00bc-\u00bf]|\u00e2(?:\u0080[\u0090-\u00bf]|\u20ac)|\ufffd")
"""Letters outside ASCII whose UTF-8 was read as Latin-1 or Windows-1252, and the sign for an unreadable one."""


@observe(
    "SHP-002",
    MUST,
    clause='Published page: "JSON over HTTPS".',
    title="Every successful response is JSON in UTF-8 with Content-Type application/json",
)
def body_is_json(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Parses the body of every successful response, and reads its Content-Type."""
    return mismatches(exchange, {Kind.BODY, Kind.MEDIA}, *Basis)


@observe(
    "SHP-016",
    MUST,
    clause='Published page: "JSON over HTTPS"; RFC 8259: JSON is encoded in UTF-8.',
    title="The charset in Content-Type, if there is one, is UTF-8",
)
def charset_is_utf_8(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Reads the charset of every JSON response."""
    if not exchange.media_type.endswith("json"):
        return None
    from werkzeug.http import parse_options_header  # noqa: PLC0415 - slow to import, not needed by `list` and `explain`

    _, parameters = parse_options_header(exchange.header("content-type"))
    charset = parameters.get("charset")
    if charset is None or charset.lower() in ("utf-8", "utf8"):
        return ()
    return [Mismatch("charset=utf-8, or none", charset, charset)]


@observe(
    "SHP-018",
    SHOULD,
    clause="RFC 8259, section 4: the names within an object should be unique.",
    title="No JSON object contains a member name twice",
)
def member_names_are_unique(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Parses every JSON response up to 100,000 bytes as pairs of names and values."""
    where = exchange.request.operation_id
    if (
        where is None
        or exchange.fault is not None
        or exchange.received_rows
        or len(exchange.body) > _LARGEST_PARSED_AGAIN
    ):
        return None
    repeated: set[str] = set()

    def collect(pairs: list[tuple[str, Any]]) -> None:
        names = [name for name, _ in pairs]
        repeated.update(name for name in names if names.count(name) > 1)

    # Numbers stay texts: Python does not convert integers of more than 4,300 digits.
    json.loads(exchange.body, object_pairs_hook=collect, parse_int=str)
    return [
        Mismatch("each member name once in an object", f"{name} twice in a response of {where}", f"{where} {name}")
        for name in sorted(repeated)
    ]


@observe(
    "SHP-025",
    SHOULD,
    clause="RFC 8259, section 8: a JSON text consists of Unicode characters.",
    title="No text contains letters that were decoded from UTF-8 as another charset",
)
def letters_are_readable(exchange: Exchange) -> Iterable[Mismatch] | None:
    """Searches every JSON response up to 100,000 bytes for sequences that such an error makes of letters outside ASCII,
    and for replacement characters."""
    where, body = exchange.request.operation_id, exchange.body
    if where is None or not exchange.ok or exchange.fault is not None or len(body) > _LARGEST_PARSED_AGAIN:
        return None
    if not any(trace in body for trace in _TRACES):
        return ()
    found = sorted({text for text in _texts(exchange.data) if _GARBLED.search(text)})
    expected = "letters as in other responses, such as \u00f8 and \u00e9"
    return [Mismatch(expected, f"{text[:80]!r} in a response of {where}", where) for text in found[:1]]


def _texts(value: Any) -> Iterator[str]:
    """Yield all texts in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
