"""Lists: whole whatever the page size, in the contract's order, without doubles, and narrowed by their filters."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sepolo_openapi.contract import Operation
from tests.end_to_end.calls import READS, Call, ResourceIds, each_operation
from tests.end_to_end.harness import CONTRACT, InProcess

LISTS = [operation for operation in READS if operation.returns == "page"]
PAGED = [operation for operation in LISTS if operation.page and operation.page.maximum]
SHORT = {"from": "2026-05-26T00:00:00Z", "to": "2026-05-28T00:00:00Z"}

Rows = list[dict[str, Any]]


def listed(own_ids: ResourceIds, operation: Operation) -> Call:
    """A list that has several pages, not so long that walking it row by row takes long."""
    call = own_ids.calls()[operation.operation_id]
    if operation.operation_id == "listDeviceTelemetry":
        return call.with_query(**SHORT, telemetryType=1)
    if operation.operation_id in {"listIncidents", "listServiceReports"}:
        return call.with_query(fromUtc="2025-06-01T00:00:00Z")
    return call.with_query(status="all" if operation.operation_id in {"listAssets", "listInventoryParts"} else None)


def walk(client: InProcess, call: Call, size: int | None) -> tuple[Rows, list[int]]:
    """Every row of a list and the sizes of its pages; checks each page's envelope."""
    rows: Rows = []
    sizes, cursors = [], set()
    call = call.with_query(pageSize=size)
    while True:
        response = call.send(client)
        assert response.status == 200, response
        page = response.json
        assert list(page) == ["data", "nextCursor", "hasMore"]
        assert page["hasMore"] is (page["nextCursor"] is not None)
        rows += page["data"]
        sizes.append(len(page["data"]))
        if not page["hasMore"]:
            return rows, sizes
        assert page["nextCursor"] not in cursors
        cursors.add(page["nextCursor"])
        call = call.with_query(cursor=page["nextCursor"])


each = each_operation(LISTS)
each_paged = each_operation(PAGED)


