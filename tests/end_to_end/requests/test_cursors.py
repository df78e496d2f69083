"""Cursors: bound to their list, key, filters and data, and protected against changes."""

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

each_paged = each_operation(PAGED)


def paged_call(own_ids: ResourceIds, operation: Operation) -> Call:
    """Return a call whose first page is not its last."""
    return own_ids.calls()[operation.operation_id].with_query(pageSize=1)


def next_cursor(client: InProcess, call: Call, key: str = "full") -> str:
    """Return the cursor of the first page."""
    response = call.send(client, key=key)
    assert response.status == 200, response
    cursor = response.json["nextCursor"]
    assert isinstance(cursor, str)
    return cursor


def _filter_value(parameter: Parameter, own_ids: ResourceIds) -> str:
    """Return a valid value of a filter."""
    form = parameter.schema.get("format")
    if form in {"uuid", "date-time"}:
        return own_ids.vendor if form == "uuid" else "2026-06-01T00:00:00Z"
    return "inactive" if "enum" in parameter.schema else "1"


def assert_cursor_rejected(client: InProcess, call: Call, cursor: str, reason: str, key: str = "full") -> None:
    """Check that the cursor is a 400 whose message contains the reason."""
    response = call.with_query(cursor=cursor).send(client, key=key)
    assert_error(response, 400, "validation_error", "cursor")
    assert reason in response.json["message"], response.json


