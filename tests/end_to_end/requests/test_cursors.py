"""A cursor works for the list, the key, the filters and the data that it was made for, and nowhere else."""

import base64
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sepolo_openapi.contract import Operation, Parameter
from tests.end_to_end.calls import OPERATIONS, Call, Seen
from tests.end_to_end.harness import CONTRACT, InProcess, assert_refused

PAGED = [operation for operation in OPERATIONS if operation.page is not None and operation.page.maximum]

each = pytest.mark.parametrize("operation", PAGED, ids=lambda operation: str(operation.operation_id))


def paged(seen: Seen, operation: Operation) -> Call:
    """A call whose first page is not its last."""
    return seen.calls()[operation.operation_id].asking(pageSize=1)


def issued(client: InProcess, call: Call, key: str = "full") -> str:
    """The cursor after the first page."""
    answer = call.send(client, key=key)
    assert answer.status == 200, answer
    cursor = answer.json["nextCursor"]
    assert isinstance(cursor, str)
    return cursor


def _some_value(parameter: Parameter, seen: Seen) -> str:
    """A value that a filter takes."""
    form = parameter.schema.get("format")
    if form in {"uuid", "date-time"}:
        return seen.vendor if form == "uuid" else "2026-06-01T00:00:00Z"
    return "inactive" if "enum" in parameter.schema else "1"


def refused(client: InProcess, call: Call, cursor: str, because: str, key: str = "full") -> None:
    """The cursor is refused with 400, named, for this reason."""
    answer = call.asking(cursor=cursor).send(client, key=key)
    assert_refused(answer, 400, "validation_error", "cursor")
    assert because in answer.json["message"], answer.json


@each
def test_the_right_place(operation: Operation, sandbox: InProcess, seen: Seen) -> None:
    """With another page size, and with the same filters in another order or spelling, it goes on."""
    call = paged(seen, operation)
    cursor = issued(sandbox, call)
    following = call.asking(cursor=cursor).send(sandbox)
    assert (following.status, len(following.json["data"])) == (200, 1)
    larger = call.asking(cursor=cursor, pageSize=2).send(sandbox)
    assert larger.json["data"][0] == following.json["data"][0]
    backwards = replace(
        call.asking(cursor=cursor), query=dict(reversed(list(call.asking(cursor=cursor).query.items())))
    )
    assert backwards.send(sandbox).body == following.body


@each
def test_of_another_operation(operation: Operation, sandbox: InProcess, seen: Seen) -> None:
    """It belongs to one list."""
    cursor = issued(sandbox, paged(seen, operation))
    for other in PAGED:
        if other is not operation:
            refused(sandbox, paged(seen, other), cursor, "belongs to another list")


@each
def test_of_another_key(operation: Operation, sandbox: InProcess, seen: Seen, foreign: Seen) -> None:
    """It belongs to one key, be the other one of the same organisation or not."""
    call = paged(seen, operation)
    cursor = issued(sandbox, call)
    refused(sandbox, call, cursor, "issued to another API key", "readonly")
    theirs = paged(foreign, operation)
    refused(sandbox, theirs, cursor, "issued to another API key", "other")
    refused(sandbox, call, issued(sandbox, theirs, "other"), "issued to another API key")


@each
def test_with_other_filters(operation: Operation, sandbox: InProcess, seen: Seen) -> None:
    """A filter that comes, goes or changes is refused, a default that is spelled out is not."""
    call = paged(seen, operation)
    cursor = issued(sandbox, call)
    filters = {p.name: p for p in operation.parameters if p.where == "query"}
    del filters["cursor"], filters["pageSize"]
    window = operation.window
    ends = {window.start, window.end, *window.aliases} if window else set()
    for name, parameter in filters.items():
        if "default" in parameter.schema:
            default = call.asking(**{name: parameter.schema["default"]}, cursor=cursor).send(sandbox)
            assert default.status == 200, default
        if name not in ends:
            value = _some_value(parameter, seen)
            refused(sandbox, call.asking(**{name: value}), cursor, "another path or other filters")
            narrowed = call.asking(**{name: value})
            if b'"hasMore":true' in narrowed.send(sandbox).body:
                refused(sandbox, call, issued(sandbox, narrowed), "another path or other filters")
    if window is not None:
        other = call.asking(**{window.start: "2026-05-21T00:00:00Z", window.end: "2026-06-10T00:00:00Z"})
        refused(sandbox, other, cursor, "another path or other filters")


