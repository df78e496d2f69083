"""Replaces API keys in everything that leaves the suite: reports, terminal output and error messages.

A server may echo a key in a header, a body or a URL, so texts are masked when they leave, not when they are made.
"""

import base64
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, quote_plus

from sepolo_conformance.model.keys import placeholder

_MIN_LENGTH = 6
"""A shorter text is not masked as a key: it would replace parts of ordinary words."""


class Redactor:
    """Replaces each key, in any of its encodings, by its placeholder."""

    def __init__(self, keys: Sequence[str]) -> None:
        pairs = [
            (encoded, placeholder(index, len(keys)))
            for index, key in enumerate(keys)
            for encoded in _encodings(key)
            if len(key) >= _MIN_LENGTH
        ]
        self._pairs = _longest_first(pairs)

    def hide(self, secret: str, shown_as: str) -> None:
        """Replace one more secret by `shown_as`."""
        self._pairs = _longest_first([*self._pairs, *((encoded, shown_as) for encoded in _encodings(secret))])

    def text(self, text: str) -> str:
        """Return a text without any key."""
        for secret, shown_as in self._pairs:
            if secret in text:
                text = text.replace(secret, shown_as)
        return text

    def plain(self, value: Any) -> Any:
        """Return a JSON value with every string in it masked, names of members too."""
        match value:
            case str():
                return self.text(value)
            case dict():
                return {self.plain(name): self.plain(member) for name, member in value.items()}
            case list() | tuple():
                return [self.plain(member) for member in value]
            case _:
                return value


def _longest_first(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Sort by length, because one key may begin with another."""
    return sorted(dict.fromkeys(pairs), key=lambda pair: -len(pair[0]))


def _encodings(key: str) -> set[str]:
    encoded = base64.b64encode(key.encode()).decode()
    return {
        key,
        key.upper(),
        key.lower(),
        quote(key, safe=""),
        quote_plus(key),
        json.dumps(key)[1:-1],
        encoded,
        encoded.rstrip("="),
        base64.urlsafe_b64encode(key.encode()).decode().rstrip("="),
    }
