"""Long texts of a server, cut to a length that people read. What machines read keeps them whole."""

__all__ = ["READABLE", "clipped"]

READABLE = 360
"""Characters that a reason for people may have."""


def clipped(text: str, most: int = READABLE) -> str:
    """Return a text in `most` characters; of a longer one the end is kept too, as that is where the cause stands."""
    if len(text) <= most:
        return text
    tail = most // 3
    return f"{text[: most - tail - 1]}…{text[-tail:]}"
