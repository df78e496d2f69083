"""Reads JSON as values that every check can compute with, whatever a target sends."""

import json
import re
from itertools import chain
from typing import Any

from sepolo_conformance.model.printable import with_strings

LARGEST = 10**308
"""The largest number that is read as it is. A larger one is read as this, and compared without an error."""
_DEEPEST = 64
"""Levels of arrays and objects up to which JSON is read; functions of checks call themselves for each level."""
_MAY_BE_TOO_LARGE = re.compile(r"[0-9]{300}|[0-9][eE]\+?[0-9]{3}")
_EXACT = 2**53
"""The integers below this are doubles."""
_MAY_BE_WHOLE = re.compile(r"\.0+(?![0-9])")
_MAY_BE_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def read_json(body: bytes) -> Any:
    """Return the values of JSON in UTF-8; raise ValueError or RecursionError for anything else.

    Numbers beyond the range of a double become `LARGEST`. 3.0 is read as the integer 3, which can be sent back in a
    query. A lone surrogate, which no request could send back, becomes the replacement character U+FFFD.
    """
    text = body.decode("utf-8")
    if _MAY_BE_TOO_LARGE.search(text):
        value = json.loads(text, parse_constant=_reject_constant, parse_int=_integer, parse_float=_number)
    elif _MAY_BE_WHOLE.search(text):
        value = json.loads(text, parse_constant=_reject_constant, parse_float=_number)
    else:
        value = json.loads(text, parse_constant=_reject_constant)
    _reject_depth(value)
    if _MAY_BE_SURROGATE.search(text):
        return with_strings(value, lambda string: _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", string))
    return value


def is_beyond_range(value: object) -> bool:
    """Return whether a number that was read is beyond the range of a double."""
    return isinstance(value, (int, float)) and abs(value) >= LARGEST


def _integer(text: str) -> int:
    if len(text) > len(str(LARGEST)):  # Python converts 4,300 digits at most
        return -LARGEST if text.startswith("-") else LARGEST
    return max(-LARGEST, min(int(text), LARGEST))


def _number(text: str) -> float:
    value = float(text)
    if value.is_integer() and -_EXACT < value < _EXACT:
        return int(value)
    return max(-float(LARGEST), min(value, float(LARGEST)))


def _reject_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


def _reject_depth(value: Any) -> None:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(_DEEPEST + 1):
        members = chain.from_iterable(each.values() if isinstance(each, dict) else each for each in level)
        level = [member for member in members if isinstance(member, (dict, list))]
        if not level:
            return
    raise ValueError(f"arrays and objects are nested more than {_DEEPEST} levels deep")
