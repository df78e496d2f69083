"""Bodies of the operation that writes: whatever is wrong with them, it is said, and nothing is stored."""

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.end_to_end.calls import CREATE, ResourceIds
from tests.end_to_end.harness import CONTRACT, InProcess, assert_error, in_process, rejected_parameters
from tests.harness.in_process import Response

SCHEMA: dict[str, Any] = CONTRACT.document["components"]["schemas"][str(CREATE.body_schema)]
MEMBERS: dict[str, dict[str, Any]] = SCHEMA["properties"]
LIMIT = 1024 * 1024
JSON = ("Content-Type", "application/json")
ASSET = "a33b5a5d-e55a-423d-9bdf-0bc2c61f7e63"
SMALLEST = {"assetId": ASSET, "title": "t"}

VALUES = {
    "null": None,
    "string": "text",
    "number": 1.5,
    "boolean": True,
    "array": ["text"],
    "object": {"text": "text"},
}


@pytest.fixture(scope="module")
def stored(sandbox: InProcess) -> Iterator[Callable[[], int]]:
    """Counts reports in the sandbox; a module full of refused bodies must leave their number as it was."""

    def count() -> int:
        return int(sandbox.app.sandbox.store.version()[1])

    before = count()
    yield count
    assert count() == before


@pytest.fixture(scope="module")
def written(runner: asyncio.Runner) -> Iterator[InProcess]:
    """A sandbox that this module may write to."""
    made = in_process(runner)
    yield made
    made.close()


def post(client: InProcess, body: Any, *headers: tuple[str, str]) -> Response:
    """Send a body: bytes as they are, anything else as JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client("POST", CREATE.path, body=raw, headers=headers or [JSON])


def _wrong_members() -> Iterator[tuple[str, Any]]:
    for name, schema in MEMBERS.items():
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        yield from ((name, value) for kind, value in VALUES.items() if kind not in kinds)
        if "string" in kinds:
            yield from ((name, "x" * (schema[key] + 1)) for key in ("maxLength",) if key in schema)
            yield from ((name, "") for key in ("minLength",) if schema.get(key))
        if "minimum" in schema:
            yield from ((name, schema["minimum"] - step) for step in (1, 0.001, 1e300))
        if schema.get("format") == "uuid":
            yield from (
                (name, text) for text in ("x", ASSET[:-1], f"{{{ASSET}}}", ASSET.replace("-", ""), f"{ASSET}\n")
            )
        if schema.get("format") == "date-time":
            for text in ("noon", "2026-06-01", "2026-06-01T00:00:00", "2026-02-29T00:00:00Z", "2026-06-30T23:59:60Z"):
                yield name, text
            yield name, "2026-06-01T00:00:00+24:00"
            yield name, "0001-01-01T00:00:00+01:00"


@pytest.mark.parametrize(("name", "value"), list(_wrong_members()))
def test_wrong_members(name: str, value: Any, sandbox: InProcess, stored: Callable[[], int]) -> None:
    """A member that the contract rules out is refused and named, with what would be right."""
    response = post(sandbox, SMALLEST | {name: value})
    assert_error(response, 400, "validation_error", name)
    assert any(word in response.json["message"] for word in ("must ", "names no ", "has no offset", "not supported"))


def test_required_members(sandbox: InProcess, stored: Callable[[], int]) -> None:
    """A missing title is named, and so is a missing target; both are told at once with whatever else is wrong."""
    assert_error(post(sandbox, {"assetId": ASSET}), 400, "validation_error", "title")
    untargeted = post(sandbox, {"title": "t"})
    assert_error(untargeted, 400, "validation_error", "assetId")
    assert "assetId or deviceId" in untargeted.json["message"]
    assert_error(post(sandbox, SMALLEST | {"assetId": None}), 400, "validation_error", "assetId")
    assert_error(post(sandbox, {"laborCost": -1}), 400, "validation_error", "title", "laborCost")


def test_meaning(sandbox: InProcess, foreign_ids: ResourceIds, stored: Callable[[], int]) -> None:
    """A body that keeps the schema may still name what doesn't exist, or end before it begins."""
    for name, value in (("assetId", foreign_ids.asset), ("deviceId", foreign_ids.device), ("deviceId", "SEP\0DEVICE")):
        response = post(sandbox, SMALLEST | {name: value})
        assert_error(response, 400, "validation_error", name)
        assert "belongs to the API key's organization" in response.json["message"]
    times = {"startedOn": "2026-06-01T10:00:00+02:00", "completedOn": "2026-06-01T07:59:59.999Z"}
    assert_error(post(sandbox, SMALLEST | times), 400, "validation_error", "completedOn")


NOT_JSON = {
    "nothing": b"",
    "spaces": b" \r\n\t",
    "cut": b'{"title": "t"',
    "single quotes": b"{'title': 't'}",
    "trailing comma": b'{"title": "t",}',
    "comment": b'{"title": "t"} // x',
    "two values": b'{"title": "t"} {}',
    "NaN": b'{"laborCost": NaN}',
    "Infinity": b'{"laborCost": -Infinity}',
    "too large a number": b'{"laborCost": 1e999}',
    "zeros in front": b'{"laborCost": 01}',
    "raw control character": b'{"title": "a\x01b"}',
    "raw NUL": b'{"title": "a"}\0',
    "lone surrogate": b'{"title": "\\ud800"}',
    "bad escape": b'{"title": "\\x41"}',
    "byte order mark": b'\xef\xbb\xbf{"title": "t"}',
    "UTF-16": '{"title": "t"}'.encode("utf-16"),
    "Latin-1": '{"title": "Zürich"}'.encode("latin-1"),
    "overlong": b'{"title": "\xc0\x80"}',
    "form": b"title=t",
    "XML": b"<title/>",
    "gzip": bytes.fromhex("1f8b0800000000000203"),
    "deep array": b"[" * 200_000,
    "deep object": b'{"a":' * 100_000,
    "deep and closed": b"[" * 100_000 + b"]" * 100_000,
}


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON)
def test_not_json(body: bytes, sandbox: InProcess, stored: Callable[[], int]) -> None:
    """What is no JSON in UTF-8 is refused, with the place where it stops being so."""
    assert_error(post(sandbox, body), 400, "validation_error", "body")


