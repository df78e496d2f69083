"""Keys: where they may stand, what is refused, and how they are found."""

import pytest

from sepolo_fixtures.profiles.profile import KeyFact
from sepolo_mock_server import errors
from sepolo_mock_server.errors import ApiError
from sepolo_mock_server.rules import api_keys
from sepolo_mock_server.rules.api_keys import Carriers, Keyring

CARRIERS = Carriers.of(
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
def test_where_a_key_may_stand(headers: Headers) -> None:
    """Either header will do, and both when they agree; case of the scheme and spaces don't matter."""
    assert api_keys.presented_key(CARRIERS, headers, b"api_key=ignored") == "sep_test_a"


@pytest.mark.parametrize(
    ("headers", "query", "message"),
    [
        ([], b"", errors.KEY_MISSING),
        ([(NAME, b"   ")], b"", errors.KEY_MISSING),
        ([(AUTH, b"Bearer ")], b"", errors.KEY_MISSING),
        ([(AUTH, b"Basic c2VwX3Rlc3RfYTo=")], b"", errors.KEY_SCHEME),
        ([(AUTH, b"sep_test_a")], b"", errors.KEY_SCHEME),
        ([(NAME, b"sep_test_a"), (AUTH, b"Bearer sep_test_b")], b"", errors.KEYS_DIFFER),
        ([(NAME, b"sep_test_a"), (NAME, b"sep_test_b")], b"", errors.KEYS_DIFFER),
        ([(NAME, b"sep_live_a")], b"", errors.KEY_LIVE),
        ([], b"pageSize=5&X-Sepolo-Api-Key=sep_test_a", errors.KEY_IN_QUERY),
        ([], b"api%5Fkey=x", errors.KEY_IN_QUERY),
        ([], b"anything=sep_test_a", errors.KEY_IN_QUERY),
    ],
)
def test_refused_keys(headers: Headers, query: bytes, message: str) -> None:
    """Each way of not presenting one usable key is a 401 with its own sentence and the challenge."""
    with pytest.raises(ApiError) as caught:
        api_keys.presented_key(CARRIERS, headers, query)
    error = caught.value
    assert (error.status, error.message, error.headers) == (
        401,
        message,
        (("WWW-Authenticate", 'Bearer realm="sepolo"'),),
    )


def fact(key: str, expires: int | None = None) -> KeyFact:
    return KeyFact(key, key, 0, ("assets.read",), "Client", "note", expires=expires)


def test_finding_keys() -> None:
    """A known key is found by its whole text; expiry is judged by the instant given."""
    ring = Keyring([fact("sep_test_a"), fact("sep_test_b", expires=1_000)])
    assert (ring.find("sep_test_a", 0), ring.find("sep_test_b", 999)) == (0, 1)
    with pytest.raises(ApiError, match="expired on 1970-01-01T00:00:01Z"):
        ring.find("sep_test_b", 1_000)
    with pytest.raises(ApiError) as caught:
        ring.find("sep_test_", 0)
    assert caught.value.message == errors.KEY_UNKNOWN


def test_masked() -> None:
    """What is shown of a key tells it apart without being it."""
    assert api_keys.masked("sep_test_full_0123456789") == "sep_test_ful..."
