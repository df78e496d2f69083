"""Validation: values of parameters, and the message for each kind of invalid parameter, body and response."""

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sepolo_mock_server.errors import Detail, messages
from sepolo_mock_server.rules import validation
from sepolo_mock_server.rules.validation import ContractBrokenError, OperationValidator
from sepolo_openapi import reader

CONTRACT = reader.load()
REGISTRY = validation.registry(CONTRACT)
UUID = "a33b5a5d-e55a-423d-9bdf-0bc2c61f7e63"


def validator(operation_id: str) -> OperationValidator:
    return OperationValidator(CONTRACT.operations[operation_id], CONTRACT, REGISTRY)


def every_validator() -> Iterator[OperationValidator]:
    """Yield the validator of every operation of the contract and of the management API."""
    for contract in (CONTRACT, reader.load_management()):
        for operation in contract.operations.values():
            yield OperationValidator(operation, contract, validation.registry(contract))


def test_values() -> None:
    """Texts become integers, instants in milliseconds and lower-case ids; missing parameters get their defaults."""
    raw = b"groupId=-5&updatedSince=1970-01-01T00:00:01.0009Z&cursor=&x=1&y"
    assert validator("listAssets").query_values(raw) == (
        {"status": "active", "pageSize": 100, "groupId": -5, "updatedSince": 1_000, "cursor": ""},
        ['unknown parameters "x", "y" ignored'],
        [],
    )
    assert validator("listInventoryParts").query_values(f"vendorId={UUID.upper()}".encode())[0]["vendorId"] == UUID


def test_window_ends_round_inwards() -> None:
    """The start of a window rounds up to the millisecond, its end down, under either name."""
    raw = b"fromUtc=1970-01-01T00:00:01.0009Z&to=1970-01-01T00:00:01.0009Z"
    values, _, details = validator("listMovements").query_values(raw)
    assert ({name: values[name] for name in ("fromUtc", "to")}, details) == ({"fromUtc": 1_001, "to": 1_000}, [])


@pytest.mark.parametrize(
    ("operation", "raw", "detail"),
    [
        ("listAssets", b"pageSize=0", ("pageSize", "must be at least 1")),
        ("listAssets", b"pageSize=501", ("pageSize", "must be at most 500")),
        ("listAssets", b"pageSize=%205", ("pageSize", messages.not_integer(" 5"))),
        ("listAssets", b"pageSize=+5", ("pageSize", messages.not_integer(" 5"))),
        ("listAssets", b"pageSize=%2B5", ("pageSize", messages.not_integer("+5"))),
        ("listAssets", b"pageSize=1_0", ("pageSize", messages.not_integer("1_0"))),
        ("listAssets", b"pageSize=05", ("pageSize", messages.not_integer("05"))),
        ("listAssets", b"pageSize=5.0", ("pageSize", messages.not_integer("5.0"))),
        ("listAssets", b"pageSize=%D9%A5", ("pageSize", messages.not_integer("\N{ARABIC-INDIC DIGIT FIVE}"))),
        ("listAssets", b"pageSize=" + b"9" * 5000, ("pageSize", messages.not_integer("9" * 5000))),
        ("listAssets", b"pageSize=5&pageSize=5", ("pageSize", messages.repeated(2))),
        ("listAssets", b"groupId=", ("groupId", messages.EMPTY)),
        ("listAssets", b"groupId", ("groupId", messages.EMPTY)),
        ("listAssets", b"groupId=2147483648", ("groupId", "must be at most 2147483647")),
        ("listAssets", b"status=Active", ("status", "must be one of active, inactive, all")),
        ("listAssets", b"customerId=%00", ("customerId", messages.NUL)),
        ("listAssets", b"customerId=%ff", ("customerId", messages.BAD_UTF8)),
        ("listAssets", b"customerId=%C3%28", ("customerId", messages.BAD_UTF8)),
        ("listAssets", b"customerId=\xff", ("customerId", messages.BAD_UTF8)),
        ("listAssets", b"customerId=50%", ("customerId", messages.BAD_PERCENT)),
        ("listAssets", b"a%zz=1", ("a%zz", f"its name {messages.BAD_PERCENT}")),
        ("listAssets", b"updatedSince=2026", ("updatedSince", messages.not_instant("2026"))),
        ("listAssets", b"cursor=" + b"A" * 513, ("cursor", "must be at most 512 characters long")),
        ("listDevices", b"status=active", ("status", "must match ^-?[0-9]{1,9}$")),
        ("listInventoryParts", b"vendorId=junk", ("vendorId", messages.not_uuid("junk"))),
        ("listMovements", b"minDurationSeconds=-1", ("minDurationSeconds", "must be at least 0")),
    ],
)
def test_rejected_parameters(operation: str, raw: bytes, detail: tuple[str, str]) -> None:
    """Each kind of invalid value is rejected with the parameter's name and the accepted values."""
    assert validator(operation).query_values(raw)[2] == [Detail(*detail)]


