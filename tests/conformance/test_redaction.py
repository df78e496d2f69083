"""Keys never leave, however a server writes them."""

import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sepolo_conformance.model.keys import placeholder
from sepolo_conformance.transport.redaction import Redactor

KEY = "sep_live_a+b/c=0123456789"
keys = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=40)


@pytest.mark.parametrize(
    "spelling",
    [
        KEY,
        KEY.upper(),
        quote(KEY, safe=""),
        base64.b64encode(KEY.encode()).decode(),
        base64.urlsafe_b64encode(KEY.encode()).decode().rstrip("="),
    ],
)
def test_a_key_is_masked_in_every_spelling(spelling: str) -> None:
    """As it is, percent-encoded, in base64: what stands for the key is the variable of curl lines."""
    assert Redactor([KEY]).text(f"<{spelling}>") == "<$SEPOLO_API_KEY>"


@given(st.lists(keys, min_size=1, max_size=4, unique=True), st.text(max_size=20))
def test_no_key_survives_in_any_value(secrets: list[str], around: str) -> None:
    """Members, their names, nested lists: no text of a masked value has a key in it."""
    value = {f"{around}{key}": [key, {"echo": around + key + around}, 7, None] for key in secrets}
    masked = json.dumps(Redactor(secrets).plain(value))
    assert [key for key in secrets if json.dumps(key)[1:-1] in masked and key not in placeholder(0, 1)] == []


def test_a_key_that_begins_with_another_is_masked_whole() -> None:
    """The longer key goes first, so that nothing of it is left over."""
    assert Redactor(["secret-1", "secret-1-and-more"]).text("secret-1-and-more") == "$SEPOLO_API_KEY_2"


def test_what_is_no_text_stays_as_it_is() -> None:
    """Numbers, null and truth values pass through."""
    assert Redactor([KEY]).plain([1, 2.5, None, True]) == [1, 2.5, None, True]
