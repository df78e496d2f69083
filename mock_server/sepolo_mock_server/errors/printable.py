"""How texts leave for the terminal and the log: in UTF-8, with control characters escaped."""

import io
import logging
import os
from typing import TextIO

from sepolo_mock_server.errors.command_line import SettingsError, output_not_written


def printable(text: str) -> str:
    """Return a text on one line: control characters, line breaks and other invisible ones as `\\n` or `\\x1b`."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape", "backslashreplace").decode() for char in text
    )


def use_utf8(stream: TextIO) -> None:
    """Write UTF-8 to a stream whatever the code page is, so that documents can be read and nothing fails to print."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def write_output(text: str, *, end: str = "\n") -> None:
    """Write to standard output; raise SettingsError if that fails, and BrokenPipeError if nobody reads it any more."""
    try:
        print(text, end=end, flush=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        # Python writes what is left of the output when it ends, and would end with 120 if that failed again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        raise SettingsError(output_not_written(error)) from None


class PrintableFormatter(logging.Formatter):
    """Writes each message on one escaped line, and each line of a traceback escaped behind a bar."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name of logging
        return printable(super().formatMessage(record))

    def formatException(self, ei: object) -> str:  # noqa: N802 - the name of logging
        lines = super().formatException(ei).splitlines()  # type: ignore[arg-type]
        return "\n".join(f"  | {printable(line)}" for line in lines)
