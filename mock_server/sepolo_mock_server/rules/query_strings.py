"""A query string or path segment as sent → text, strictly.

Pure rules over bytes. What a lenient parser would guess at (bad percent-encoding, bad UTF-8, NUL) is refused.
"""

import re

from sepolo_mock_server import errors
from sepolo_mock_server.errors import Detail, RejectedError

_BAD_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_PLAIN = re.compile(rb"[A-Za-z0-9._~:/-]*")
_NAME_SHOWN = 64


def decoded(raw: bytes) -> str:
    """Percent-decoded text; RejectedError where it is malformed, not UTF-8 or holds a NUL."""
    if _PLAIN.fullmatch(raw):
        return raw.decode("ascii")
    if _BAD_PERCENT.search(raw):
        raise RejectedError(errors.BAD_PERCENT)
    try:
        text = _ESCAPE.sub(lambda match: bytes.fromhex(match.group(1).decode()), raw).decode()
    except UnicodeDecodeError:
        raise RejectedError(errors.BAD_UTF8) from None
    if "\x00" in text:
        raise RejectedError(errors.NUL)
    return text


def parameters(query: bytes) -> tuple[dict[str, list[str]], list[Detail]]:
    """Every parameter's values in the order given, and a detail for each that can't be decoded.

    `+` is a space, as in forms; a parameter without `=` has an empty value. A parameter whose value can't be
    decoded is there with no values.
    """
    values: dict[str, list[str]] = {}
    details = []
    for pair in query.split(b"&") if query else ():
        if not pair:
            continue
        raw_name, _, raw_value = pair.replace(b"+", b" ").partition(b"=")
        try:
            name = decoded(raw_name)
        except RejectedError as rejected:
            details.append(Detail(_shown(raw_name), f"its name {rejected.message}"))
            continue
        found = values.setdefault(name, [])
        try:
            found.append(decoded(raw_value))
        except RejectedError as rejected:
            details.append(Detail(_shown(raw_name), rejected.message))
    return values, details


def _shown(raw: bytes) -> str:
    text = raw[:_NAME_SHOWN].decode("utf-8", "replace")
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def warning(names: list[str], what: str) -> str:
    """`unknown parameter "x" ignored`, of at most five names, safe to stand in a header."""
    shown = ", ".join(f'"{_header_safe(name)}"' for name in names[:5])
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"unknown {what}{'s' if len(names) > 1 else ''} {shown}{more} ignored"


def _header_safe(name: str) -> str:
    # Only visible ASCII without quote and backslash: nothing that could end the header or the quoted text.
    shown = "".join(char if " " <= char <= "~" and char not in '"\\' else "?" for char in name[:_NAME_SHOWN])
    return shown + "..." if len(name) > _NAME_SHOWN else shown
