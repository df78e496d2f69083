"""Shortens long texts of a server for people. Documents for machines contain them in full."""

READABLE = 360
"""Longest reason, in characters, that is shown to people."""


def clipped(text: str, most: int = READABLE) -> str:
    """Return a text of at most `most` characters: the middle is cut out, because the cause is often at the end."""
    if len(text) <= most:
        return text
    tail = most // 3
    return f"{text[: most - tail - 1]}…{text[-tail:]}"
