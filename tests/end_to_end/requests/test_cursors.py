"""A cursor works for the list, the key, the filters and the data that it was made for, and nowhere else."""

import base64
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sepolo_openapi.contract import Operation, Parameter
from tests.end_to_end.calls import OPERATIONS, Call, ResourceIds, each_operation
from tests.end_to_end.harness import CONTRACT, InProcess, assert_error

PAGED = [operation for operation in OPERATIONS if operation.page is not None and operation.page.maximum]

each = each_operation(PAGED)


def paged(own_ids: ResourceIds, operation: Operation) -> Call:
    """A call whose first page is not its last."""
    return own_ids.calls()[operation.operation_id].with_query(pageSize=1)


def issued(client: InProcess, call: Call, key: str = "full") -> str:
    """The cursor after the first page."""
    response = call.send(client, key=key)
    assert response.status == 200, response
    cursor = response.json["nextCursor"]
    assert isinstance(cursor, str)
    return cursor


def _some_value(parameter: Parameter, own_ids: ResourceIds) -> str:
    """A value that a filter takes."""
    form = parameter.schema.get("format")
    if form in {"uuid", "date-time"}:
        return own_ids.vendor if form == "uuid" else "2026-06-01T00:00:00Z"
    return "inactive" if "enum" in parameter.schema else "1"


def refused(client: InProcess, call: Call, cursor: str, because: str, key: str = "full") -> None:
    """The cursor is refused with 400, named, for this reason."""
    response = call.with_query(cursor=cursor).send(client, key=key)
    assert_error(response, 400, "validation_error", "cursor")
    assert because in response.json["message"], response.json


