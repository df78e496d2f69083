"""Texts for the terminal and the log cannot forge lines or send escape sequences."""

import logging

import pytest

from sepolo_mock_server.errors.printable import PrintableFormatter, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/api/Grün 東", "/api/Grün 東"),
        ("a\nERROR b", "a\\nERROR b"),
        ("\r\t\x1b[2J\x07\x7f\x9b", "\\r\\t\\x1b[2J\\x07\\x7f\\x9b"),
        ("\u2028\u202e\ud800", "\\u2028\\u202e\\ud800"),
    ],
)
def test_control_characters_are_escaped(text: str, shown: str) -> None:
    """Control characters, line separators, bidi marks and surrogates are escaped; letters are not."""
    assert printable(text) == shown


def test_log_entries() -> None:
    """A message is one line, and no line of an exception's text looks like an entry of its own."""
    info = (ValueError, ValueError("x\nERROR mock_server: forged\x1b[2J"), None)
    record = logging.LogRecord("mock_server", logging.ERROR, "", 0, "GET %s", ("/a\nERROR b\x1b",), info)
    first, *others = PrintableFormatter("%(levelname)s %(name)s: %(message)s").format(record).split("\n")
    assert first == "ERROR mock_server: GET /a\\nERROR b\\x1b"
    assert all(line.startswith("  | ") for line in others)
    assert others[-1] == "  | ERROR mock_server: forged\\x1b[2J"
