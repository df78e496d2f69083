"""Request headers: request ids, Idempotency-Key, headers that are ignored, and arbitrary values."""

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.end_to_end.calls import CREATE
from tests.end_to_end.harness import InProcess, assert_error, rejected_parameters

ME = "/api/v1/me"
BODY = {"assetId": "a33b5a5d-e55a-423d-9bdf-0bc2c61f7e63", "title": "t"}


@pytest.mark.parametrize("idempotency_key", ["", " ", "x" * 256, "a b", "a\tb", "é", "\x7f", "a\x00b", "x" * 8192])
def test_invalid_idempotency_key_is_rejected(idempotency_key: str, sandbox: InProcess) -> None:
    """An Idempotency-Key that is not 1 to 255 visible ASCII characters is a 400, and nothing is stored."""
    before = sandbox.app.sandbox.store.version()
    response = sandbox("POST", CREATE.path, headers=[("Idempotency-Key", idempotency_key)], body=BODY)
    assert_error(response, 400, "validation_error", "Idempotency-Key")
    assert "1 to 255 visible ASCII" in response.json["message"]
    assert sandbox.app.sandbox.store.version() == before


def test_two_idempotency_keys_are_rejected(sandbox: InProcess) -> None:
    """A request with two different Idempotency-Key headers is a 400."""
    headers = [("Idempotency-Key", "one"), ("Idempotency-Key", "two")]
    assert_error(sandbox("POST", CREATE.path, headers=headers, body=BODY), 400, "validation_error", "Idempotency-Key")


@pytest.mark.parametrize(
    "request_id", ["a", "req-1", "0d4cf1ab-51ac-4f2b-a2c1-9d3b5fae6f60", "A.b_c~d:e/f+g=h@i", "x" * 128]
)
def test_valid_request_id_is_returned(request_id: str, sandbox: InProcess) -> None:
    """A valid X-Request-Id is returned with successful responses and errors."""
    for target in (ME, f"{ME}?%ZZ", "/nowhere"):
        assert sandbox("GET", target, headers=[("X-Request-Id", request_id)]).headers["x-request-id"] == request_id


@pytest.mark.parametrize(
    "request_id", ["", " ", "a b", "a\tb", "x" * 129, "x" * 8192, "é", "<x>", '"', "a,b", "a;b", "\x01"]
)
def test_unsafe_request_id_is_replaced(request_id: str, sandbox: InProcess) -> None:
    """An X-Request-Id with other characters or more than 128 of them is replaced by a new one for each request."""
    ids = {sandbox("GET", ME, headers=[("X-Request-Id", request_id)]).headers["x-request-id"] for _ in range(2)}
    assert len(ids) == 2
    assert all(generated.startswith("req_") for generated in ids)


IGNORED = [
    ("Accept", "text/html"),
    ("Accept", "application/xml;q=1, application/json;q=0"),
    ("Accept", "///;;,,q=q"),
    ("Accept-Encoding", "br, zstd, identity;q=0"),
    ("Accept-Encoding", ";;;q=,,gzip;q=x"),
    ("Accept-Language", "xx-YY;q=2"),
    ("Accept-Charset", "utf-7"),
    ("Range", "bytes=0-1"),
    ("If-Match", '"x"'),
    ("If-None-Match", 'W/, "'),
    ("If-Modified-Since", "yesterday"),
    ("If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"),
    ("Expect", "nothing"),
    ("Origin", "null"),
    ("Cookie", "a=b; key=sep_test"),
    ("Content-Type", "nonsense"),
    ("Content-Length", "many"),
    ("Host", "\xff"),
    ("Forwarded", "for=unknown"),
    ("X-Forwarded-For", "1.2.3.4, evil"),
    ("X-HTTP-Method-Override", "DELETE"),
    ("Prefer", "code=404"),
    ("Prefer", "respond-async"),
    ("Traceparent", "00-x"),
    ("X-Large", "x" * 60_000),
]


@pytest.mark.parametrize("header", IGNORED, ids=lambda header: f"{header[0]}: {header[1][:20]}")
def test_unknown_and_malformed_headers_are_ignored(header: tuple[str, str], sandbox: InProcess) -> None:
    """Headers that the contract does not define, or with malformed values, do not change the body of a read."""
    expected = sandbox("GET", "/api/v1/vendors")
    response = sandbox("GET", "/api/v1/vendors", headers=[header])
    assert (response.status, response.body) == (200, expected.body)
    assert "content-encoding" not in response.headers


_latin = st.text(st.characters(max_codepoint=255), max_size=60)
_names = [
    "X-Sepolo-Api-Key",
    "Authorization",
    "X-Request-Id",
    "If-None-Match",
    "Accept-Encoding",
    "Content-Type",
    "Content-Length",
    "Origin",
]
_values = ["Bearer ", "Bearer x", "*", "gzip", 'W/"', "application/json", "9" * 30, "-1"]


@given(headers=st.lists(st.tuples(st.sampled_from(_names), _latin | st.sampled_from(_values)), max_size=4))
@hypothesis_settings(max_examples=300)
def test_arbitrary_headers(headers: list[tuple[str, str]], sandbox: InProcess) -> None:
    """Arbitrary header values give 401 without a key, and 200, 304 or 401 with a valid one."""
    response = sandbox("GET", ME, key=None, headers=headers)
    assert_error(response, 401, "unauthorized")
    response = sandbox("GET", ME, headers=headers)
    assert response.status in {200, 304, 401}


@given(idempotency_key=_latin)
@hypothesis_settings(max_examples=100)
def test_arbitrary_idempotency_key(idempotency_key: str, sandbox: InProcess) -> None:
    """An invalid body with an arbitrary Idempotency-Key is a 400 for the key, or for the body if the key is valid."""
    headers = [("Idempotency-Key", idempotency_key)]
    response = sandbox("POST", CREATE.path, headers=headers, body={"title": "t"})
    assert_error(response, 400, "validation_error")
    assert rejected_parameters(response) in ({"Idempotency-Key"}, {"assetId"})