@each
def test_the_right_place(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """With another page size, and with the same filters in another order or spelling, it goes on."""
    call = paged(own_ids, operation)
    cursor = issued(sandbox, call)
    following = call.with_query(cursor=cursor).send(sandbox)
    assert (following.status, len(following.json["data"])) == (200, 1)
    larger = call.with_query(cursor=cursor, pageSize=2).send(sandbox)
    assert larger.json["data"][0] == following.json["data"][0]
    backwards = replace(
        call.with_query(cursor=cursor), query=dict(reversed(list(call.with_query(cursor=cursor).query.items())))
    )
    assert backwards.send(sandbox).body == following.body


@each
def test_of_another_operation(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """It belongs to one list."""
    cursor = issued(sandbox, paged(own_ids, operation))
    for other in PAGED:
        if other is not operation:
            refused(sandbox, paged(own_ids, other), cursor, "belongs to another list")


@each
def test_of_another_key(
    operation: Operation, sandbox: InProcess, own_ids: ResourceIds, foreign_ids: ResourceIds
) -> None:
    """It belongs to one key, be the other one of the same organisation or not."""
    call = paged(own_ids, operation)
    cursor = issued(sandbox, call)
    refused(sandbox, call, cursor, "issued to another API key", "readonly")
    theirs = paged(foreign_ids, operation)
    refused(sandbox, theirs, cursor, "issued to another API key", "other")
    refused(sandbox, call, issued(sandbox, theirs, "other"), "issued to another API key")


@each
def test_with_other_filters(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """A filter that comes, goes or changes is refused, a default that is spelled out is not."""
    call = paged(own_ids, operation)
    cursor = issued(sandbox, call)
    filters = {p.name: p for p in operation.parameters if p.where == "query"}
    del filters["cursor"], filters["pageSize"]
    window = operation.window
    ends = {window.start, window.end, *window.aliases} if window else set()
    for name, parameter in filters.items():
        if "default" in parameter.schema:
            default = call.with_query(**{name: parameter.schema["default"]}, cursor=cursor).send(sandbox)
            assert default.status == 200, default
        if name not in ends:
            value = _some_value(parameter, own_ids)
            refused(sandbox, call.with_query(**{name: value}), cursor, "another path or other filters")
            narrowed = call.with_query(**{name: value})
            if b'"hasMore":true' in narrowed.send(sandbox).body:
                refused(sandbox, call, issued(sandbox, narrowed), "another path or other filters")
    if window is not None:
        other = call.with_query(**{window.start: "2026-05-21T00:00:00Z", window.end: "2026-06-10T00:00:00Z"})
        refused(sandbox, other, cursor, "another path or other filters")


@each
def test_the_path_is_a_filter(
    operation: Operation, sandbox: InProcess, own_ids: ResourceIds, foreign_ids: ResourceIds
) -> None:
    """A cursor of one parent isn't one of another."""
    if "{" not in operation.path:
        return
    call = paged(own_ids, operation)
    cursor = issued(sandbox, call)
    parents = {"assetId": own_ids.asset, "deviceId": "SEP-DEVICE-002", "cycleId": ""}
    for name in call.ids:
        value = parents[name]
        if name == "cycleId":
            device = call.ids["deviceId"]
            listed = sandbox(
                "GET", f"/api/v1/devices/{device}/pointguard/cycles?from=2026-05-20T00:00:00Z&to=2026-06-01T00:00:00Z"
            )
            value = listed.json["data"][1]["cycleId"]
        elif "cycleId" in call.ids:
            continue
        other = replace(call, ids={**call.ids, name: value})
        refused(sandbox, other, cursor, "another path or other filters")


@pytest.mark.parametrize("change", [{"seed": 2}, {"profile": "small"}])
def test_of_another_world(
    change: dict[str, object], sandbox: InProcess, own_ids: ResourceIds, make_sandbox: Callable[..., InProcess]
) -> None:
    """A sandbox of another seed or profile takes no cursor of this one, though both have the key."""
    other = make_sandbox(**change)
    response = paged(own_ids, PAGED[0]).with_query(cursor=issued(sandbox, paged(own_ids, PAGED[0]))).send(other)
    assert_error(response, 400, "validation_error", "cursor")


def test_of_a_replica(sandbox: InProcess, own_ids: ResourceIds, make_sandbox: Callable[..., InProcess]) -> None:
    """Any other sandbox of the same profile, seed and clock takes it."""
    replica = make_sandbox()
    for operation in PAGED:
        call = paged(own_ids, operation)
        following = call.with_query(cursor=issued(sandbox, call))
        assert following.send(replica).body == following.send(sandbox).body


def test_after_a_reset(new_sandbox: InProcess, own_ids: ResourceIds) -> None:
    """A reset ends cursors over what is stored, and no others."""
    reports, assets = (paged(own_ids, CONTRACT.operations[name]) for name in ("listServiceReports", "listAssets"))
    ended, kept = issued(new_sandbox, reports), issued(new_sandbox, assets)
    new_sandbox.app.sandbox.store.reset()
    refused(new_sandbox, reports, ended, "ended by a reset")
    assert assets.with_query(cursor=kept).send(new_sandbox).status == 200
    assert reports.with_query(cursor=issued(new_sandbox, reports)).send(new_sandbox).status == 200


def test_expiry(new_sandbox: InProcess, own_ids: ResourceIds) -> None:
    """Under the wall's clock a cursor ends after 24 hours, under a fixed one never."""
    call = paged(own_ids, PAGED[0])
    signer, hour = new_sandbox.app.sandbox.signer, 3600
    assert signer.wall_s is None
    new_sandbox.app.sandbox.signer = replace(signer, wall_s=lambda: 1_000_000)
    cursor = issued(new_sandbox, call)
    new_sandbox.app.sandbox.signer = replace(signer, wall_s=lambda: 1_000_000 + 24 * hour)
    assert call.with_query(cursor=cursor).send(new_sandbox).status == 200
    # A kept response is as good as a new one: the data of a fixed world don't age.
    new_sandbox.app.sandbox.signer = replace(signer, wall_s=lambda: 1_000_001 + 24 * hour)
    refused(new_sandbox, call.with_query(pageSize=2), cursor, "older than 24 hours")


@each
def test_truncated(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """Each shorter piece of a cursor is refused, but for none at all, which is the first page."""
    call = paged(own_ids, operation)
    cursor = issued(sandbox, call)
    for length in range(1, len(cursor)):
        refused(sandbox, call, cursor[:length], "start again without a cursor")
    assert call.with_query(cursor="").send(sandbox).json["data"] == call.send(sandbox).json["data"]


@given(data=st.data())
@hypothesis_settings(max_examples=100)
def test_forged(data: st.DataObject, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """Whatever is changed in a cursor's bytes, or added to its text, is noticed."""
    operation = data.draw(st.sampled_from(PAGED))
    call = paged(own_ids, operation)
    cursor = issued(sandbox, call)
    raw = bytearray(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    refused(sandbox, call, base64.urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode(), "start again")
    refused(sandbox, call, cursor + data.draw(st.sampled_from(["A", "AA", "AAAA", "_", "-"])), "start again")


@given(cursor=st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", min_size=1, max_size=600))
@hypothesis_settings(max_examples=100)
def test_invented(sandbox: InProcess, own_ids: ResourceIds, cursor: str) -> None:
    """Text that looks like a cursor is none."""
    response = paged(own_ids, PAGED[0]).with_query(cursor=cursor).send(sandbox)
    assert_error(response, 400, "validation_error", "cursor")


@each
def test_what_a_cursor_looks_like(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """It survives curl, Excel and M without encoding, and gives away no id."""
    cursor = issued(sandbox, paged(own_ids, operation))
    assert len(cursor) <= 512
    assert cursor.replace("-", "a").replace("_", "a").isalnum()
    assert cursor.isascii()
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    assert own_ids.device.encode() not in raw
