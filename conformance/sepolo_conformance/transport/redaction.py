"""Replaces API keys in everything that leaves the suite: reports, terminal output and error messages.

A server may echo a key in a header, a body or a URL, in any encoding. Texts are masked when they leave, because text
that is decoded or cut after masking can show a key that was not recognised before.
"""

import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sepolo_conformance.model.keys import placeholder
from sepolo_conformance.model.printable import with_strings
from sepolo_conformance.transport.unescaping import unescaped

_MIN_LENGTH = 6
"""A shorter text is not masked as a key: it would replace parts of ordinary words."""
_DEPTH = 4
"""How many encodings of bytes as text, such as base64 within hexadecimal, are decoded."""
_UUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_TO_BASE64 = str.maketrans("-_", "+/", "\r\n =")
_TO_HEXADECIMAL = str.maketrans("", "", "\r\n =-_")
_HEXADECIMAL = re.compile(rf"[0-9A-Fa-f]{{{2 * _MIN_LENGTH},}}")


class _Place(NamedTuple):
    start: int
    end: int
    shown_as: str


class _Patterns:
    """How keys and made-up keys are found in a text without escapes.

    `spellings` are in the order in which they are looked for: the exact one first, because a made-up key may be another
    one in upper case, and longer ones first, because one key may begin with another. A made-up key that is cut is not
    looked for: it may be short.
    """

    def __init__(self, keys: Mapping[str, str], made_up: Mapping[str, str]) -> None:
        longest = sorted({**made_up, **keys}.items(), key=lambda pair: -len(pair[0]))
        self.spellings = [
            *((re.compile(re.escape(key)), shown) for key, shown in longest),
            *((re.compile(re.escape(key), re.IGNORECASE), shown) for key, shown in longest),
            *((_beginning(key), keys[key]) for key, _ in longest if key in keys),
        ]
        beginnings = [key[: _kept(key)].lower() for key in keys]
        shortest = min(map(len, beginnings), default=_MIN_LENGTH)
        self.hints = {*beginnings, *map(str.lower, made_up)}
        """A text without any of these contains no key."""
        character = "[A-Za-z0-9+/_-]"
        self.encoded = re.compile(
            rf"(?<!{character})(?!{_UUID}(?!{character}))"
            rf"{character}{{{shortest * 4 // 3},}}(?:\r?\n ?{character}+)*={{0,2}}"
        )
        """Text that may be base64 or hexadecimal, also if it is folded into lines."""
        self.readable = re.compile(rf"[\x20-\x7e\0]{{{shortest},}}")


class Redactor:
    """Replaces each key, in any of its encodings, by its placeholder."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = {key: placeholder(index, len(keys)) for index, key in enumerate(keys) if len(key) >= _MIN_LENGTH}
        self._made_up: dict[str, str] = {}
        self._patterns = _Patterns(self._keys, self._made_up)

    def hide(self, secret: str, shown_as: str) -> None:
        """Replace one more secret by `shown_as`."""
        self._made_up[secret] = shown_as
        self._patterns = _Patterns(self._keys, self._made_up)

    def text(self, text: str) -> str:
        """Return a text without any key.

        A key is found in upper and lower case, behind escapes of URLs, JSON and HTML, in UTF-16, in base64 and in
        hexadecimal, in any combination. Of a key that is cut, two thirds are enough.
        """
        done, pieces = 0, []
        for start, end, shown_as in sorted(self._places(text, 0)):
            pieces += [text[done:start], shown_as]
            done = end
        return "".join([*pieces, text[done:]]) if pieces else text

    def plain(self, value: Any) -> Any:
        """Return a JSON value with every string in it masked, names of members too."""
        return with_strings(value, self.text)

    def _places(self, text: str, depth: int) -> list[_Place]:
        """Return the places of keys in a text; no two of them overlap."""
        found: list[_Place] = []
        if not self._patterns.hints:
            return found
        for plain, origin in unescaped(text):
            for start, end, shown_as in (*self._literal(plain), *self._encoded(plain, depth)):
                place = _Place(origin(start), origin(end), shown_as)
                if all(place.end <= other.start or place.start >= other.end for other in found):
                    found.append(place)
        return found

    def _literal(self, text: str) -> Iterator[_Place]:
        lowered = text.lower()
        if any(hint in lowered for hint in self._patterns.hints):
            for pattern, shown_as in self._patterns.spellings:
                yield from (_Place(match.start(), match.end(), shown_as) for match in pattern.finditer(text))

    def _encoded(self, text: str, depth: int) -> Iterator[_Place]:
        if depth == _DEPTH:
            return
        for match in self._patterns.encoded.finditer(text):
            for decoded in _decodings(match.group()):
                readable = self._patterns.readable.search(decoded)
                if readable and (inner := self._places(decoded, depth + 1)):
                    yield _Place(match.start(), match.end(), inner[0].shown_as)
                    break


def _decodings(text: str) -> Iterator[str]:
    """Yield the texts that base64 or hexadecimal may mean. Its first characters may belong to a word before it."""
    for run in _HEXADECIMAL.findall(text.translate(_TO_HEXADECIMAL)):
        for digits in (run, run[1:]):
            yield binascii.unhexlify(digits[: len(digits) // 2 * 2]).decode("latin-1")
    characters = text.translate(_TO_BASE64)
    for skipped in range(4):
        quads = characters[skipped:]
        # A single character cannot end base64: it would hold less than a byte.
        quads = quads[: len(quads) - (len(quads) % 4 == 1)]
        yield binascii.a2b_base64(quads + "=" * (-len(quads) % 4)).decode("latin-1")


def _kept(key: str) -> int:
    """Return how many characters of a key that is cut are enough to mask it."""
    return max(_MIN_LENGTH, -(-len(key) * 2 // 3))


def _beginning(key: str) -> re.Pattern[str]:
    """Return the pattern of a key of which the end is cut off."""
    kept = _kept(key)
    rest = "".join(f"(?:{re.escape(character)}" for character in key[kept:])
    return re.compile(re.escape(key[:kept]) + rest + ")?" * (len(key) - kept), re.IGNORECASE)
