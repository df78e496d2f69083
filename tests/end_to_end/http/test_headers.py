"""Headers that a client may get wrong: keys, attempts, request ids, and what is only there to be ignored."""

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.end_to_end.calls import CREATE
from tests.end_to_end.harness import InProcess, assert_error, rejected_parameters

ME = "/api/v1/me"
KEY, TOKEN = "X-Sepolo-Api-Key", "Authorization"
BODY = {"assetId": "a33b5a5d-e55a-423d-9bdf-0bc2c61f7e63", "title": "t"}


def secret(client: InProcess, name: str = "full") -> str:
    """A key as it is sent."""
    return client.keys[name].key


@pytest.mark.parametrize("name", ["x-sepolo-api-key", "X-SEPOLO-API-KEY", "x-SePoLo-aPi-KeY"])
def test_header_names_in_any_case(name: str, sandbox: InProcess) -> None:
    """Header names have no case."""
    assert sandbox("GET", ME, key=None, headers=[(name, secret(sandbox))]).status == 200


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer ", "  Bearer"])
def test_scheme_in_any_case(scheme: str, sandbox: InProcess) -> None:
    """The scheme has no case, and spaces around the key don't count."""
    assert sandbox("GET", ME, key=None, headers=[(TOKEN, f"{scheme} {secret(sandbox)} ")]).status == 200


WRONG_KEYS = {
    "empty": "",
    "spaces": "   ",
    "unknown": "sep_test_full_00000000000000000000",
    "shortened": "sep_test_full_",
    "in capitals": "SEP_TEST_FULL_37CC33594F52266FC686",
    "two in one": "sep_test_a,sep_test_b",
    "quoted": '"sep_test_full"',
    "Latin-1": "sep_test_é",
    "control": "sep_test_\x01",
    "very long": "sep_test_" + "x" * 8192,
    "live": "sep_live_0123456789abcdef",
}


@pytest.mark.parametrize("wrong", WRONG_KEYS.values(), ids=WRONG_KEYS)
@pytest.mark.parametrize("form", [(KEY, "{}"), (TOKEN, "Bearer {}")], ids=["key", "bearer"])
def test_wrong_keys(form: tuple[str, str], wrong: str, sandbox: InProcess) -> None:
    """A key that is none is 401 with a challenge, in either header, and is not repeated."""
    response = sandbox("GET", ME, key=None, headers=[(form[0], form[1].format(wrong))])
    assert_error(response, 401, "unauthorized")
    assert response.headers["www-authenticate"] == 'Bearer realm="sepolo"'
    assert not wrong.strip() or wrong not in response.json["message"]


@pytest.mark.parametrize("value", ["", "Bearer", "Basic dXNlcjpwYXNz", "Digest x", "{}", "Token {}", "Bearer: {}"])
def test_wrong_schemes(value: str, sandbox: InProcess) -> None:
    """Another scheme, or none, is 401 and says what is meant."""
    response = sandbox("GET", ME, key=None, headers=[(TOKEN, value.format(secret(sandbox)))])
    assert_error(response, 401, "unauthorized")
    assert "Bearer <key>" in response.json["message"]


def test_a_live_key(sandbox: InProcess) -> None:
    """A real key is refused as such, before anything is looked up."""
    response = sandbox("GET", ME, key=None, headers=[(KEY, "sep_live_0123456789abcdef")])
    assert_error(response, 401, "unauthorized")
    assert "live key" in response.json["message"]


def test_several_keys(sandbox: InProcess) -> None:
    """Equal keys are one key, wherever they stand; different ones are 401, be both valid."""
    full, other = secret(sandbox), secret(sandbox, "readonly")
    equal = ([(KEY, full), (TOKEN, f"Bearer {full}")], [(KEY, full), (KEY, full)], [(TOKEN, f"Bearer {full}")] * 2)
    for headers in equal:
        assert sandbox("GET", ME, key=None, headers=headers).status == 200
    different = (
        [(KEY, full), (TOKEN, f"Bearer {other}")],
        [(TOKEN, f"Bearer {full}"), (KEY, other)],
        [(KEY, full), (KEY, other)],
        [(KEY, full), (KEY, "")],
    )
    for headers in different:
        response = sandbox("GET", ME, key=None, headers=headers)
        assert_error(response, 401, "unauthorized")
        assert "Two different" in response.json["message"]


@pytest.mark.parametrize("name", ["X-Sepolo-Api-Key", "api_key", "apiKey", "access_token", "key", "anything"])
def test_a_key_in_the_query(name: str, sandbox: InProcess) -> None:
    """A key in the address is refused and told where it belongs; beside one in a header it is ignored."""
    response = sandbox("GET", f"{ME}?{name}={secret(sandbox)}", key=None)
    assert_error(response, 401, "unauthorized")
    assert "query string" in response.json["message"]
    assert secret(sandbox) not in response.body.decode()


