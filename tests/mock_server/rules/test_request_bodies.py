"""Request bodies: media type, size, JSON syntax and the idempotency key, over HTTP."""

from typing import Any

import pytest

from sepolo_mock_server.errors import messages

REPORTS = "/api/v1/service-reports"
ASSET = "a33b5a5d-e55a-423d-9bdf-0bc2c61f7e63"
JSON = ("Content-Type", "application/json")


@pytest.mark.parametrize(
    ("chunks", "message"),
    [
        ([b""], "body: " + messages.BODY_MISSING),
        ([b"  "], "body: " + messages.BODY_MISSING),
        ([b'{"title":}'], None),
        ([b'{"title": NaN}'], None),
        ([b"\xff"], "body: " + messages.BODY_UTF8),
        ([b"[" * 5000 + b"]" * 5000], None),
        ([b"null"], "body: must be an object"),
    ],
)
def test_malformed_body(client: Any, chunks: list[bytes], message: str | None) -> None:
    """A body that is not a JSON object is a 400 with the place of the error."""
    response = client("POST", REPORTS, headers=[JSON], body=chunks)
    assert response.status == 400
    if message is None:
        assert "is not valid JSON" in response.json["message"]
        assert "at line 1, column" in response.json["message"]
    else:
        assert response.json["message"] == message


def test_repeated_member(client: Any) -> None:
    """If a member is given twice the last one counts."""
    body = b'{"title": 5, "title": "t", "assetId": "%s"}' % ASSET.encode()
    response = client("POST", REPORTS, headers=[("Content-Type", "application/json; charset=UTF-8")], body=[body])
    assert response.status == 201


@pytest.mark.parametrize(
    "media_type",
    [None, "text/plain", "application/json; charset=latin-1", "application/json; charset=bogus", "multipart/form-data"],
)
def test_wrong_media_type(client: Any, media_type: str | None) -> None:
    """Every media type but JSON in UTF-8 is a 415."""
    headers = [] if media_type is None else [("Content-Type", media_type)]
    response = client("POST", REPORTS, headers=headers, body=[b"{}"])
    assert (response.status, response.json["error"]) == (415, "unsupported_media_type")


def test_compressed_body(client: Any) -> None:
    """A compressed body is a 415 that names its encoding."""
    response = client("POST", REPORTS, headers=[JSON, ("Content-Encoding", "gzip")], body=[b"{}"])
    assert (response.status, response.json["error"]) == (415, "unsupported_media_type")
    assert '"gzip"' in response.json["message"]


def test_size_limit(client: Any) -> None:
    """A body over 1 MiB is a 413, by its Content-Length or as it is received; a body of 1 MiB is read."""
    declared = client("POST", REPORTS, headers=[JSON, ("Content-Length", "1048577")], body=[b"{}"])
    received = client("POST", REPORTS, headers=[JSON], body=[b" " * 600_000, b" " * 600_000])
    exact = client("POST", REPORTS, headers=[JSON], body=[b" " * 1_048_576])
    assert [response.status for response in (declared, received, exact)] == [413, 413, 400]
    assert declared.json["error"] == "payload_too_large"


def test_body_in_chunks(client: Any) -> None:
    """A body that arrives in several chunks is joined."""
    chunks = [b'{"title": "t", ', b'"assetId": "', ASSET.encode(), b'"}']
    assert client("POST", REPORTS, headers=[JSON], body=chunks).status == 201


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "a b", "ø", "a\x07"])
def test_rejected_idempotency_keys(client: Any, key: str) -> None:
    """An Idempotency-Key that is not 1 to 255 visible ASCII characters is a 400."""
    response = client("POST", REPORTS, headers=[("Idempotency-Key", key)], body={"assetId": ASSET, "title": "t"})
    expected = [{"parameter": "Idempotency-Key", "message": messages.IDEMPOTENCY_KEY}]
    assert (response.status, response.json["details"]) == (400, expected)


def test_longest_idempotency_key(client: Any) -> None:
    """An Idempotency-Key of 255 characters is accepted, two of them are not."""
    body, key = {"assetId": ASSET, "title": "t"}, ("Idempotency-Key", "x" * 255)
    assert client("POST", REPORTS, headers=[key], body=body).status == 201
    assert client("POST", REPORTS, headers=[key, key], body=body).status == 400
