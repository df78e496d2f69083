"""Masking: no key and no token is left in what is stored of a request."""

import pytest

from sepolo_mock_server.rules.masking import Masking
from sepolo_mock_server.rules.records import packed_headers

KEY = b"sep_test_full_0123456789abcdef"
masking = Masking("any-visible-ASCII-token")
TOKEN = b"sep_mgmt_4b1d7c0a9e2f5d6388c1b0a79e4f2d15"


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        (b"x-sepolo-api-key", KEY, b"sep_test_ful..."),
        (b"x-sepolo-api-key", b"sep_live_abcdefgh", b"sep_live_abc..."),
        (b"x-sepolo-api-key", b"something else", b"something ..."),
        (b"x-sepolo-api-key", b"hunter2", b"..."),
        (b"authorization", b"Bearer " + TOKEN, b"Bearer sep_mgmt_4b1..."),
        (b"authorization", b"Bearer any-visible-ASCII-token", b"Bearer ..."),
        (b"authorization", b"Basic dXNlcjpwYXNz", b"Basic ..."),
        (b"cookie", b"session=1234", b"..."),
        (b"referer", b"http://a/?k=" + KEY + b"&b=1", b"http://a/?k=sep_test_ful...&b=1"),
        (b"referer", b"http://a/?any-visible-ASCII-token", b"http://a/?..."),
        (b"user-agent", b"curl/8", b"curl/8"),
    ],
)
def test_headers(name: bytes, value: bytes, shown: bytes) -> None:
    """Headers with credentials keep their scheme and the first characters of a key; others lose only keys."""
    assert masking.headers([(b"host", b"h"), (name, value)]) == packed_headers([(b"host", b"h"), (name, shown)])


def test_headers_of_a_response() -> None:
    """Headers of a response that repeat a key are masked, and others stay."""
    given = [(b"x-sandbox-warning", b'unknown parameter "%s" ignored' % KEY), (b"vary", b"a")]
    shown = [(b"x-sandbox-warning", b'unknown parameter "sep_test_ful..." ignored'), (b"vary", b"a")]
    assert masking.values(given) == packed_headers(shown)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        (b"", b"/p"),
        (b"pageSize=5&from=2026-06-01T00%3A00%3A00Z", b"/p?pageSize=5&from=2026-06-01T00%3A00%3A00Z"),
        (b"token=any-token", b"/p?token=..."),
        (b"ACCESS_TOKEN=abc&a=1", b"/p?ACCESS_TOKEN=...&a=1"),
        (b"%74oken=abc", b"/p?%74oken=..."),
        (b"token", b"/p?token"),
        (b"api_key=" + KEY, b"/p?api_key=sep_test_ful..."),
        (b"anything=" + KEY, b"/p?anything=sep_test_ful..."),
        (b"anything=sep%5Ftest%5Ffull%5F0123456789", b"/p?anything=sep_test_ful..."),
        (KEY + b"=1", b"/p?sep_test_ful...=1"),
        (b"x=any%2Dvisible-ASCII-token&y=a%20b", b"/p?x=...&y=a%20b"),
        (b"&&x=%zz&" + TOKEN, b"/p?&&x=%zz&sep_mgmt_4b1..."),
    ],
)
def test_target(query: bytes, shown: bytes) -> None:
    """Query parameters with the name of a credential lose their value, and keys are masked wherever they stand."""
    assert masking.target(b"/p", query) == shown


def test_path() -> None:
    """A key in the path is masked, also if it is percent-encoded."""
    assert masking.target(b"/assets/" + KEY, b"") == b"/assets/sep_test_ful..."
    assert masking.target(b"/assets/sep%5ftest_full_01234/a%20b", b"") == b"/assets/sep_test_ful.../a%20b"


def test_masked_text_stays_as_it_is() -> None:
    """A text that is already masked, or that only looks like the beginning of a key, is not changed."""
    for text in (b'{"clientId":"sep_test_ful..."}', b"sep_", b"sep_test_", b"SEP-DEVICE-001"):
        assert masking.text(text) == text
    assert masking.text(b'{"key":"%s","token":"%s"}' % (KEY, TOKEN)) == (
        b'{"key":"sep_test_ful...","token":"sep_mgmt_4b1..."}'
    )