@pytest.mark.parametrize("attempt", ["", " ", "x" * 256, "a b", "a\tb", "é", "\x7f", "a\x00b", "x" * 8192])
def test_wrong_attempts(attempt: str, sandbox: InProcess) -> None:
    """An Idempotency-Key that can't be kept is refused and named, and nothing is stored."""
    before = sandbox.app.sandbox.store.version()
    response = sandbox("POST", CREATE.path, headers=[("Idempotency-Key", attempt)], body=BODY)
    assert_error(response, 400, "validation_error", "Idempotency-Key")
    assert "1 to 255 visible ASCII" in response.json["message"]
    assert sandbox.app.sandbox.store.version() == before


def test_repeated_attempts(sandbox: InProcess) -> None:
    """Two Idempotency-Keys on one request are refused: one of them would be forgotten."""
    headers = [("Idempotency-Key", "one"), ("Idempotency-Key", "two")]
    assert_error(sandbox("POST", CREATE.path, headers=headers, body=BODY), 400, "validation_error", "Idempotency-Key")


@pytest.mark.parametrize(
    "given", ["a", "req-1", "0d4cf1ab-51ac-4f2b-a2c1-9d3b5fae6f60", "A.b_c~d:e/f+g=h@i", "x" * 128]
)
def test_request_ids_that_are_echoed(given: str, sandbox: InProcess) -> None:
    """A plain request id comes back, on success as on failure."""
    for target in (ME, f"{ME}?%ZZ", "/nowhere"):
        assert sandbox("GET", target, headers=[("X-Request-Id", given)]).headers["x-request-id"] == given


@pytest.mark.parametrize(
    "given", ["", " ", "a b", "a\tb", "x" * 129, "x" * 8192, "é", "<x>", '"', "a,b", "a;b", "\x01"]
)
def test_request_ids_that_are_not(given: str, sandbox: InProcess) -> None:
    """One that may hide something is replaced by a new one."""
    ids = {sandbox("GET", ME, headers=[("X-Request-Id", given)]).headers["x-request-id"] for _ in range(2)}
    assert len(ids) == 2
    assert all(made.startswith("req_") for made in ids)


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
    (
        "If-None-Match",
        'W/, "',
    ),
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
    ("Prefer", "code=500"),
    ("Prefer", "respond-async"),
    ("Traceparent", "00-x"),
    ("X-Large", "x" * 60_000),
]


@pytest.mark.parametrize("header", IGNORED, ids=lambda header: f"{header[0]}: {header[1][:20]}")
def test_ignored_headers(header: tuple[str, str], sandbox: InProcess) -> None:
    """Headers that the contract doesn't know, or that are nonsense, change nothing of a read."""
    wanted = sandbox("GET", "/api/v1/vendors")
    response = sandbox("GET", "/api/v1/vendors", headers=[header])
    assert (response.status, response.body) == (200, wanted.body)
    assert "content-encoding" not in response.headers


_latin = st.text(st.characters(max_codepoint=255), max_size=60)


@given(
    headers=st.lists(
        st.tuples(
            st.sampled_from(
                [
                    KEY,
                    TOKEN,
                    "X-Request-Id",
                    "If-None-Match",
                    "Accept-Encoding",
                    "Content-Type",
                    "Content-Length",
                    "Origin",
                ]
            ),
            _latin | st.sampled_from(["Bearer ", "Bearer x", "*", "gzip", 'W/"', "application/json", "9" * 30, "-1"]),
        ),
        max_size=4,
    )
)
@hypothesis_settings(max_examples=300)
def test_any_headers(headers: list[tuple[str, str]], sandbox: InProcess) -> None:
    """Any header values give an response, 401 at worst."""
    response = sandbox("GET", ME, key=None, headers=headers)
    assert_error(response, 401, "unauthorized")
    response = sandbox("GET", ME, headers=headers)
    assert response.status in {200, 304, 401}


@given(attempt=_latin)
@hypothesis_settings(max_examples=100)
def test_any_attempt(attempt: str, sandbox: InProcess) -> None:
    """Any Idempotency-Key is taken or named; the body is looked at either way."""
    response = sandbox("POST", CREATE.path, headers=[("Idempotency-Key", attempt)], body={"title": "t"})
    assert_error(response, 400, "validation_error")
    assert rejected_parameters(response) in ({"Idempotency-Key"}, {"assetId"})
