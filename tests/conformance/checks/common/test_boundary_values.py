"""Invalid and extreme parameter values, and the calls that contain them."""

from collections import Counter, defaultdict
from datetime import UTC, datetime

import pytest

from sepolo_conformance.api.calls import Call, reads
from sepolo_conformance.checks.common.boundary_values import (
    EDGES,
    NEARLY_VALID,
    UNREADABLE,
    distributed,
    edge_calls,
    kind_of,
    violates,
)
from sepolo_openapi import reader
from sepolo_openapi.contract import Parameter

OPERATIONS = reader.load().operations
START, STOP = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 2, tzinfo=UTC)


def parameter(operation_id: str, name: str) -> Parameter:
    return next(entry for entry in OPERATIONS[operation_id].parameters if entry.name == name)


def test_every_query_parameter_has_values() -> None:
    """Every query parameter of the contract has a kind with values."""
    found = [entry for operation in reads(reader.load()) for entry in operation.parameters if entry.where == "query"]
    assert [entry.name for entry in found if not EDGES.get(kind_of(entry))] == []
    typed = [entry for entry in found if entry.schema.get("format")]
    assert [entry.name for entry in typed if not UNREADABLE.get(kind_of(entry))] == []


@pytest.mark.parametrize(
    ("operation_id", "name", "sent"),
    [
        ("listMovements", "fromUtc", {"to": "2026-06-02T00:00:00Z", "fromUtc": "yesterday"}),
        ("listMovements", "to", {"from": "2026-06-01T00:00:00Z", "to": "yesterday"}),
        ("listIncidents", "toUtc", {"fromUtc": "2026-06-01T00:00:00Z", "toUtc": "yesterday"}),
    ],
)
def test_invalid_end_replaces_the_valid_one(operation_id: str, name: str, sent: dict[str, str]) -> None:
    """An alias is never sent together with the name that it stands for."""
    call = Call(OPERATIONS[operation_id], {"deviceId": "d"}).within(START, STOP)
    found = {edge.parameter.name: edge.call.query for edge in edge_calls(call, UNREADABLE) if edge.value == "yesterday"}
    assert found[name] == {"pageSize": 2, **sent}


def test_extreme_end_is_sent_alone_or_for_both_ends() -> None:
    """For a required window both ends have the same value, so that the call has only one fault."""
    required = Call(OPERATIONS["listMovements"], {"deviceId": "d"}).within(START, STOP)
    optional = Call(OPERATIONS["listServiceVisits"]).within(START, STOP)
    far = "9999-12-31T23:59:59.9999999Z"
    both = [edge.call.query for edge in edge_calls(required, EDGES, alone=True) if edge.value == far]
    alone = [edge.call.query for edge in edge_calls(optional, EDGES, alone=True) if edge.value == far]
    assert both[0] == {"pageSize": 2, "from": far, "to": far}
    assert alone == [{"fromUtc": far}, {"toUtc": far}]


def test_extreme_values_are_distributed() -> None:
    """Every value is sent, about half of the calls are made, and both ends of windows get each value."""
    turns: Counter[str] = Counter()
    given: dict[tuple[str, str], set[str]] = defaultdict(set)
    made = every = 0
    for operation in reads(reader.load()):
        found = list(
            edge_calls(Call(operation, dict.fromkeys(("assetId", "deviceId", "cycleId"), "d")), EDGES, alone=True)
        )
        every += len(found)
        for edge in distributed(found, turns):
            given[kind_of(edge.parameter), edge.value].add(edge.parameter.name)
            made += 1
    assert set(given) == {(kind, value) for kind, values in EDGES.items() for value in values}
    for value in EDGES["instant"]:
        names = given["instant", value]
        assert names & {"from", "fromUtc"}
        assert names & {"to", "toUtc"}
    assert 0.5 < made / every < 0.75


@pytest.mark.parametrize(
    ("operation_id", "name", "value", "expected"),
    [
        ("listAssets", "groupId", "2147483647", False),
        ("listAssets", "groupId", "2147483648", True),
        ("listAssets", "groupId", "\N{ARABIC-INDIC DIGIT THREE}", True),
        ("listMovements", "minDurationSeconds", "-1", True),
        ("listIncidents", "state", "-1", False),
        ("listAssets", "customerId", "x" * 128, False),
        ("listAssets", "customerId", "x" * 129, True),
        ("listAssets", "customerId", "a\x00", True),
        ("listAssets", "status", "ACTIVE", True),
        ("listAssets", "updatedSince", "0001-01-01T00:00:00Z", False),
        ("listDevices", "status", "999999999", False),
        ("listDevices", "status", "x", True),
        ("listInventoryParts", "vendorId", "00000000-0000-0000-0000-000000000000", False),
        ("listAssets", "cursor", "eyJhIjoxfQ", False),
        ("listAssets", "cursor", "A" * 513, True),
    ],
)
def test_values_that_violate_the_contract(operation_id: str, name: str, value: str, *, expected: bool) -> None:
    """The last value within a limit is valid, the first one beyond it is not."""
    assert violates(parameter(operation_id, name), value) is expected


def test_invalid_and_nearly_valid_values_violate_the_contract() -> None:
    """No value that has to be rejected is valid in the contract."""
    for operation in reads(reader.load()):
        for table in (UNREADABLE, NEARLY_VALID):
            call = Call(operation, {entry.name: "d" for entry in operation.parameters if entry.where == "path"})
            allowed = [edge.shown for edge in edge_calls(call, table) if not violates(edge.parameter, edge.value)]
            assert [text for text in allowed if "T" not in text.partition("=")[2] and "yesterday" not in text] == []
