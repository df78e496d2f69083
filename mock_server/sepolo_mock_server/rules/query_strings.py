"""Query strings and path segments: strict decoding from bytes to text.

Pure rules over bytes. Malformed percent-encoding, invalid UTF-8 and NUL are rejected, never repaired.
"""

import re

from sepolo_mock_server.errors import Detail, RejectedError, messages

_BAD_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_PLAIN = re.compile(rb"[A-Za-z0-9._~:/-]*")
_NAME_LENGTH = 64
"""Characters of a parameter's name that are shown."""


def decoded(raw: bytes) -> str:
    """Return the percent-decoded text; raise RejectedError if it is malformed, not UTF-8 or contains a NUL."""
    if _PLAIN.fullmatch(raw):
        return raw.decode("ascii")
    if _BAD_PERCENT.search(raw):
        raise RejectedError(messages.BAD_PERCENT)
    try:
        text = _ESCAPE.sub(lambda match: bytes.fromhex(match.group(1).decode()), raw).decode()
    except UnicodeDecodeError:
        raise RejectedError(messages.BAD_UTF8) from None
    if "\x00" in text:
        raise RejectedError(messages.NUL)
    return text


def parameters(query: bytes) -> tuple[dict[str, list[str]], list[Detail]]:
    """Return the values of every parameter in the order given, and a detail for each that can't be decoded.

    `+` is a space, as in forms. A parameter without `=` has an empty value. A parameter whose only value can't be
    decoded is present with an empty list.
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
            details.append(Detail(_printable(raw_name), f"its name {rejected.message}"))
            continue
        found = values.setdefault(name, [])
        try:
            found.append(decoded(raw_value))
        except RejectedError as rejected:
            details.append(Detail(_printable(raw_name), rejected.message))
    return values, details


def _printable(raw: bytes) -> str:
    text = raw[:_NAME_LENGTH].decode("utf-8", "replace")
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def warning(names: list[str], kind: str) -> str:
    """Return `unknown parameter "x" ignored` for a header; at most five names are listed."""
    shown = ", ".join(f'"{_header_safe(name)}"' for name in names[:5])
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"unknown {kind}{'s' if len(names) > 1 else ''} {shown}{more} ignored"


def _header_safe(name: str) -> str:
    # Visible ASCII without quote and backslash: nothing that could end the header or the quoted text.
    shown = "".join(char if " " <= char <= "~" and char not in '"\\' else "?" for char in name[:_NAME_LENGTH])
    return shown + "..." if len(name) > _NAME_LENGTH else shown
