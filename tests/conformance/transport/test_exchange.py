"""Curl lines, chains and masked steps of exchanges."""

import shutil
import subprocess
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sepolo_conformance.model.keys import Key
from sepolo_conformance.transport.exchange import SHOWN, SHOWN_BEFORE, Exchange, Request
from sepolo_conformance.transport.redaction import Redactor

KEY = Key("key1", "$SEPOLO_API_KEY", "sep_test_0123456789abcdef")
texts = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)
headers_of_targets = st.text(st.characters(min_codepoint=1, max_codepoint=255, exclude_characters="\r\n"), max_size=30)


def exchange(request: Request, body: bytes = b"{}", **headers: str) -> Exchange:
    return Exchange("http://127.0.0.1:1", request, 200, tuple(headers.items()), body, 0.012)


def arguments(line: str) -> list[str]:
    """Return the arguments that a shell starts curl with, if the variable of the key is set."""
    script = f"curl() {{ printf '%s\\0' \"$@\"; }}; {line}"
    shell = shutil.which("bash") or "bash"
    done = subprocess.run([shell, "-c", script], capture_output=True, check=True, env={"SEPOLO_API_KEY": KEY.secret})
    return done.stdout.decode().split("\0")[:-1]


@settings(max_examples=40, deadline=None)
@given(texts, headers_of_targets, st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30))
def test_curl_line_repeats_the_request(query: str, header: str, body: str) -> None:
    """A shell passes quotes, dollars, backquotes and control characters of the request to curl unchanged.

    The line itself contains no control character.
    """
    body = body.replace("\0", "")
    target = f"/api/v1/service-reports?x={query.replace(' ', '%20')}"
    headers = (("X-Sepolo-Api-Key", KEY.secret), ("X-Odd", f"a{header}"))
    made = exchange(Request("POST", target, headers, body.encode(), KEY))
    assert made.curl().isprintable()
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


@pytest.mark.parametrize("around", ["$(id)", "`id`", '"; id; "', "\\", "!x", "\x1b[2J", "'"])
def test_key_in_a_header_runs_no_command(around: str) -> None:
    """A target may choose text beside the key, which the shell passes on unchanged too."""
    made = exchange(Request("GET", "/", (("X-Odd", f"{around}{KEY.secret}{around}"),), None, KEY))
    assert KEY.secret not in made.curl()
    assert arguments(made.curl())[3] == f"X-Odd: {around}{KEY.secret}{around}"


def test_request_id_and_header_names_are_masked() -> None:
    """A target may put the key anywhere."""
    made = Exchange("http://t", Request("GET", "/", (), None, KEY), 200, (), b"", 0.0)
    made = replace(made, headers=(("X-Request-Id", KEY.secret), (f"X-{KEY.secret}", "1")))
    step = made.step(lambda text: text.replace(KEY.secret, KEY.placeholder))
    assert (step.request_id, step.response_headers[1][0]) == (KEY.placeholder, f"X-{KEY.placeholder}")


@pytest.mark.parametrize("place", range(2 * SHOWN - 40, 2 * SHOWN + 10, 7))
def test_key_at_the_end_of_what_is_masked_is_not_shown_in_part(place: int) -> None:
    """Escaped keys shorten the text when they are masked, and another key is cut there."""
    escaped = "".join(f"\\u{ord(character):04x}" for character in KEY.secret)
    body = (escaped * SHOWN)[: place // 6 * 6] + KEY.secret + "y" * 20_000
    step = exchange(Request("GET", "/"), body.encode()).step(Redactor([KEY.secret]).text)
    assert not any(KEY.secret[:length] in step.response_body for length in range(6, len(KEY.secret)))