@each
def test_the_path_is_a_filter(operation: Operation, sandbox: InProcess, seen: Seen, foreign: Seen) -> None:
    """A cursor of one parent isn't one of another."""
    if "{" not in operation.path:
        return
    call = paged(seen, operation)
    cursor = issued(sandbox, call)
    parents = {"assetId": seen.asset, "deviceId": "SEP-DEVICE-002", "cycleId": ""}
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
    change: dict[str, object], sandbox: InProcess, seen: Seen, make_sandbox: Callable[..., InProcess]
) -> None:
    """A sandbox of another seed or profile takes no cursor of this one, though both have the key."""
    other = make_sandbox(**change)
    answer = paged(seen, PAGED[0]).asking(cursor=issued(sandbox, paged(seen, PAGED[0]))).send(other)
    assert_refused(answer, 400, "validation_error", "cursor")


def test_of_a_replica(sandbox: InProcess, seen: Seen, make_sandbox: Callable[..., InProcess]) -> None:
    """Any other sandbox of the same profile, seed and clock takes it."""
    replica = make_sandbox()
    for operation in PAGED:
        call = paged(seen, operation)
        following = call.asking(cursor=issued(sandbox, call))
        assert following.send(replica).body == following.send(sandbox).body


def test_after_a_reset(fresh: InProcess, seen: Seen) -> None:
    """A reset ends cursors over what is stored, and no others."""
    reports, assets = (paged(seen, CONTRACT.operations[name]) for name in ("listServiceReports", "listAssets"))
    ended, kept = issued(fresh, reports), issued(fresh, assets)
    fresh.app.sandbox.store.reset()
    refused(fresh, reports, ended, "ended by a reset")
    assert assets.asking(cursor=kept).send(fresh).status == 200
    assert reports.asking(cursor=issued(fresh, reports)).send(fresh).status == 200


def test_expiry(fresh: InProcess, seen: Seen) -> None:
    """Under the wall's clock a cursor ends after 24 hours, under a fixed one never."""
    call = paged(seen, PAGED[0])
    signer, hour = fresh.app.sandbox.signer, 3600
    assert signer.wall_s is None
    fresh.app.sandbox.signer = replace(signer, wall_s=lambda: 1_000_000)
    cursor = issued(fresh, call)
    fresh.app.sandbox.signer = replace(signer, wall_s=lambda: 1_000_000 + 24 * hour)
    assert call.asking(cursor=cursor).send(fresh).status == 200
    # A kept answer is as good as a new one: the data of a fixed world don't age.
    fresh.app.sandbox.signer = replace(signer, wall_s=lambda: 1_000_001 + 24 * hour)
    refused(fresh, call.asking(pageSize=2), cursor, "older than 24 hours")


@each
def test_truncated(operation: Operation, sandbox: InProcess, seen: Seen) -> None:
    """Each shorter piece of a cursor is refused, but for none at all, which is the first page."""
    call = paged(seen, operation)
    cursor = issued(sandbox, call)
    for length in range(1, len(cursor)):
        refused(sandbox, call, cursor[:length], "start again without a cursor")
    assert call.asking(cursor="").send(sandbox).json["data"] == call.send(sandbox).json["data"]


@given(data=st.data())
@hypothesis_settings(max_examples=100)
def test_forged(data: st.DataObject, sandbox: InProcess, seen: Seen) -> None:
    """Whatever is changed in a cursor's bytes, or added to its text, is noticed."""
    operation = data.draw(st.sampled_from(PAGED))
    call = paged(seen, operation)
    cursor = issued(sandbox, call)
    raw = bytearray(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    refused(sandbox, call, base64.urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode(), "start again")
    refused(sandbox, call, cursor + data.draw(st.sampled_from(["A", "AA", "AAAA", "_", "-"])), "start again")


@given(cursor=st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", min_size=1, max_size=600))
@hypothesis_settings(max_examples=100)
def test_invented(sandbox: InProcess, seen: Seen, cursor: str) -> None:
    """Text that looks like a cursor is none."""
    answer = paged(seen, PAGED[0]).asking(cursor=cursor).send(sandbox)
    assert_refused(answer, 400, "validation_error", "cursor")


@each
def test_what_a_cursor_looks_like(operation: Operation, sandbox: InProcess, seen: Seen) -> None:
    """It survives curl, Excel and M without encoding, and gives away no id."""
    cursor = issued(sandbox, paged(seen, operation))
    assert len(cursor) <= 512
    assert cursor.replace("-", "a").replace("_", "a").isalnum()
    assert cursor.isascii()
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    assert seen.device.encode() not in raw
