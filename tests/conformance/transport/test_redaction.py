"""Keys are masked in every encoding."""

import base64
import json
import os
import re
from collections.abc import Callable
from html import unescape
from urllib.parse import quote, unquote

import pytest
from hypothesis import given, settings
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


@pytest.mark.parametrize("length", [24, 30, 35])
def test_key_that_is_cut_is_masked(length: int) -> None:
    """Two thirds of a key are enough, because a text may be cut within a key."""
    key = "sep_live_abcdefghijklmnopqrstuvwxyz"
    assert Redactor([key]).text(f"unknown key '{key[:length]}…") == "unknown key '$SEPOLO_API_KEY…"
    assert Redactor([key]).text(key[:20]) == key[:20]


def test_made_up_key_that_is_short_hides_nothing_else() -> None:
    """The published prefix of a key stays readable."""
    redactor = Redactor([KEY])
    redactor.hide(f"{KEY[:12]}%", "${SEPOLO_API_KEY:0:12}%")
    assert redactor.text(f"{KEY[:12]}% {KEY[:12]} sep_live_…") == f"${{SEPOLO_API_KEY:0:12}}% {KEY[:12]} sep_live_…"


def every_character(form: str) -> Callable[[str], str]:
    return lambda text: "".join(form.format(ord(character)) for character in text)


ENCODINGS: tuple[Callable[[str], str], ...] = (
    quote,
    every_character("%{:02x}"),
    every_character("%25{:02X}"),
    every_character("\\u{:04x}"),
    every_character("\\\\u{:04X}"),
    every_character("\\x{:02x}"),
    every_character("&#{};"),
    every_character("&amp;#x{:X};"),
    lambda text: json.dumps(text).replace("/", "\\/"),
    lambda text: text.encode("utf-16-le").decode("latin-1"),
    lambda text: text.encode("utf-16-be").decode("latin-1"),
    lambda text: text.encode("latin-1").hex(),
    lambda text: base64.b64encode(text.encode("latin-1")).decode(),
    lambda text: base64.encodebytes(b"user:" + text.encode("latin-1")).decode(),
    lambda text: base64.urlsafe_b64encode(text.encode("latin-1")).decode().rstrip("="),
)
SECRET = "sep_test_full_37cc33594f52266fc686"  # noqa: S105 - a key of the sandbox
RUNS = settings(max_examples=int(os.environ.get("REDACTION_EXAMPLES", "150")), deadline=None)


def shows(text: str, secret: str, depth: int = 0) -> bool:
    """Return whether a text contains a secret for a reader who decodes it."""
    readings = [text.replace("\0", "")]
    readings += [unquote(readings[0]), unescape(readings[0])]
    readings += [re.sub(r"\\+[ux]([0-9a-fA-F]{2,4})", lambda match: chr(int(match[1], 16)), text)]
    if any(secret.lower() in reading.lower() for reading in readings):
        return True
    return depth < 4 and any(shows(reading, secret, depth + 1) for reading in readings[1:] if reading != text)


@RUNS
@given(
    st.sampled_from((str, str.upper, str.swapcase)),
    st.lists(st.sampled_from(ENCODINGS), max_size=4),
    st.text(st.characters(max_codepoint=126), max_size=12),
    st.text(max_size=12),
)
def test_key_is_masked_in_every_combination_of_encodings(
    spell: Callable[[str], str], encodings: list[Callable[[str], str]], before: str, after: str
) -> None:
    """Encoded several times, and with any text around it, the key is replaced by its variable."""
    text = spell(SECRET)
    for encode in encodings:
        text = encode(text)
    masked = Redactor([SECRET]).text(f"{before} {text} {after}")
    assert "$SEPOLO_API_KEY" in masked
    assert text not in masked
    assert not shows(masked, SECRET)
