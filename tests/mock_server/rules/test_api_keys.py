"""API keys: accepted headers, rejected requests, look-up and expiry."""

import pytest

from sepolo_fixtures.profiles.profile import KeyFact
from sepolo_mock_server.errors import ApiError, messages
from sepolo_mock_server.rules import api_keys
from sepolo_mock_server.rules.api_keys import KeyHeaders

KEY_HEADERS = KeyHeaders.of(
    {
        "ApiKeyHeader": {"type": "apiKey", "in": "header", "name": "X-Sepolo-Api-Key"},
        "BearerToken": {"type": "http", "scheme": "bearer"},
    }
)
NAME, AUTH = b"x-sepolo-api-key", b"authorization"
Headers = list[tuple[bytes, bytes]]


@pytest.mark.parametrize(
    "headers",
    [
        [(NAME, b"sep_test_a")],
        [(AUTH, b"Bearer sep_test_a")],
        [(AUTH, b"bEARER   sep_test_a  ")],
        [(NAME, b"  sep_test_a\t")],
        [(NAME, b"sep_test_a"), (b"accept", b"*/*"), (AUTH, b"Bearer sep_test_a")],
        [(NAME, b"sep_test_a"), (NAME, b"sep_test_a")],
    ],
)
def test_accepted_headers(headers: Headers) -> None:
    """Either header is accepted, and both with the same key; case of the scheme and spaces don't matter."""
    assert api_keys.presented_key(KEY_HEADERS, headers, b"api_key=ignored") == "sep_test_a"


@pytest.mark.parametrize(
    ("headers", "query", "message"),
    [
        ([], b"", messages.KEY_MISSING),
        ([(NAME, b"   ")], b"", messages.KEY_MISSING),
        ([(AUTH, b"Bearer ")], b"", messages.KEY_MISSING),
        ([(AUTH, b"Basic c2VwX3Rlc3RfYTo=")], b"", messages.KEY_SCHEME),
        ([(AUTH, b"sep_test_a")], b"", messages.KEY_SCHEME),
        ([(NAME, b"sep_test_a"), (AUTH, b"Bearer sep_test_b")], b"", messages.KEYS_DIFFER),
        ([(NAME, b"sep_test_a"), (NAME, b"sep_test_b")], b"", messages.KEYS_DIFFER),
        ([(NAME, b"sep_live_a")], b"", messages.KEY_LIVE),
        ([], b"pageSize=5&X-Sepolo-Api-Key=sep_test_a", messages.KEY_IN_QUERY),
        ([], b"api%5Fkey=x", messages.KEY_IN_QUERY),
        ([], b"anything=sep_test_a", messages.KEY_IN_QUERY),
    ],
)
def test_rejected_requests(headers: Headers, query: bytes, message: str) -> None:
    """A request without exactly one usable key is a 401 with a message for each case and the challenge."""
    with pytest.raises(ApiError) as caught:
        api_keys.presented_key(KEY_HEADERS, headers, query)
    error = caught.value
    assert (error.status, error.message, error.headers) == (
        401,
        message,
        (("WWW-Authenticate", 'Bearer realm="sepolo"'),),
    )


def fact(key: str, expires: int | None = None) -> KeyFact:
    return KeyFact(key, key, 0, ("assets.read",), "Client", "note", expires=expires)


def test_expiry() -> None:
    """A key is rejected from the instant of its expiry on."""
    api_keys.check_expiry(fact("sep_test_a"), 1_000)
    api_keys.check_expiry(fact("sep_test_b", expires=1_000), 999)
    with pytest.raises(ApiError, match="expired on 1970-01-01T00:00:01Z"):
        api_keys.check_expiry(fact("sep_test_b", expires=1_000), 1_000)


def test_masked() -> None:
    """Only the first characters of a key are shown."""
    assert api_keys.masked("sep_test_full_0123456789") == "sep_test_ful..."
