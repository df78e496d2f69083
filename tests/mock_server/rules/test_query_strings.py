"""Query strings: strict percent-decoding, and the header that names ignored parameters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sepolo_mock_server.errors import RejectedError, messages
from sepolo_mock_server.rules import query_strings


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_decoding_inverts_encoding(text: str) -> None:
    """Any text that is percent-encoded as UTF-8 decodes to itself."""
    assert query_strings.decoded(b"".join(b"%%%02X" % byte for byte in text.encode())) == text


@pytest.mark.parametrize("raw", [b"%", b"%2", b"%G0", b"a%", b"%%41"])
def test_malformed_percent_encoding_is_rejected(raw: bytes) -> None:
    """A percent sign without two hexadecimal digits is rejected."""
    with pytest.raises(RejectedError) as caught:
        query_strings.decoded(raw)
    assert caught.value.message == messages.BAD_PERCENT


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (["x"], 'unknown parameter "x" ignored'),
        (["a", "b"], 'unknown parameters "a", "b" ignored'),
        (list("abcdefg"), 'unknown parameters "a", "b", "c", "d", "e" and 2 more ignored'),
        (['a"\r\nSet-Cookie: b\\Ø'], 'unknown parameter "a???Set-Cookie: b??" ignored'),
        (["x" * 100], f'unknown parameter "{"x" * 64}..." ignored'),
    ],
)
def test_warnings(names: list[str], text: str) -> None:
    """A warning lists the ignored names, is safe for a header and limited in length."""
    assert query_strings.warning(names, "parameter") == text