@pytest.mark.parametrize("body", [None, True, 5, "text", [], [SMALLEST]])
def test_not_an_object(body: Any, sandbox: InProcess, stored: Callable[[], int]) -> None:
    """JSON that is no object is refused as a whole."""
    response = post(sandbox, json.dumps(body).encode())
    assert_error(response, 400, "validation_error", "body")
    assert "an object" in response.json["message"]


@pytest.mark.parametrize(
    "kind",
    [
        None,
        "",
        "text/plain",
        "text/json",
        "application/jsonx",
        "application/problem+json",
        "application/json, text/plain",
        "application/json; charset=latin-1",
        "application/json; charset=utf-16",
        "multipart/form-data; boundary=x",
        "*/*",
        "x" * 8192,
        "application/json\xff",
    ],
)
def test_wrong_media_types(kind: str | None, sandbox: InProcess, stored: Callable[[], int]) -> None:
    """Anything but JSON in UTF-8 is 415, even when the body would do."""
    headers = [("X-None", "1")] if kind is None else [("Content-Type", kind)]
    response = post(sandbox, SMALLEST, *headers)
    assert_error(response, 415, "unsupported_media_type")
    assert "application/json" in response.json["message"]


@pytest.mark.parametrize("kind", ["application/json;charset=utf-8", 'APPLICATION/JSON; Charset="UTF-8"; q=1'])
def test_right_media_types(kind: str, new_sandbox: InProcess) -> None:
    """The media type is read as HTTP has it: any case, with parameters."""
    assert post(new_sandbox, SMALLEST, ("Content-Type", kind)).status == 201


def test_length(new_sandbox: InProcess) -> None:
    """A mebibyte is taken, a byte more is 413, in one piece, in chunks, or by announcement alone."""
    room = LIMIT - len(json.dumps(SMALLEST))
    largest = json.dumps(SMALLEST).encode() + b" " * room
    assert post(new_sandbox, largest).status == 201
    assert new_sandbox("POST", CREATE.path, body=[largest[:9], b"", largest[9:]], headers=[JSON]).status == 201
    for body in ([largest + b" "], [b" "] * 9 + [largest], [b"x" * LIMIT, b"x" * LIMIT]):
        assert_error(new_sandbox("POST", CREATE.path, body=body, headers=[JSON]), 413, "payload_too_large")
    for startup_lines in (LIMIT + 1, 10**30):
        headers = (JSON, ("Content-Length", str(startup_lines)))
        assert_error(post(new_sandbox, SMALLEST, *headers), 413, "payload_too_large")
    assert new_sandbox.app.sandbox.store.version()[1] == 2


@pytest.mark.parametrize(
    "more",
    [
        {"unknown": {"deep": [1, 2]}, "x" * 5000: None},
        {"title": "\0\u202e\U0001f682\ufeff"},
        {"title": "x" * 200, "description": "é" * 4000},
        {"title": "\U0001f682" * 200},
        {"laborCost": 0, "partsCost": 0.0, "laborHours": 1e-300},
        {"laborCost": 1e308, "partsCost": 1e308},
        {"laborCost": 2**63, "partsCost": 2**63},
        {"laborCost": 2**64 - 1, "partsCost": 2**64 - 1},
        {"laborCost": 10**40},
        {"laborCost": 0.1, "partsCost": 0.2},
        {"startedOn": "0001-01-01T00:00:00Z", "completedOn": "9999-12-31T23:59:59.999Z"},
        {"assetId": ASSET.upper()},
        {"serviceVisitId": None, "startedOn": None, "deviceId": None},
        {"startedOn": "2024-02-29t23:59:59.123456789-23:59"},
    ],
)
def test_odd_bodies_that_will_do(more: dict[str, Any], new_sandbox: InProcess) -> None:
    """What the contract allows is stored and read back, in a list as alone, as valid JSON."""
    response = post(new_sandbox, SMALLEST | more)
    assert response.status == 201, response
    row = new_sandbox("GET", response.headers["location"])
    assert row.status == 200, row
    listed = new_sandbox("GET", "/api/v1/service-reports?pageSize=1")
    assert listed.json["data"] == [row.json]
    assert row.json["assetId"] == ASSET
    assert row.json["title"] == more.get("title", "t")


_leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
_json = st.recursive(_leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4))


@given(body=st.dictionaries(st.sampled_from(sorted(MEMBERS)), _json))
@hypothesis_settings(max_examples=100)
def test_any_object(written: InProcess, body: dict[str, Any]) -> None:
    """Any object is either stored or refused by the names of its members."""
    response = post(written, json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    if response.status == 201:
        assert written("GET", response.headers["location"]).status == 200
    else:
        assert_error(response, 400, "validation_error")
        names = {name.partition(".")[0] for name in rejected_parameters(response)}
        assert names <= {*body, "title", "assetId", "body"}


@given(body=st.binary(max_size=200) | st.text().map(str.encode))
@hypothesis_settings(max_examples=100)
def test_any_bytes(written: InProcess, body: bytes) -> None:
    """Any bytes are refused, for they hold no title."""
    assert_error(post(written, body), 400, "validation_error")
