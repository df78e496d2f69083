"""Values that Schemathesis generates, put into valid calls."""

from urllib.parse import urlsplit

from hypothesis import given, settings
from hypothesis import strategies as st

from sepolo_conformance.api.calls import Call, reads
from sepolo_conformance.checks.robustness.generated_calls import (
    derived_values,
    fuzzed_calls,
    with_all_parameters,
    with_value,
)
from sepolo_openapi import reader

OPERATIONS = reader.load().operations
ASSET = Call(OPERATIONS["getAsset"], {"assetId": "a33b5a5d-e55a-423d-9bdf-0bc2c61f7e63"})


def _call(name: str) -> Call:
    ids = {"deviceId": "SEP-1"} if "{" in OPERATIONS[name].path else {}
    return Call(OPERATIONS[name], ids)


def test_every_parameter_gets_derived_values() -> None:
    """Each path and query parameter of an operation gets values, among them the limits of its schema."""
    for operation in reads(reader.load()):
        names = {entry.name for entry in operation.parameters if entry.where in ("query", "path")}
        assert {name for name, _ in derived_values(operation.operation_id)} >= names
    sizes = {value for name, value in derived_values("listAssets") if name == "pageSize"}
    assert sizes >= {"0", "1", "500", "501"}


def test_examples_are_added_to_the_parameters_of_a_call() -> None:
    """The ids and query values of the call stay; aliases and cursors are not added."""
    call = Call(OPERATIONS["listMovements"], {"deviceId": "mine"}, {"from": "a", "to": "b", "pageSize": 2})
    full = with_all_parameters(call)
    assert full.ids == call.ids
    assert {**full.query, **call.query} == full.query
    assert set(full.query) == {"from", "to", "pageSize", "minDurationSeconds"}


def test_id_is_not_replaced_by_an_empty_value_or_dots() -> None:
    """Such an id would change the path to that of another operation."""
    for empty in ("", ".", "..", "/", "./"):
        assert with_value(ASSET, "assetId", empty) == ASSET
    assert with_value(ASSET, "assetId", "a/b").target == "/api/v1/assets/a%2Fb"


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["listAssets", "getDevice", "listDeviceTelemetry"]).flatmap(lambda name: fuzzed_calls(_call(name)))
)
def test_fuzzed_call_can_be_sent(generated: Call) -> None:
    """Every generated call has a URL in ASCII whose path is that of the operation."""
    path = urlsplit(generated.target).path
    assert generated.target.isascii()
    assert path.count("/") == generated.operation.path.count("/")
    assert "//" not in path
