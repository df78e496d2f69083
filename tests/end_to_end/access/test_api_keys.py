"""API keys: the two headers that carry them, and the 401 of each kind of wrong key."""

import pytest

from sepolo_openapi.contract import Operation
from tests.end_to_end.calls import READS, documented_call, each_operation
from tests.end_to_end.harness import InProcess, ServerProcess, assert_error

ME = "/api/v1/me"
KEY, TOKEN = "X-Sepolo-Api-Key", "Authorization"


def secret(client: InProcess, name: str = "full") -> str:
    """Return the text of a key."""
    return client.keys[name].key


@each_operation(READS)
def test_either_header_gives_the_same_response(operation: Operation, server: ServerProcess) -> None:
    """Every read returns the same body for the key in either header."""
    call, key = documented_call(operation), server.keys["full"].key
    headers = [(KEY, key), (TOKEN, f"Bearer {key}")]
    responses = [server("GET", call.target, key=None, headers=[header]) for header in headers]
    assert [response.status for response in responses] == [200, 200]
    assert responses[0].body == responses[1].body


def test_header_names_are_case_insensitive(server: ServerProcess) -> None:
    """The case of a header name does not matter."""
    assert server("GET", ME, key=None, headers=[("x-SePoLo-aPi-KeY", server.keys["full"].key)]).status == 200


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer ", "  Bearer"])
def test_scheme_is_case_insensitive(scheme: str, sandbox: InProcess) -> None:
    """The case of the scheme and spaces around the key do not matter."""
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
def test_wrong_key_is_unauthorized(form: tuple[str, str], wrong: str, sandbox: InProcess) -> None:
    """A wrong key in either header is a 401 with a challenge, and the message does not contain the key."""
    response = sandbox("GET", ME, key=None, headers=[(form[0], form[1].format(wrong))])
    assert_error(response, 401, "unauthorized")
    assert response.headers["www-authenticate"] == 'Bearer realm="sepolo"'
    assert not wrong.strip() or wrong not in response.json["message"]


@pytest.mark.parametrize("value", ["", "Bearer", "Basic dXNlcjpwYXNz", "Digest x", "{}", "Token {}", "Bearer: {}"])
def test_wrong_scheme_is_unauthorized(value: str, sandbox: InProcess) -> None:
    """An Authorization header without the scheme Bearer is a 401 that shows the accepted form."""
    response = sandbox("GET", ME, key=None, headers=[(TOKEN, value.format(secret(sandbox)))])
    assert_error(response, 401, "unauthorized")
    assert "Bearer <key>" in response.json["message"]


def test_several_keys_must_be_equal(sandbox: InProcess) -> None:
    """Equal keys in several headers count as one; different keys are a 401, even if each of them is valid."""
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
def test_key_in_the_query_is_unauthorized(name: str, sandbox: InProcess) -> None:
    """A key in the query is a 401 that says so, and the response does not contain the key."""
    response = sandbox("GET", f"{ME}?{name}={secret(sandbox)}", key=None)
    assert_error(response, 401, "unauthorized")
    assert "query string" in response.json["message"]
    assert secret(sandbox) not in response.body.decode()
