"""Exchanges as people repeat them, and as reports show them."""

import shutil
import subprocess
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sepolo_conformance.model.keys import Key
from sepolo_conformance.transport.exchange import SHOWN, SHOWN_BEFORE, Exchange, Request

KEY = Key("key1", "$SEPOLO_API_KEY", "sep_test_0123456789abcdef")
words = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)


def exchange(request: Request, body: bytes = b"{}", **headers: str) -> Exchange:
    return Exchange("http://127.0.0.1:1", request, 200, tuple(headers.items()), body, 0.012)


def arguments(line: str) -> list[str]:
    """Return what a shell would start curl with, the key's variable set."""
    script = f"curl() {{ printf '%s\\0' \"$@\"; }}; {line}"
    shell = shutil.which("sh") or "sh"
    done = subprocess.run([shell, "-c", script], capture_output=True, check=True, env={"SEPOLO_API_KEY": KEY.secret})
    return done.stdout.decode().split("\0")[:-1]


@settings(max_examples=40, deadline=None)
@given(words, words, st.text(min_size=1, max_size=30).filter(lambda text: "\0" not in text and text.isprintable()))
def test_a_curl_line_sends_the_very_same_request(query: str, header: str, body: str) -> None:
    """Whatever quotes, dollars and backquotes are in it, a shell passes it on to curl unchanged."""
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


def test_the_key_is_a_variable_in_the_line() -> None:
    """A line can be shown to anybody: the key is read from the environment."""
    made = exchange(Request("GET", "/api/v1/me", (("Authorization", f"Bearer {KEY.secret}"),), None, KEY))
    assert made.curl() == "curl -sS -i -H \"Authorization: Bearer $SEPOLO_API_KEY\" 'http://127.0.0.1:1/api/v1/me'"


def test_odd_requests_get_the_flags_they_need() -> None:
    """HEAD, brackets and dot segments would be changed by curl without a flag."""
    lines = [exchange(Request(method, target)).curl() for method, target in (("HEAD", "/a"), ("GET", "/[1]/../a"))]
    assert lines == [
        "curl -sS -I 'http://127.0.0.1:1/a'",
        "curl -sS -i -g --path-as-is 'http://127.0.0.1:1/[1]/../a'",
    ]


def test_a_chain_tells_how_one_got_there() -> None:
    """The pages of a walk come in order, the one in question last."""
    first = exchange(Request("GET", "/1"))
    second = Exchange("", Request("GET", "/2"), 200, (), b"", 0.0, follows=first)
    assert second.chain == (first, second)
    assert first.chain == (first,)


def test_a_step_is_masked_before_it_is_cut() -> None:
    """A key that straddles the end of what is shown doesn't leave half of itself there."""
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
def test_a_body_says_why_it_can_not_be_read(body: bytes, fault: str | None) -> None:
    """The fault names the place, in words."""
    assert exchange(Request("GET", "/"), body).fault == fault


def test_rows_and_members_of_odd_answers_are_empty() -> None:
    """Looking into an answer never fails, whatever its shape."""
    bodies = (b'{"data": [{"a": 1}, 2]}', b'[{"a": 1}]', b'{"data": 7}', b"3", b"{", b"null")
    made = [exchange(Request("GET", "/"), body) for body in bodies]
    assert [entry.rows for entry in made] == [[{"a": 1}], [{"a": 1}], [], [], [], []]
    assert [entry.member("data") for entry in made] == [[{"a": 1}, 2], None, 7, None, None, None]