@each_paged
def test_page_sizes(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """Pages of 1, 7, 100 and 500 rows give the same rows; every page but the last is full."""
    call = listed(own_ids, operation)
    whole, _ = walk(sandbox, call, 500)
    assert len(whole) > 1
    for size in (500, 100, 7, 1):
        # Row by row, the first few tell as much as all of them.
        rows, sizes = walk(sandbox, call, size) if len(whole) / size <= 60 else ([], [])
        if sizes:
            assert rows == whole
            assert sizes == [size] * (len(whole) // size) + ([len(whole) % size] if len(whole) % size else [])
        else:
            cursor = ""
            for at in range(0, 30 * size, size):
                page = call.with_query(pageSize=size, cursor=cursor).send(sandbox).json
                assert page["data"] == whole[at : at + size]
                cursor = page["nextCursor"]
    default, _ = walk(sandbox, call, None)
    assert default == whole
    assert len(call.send(sandbox).json["data"]) == min(100, len(whole))


@each
def test_identity_and_order(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """No row comes twice by the contract's identity, and rows stand in the contract's order."""
    page = operation.page
    assert page is not None
    rows, _ = walk(sandbox, listed(own_ids, operation), 500 if page.maximum else None)
    identities = [tuple(row[name] for name in page.identity) for row in rows]
    assert len(set(identities)) == len(rows) > 0
    for before, after in pairwise(rows):
        assert _in_order(operation.order, before, after), (before, after)


def _in_order(order: tuple[str, ...], before: dict[str, Any], after: dict[str, Any]) -> bool:
    for name in order:
        first, second = _comparable(before[name.lstrip("-")]), _comparable(after[name.lstrip("-")])
        if first != second:
            return (first > second) if name.startswith("-") else (first < second)
    return False


def _comparable(value: Any) -> Any:
    # Instants with and without milliseconds sort as texts once the Z is gone.
    return value.removesuffix("Z") if isinstance(value, str) else (value if value is not None else "")


@each
def test_twice_the_same(
    operation: Operation, sandbox: InProcess, own_ids: ResourceIds, make_sandbox: Callable[..., Any]
) -> None:
    """The same request gives the same bytes again, cursors included, and from another sandbox too."""
    call = listed(own_ids, operation)
    assert call.send(sandbox).body == call.send(sandbox).body == call.send(make_sandbox()).body


@each
def test_one_row_of_a_list_and_the_same_row_alone(
    operation: Operation, sandbox: InProcess, own_ids: ResourceIds
) -> None:
    """What a list shows of a thing is what the thing itself shows."""
    alone = {
        "listAssets": ("getAsset", "assetId"),
        "listAssetChildren": ("getAsset", "assetId"),
        "listDevices": ("getDevice", "deviceId"),
        "listServiceReports": ("getServiceReport", "serviceReportId"),
    }
    if operation.operation_id not in alone:
        return
    name, member = alone[operation.operation_id]
    rows, _ = walk(sandbox, listed(own_ids, operation), 500)
    for row in rows[:: max(1, len(rows) // 20)]:
        assert Call(CONTRACT.operations[name], {member: row[member]}).send(sandbox).json == row


FILTERS: dict[str, dict[str, Callable[[Any], Callable[[dict[str, Any]], bool]]]] = {
    "listAssets": {
        "groupId": lambda wanted: lambda row: row["groupId"] == wanted,
        "customerId": lambda wanted: lambda row: row["customerId"] == wanted,
        "updatedSince": lambda wanted: lambda row: row["updatedOn"].removesuffix("Z") > wanted.removesuffix("Z"),
        "status": lambda wanted: lambda row: wanted == "all" or row["isActive"] == (wanted == "active"),
    },
    "listDevices": {
        "groupId": lambda wanted: lambda row: row["groupId"] == wanted,
        "status": lambda wanted: lambda row: str(row["status"]) == wanted,
        "updatedSince": lambda wanted: lambda row: row["updatedOn"].removesuffix("Z") > wanted.removesuffix("Z"),
    },
    "listDeviceTelemetry": {
        "telemetryType": lambda wanted: lambda row: row["telemetryType"] == wanted,
        "cycleId": lambda wanted: lambda row: row["cycleId"] == wanted,
    },
    "listMovements": {"minDurationSeconds": lambda wanted: lambda row: row["duration"] >= wanted},
    "listIncidents": {
        "deviceId": lambda wanted: lambda row: row["deviceId"] == wanted,
        "state": lambda wanted: lambda row: row["state"] == wanted,
    },
    "listServiceReports": {
        "assetId": lambda wanted: lambda row: row["assetId"] == wanted,
        "deviceId": lambda wanted: lambda row: row["deviceId"] == wanted,
        "state": lambda wanted: lambda row: row["state"] == wanted,
    },
    "listAppointments": {"userId": lambda wanted: lambda row: row["userId"] == wanted},
    "listCustomers": {"externalSystem": lambda wanted: lambda row: row["externalSystem"] == wanted},
    "listInventoryParts": {
        "vendorId": lambda wanted: lambda row: row["vendorId"] == wanted,
        "status": lambda wanted: lambda row: wanted == "all" or row["isActive"] == (wanted == "active"),
    },
}
"""What each filter means: from its value to a test of a row."""

_MEMBER = {"minDurationSeconds": "duration", "updatedSince": "updatedOn"}


def test_every_filter_has_a_meaning_here() -> None:
    """No filter of a list is left untested."""
    others = {"pageSize", "cursor", "metrics", "from", "to", "fromUtc", "toUtc"}
    named = {
        o.operation_id: {p.name for p in o.parameters if p.where == "query"} - others
        for o in LISTS
        if {p.name for p in o.parameters if p.where == "query"} - others
    }
    assert named == {name: set(filters) for name, filters in FILTERS.items()}


def _values(name: str, rows: Rows) -> list[Any]:
    if name == "status":
        return ["active", "inactive", "all"] if "isActive" in rows[0] else ["0", "1", "2", "3", "4"]
    values = sorted({row[_MEMBER.get(name, name)] for row in rows if row[_MEMBER.get(name, name)] is not None})
    if name == "minDurationSeconds":
        return [0, int(values[0]) + 1, int(values[-1]), int(values[-1]) + 1]
    return [values[0], values[len(values) // 2], values[-1]]


@pytest.mark.parametrize("name", FILTERS)
def test_filters(name: str, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """A filtered list is the whole list without the rows that don't match, and filters combine."""
    call = listed(own_ids, CONTRACT.operations[name]).with_query(telemetryType=None)
    size = 500 if call.operation.page and call.operation.page.maximum else None
    whole, _ = walk(sandbox, call, size)
    defaults = {"status": "active"} if name in {"listAssets", "listInventoryParts"} else {}
    chosen: dict[str, Any] = {}
    for parameter, meaning in FILTERS[name].items():
        for value in _values(parameter, whole):
            narrowed, _ = walk(sandbox, call.with_query(**{parameter: value}), size)
            assert narrowed == [row for row in whole if meaning(value)(row)], (parameter, value)
            if narrowed and parameter not in chosen:
                chosen[parameter] = value
    combined, _ = walk(sandbox, call.with_query(**chosen), size)
    assert combined == [r for r in whole if all(FILTERS[name][p](value)(r) for p, value in chosen.items())]
    left_out, _ = walk(sandbox, call.with_query(status=None), size)
    assert left_out == [r for r in whole if all(FILTERS[name][p](value)(r) for p, value in defaults.items())]


@given(sizes=st.lists(st.integers(1, 60), min_size=1, max_size=40), operation=st.sampled_from(PAGED))
@hypothesis_settings(max_examples=40)
def test_changing_page_sizes(sizes: list[int], operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """The size may change from page to page: the pages are still pieces of one list."""
    call = listed(own_ids, operation)
    whole, _ = walk(sandbox, call, 500)
    cursor, at = "", 0
    for size in sizes:
        page = call.with_query(pageSize=size, cursor=cursor).send(sandbox).json
        assert page["data"] == whole[at : at + size]
        at += size
        assert page["hasMore"] is (at < len(whole))
        if not page["hasMore"]:
            break
        cursor = page["nextCursor"]


def test_status_of_inactive_assets(sandbox: InProcess) -> None:
    """Left out, `status` means active; `all` is the other two concurrently."""
    operation = CONTRACT.operations["listAssets"]
    counts = {
        status: len(walk(sandbox, Call(operation, {}, {"status": status} if status else {}), 500)[0])
        for status in ("", "active", "inactive", "all")
    }
    assert counts == {"": 112, "active": 112, "inactive": 8, "all": 120}


def test_samples_of_a_cycle(sandbox: InProcess, own_ids: ResourceIds) -> None:
    """Samples come by their index over all pages, all of the one cycle, as many as its summary says."""
    call = own_ids.calls()["listPointGuardCycleSamples"]
    rows, _ = walk(sandbox, call, 7)
    cycles, _ = walk(sandbox, own_ids.calls()["listPointGuardCycles"], 500)
    cycle = next(row for row in cycles if row["cycleId"] == own_ids.cycle)
    assert [row["cycleSampleIndex"] for row in rows] == list(range(cycle["samples"]))
    assert {(row["cycleId"], row["deviceId"], row["cycleSampleCount"]) for row in rows} == {
        (own_ids.cycle, own_ids.device, cycle["samples"])
    }


def test_lists_that_come_whole(sandbox: InProcess, own_ids: ResourceIds) -> None:
    """Lists without page parameters say that they are complete."""
    for operation in LISTS:
        if operation not in PAGED:
            page = own_ids.calls()[operation.operation_id].send(sandbox).json
            assert (page["nextCursor"], page["hasMore"]) == (None, False)
            assert page["data"]