def test_all_invalid_parameters_are_reported() -> None:
    """One response names every invalid parameter."""
    _, _, details = validator("listAssets").query_values(b"pageSize=x&status=y&groupId=z")
    assert sorted(detail.parameter for detail in details) == ["groupId", "pageSize", "status"]


@pytest.mark.parametrize(
    ("operation", "raw", "values", "details"),
    [
        ("getDevice", {"deviceId": b"a%2Fb%20%C3%98"}, {"deviceId": "a/b Ø"}, []),
        ("getAsset", {"assetId": UUID.upper().encode()}, {"assetId": UUID}, []),
        ("getAsset", {"assetId": b"1"}, {}, [Detail("assetId", messages.not_uuid("1"))]),
        ("getDevice", {"deviceId": b"%00"}, {}, [Detail("deviceId", messages.NUL)]),
        (
            "getDevice",
            {"deviceId": b"x" * 129},
            {"deviceId": "x" * 129},
            [Detail("deviceId", "must be at most 128 characters long")],
        ),
    ],
)
def test_path_values(operation: str, raw: dict[str, bytes], values: dict[str, str], details: list[Detail]) -> None:
    """Path parameters are decoded and checked like query parameters."""
    assert validator(operation).path_values(raw) == (values, details)


def test_offset_without_colon_is_a_warning() -> None:
    """An offset without a colon is accepted in queries and bodies, and a warning names it."""
    warning = 'offset +0200 of "{}" lacks a colon: write +02:00'
    values, warnings, details = validator("listAssets").query_values(b"updatedSince=1970-01-01T02:00:01%2B0200")
    assert (values["updatedSince"], warnings, details) == (1_000, [warning.format("updatedSince")], [])
    report = validator("createServiceReport")
    payload, warnings = report.with_colons({"title": "t", "startedOn": "1970-01-01T02:00:01+0200", "completedOn": 5})
    assert payload == {"title": "t", "startedOn": "1970-01-01T02:00:01+02:00", "completedOn": 5}
    assert warnings == [warning.format("startedOn")]
    assert report.with_colons([]) == ([], [])


@given(st.binary(max_size=60))
def test_any_query(raw: bytes) -> None:
    """Any bytes in a query give values and details, never an exception."""
    for operation in ("listAssets", "listDeviceTelemetry", "listDevices"):
        validator(operation).query_values(raw)


@pytest.mark.parametrize(
    ("payload", "details"),
    [
        ({"title": "t", "extra": 1}, []),
        ({}, [("title", messages.MISSING)]),
        ([], [("body", "must be an object")]),
        (
            {"title": "", "assetId": "x"},
            [("assetId", "must be a UUID"), ("title", "must be at least 1 characters long")],
        ),
        ({"title": "t", "laborHours": -1}, [("laborHours", "must be at least 0")]),
        ({"title": 5}, [("title", "must be a string")]),
        ({"title": "t", "startedOn": "2026-06-01T00:00Z"}, [("startedOn", messages.INSTANT_NO_SECONDS)]),
        ({"title": "t", "startedOn": "now"}, [("startedOn", messages.not_instant("now"))]),
        ({"title": "t", "externalReference": 5}, [("externalReference", "must be a string or null")]),
    ],
)
def test_bodies(payload: object, details: list[tuple[str, str]]) -> None:
    """A body is checked by its schema; unknown members are allowed."""
    found = validator("createServiceReport").body(payload)
    assert sorted(found, key=lambda one: one.parameter) == list(itertools.starmap(Detail, details))


def test_every_parameter_can_be_converted() -> None:
    """Each parameter of the contract has a converter for its type and format."""
    for known in every_validator():
        for parameter in known.operation.parameters:
            if parameter.where == "query":
                known.query_values(f"{parameter.name}=1".encode())
            elif parameter.where == "path":
                known.path_values({parameter.name: b"1"})


def test_responses() -> None:
    """A response that does not match the contract is reported with its operation and place."""
    check = validator("getAsset").check_response
    check(b'{"assetId":"%s","isActive":true}' % UUID.encode())
    with pytest.raises(ContractBrokenError, match="getAsset: /isActive: "):
        check(b'{"assetId":"%s","isActive":1}' % UUID.encode())
