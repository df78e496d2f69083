"""What is kept of long responses."""

import json

import pytest

from sepolo_conformance.transport.bounds import bounded, require_size
from sepolo_conformance.transport.exchange import Exchange, Request
from sepolo_conformance.transport.response import Response, TooLargeError
from sepolo_openapi import reader

OPERATIONS = reader.load().operations


def request(operation_id: str | None) -> Request:
    return Request("GET", "/api/v1/x", operation_id=operation_id)


def page(operation_id: str, rows: int) -> Exchange:
    """Return a response with rows of 200 bytes."""
    found = [{"assetId": f"{number}", "name": "x" * 180} for number in range(rows)]
    data = found if operation_id == "getTelemetryDaily" else {"data": found, "nextCursor": None, "hasMore": False}
    return Exchange("http://t", request(operation_id), 200, (), json.dumps(data).encode(), 0.0)


@pytest.mark.parametrize(
    ("operation_id", "mebibytes"),
    [("getMe", 1), ("getAsset", 1), (None, 1), ("listAssets", 8), ("listVendors", 16), ("getTelemetryDaily", 16)],
)
def test_body_that_is_too_long_is_an_error_of_the_run(operation_id: str | None, mebibytes: int) -> None:
    """Objects, pages and lists without pages have bounds of their own."""
    require_size(request(operation_id), Response(200, (), bytes(mebibytes * 2**20)))
    with pytest.raises(TooLargeError, match=f"the response is longer than {mebibytes} MiB"):
        require_size(request(operation_id), Response(200, (), bytes(mebibytes * 2**20 + 1)))


@pytest.mark.parametrize(
    ("operation_id", "rows", "kept"),
    [
        ("listAssets", 501, 501),
        ("listAssets", 502, 501),
        ("listAssets", 20_000, 501),
        ("listVendors", 10_001, 10_001),
        ("listVendors", 12_000, 10_001),
        ("getTelemetryDaily", 12_000, 10_001),
    ],
)
def test_rows_beyond_the_largest_page_are_left_out(operation_id: str, rows: int, kept: int) -> None:
    """One row too many is kept, so that the deviation is found, and the list counts as incomplete."""
    whole = page(operation_id, rows)
    found = bounded(whole)
    assert (len(found.rows), found.rows) == (kept, whole.rows[:kept])
    assert found.has_more is (rows > kept)
    if rows > kept:
        assert (found.received_rows, found.received_bytes) == (rows, len(whole.body))
        assert len(found.body) < 2**17
        assert found.step(str).response_body.endswith(f"… ({len(whole.body)} bytes in total)")


def test_other_bodies_are_kept() -> None:
    """Short ones, objects, and bodies that are not JSON."""
    bodies = (b"{}", b"[", b"7", b"x" * 100_000, json.dumps({"data": "x" * 100_000}).encode())
    made = [Exchange("http://t", request("listAssets"), 200, (), body, 0.0) for body in bodies]
    assert [bounded(exchange) is exchange for exchange in made] == [True] * len(made)
