"""Keys that are nearly right, and keys in addresses: shown so that a shell can fill them in, and never as they are."""

from sepolo_conformance.model.keys import Key
from sepolo_conformance.transport.exchange import Exchange, Request
from sepolo_conformance.transport.redaction import Redactor

KEY = Key("key1", "$SEPOLO_API_KEY", "sep_test_0123456789abcdef")


def test_a_hidden_text_is_masked_like_a_key() -> None:
    """Most of a key gives the key away: it is masked in every spelling, and the whole key still as the key."""
    redactor = Redactor([KEY.secret])
    redactor.hide(KEY.secret[:-1], "${SEPOLO_API_KEY%?}")
    assert redactor.text(f"{KEY.secret} {KEY.secret[:-1]}. {KEY.secret[:-1].upper()}") == (
        "$SEPOLO_API_KEY ${SEPOLO_API_KEY%?}. ${SEPOLO_API_KEY%?}"
    )


def test_a_key_in_an_address_is_a_variable() -> None:
    """In double quotes, so that a shell fills it in; other addresses stay in single ones."""
    request = Request("GET", f"/api/v1/me?api_key={KEY.secret}", key=KEY)
    plain = Request("GET", "/api/v1/me", key=KEY)
    lines = [Exchange("http://127.0.0.1:1", entry, 401, (), b"", 0.1).curl() for entry in (request, plain)]
    assert lines[0].endswith('"http://127.0.0.1:1/api/v1/me?api_key=$SEPOLO_API_KEY"')
    assert lines[1].endswith("'http://127.0.0.1:1/api/v1/me'")
