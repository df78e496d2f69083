"""Finds what an escaped text means, and where each character of the meaning stands in the text."""

import re
from collections.abc import Callable, Iterator
from html import unescape

_ROUNDS = 32
"""How often a text may be escaped."""
_ESCAPE = re.compile(
    r"""
    %(?P<percent>[0-9A-Fa-f]{2})
    | \\u(?P<unicode>[0-9A-Fa-f]{4})
    | \\u\{0*(?P<code_point>[0-9A-Fa-f]{1,5})\}
    | \\x(?P<byte>[0-9A-Fa-f]{2})
    | \\(?P<character>.)
    | &\#0*(?P<decimal>[0-9]{1,6});?
    | &\#[xX]0*(?P<reference>[0-9A-Fa-f]{1,5});?
    | &(?P<name>[a-z]{2,4});
    """,
    re.VERBOSE | re.DOTALL,
)
_INVISIBLE = re.compile(r"[\0\u00ad\u200b-\u200f\u2060\ufeff]+")
"""Bytes of UTF-16, and characters that nobody sees."""
_HEXADECIMAL = frozenset({"percent", "unicode", "code_point", "byte", "reference"})
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}

Origin = Callable[[int], int]


def unescaped(text: str) -> Iterator[tuple[str, Origin]]:
    """Yield a text, and then what it means after each round of undoing escapes of URLs, JSON, HTML and UTF-16.

    The function beside a meaning returns the position in the text that a position in the meaning comes from.
    """
    yield text, int
    origins = None
    for _ in range(_ROUNDS):
        # Invisible characters may also stand within an escape, so they are removed first.
        matches = list(_INVISIBLE.finditer(text)) or list(_ESCAPE.finditer(text))
        if not matches:
            return
        text, origins = _undo(text, matches, origins or range(len(text) + 1))
        yield text, origins.__getitem__


def _undo(text: str, matches: list[re.Match[str]], origins: "list[int] | range") -> tuple[str, list[int]]:
    pieces: list[str] = []
    places: list[int] = []
    end = 0
    for match in matches:
        pieces += [text[end : match.start()], meaning := _meaning(match)]
        places += origins[end : match.start()]
        places += [origins[match.start()]] * len(meaning)
        end = match.end()
    return "".join([*pieces, text[end:]]), [*places, *origins[end:]]


def _meaning(match: re.Match[str]) -> str:
    kind = match.lastgroup
    if kind is None:
        return ""
    value = match[kind]
    if kind in _HEXADECIMAL:
        return chr(int(value, 16))
    if kind == "decimal":
        return chr(int(value))
    if kind == "name":
        return unescape(f"&{value};")
    return _CONTROLS.get(value, value)