@each_paged
def test_cursor_continues_the_list(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """A cursor continues the list, also with another page size or with the parameters in another order."""
    call = paged_call(own_ids, operation)
    cursor = next_cursor(sandbox, call)
    following = call.with_query(cursor=cursor).send(sandbox)
    assert (following.status, len(following.json["data"])) == (200, 1)
    larger = call.with_query(cursor=cursor, pageSize=2).send(sandbox)
    assert larger.json["data"][0] == following.json["data"][0]
    reordered = replace(call, query={"cursor": cursor} | dict(reversed(list(call.query.items()))))
    assert reordered.send(sandbox).body == following.body


@each_paged
def test_cursor_of_another_list_is_rejected(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """A cursor of another list is rejected."""
    cursor = next_cursor(sandbox, paged_call(own_ids, operation))
    for other in PAGED:
        if other is not operation:
            assert_cursor_rejected(sandbox, paged_call(own_ids, other), cursor, "belongs to another list")


@each_paged
def test_cursor_of_another_key_is_rejected(
    operation: Operation, sandbox: InProcess, own_ids: ResourceIds, foreign_ids: ResourceIds
) -> None:
    """A cursor of another key of the same or another organisation is rejected."""
    call = paged_call(own_ids, operation)
    cursor = next_cursor(sandbox, call)
    assert_cursor_rejected(sandbox, call, cursor, "issued to another API key", "readonly")
    foreign_call = paged_call(foreign_ids, operation)
    assert_cursor_rejected(sandbox, foreign_call, cursor, "issued to another API key", "other")
    assert_cursor_rejected(sandbox, call, next_cursor(sandbox, foreign_call, "other"), "issued to another API key")


@each_paged
def test_cursor_with_other_filters_is_rejected(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """A cursor is rejected with an added, removed or changed filter, but not with a filter's default value."""
    call = paged_call(own_ids, operation)
    cursor = next_cursor(sandbox, call)
    filters = {p.name: p for p in operation.parameters if p.where == "query"}
    del filters["cursor"], filters["pageSize"]
    window = operation.window
    ends = {window.start, window.end, *window.aliases} if window else set()
    for name, parameter in filters.items():
        if "default" in parameter.schema:
            default = call.with_query(**{name: parameter.schema["default"]}, cursor=cursor).send(sandbox)
            assert default.status == 200, default
        if name not in ends:
            value = _filter_value(parameter, own_ids)
            assert_cursor_rejected(sandbox, call.with_query(**{name: value}), cursor, "another path or other filters")
            filtered = call.with_query(**{name: value})
            if b'"hasMore":true' in filtered.send(sandbox).body:
                assert_cursor_rejected(sandbox, call, next_cursor(sandbox, filtered), "another path or other filters")
    if window is not None:
        other = call.with_query(**{window.start: "2026-05-21T00:00:00Z", window.end: "2026-06-10T00:00:00Z"})
        assert_cursor_rejected(sandbox, other, cursor, "another path or other filters")


@each_operation([operation for operation in PAGED if "{" in operation.path])
def test_cursor_with_another_path_is_rejected(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """A cursor of a list below one parent is rejected below another parent."""
    call = paged_call(own_ids, operation)
    cursor = next_cursor(sandbox, call)
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
        assert_cursor_rejected(sandbox, other, cursor, "another path or other filters")


@pytest.mark.parametrize("change", [{"seed": 2}, {"profile": "small"}])
def test_cursor_of_another_world_is_rejected(
    change: dict[str, object], sandbox: InProcess, own_ids: ResourceIds, make_sandbox: Callable[..., InProcess]
) -> None:
    """A cursor of a sandbox with another seed or profile is rejected."""
    other = make_sandbox(**change)
    call = paged_call(own_ids, PAGED[0])
    response = call.with_query(cursor=next_cursor(sandbox, call)).send(other)
    assert_error(response, 400, "validation_error", "cursor")


def test_cursor_of_an_equal_sandbox_is_accepted(
    sandbox: InProcess, own_ids: ResourceIds, make_sandbox: Callable[..., InProcess]
) -> None:
    """A cursor is accepted by every sandbox with the same profile, seed and clock."""
    replica = make_sandbox()
    for operation in PAGED:
        call = paged_call(own_ids, operation)
        following = call.with_query(cursor=next_cursor(sandbox, call))
        assert following.send(replica).body == following.send(sandbox).body


def test_reset_ends_cursors_over_reports(new_sandbox: InProcess, own_ids: ResourceIds) -> None:
    """A reset ends the cursors over service reports, and no others."""
    reports, assets = (paged_call(own_ids, CONTRACT.operations[name]) for name in ("listServiceReports", "listAssets"))
    report_cursor, asset_cursor = next_cursor(new_sandbox, reports), next_cursor(new_sandbox, assets)
    new_sandbox.app.sandbox.store.reset()
    assert_cursor_rejected(new_sandbox, reports, report_cursor, "ended by a reset")
    assert assets.with_query(cursor=asset_cursor).send(new_sandbox).status == 200
    assert reports.with_query(cursor=next_cursor(new_sandbox, reports)).send(new_sandbox).status == 200


def test_cursor_expires_under_the_wall_clock(new_sandbox: InProcess, own_ids: ResourceIds) -> None:
    """Under the wall clock a cursor expires after 24 hours."""
    call = paged_call(own_ids, PAGED[0])
    principal, hour = new_sandbox.app.sandbox.principals.known(new_sandbox.keys["full"].key), 3600
    tenant = principal.tenant
    assert tenant.signer.wall_s is None

    def set_wall(seconds: int) -> None:
        principal.tenant = replace(tenant, signer=replace(tenant.signer, wall_s=lambda: seconds))

    set_wall(1_000_000)
    cursor = next_cursor(new_sandbox, call)
    set_wall(1_000_000 + 24 * hour)
    assert call.with_query(cursor=cursor).send(new_sandbox).status == 200
    # With another page size, because the response to the same call comes from the cache.
    set_wall(1_000_001 + 24 * hour)
    assert_cursor_rejected(new_sandbox, call.with_query(pageSize=2), cursor, "older than 24 hours")


@each_paged
def test_truncated_cursor_is_rejected(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """Every prefix of a cursor is rejected, except the empty one, which is the first page."""
    call = paged_call(own_ids, operation)
    cursor = next_cursor(sandbox, call)
    for length in range(1, len(cursor)):
        assert_cursor_rejected(sandbox, call, cursor[:length], "start again without a cursor")
    assert call.with_query(cursor="").send(sandbox).json["data"] == call.send(sandbox).json["data"]


@given(data=st.data())
@hypothesis_settings(max_examples=100)
def test_changed_cursor_is_rejected(data: st.DataObject, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """A cursor with a changed byte or an appended character is rejected."""
    operation = data.draw(st.sampled_from(PAGED))
    call = paged_call(own_ids, operation)
    cursor = next_cursor(sandbox, call)
    raw = bytearray(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    index = data.draw(st.integers(0, len(raw) - 1))
    raw[index] ^= data.draw(st.integers(1, 255))
    assert_cursor_rejected(sandbox, call, base64.urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode(), "start again")
    assert_cursor_rejected(
        sandbox, call, cursor + data.draw(st.sampled_from(["A", "AA", "AAAA", "_", "-"])), "start again"
    )


@given(cursor=st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", min_size=1, max_size=600))
@hypothesis_settings(max_examples=100)
def test_random_cursor_is_rejected(sandbox: InProcess, own_ids: ResourceIds, cursor: str) -> None:
    """Random text in the alphabet of cursors is rejected."""
    response = paged_call(own_ids, PAGED[0]).with_query(cursor=cursor).send(sandbox)
    assert_error(response, 400, "validation_error", "cursor")


@each_paged
def test_form_of_cursors(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """A cursor has at most 512 URL-safe characters and does not contain the id of a device."""
    cursor = next_cursor(sandbox, paged_call(own_ids, operation))
    assert len(cursor) <= 512
    assert cursor.replace("-", "a").replace("_", "a").isalnum()
    assert cursor.isascii()
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    assert own_ids.device.encode() not in raw
