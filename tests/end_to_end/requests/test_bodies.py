"""Bodies of createServiceReport: invalid members, malformed JSON, media types, size, and unusual valid bodies."""

import asyncio
import json
from collections.abc import Iterator
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

VALUES_BY_TYPE = {
    "null": None,
    "string": "text",
    "number": 1.5,
    "boolean": True,
    "array": ["text"],
    "object": {"text": "text"},
}


@pytest.fixture(scope="module", autouse=True)
def _nothing_is_stored(sandbox: InProcess) -> Iterator[None]:
    """Fail if the tests of this module store a report in the shared sandbox."""
    before = sandbox.app.sandbox.store.version()
    yield
    assert sandbox.app.sandbox.store.version() == before


@pytest.fixture(scope="module")
def writable_sandbox(runner: asyncio.Runner) -> Iterator[InProcess]:
    """A sandbox for the tests of this module that may write."""
    made = in_process(runner)
    yield made
    made.close()


def post(client: InProcess, body: Any, *headers: tuple[str, str]) -> Response:
    """Send a body: bytes as they are, anything else as JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client("POST", CREATE.path, body=raw, headers=headers or [JSON])


def _invalid_members() -> Iterator[tuple[str, Any]]:
    for name, schema in MEMBERS.items():
        types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        yield from ((name, value) for type_, value in VALUES_BY_TYPE.items() if type_ not in types)
        if "string" in types:
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


@pytest.mark.parametrize(("name", "value"), list(_invalid_members()))
def test_invalid_member_is_rejected(name: str, value: Any, sandbox: InProcess) -> None:
    """A member that the schema forbids is a 400 that names it and says what is valid."""
    response = post(sandbox, SMALLEST | {name: value})
    assert_error(response, 400, "validation_error", name)
    assert any(
        text in response.json["message"] for text in ("must ", "names no ", "has no offset", "not supported", "write ")
    )


def test_missing_members_are_rejected(sandbox: InProcess) -> None:
    """A body without title or without asset and device is a 400 that names each missing or invalid member."""
    assert_error(post(sandbox, {"assetId": ASSET}), 400, "validation_error", "title")
    without_target = post(sandbox, {"title": "t"})
    assert_error(without_target, 400, "validation_error", "assetId")
    assert "assetId or deviceId" in without_target.json["message"]
    assert_error(post(sandbox, SMALLEST | {"assetId": None}), 400, "validation_error", "assetId")
    assert_error(post(sandbox, {"laborCost": -1}), 400, "validation_error", "title", "laborCost")


def test_contradictory_body_is_rejected(sandbox: InProcess, foreign_ids: ResourceIds) -> None:
    """A body that names a foreign asset or device, or ends before it starts, is a 400."""
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
def test_body_that_is_not_json_is_rejected(body: bytes, sandbox: InProcess) -> None:
    """A body that is not JSON in UTF-8 is a 400."""
    assert_error(post(sandbox, body), 400, "validation_error", "body")


@pytest.mark.parametrize("body", [None, True, 5, "text", [], [SMALLEST]])
def test_body_that_is_not_an_object_is_rejected(body: Any, sandbox: InProcess) -> None:
    """JSON that is not an object is a 400."""
    response = post(sandbox, json.dumps(body).encode())
    assert_error(response, 400, "validation_error", "body")
    assert "an object" in response.json["message"]


@pytest.mark.parametrize(
    "media_type",
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
def test_other_media_type_is_rejected(media_type: str | None, sandbox: InProcess) -> None:
    """A media type other than JSON in UTF-8 is a 415, even if the body is valid JSON."""
    headers = [("X-None", "1")] if media_type is None else [("Content-Type", media_type)]
    response = post(sandbox, SMALLEST, *headers)
    assert_error(response, 415, "unsupported_media_type")
    assert "application/json" in response.json["message"]


@pytest.mark.parametrize("media_type", ["application/json;charset=utf-8", 'APPLICATION/JSON; Charset="UTF-8"; q=1'])
def test_media_type_is_case_insensitive(media_type: str, new_sandbox: InProcess) -> None:
    """The media type is accepted in any case and with parameters."""
    assert post(new_sandbox, SMALLEST, ("Content-Type", media_type)).status == 201


def test_size_limit(new_sandbox: InProcess) -> None:
    """A body of 1 MiB is accepted, whole or in chunks; one more byte is a 413, received or declared."""
    padding = LIMIT - len(json.dumps(SMALLEST))
    largest = json.dumps(SMALLEST).encode() + b" " * padding
    assert post(new_sandbox, largest).status == 201
    assert new_sandbox("POST", CREATE.path, body=[largest[:9], b"", largest[9:]], headers=[JSON]).status == 201
    for body in ([largest + b" "], [b" "] * 9 + [largest], [b"x" * LIMIT, b"x" * LIMIT]):
        assert_error(new_sandbox("POST", CREATE.path, body=body, headers=[JSON]), 413, "payload_too_large")
    for declared in (LIMIT + 1, 10**30):
        headers = (JSON, ("Content-Length", str(declared)))
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
def test_unusual_valid_body_is_stored(more: dict[str, Any], new_sandbox: InProcess) -> None:
    """Extreme but valid values are stored, and returned as valid JSON by id and in the list."""
    response = post(new_sandbox, SMALLEST | more)
    assert response.status == 201, response
    row = new_sandbox("GET", response.headers["location"])
    assert row.status == 200, row
    listed = new_sandbox("GET", "/api/v1/service-reports?pageSize=1")
    assert listed.json["data"] == [row.json]
    assert row.json["assetId"] == ASSET
    assert row.json["title"] == more.get("title", "t")


_scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
_json = st.recursive(
    _scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
)


@given(body=st.dictionaries(st.sampled_from(sorted(MEMBERS)), _json))
@hypothesis_settings(max_examples=100)
def test_arbitrary_object(writable_sandbox: InProcess, body: dict[str, Any]) -> None:
    """An arbitrary object is stored, or is a 400 that names its members."""
    response = post(writable_sandbox, json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    if response.status == 201:
        assert writable_sandbox("GET", response.headers["location"]).status == 200
    else:
        assert_error(response, 400, "validation_error")
        names = {name.partition(".")[0] for name in rejected_parameters(response)}
        assert names <= {*body, "title", "assetId", "body"}


@given(body=st.binary(max_size=200) | st.text().map(str.encode))
@hypothesis_settings(max_examples=100)
def test_arbitrary_bytes_are_rejected(writable_sandbox: InProcess, body: bytes) -> None:
    """Arbitrary bytes without a title are a 400."""
    assert_error(post(writable_sandbox, body), 400, "validation_error")
