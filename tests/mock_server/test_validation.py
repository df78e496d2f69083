"""Parameters and bodies against the contract: what becomes of them and what is said of wrong ones."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sepolo_mock_server import errors
from sepolo_mock_server.errors import Detail, RejectedError
from sepolo_mock_server.rules import query_strings, validation
from sepolo_mock_server.rules.validation import ContractBrokenError, OperationValidator
from sepolo_openapi import reader

CONTRACT = reader.load()
REGISTRY = validation.registry(CONTRACT)
UUID = "a33b5a5d-e55a-423d-9bdf-0bc2c61f7e63"


def validator(operation_id: str) -> OperationValidator:
    return OperationValidator(CONTRACT.operations[operation_id], REGISTRY, CONTRACT.document)


def test_values() -> None:
    """Text becomes integers, instants in milliseconds, lower-case ids; defaults fill in."""
    raw = b"groupId=-5&updatedSince=1970-01-01T00:00:01.0009Z&cursor=&x=1&y"
    assert validator("listAssets").query_values(raw) == (
        {"status": "active", "pageSize": 100, "groupId": -5, "updatedSince": 1_000, "cursor": ""},
        ["x", "y"],
        [],
    )
    assert validator("listInventoryParts").query_values(f"vendorId={UUID.upper()}".encode())[0]["vendorId"] == UUID


def test_window_ends_round_inwards() -> None:
    """The start of a window rounds up to the millisecond, its end down, under either name."""
    raw = b"fromUtc=1970-01-01T00:00:01.0009Z&to=1970-01-01T00:00:01.0009Z"
    values, _, details = validator("listMovements").query_values(raw)
    assert ({name: values[name] for name in ("fromUtc", "to")}, details) == (
        {"fromUtc": 1_001, "to": 1_000},
        [],
    )


@pytest.mark.parametrize(
    ("operation", "raw", "detail"),
    [
        ("listAssets", b"pageSize=0", ("pageSize", "must be at least 1")),
        ("listAssets", b"pageSize=501", ("pageSize", "must be at most 500")),
        ("listAssets", b"pageSize=%205", ("pageSize", errors.not_integer(" 5"))),
        ("listAssets", b"pageSize=+5", ("pageSize", errors.not_integer(" 5"))),
        ("listAssets", b"pageSize=%2B5", ("pageSize", errors.not_integer("+5"))),
        ("listAssets", b"pageSize=1_0", ("pageSize", errors.not_integer("1_0"))),
        ("listAssets", b"pageSize=05", ("pageSize", errors.not_integer("05"))),
        ("listAssets", b"pageSize=5.0", ("pageSize", errors.not_integer("5.0"))),
        ("listAssets", b"pageSize=%D9%A5", ("pageSize", errors.not_integer("\N{ARABIC-INDIC DIGIT FIVE}"))),
        ("listAssets", b"pageSize=" + b"9" * 5000, ("pageSize", errors.not_integer("9" * 5000))),
        ("listAssets", b"pageSize=5&pageSize=5", ("pageSize", errors.repeated(2))),
        ("listAssets", b"groupId=", ("groupId", errors.EMPTY)),
        ("listAssets", b"groupId", ("groupId", errors.EMPTY)),
        ("listAssets", b"groupId=2147483648", ("groupId", "must be at most 2147483647")),
        ("listAssets", b"status=Active", ("status", "must be one of active, inactive, all")),
        ("listAssets", b"customerId=%00", ("customerId", errors.NUL)),
        ("listAssets", b"customerId=%ff", ("customerId", errors.BAD_UTF8)),
        ("listAssets", b"customerId=%C3%28", ("customerId", errors.BAD_UTF8)),
        ("listAssets", b"customerId=\xff", ("customerId", errors.BAD_UTF8)),
        ("listAssets", b"customerId=50%", ("customerId", errors.BAD_PERCENT)),
        ("listAssets", b"a%zz=1", ("a%zz", f"its name {errors.BAD_PERCENT}")),
        ("listAssets", b"updatedSince=2026", ("updatedSince", errors.not_instant("2026"))),
        ("listAssets", b"cursor=" + b"A" * 513, ("cursor", "must be at most 512 characters long")),
        ("listDevices", b"status=active", ("status", "must match ^-?[0-9]{1,9}$")),
        ("listInventoryParts", b"vendorId=junk", ("vendorId", errors.not_uuid("junk"))),
        ("listMovements", b"minDurationSeconds=-1", ("minDurationSeconds", "must be at least 0")),
    ],
)
def test_refused_parameters(operation: str, raw: bytes, detail: tuple[str, str]) -> None:
    """Each kind of wrong value is refused by name, with what would be right."""
    assert validator(operation).query_values(raw)[2] == [Detail(*detail)]


def test_all_faults_at_once() -> None:
    """Every wrong parameter is named in one answer."""
    _, _, details = validator("listAssets").query_values(b"pageSize=x&status=y&groupId=z")
    assert sorted(detail.parameter for detail in details) == ["groupId", "pageSize", "status"]


@pytest.mark.parametrize(
    ("operation", "raw", "values", "details"),
    [
        ("getDevice", {"deviceId": b"a%2Fb%20%C3%98"}, {"deviceId": "a/b Ø"}, []),
        ("getAsset", {"assetId": UUID.upper().encode()}, {"assetId": UUID}, []),
        ("getAsset", {"assetId": b"1"}, {}, [Detail("assetId", errors.not_uuid("1"))]),
        ("getDevice", {"deviceId": b"%00"}, {}, [Detail("deviceId", errors.NUL)]),
        (
            "getDevice",
            {"deviceId": b"x" * 129},
            {"deviceId": "x" * 129},
            [Detail("deviceId", "must be at most 128 characters long")],
        ),
    ],
)
def test_path_values(operation: str, raw: dict[str, bytes], values: dict[str, str], details: list[Detail]) -> None:
    """Path parameters are decoded and checked like any other."""
    assert validator(operation).path_values(raw) == (values, details)


@given(st.binary(max_size=60))
def test_any_query(raw: bytes) -> None:
    """Whatever bytes stand in a query, the result is values and details, never an exception."""
    for operation in ("listAssets", "listDeviceTelemetry", "listDevices"):
        validator(operation).query_values(raw)


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_decoding_inverts_encoding(text: str) -> None:
    """Any text, percent-encoded as UTF-8, is decoded to itself."""
    assert query_strings.decoded(b"".join(b"%%%02X" % byte for byte in text.encode())) == text


@pytest.mark.parametrize("raw", [b"%", b"%2", b"%G0", b"a%", b"%%41"])
def test_bad_percent_encoding(raw: bytes) -> None:
    """A percent sign that starts no escape is refused."""
    with pytest.raises(RejectedError) as caught:
        query_strings.decoded(raw)
    assert caught.value.message == errors.BAD_PERCENT


@pytest.mark.parametrize(
    ("payload", "details"),
    [
        ({"title": "t", "extra": 1}, []),
        ({}, [("title", errors.MISSING)]),
        ([], [("body", "must be an object")]),
        (
            {"title": "", "assetId": "x"},
            [("assetId", "must be a UUID"), ("title", "must be at least 1 characters long")],
        ),
        ({"title": "t", "laborHours": -1}, [("laborHours", "must be at least 0")]),
        ({"title": 5}, [("title", "must be a text")]),
        ({"title": "t", "startedOn": "now"}, [("startedOn", "must be like 2026-06-01T00:00:00Z")]),
        ({"title": "t", "externalReference": 5}, [("externalReference", "must be a text or null")]),
    ],
)
def test_bodies(payload: object, details: list[tuple[str, str]]) -> None:
    """A body is judged by its schema; unknown members are no fault."""
    found = validator("createServiceReport").body(payload)
    assert sorted(found, key=lambda one: one.parameter) == list(itertools.starmap(Detail, details))


def test_every_parameter_can_be_read() -> None:
    """Each parameter of the contract has a reader for its type and format."""
    for operation in CONTRACT.operations.values():
        known = validator(operation.operation_id)
        for parameter in operation.parameters:
            if parameter.where == "query":
                known.query_values(f"{parameter.name}=1".encode())
            elif parameter.where == "path":
                known.path_values({parameter.name: b"1"})


def test_responses() -> None:
    """An answer that breaks the contract is told by operation and place."""
    check = validator("getAsset").check_response
    check(b'{"assetId":"%s","isActive":true}' % UUID.encode())
    with pytest.raises(ContractBrokenError, match="getAsset: /isActive: "):
        check(b'{"assetId":"%s","isActive":1}' % UUID.encode())


def test_keywords_without_a_sentence() -> None:
    """A keyword that nobody has worded yet is still named."""
    assert errors.finding("multipleOf", 5) == "does not satisfy multipleOf of the contract"
    assert errors.finding("format", "email") == "must be of the format email"


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (["x"], 'unknown parameter "x" ignored'),
        (["a", "b"], 'unknown parameters "a", "b" ignored'),
        (list("abcdefg"), 'unknown parameters "a", "b", "c", "d", "e" and 2 more ignored'),
        (['a"\r\nSet-Cookie: b\\Ø'], 'unknown parameter "a???Set-Cookie: b??" ignored'),
        (["x" * 100], f'unknown parameter "{"x" * 64}..." ignored'),
    ],
)
def test_warnings(names: list[str], text: str) -> None:
    """A warning names what was ignored, safe for a header and bounded in length."""
    assert query_strings.warning(names, "parameter") == text
