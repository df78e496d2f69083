"""Makes texts of a target harmless to terminals, to the logs of CI systems and to readers of JSON."""

import re
from collections.abc import Callable
from typing import Any

_ANYWHERE = r"##(?=\[|vso\[|teamcity\[)"
_COMMAND = re.compile(rf"^\s*::|{_ANYWHERE}")
"""What GitHub Actions (also in its older form), Azure Pipelines and TeamCity carry out when a log contains it."""


def printable(text: str) -> str:
    r"""Return a text on one line.

    Control characters, line breaks and invisible characters become escapes such as `\x1b`, and so does a character of
    what a CI system would carry out.
    """
    shown = text if text.isprintable() else "".join(map(_escaped, text))
    return _COMMAND.sub(_disarm, shown)


def printable_lines(text: str) -> str:
    """Return a text with its line breaks, each line as in `printable`."""
    return "\n".join(printable(line) for line in text.replace("\r\n", "\n").split("\n"))


def printable_json(document: str) -> str:
    """Return a JSON document of the same value in which every character can be printed.

    A lone surrogate, which many readers of JSON reject, becomes the replacement character.
    """
    shown = "".join(char if char.isprintable() or char == "\n" else _json_escape(char) for char in document)
    return re.sub(_ANYWHERE, r"#\\u0023", shown)


def without_surrogates(value: Any) -> Any:
    r"""Return a JSON value whose strings can be encoded in UTF-8: a lone surrogate becomes an escape, `\ud800`."""
    return with_strings(value, lambda text: text.encode("utf-8", "backslashreplace").decode())


def with_strings(value: Any, change: Callable[[str], str]) -> Any:
    """Return a JSON value with every string in it changed, names of members too; tuples become lists."""
    match value:
        case str():
            return change(value)
        case dict():
            return {with_strings(name, change): with_strings(member, change) for name, member in value.items()}
        case list() | tuple():
            return [with_strings(member, change) for member in value]
        case _:
            return value


def _escaped(char: str) -> str:
    return char if char.isprintable() else char.encode("unicode_escape", "backslashreplace").decode()


def _disarm(match: re.Match[str]) -> str:
    return match.group().replace("::", r"\x3a:").replace("##", r"#\x23")


def _json_escape(char: str) -> str:
    if 0xD800 <= ord(char) <= 0xDFFF:
        return "\N{REPLACEMENT CHARACTER}"
    units = char.encode("utf-16-be")
    return "".join(f"\\u{units[place : place + 2].hex()}" for place in range(0, len(units), 2))
