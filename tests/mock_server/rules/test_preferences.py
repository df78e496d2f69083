"""The header Prefer: what is read, and what is ignored."""

import pytest

from sepolo_mock_server.rules.preferences import Preferences, read

CODES = (400, 429, 500)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("code=429", Preferences(429)),
        ("delay=2", Preferences(None, 2)),
        ("delay=0.25", Preferences(None, 0.25)),
        ("code=429, delay=2", Preferences(429, 2)),
        ('Code="500" ; foo=bar, respond-async', Preferences(500)),
        ("respond-async,code = 400", Preferences(400)),
        ("code=429, code=500", Preferences(429)),
        ("return=minimal; code=429", Preferences()),
        ("code=404", Preferences()),
        ("code=200", Preferences()),
        ("code=x, delay=-1", Preferences()),
        ("delay=301", Preferences()),
        ("delay=1e9", Preferences()),
        ("delay=0", Preferences()),
        ("delay", Preferences()),
        ("", Preferences()),
        (",,;=", Preferences()),
    ],
)
def test_read(value: str, expected: Preferences) -> None:
    """Documented codes and delays up to 300 s are read; everything else is ignored."""
    assert read([(b"host", b"h"), (b"prefer", value.encode())], CODES) == expected


def test_several_headers() -> None:
    """Preferences may come in several headers; the first of two equal ones counts."""
    headers = [(b"prefer", b"delay=1"), (b"prefer", b"code=500, delay=2")]
    assert read(headers, CODES) == Preferences(500, 1)


def test_applied() -> None:
    """What was done is reported in the form of the request."""
    assert Preferences(429, 0.5).applied == b"code=429, delay=0.5"
    assert Preferences(delay_s=2.0).applied == b"delay=2"
    assert Preferences().applied == b""
