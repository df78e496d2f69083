"""Keys are masked in every encoding."""

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
    "encoded",
    [
        KEY,
        KEY.upper(),
        quote(KEY, safe=""),
        base64.b64encode(KEY.encode()).decode(),
        base64.urlsafe_b64encode(KEY.encode()).decode().rstrip("="),
    ],
)
def test_key_is_masked_in_every_encoding(encoded: str) -> None:
    """A key is masked as it is, percent-encoded and in base64, by the variable of the curl lines."""
    assert Redactor([KEY]).text(f"<{encoded}>") == "<$SEPOLO_API_KEY>"


@given(st.lists(keys, min_size=1, max_size=4, unique=True), st.text(max_size=20))
def test_json_value_contains_no_key_after_masking(secrets: list[str], around: str) -> None:
    """Keys are masked in members, in their names and in nested lists."""
    value = {f"{around}{key}": [key, {"echo": around + key + around}, 7, None] for key in secrets}
    masked = json.dumps(Redactor(secrets).plain(value))
    assert [key for key in secrets if json.dumps(key)[1:-1] in masked and key not in placeholder(0, 1)] == []


def test_longer_key_is_masked_first() -> None:
    """A key that begins with another key is masked completely."""
    assert Redactor(["secret-1", "secret-1-and-more"]).text("secret-1-and-more") == "$SEPOLO_API_KEY_2"


def test_other_values_are_unchanged() -> None:
    """Numbers, null, true and false are returned unchanged."""
    assert Redactor([KEY]).plain([1, 2.5, None, True]) == [1, 2.5, None, True]


def test_added_secret_is_masked_by_its_own_placeholder() -> None:
    """A key without its last character is masked in every spelling; the whole key keeps its placeholder."""
    redactor = Redactor([KEY])
    redactor.hide(KEY[:-1], "${SEPOLO_API_KEY%?}")
    assert redactor.text(f"{KEY} {KEY[:-1]}. {KEY[:-1].upper()}") == (
        "$SEPOLO_API_KEY ${SEPOLO_API_KEY%?}. ${SEPOLO_API_KEY%?}"
    )
