"""Curl lines, chains and masked steps of exchanges."""

import shutil
import subprocess
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sepolo_conformance.model.keys import Key
from sepolo_conformance.transport.exchange import SHOWN, SHOWN_BEFORE, Exchange, Request

KEY = Key("key1", "$SEPOLO_API_KEY", "sep_test_0123456789abcdef")
texts = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)


def exchange(request: Request, body: bytes = b"{}", **headers: str) -> Exchange:
    return Exchange("http://127.0.0.1:1", request, 200, tuple(headers.items()), body, 0.012)


def arguments(line: str) -> list[str]:
    """Return the arguments that a shell starts curl with, if the variable of the key is set."""
    script = f"curl() {{ printf '%s\\0' \"$@\"; }}; {line}"
    shell = shutil.which("sh") or "sh"
    done = subprocess.run([shell, "-c", script], capture_output=True, check=True, env={"SEPOLO_API_KEY": KEY.secret})
    return done.stdout.decode().split("\0")[:-1]


@settings(max_examples=40, deadline=None)
@given(texts, texts, st.text(min_size=1, max_size=30).filter(lambda text: "\0" not in text and text.isprintable()))
def test_curl_line_repeats_the_request(query: str, header: str, body: str) -> None:
    """A shell passes quotes, dollars and backquotes of the request to curl unchanged."""
    target = f"/api/v1/service-reports?x={query.replace(' ', '%20')}"
    headers = (("X-Sepolo-Api-Key", KEY.secret), ("X-Odd", f"a{header}"))
    made = exchange(Request("POST", target, headers, body.encode(), KEY))
    given_ = arguments(made.curl())
    assert given_[-1] == f"http://127.0.0.1:1{target}"
    assert [text for flag, text in pairwise(given_) if flag == "-H"] == [
        f"X-Sepolo-Api-Key: {KEY.secret}",
        f"X-Odd: a{header}",
    ]
    assert given_[given_.index("--data-binary") + 1] == body
    assert given_[:4] == ["-sS", "-i", "-X", "POST"]


def test_key_is_a_variable_in_the_curl_line() -> None:
    """The curl line reads the key from the environment."""
    made = exchange(Request("GET", "/api/v1/me", (("Authorization", f"Bearer {KEY.secret}"),), None, KEY))
    assert made.curl() == "curl -sS -i -H \"Authorization: Bearer $SEPOLO_API_KEY\" 'http://127.0.0.1:1/api/v1/me'"


def test_curl_line_has_the_flags_that_keep_the_request() -> None:
    """HEAD, brackets and dot segments need flags of curl."""
    lines = [exchange(Request(method, target)).curl() for method, target in (("HEAD", "/a"), ("GET", "/[1]/../a"))]
    assert lines == ["curl -sS -I 'http://127.0.0.1:1/a'", "curl -sS -i -g --path-as-is 'http://127.0.0.1:1/[1]/../a'"]


def test_chain_contains_the_preceding_exchanges() -> None:
    """The pages of a walk are in order, and the exchange itself is last."""
    first = exchange(Request("GET", "/1"))
    second = Exchange("", Request("GET", "/2"), 200, (), b"", 0.0, follows=first)
    assert second.chain == (first, second)
    assert first.chain == (first,)


def test_step_is_masked_before_it_is_cut() -> None:
    """A key at the end of the shown text does not leave a part of itself."""
    body = b"x" * (SHOWN - 5) + KEY.secret.encode() + b"y" * SHOWN
    made = exchange(Request("GET", "/a", (("X-Sepolo-Api-Key", KEY.secret),), None, KEY), body, Echo=KEY.secret)
    step = made.step(lambda text: text.replace(KEY.secret, KEY.placeholder))
    assert KEY.secret[:4] not in step.response_body + step.curl
    assert step.response_headers == (("Echo", "$SEPOLO_API_KEY"),)
    assert step.response_body.endswith(f"… ({len(body)} bytes in total)")
    assert made.step(str, SHOWN_BEFORE).response_body == f"{'x' * SHOWN_BEFORE}… ({len(body)} bytes in total)"


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"[]", None),
        (b"", "the body is empty"),
        (b"{", "the body is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        (b"\xff", "the body is not UTF-8: byte 0 is 0xff"),
        (b"[Infinity]", "the body is not JSON: Infinity is not a JSON number"),
    ],
)
def test_fault_of_a_body_that_is_not_json(body: bytes, fault: str | None) -> None:
    """The fault names the problem and its position."""
    assert exchange(Request("GET", "/"), body).fault == fault


def test_rows_and_members_of_unexpected_bodies_are_empty() -> None:
    """Reading rows or members of a body of any shape does not raise."""
    bodies = (b'{"data": [{"a": 1}, 2]}', b'[{"a": 1}]', b'{"data": 7}', b"3", b"{", b"null")
    made = [exchange(Request("GET", "/"), body) for body in bodies]
    assert [entry.rows for entry in made] == [[{"a": 1}], [{"a": 1}], [], [], [], []]
    assert [entry.member("data") for entry in made] == [[{"a": 1}, 2], None, 7, None, None, None]


def test_key_in_a_url_is_a_variable() -> None:
    """Such a URL is in double quotes, so that a shell inserts the key; other URLs are in single quotes."""
    targets = (f"/api/v1/me?api_key={KEY.secret}", "/api/v1/me")
    lines = [exchange(Request("GET", target, key=KEY)).curl() for target in targets]
    assert lines[0].endswith('"http://127.0.0.1:1/api/v1/me?api_key=$SEPOLO_API_KEY"')
    assert lines[1].endswith("'http://127.0.0.1:1/api/v1/me'")
