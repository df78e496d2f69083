"""What Schemathesis makes, put round real calls."""

from urllib.parse import urlsplit

from hypothesis import given, settings
from hypothesis import strategies as st

from sepolo_conformance.api.calls import Call, reads
from sepolo_conformance.checks.robustness.generated_calls import derived, fuzzed, optional, put
from sepolo_openapi import reader

OPERATIONS = reader.load().operations
ASSET = Call(OPERATIONS["getAsset"], {"assetId": "a33b5a5d-e55a-423d-9bdf-0bc2c61f7e63"})


def test_values_are_derived_for_every_parameter() -> None:
    """Each parameter in path and query of an operation gets values, the limits of its schema among them."""
    for operation in reads(reader.load()):
        names = {entry.name for entry in operation.parameters if entry.where in ("query", "path")}
        assert {name for name, _ in derived(operation.operation_id)} >= names
    sizes = {value for name, value in derived("listAssets") if name == "pageSize"}
    assert sizes >= {"0", "1", "500", "501"}


def test_all_parameters_together_keep_what_the_call_has() -> None:
    """Examples fill up what a real call leaves out; no alias, no cursor and no other id."""
    call = Call(OPERATIONS["listMovements"], {"deviceId": "mine"}, {"from": "a", "to": "b", "pageSize": 2})
    full = optional(call)
    assert full.ids == call.ids
    assert {**full.query, **call.query} == full.query
    assert set(full.query) == {"from", "to", "pageSize", "minDurationSeconds"}


def test_an_id_is_never_emptied() -> None:
    """An empty id, or one of dots, would make another path of it."""
    for empty in ("", ".", "..", "/", "./"):
        assert put(ASSET, "assetId", empty) == ASSET
    assert put(ASSET, "assetId", "a/b").target == "/api/v1/assets/a%2Fb"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["listAssets", "getDevice", "listDeviceTelemetry"]).flatmap(lambda name: fuzzed(_call(name))))
def test_what_is_made_up_can_be_sent(made: Call) -> None:
    """Whatever is drawn becomes an address in ASCII, of the same operation's path."""
    path = urlsplit(made.target).path
    assert made.target.isascii()
    assert path.count("/") == made.operation.path.count("/")
    assert "//" not in path


def _call(name: str) -> Call:
    ids = {"deviceId": "SEP-1"} if "{" in OPERATIONS[name].path else {}
    return Call(OPERATIONS[name], ids)
