"""Keys out of everything that leaves the suite: reports, terminal, errors.

A server may echo a key in a header, a body or an address, so texts are masked where they leave, whoever
wrote them.
"""

import base64
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, quote_plus

from sepolo_conformance.model.keys import placeholder

__all__ = ["Redactor"]

_MINIMUM = 6


class Redactor:
    """Replaces each key, in whichever way it is written, by its placeholder."""

    def __init__(self, keys: Sequence[str]) -> None:
        pairs = [
            (spelling, placeholder(index, len(keys)))
            for index, key in enumerate(keys)
            for spelling in _spellings(key)
            if len(key) >= _MINIMUM  # a shorter "key" would blank out ordinary words
        ]
        self._pairs = _longest_first(pairs)

    def hide(self, secret: str, shown_as: str) -> None:
        """Replace one more text by `shown_as`, in whichever way it is written."""
        self._pairs = _longest_first([*self._pairs, *((spelling, shown_as) for spelling in _spellings(secret))])

    def text(self, text: str) -> str:
        """Return `text` without any key."""
        for secret, name in self._pairs:
            if secret in text:
                text = text.replace(secret, name)
        return text

    def plain(self, value: Any) -> Any:
        """Return a JSON-like value with every string in it masked, names of members too."""
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
    """One key may begin with another."""
    return sorted(dict.fromkeys(pairs), key=lambda pair: -len(pair[0]))


def _spellings(key: str) -> set[str]:
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
