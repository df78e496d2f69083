"""How texts leave for the terminal and the log: in UTF-8, with control characters escaped."""

import io
import logging
from typing import TextIO


def printable(text: str) -> str:
    """Return a text on one line: control characters, line breaks and other invisible ones as `\\n` or `\\x1b`."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape", "backslashreplace").decode() for char in text
    )


def use_utf8(stream: TextIO) -> None:
    """Write UTF-8 to a stream whatever the code page is, so that documents can be read and nothing fails to print."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")


class PrintableFormatter(logging.Formatter):
    """Writes each message on one escaped line, and each line of a traceback escaped behind a bar."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name of logging
        return printable(super().formatMessage(record))

    def formatException(self, ei: object) -> str:  # noqa: N802 - the name of logging
        lines = super().formatException(ei).splitlines()  # type: ignore[arg-type]
        return "\n".join(f"  | {printable(line)}" for line in lines)
