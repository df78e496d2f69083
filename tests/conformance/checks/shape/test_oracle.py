"""openapi-core's word on answers, shared out by what sort of fault it is and how sure the contract is."""

import json
from typing import Any

import pytest

from sepolo_conformance.checks.shape.oracle import Basis, Fault, Kind, Oracle
from sepolo_conformance.transport.exchange import Exchange, Request
from sepolo_openapi import reader

ID = "a33b5a5d-e55a-423d-9bdf-0bc2c61f7e63"
ASSET = {"assetId": ID, "name": "Cooling line 4", "deviceId": None, "isActive": True}
LOADED = reader.load()


def answer(body: Any, status: int = 200, media: str = "application/json", operation: str = "listAssets") -> Exchange:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = Request("GET", LOADED.operations[operation].path, operation_id=operation)
    return Exchange("http://x", request, status, (("Content-Type", media),), raw, 0.0)


def page_of(*rows: object) -> dict[str, object]:
    return {"data": list(rows), "nextCursor": None, "hasMore": False}


def faults(exchange: Exchange) -> list[tuple[Kind, Basis, str]]:
    return [(fault.kind, fault.basis, fault.member) for fault in fresh().faults(exchange)]


def fresh() -> Oracle:
    return Oracle(LOADED.document, LOADED.operations)


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (ASSET, []),
        (ASSET | {"extra": {"deep": [1]}}, []),
        ({"assetId": ASSET["assetId"]}, []),
        (ASSET | {"updatedOn": "2026-06-01T00:00:00.1234567Z"}, []),
        (ASSET | {"createdOn": "2026-06-01T00:00:00+02:00"}, [(Kind.ZONE, Basis.ASSUMED, "data[].createdOn")]),
        (ASSET | {"isActive": None}, [(Kind.TYPE, Basis.DOCUMENTED, "data[].isActive")]),
        (
            ASSET | {"assetId": "seven"},
            [(Kind.FORMAT, Basis.DOCUMENTED, "data[].assetId"), (Kind.CASE, Basis.DOCUMENTED, "data[].assetId")],
        ),
        (ASSET | {"groupId": "12"}, [(Kind.TYPE, Basis.IMPLIED, "data[].groupId")]),
        (ASSET | {"latitude": "north"}, [(Kind.TYPE, Basis.ASSUMED, "data[].latitude")]),
        (ASSET | {"childCount": -1}, [(Kind.RANGE, Basis.ASSUMED, "data[].childCount")]),
        ({"name": "x"}, [(Kind.MISSING, Basis.DOCUMENTED, "data[].assetId")]),
        ("text", [(Kind.TYPE, Basis.DOCUMENTED, "data[]")]),
        (
            ASSET | {"updatedOn": "2026-06-01T00:00:00"},
            [(Kind.FORMAT, Basis.IMPLIED, "data[].updatedOn"), (Kind.OFFSET, Basis.IMPLIED, "data[].updatedOn")],
        ),
    ],
)
def test_a_fault_is_named_by_member_kind_and_basis(row: object, found: list[tuple[Kind, Basis, str]]) -> None:
    """Documented members are one thing, those that the contract assumes another."""
    assert faults(answer(page_of(row))) == found


@pytest.mark.parametrize(
    ("exchange", "found"),
    [
        (answer(b"<html>", media="text/html"), [(Kind.BODY, Basis.DOCUMENTED, "")]),
        (answer(page_of(), media="text/plain"), [(Kind.MEDIA, Basis.DOCUMENTED, "")]),
        (answer(page_of(), media="application/json; charset=UTF-8"), []),
        (answer({"data": [], "hasMore": False}), [(Kind.MISSING, Basis.DOCUMENTED, "nextCursor")]),
        (answer([]), [(Kind.TYPE, Basis.DOCUMENTED, "")]),
        (answer({"error": "forbidden", "message": "No."}, 403), []),
        (answer({"error": "forbidden"}, 403), [(Kind.MISSING, Basis.DOCUMENTED, "message")]),
        (answer({}, 418), [(Kind.STATUS, Basis.IMPLIED, "")]),
        (answer(b"", 304), []),
        (answer([], operation="getTelemetryDaily"), []),
        (answer(page_of(), operation="getTelemetryDaily"), [(Kind.TYPE, Basis.DOCUMENTED, "")]),
    ],
)
def test_answers_are_judged_as_a_whole(exchange: Exchange, found: list[tuple[Kind, Basis, str]]) -> None:
    """Status, media type and envelope, of successes and errors."""
    assert faults(exchange) == found


def test_a_fault_says_whose_it_is_in_words() -> None:
    """A person who reads it finds the row."""
    body = page_of(ASSET, ASSET | {"isActive": "yes", "assetId": f"b{ID[1:]}"})
    (fault,) = fresh().faults(answer(body))
    assert fault == Fault(
        Kind.TYPE,
        Basis.DOCUMENTED,
        "data[].isActive",
        "listAssets 200: data[].isActive is of type boolean",
        "\"yes\" (in the row whose assetId is 'b33b5a5d-e55a-423d-9bdf-0bc2c61f7e63')",
    )


def test_a_row_is_judged_once() -> None:
    """The same row on another page costs nothing and says nothing twice; one that differs is judged again."""
    oracle, bad = fresh(), ASSET | {"isActive": None}
    counts = [len(oracle.faults(answer(page_of(row)))) for row in (bad, bad, bad | {"name": "other"})]
    assert counts == [1, 0, 1]
