"""Lists: the same rows at every page size, in the order of the contract, without repetition, and filtered."""

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
TWO_DAYS = {"from": "2026-05-26T00:00:00Z", "to": "2026-05-28T00:00:00Z"}

Rows = list[dict[str, Any]]


def long_list(own_ids: ResourceIds, operation: Operation) -> Call:
    """Return a call of a list with several pages, but few enough to read it in pages of one row."""
    call = own_ids.calls()[operation.operation_id]
    if operation.operation_id == "listDeviceTelemetry":
        return call.with_query(**TWO_DAYS, telemetryType=1)
    if operation.operation_id in {"listIncidents", "listServiceReports"}:
        return call.with_query(fromUtc="2025-06-01T00:00:00Z")
    return call.with_query(status="all" if operation.operation_id in {"listAssets", "listInventoryParts"} else None)


def read_pages(client: InProcess, call: Call, size: int | None) -> tuple[Rows, list[int]]:
    """Return the rows of all pages of a list and the sizes of the pages; check the envelope of each page."""
    pages = list(call.with_query(pageSize=size).pages(client))
    assert all(list(page) == ["data", "nextCursor", "hasMore"] for page in pages)
    assert all(page["hasMore"] is (page["nextCursor"] is not None) for page in pages)
    assert len({page["nextCursor"] for page in pages}) == len(pages)
    return [row for page in pages for row in page["data"]], [len(page["data"]) for page in pages]


each_list = each_operation(LISTS)
each_paged = each_operation(PAGED)


@each_paged
def test_page_sizes(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """Pages of 1, 7, 100 and 500 rows contain the same rows, and all but the last are full; the default is 100."""
    call = long_list(own_ids, operation)
    all_rows, _ = read_pages(sandbox, call, 500)
    assert len(all_rows) > 1
    for size in (500, 100, 7, 1):
        # With many small pages, only the first 30 are read.
        rows, sizes = read_pages(sandbox, call, size) if len(all_rows) / size <= 60 else ([], [])
        if sizes:
            assert rows == all_rows
            assert sizes == [size] * (len(all_rows) // size) + ([len(all_rows) % size] if len(all_rows) % size else [])
        else:
            cursor = ""
            for at in range(0, 30 * size, size):
                page = call.with_query(pageSize=size, cursor=cursor).send(sandbox).json
                assert page["data"] == all_rows[at : at + size]
                cursor = page["nextCursor"]
    default, _ = read_pages(sandbox, call, None)
    assert default == all_rows
    assert len(call.send(sandbox).json["data"]) == min(100, len(all_rows))


@each_list
def test_rows_are_unique_and_ordered(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """No two rows have the same identity, and rows are in the order that the contract states."""
    page = operation.page
    assert page is not None
    rows, _ = read_pages(sandbox, long_list(own_ids, operation), 500 if page.maximum else None)
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
    # Without the Z, instants with and without milliseconds sort as texts.
    return value.removesuffix("Z") if isinstance(value, str) else (value if value is not None else "")


@each_list
def test_equal_requests_give_equal_bytes(
    operation: Operation, sandbox: InProcess, own_ids: ResourceIds, make_sandbox: Callable[..., Any]
) -> None:
    """The same request gives the same bytes, cursor included, also from another sandbox."""
    call = long_list(own_ids, operation)
    assert call.send(sandbox).body == call.send(sandbox).body == call.send(make_sandbox()).body


@pytest.mark.parametrize(
    ("list_name", "get_name", "id_name"),
    [
        ("listAssets", "getAsset", "assetId"),
        ("listAssetChildren", "getAsset", "assetId"),
        ("listDevices", "getDevice", "deviceId"),
        ("listServiceReports", "getServiceReport", "serviceReportId"),
    ],
)
def test_list_and_get_return_the_same_row(
    list_name: str, get_name: str, id_name: str, sandbox: InProcess, own_ids: ResourceIds
) -> None:
    """A row of a list equals the resource that GET by id returns."""
    rows, _ = read_pages(sandbox, long_list(own_ids, CONTRACT.operations[list_name]), 500)
    for row in rows[:: max(1, len(rows) // 20)]:
        assert Call(CONTRACT.operations[get_name], {id_name: row[id_name]}).send(sandbox).json == row


FILTERS: dict[str, dict[str, Callable[[Any], Callable[[dict[str, Any]], bool]]]] = {
    "listAssets": {
        "groupId": lambda value: lambda row: row["groupId"] == value,
        "customerId": lambda value: lambda row: row["customerId"] == value,
        "updatedSince": lambda value: lambda row: row["updatedOn"].removesuffix("Z") > value.removesuffix("Z"),
        "status": lambda value: lambda row: value == "all" or row["isActive"] == (value == "active"),
    },
    "listDevices": {
        "groupId": lambda value: lambda row: row["groupId"] == value,
        "status": lambda value: lambda row: str(row["status"]) == value,
        "updatedSince": lambda value: lambda row: row["updatedOn"].removesuffix("Z") > value.removesuffix("Z"),
    },
    "listDeviceTelemetry": {
        "telemetryType": lambda value: lambda row: row["telemetryType"] == value,
        "cycleId": lambda value: lambda row: row["cycleId"] == value,
    },
    "listMovements": {"minDurationSeconds": lambda value: lambda row: row["duration"] >= value},
    "listIncidents": {
        "deviceId": lambda value: lambda row: row["deviceId"] == value,
        "state": lambda value: lambda row: row["state"] == value,
    },
    "listServiceReports": {
        "assetId": lambda value: lambda row: row["assetId"] == value,
        "deviceId": lambda value: lambda row: row["deviceId"] == value,
        "state": lambda value: lambda row: row["state"] == value,
    },
    "listAppointments": {"userId": lambda value: lambda row: row["userId"] == value},
    "listCustomers": {"externalSystem": lambda value: lambda row: row["externalSystem"] == value},
    "listInventoryParts": {
        "vendorId": lambda value: lambda row: row["vendorId"] == value,
        "status": lambda value: lambda row: value == "all" or row["isActive"] == (value == "active"),
    },
}
"""For each list and filter, a function from the value of the filter to a predicate on rows."""

_MEMBER = {"minDurationSeconds": "duration", "updatedSince": "updatedOn"}


def test_every_filter_is_tested() -> None:
    """FILTERS contains every filter of every list."""
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
def test_filtered_list(name: str, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """A filtered list contains exactly the matching rows, with one filter, all filters or the default."""
    call = long_list(own_ids, CONTRACT.operations[name]).with_query(telemetryType=None)
    size = 500 if call.operation.page and call.operation.page.maximum else None
    all_rows, _ = read_pages(sandbox, call, size)
    defaults = {"status": "active"} if name in {"listAssets", "listInventoryParts"} else {}
    chosen: dict[str, Any] = {}
    for parameter, matches in FILTERS[name].items():
        for value in _values(parameter, all_rows):
            filtered, _ = read_pages(sandbox, call.with_query(**{parameter: value}), size)
            assert filtered == [row for row in all_rows if matches(value)(row)], (parameter, value)
            if filtered and parameter not in chosen:
                chosen[parameter] = value
    combined, _ = read_pages(sandbox, call.with_query(**chosen), size)
    assert combined == [r for r in all_rows if all(FILTERS[name][p](value)(r) for p, value in chosen.items())]
    default, _ = read_pages(sandbox, call.with_query(status=None), size)
    assert default == [r for r in all_rows if all(FILTERS[name][p](value)(r) for p, value in defaults.items())]


@given(sizes=st.lists(st.integers(1, 60), min_size=1, max_size=40), operation=st.sampled_from(PAGED))
@hypothesis_settings(max_examples=40)
def test_page_size_may_change(sizes: list[int], operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """Pages of different sizes continue the same list."""
    call = long_list(own_ids, operation)
    all_rows, _ = read_pages(sandbox, call, 500)
    cursor, at = "", 0
    for size in sizes:
        page = call.with_query(pageSize=size, cursor=cursor).send(sandbox).json
        assert page["data"] == all_rows[at : at + size]
        at += size
        assert page["hasMore"] is (at < len(all_rows))
        if not page["hasMore"]:
            break
        cursor = page["nextCursor"]


def test_samples_of_a_cycle(sandbox: InProcess, own_ids: ResourceIds) -> None:
    """Samples of a cycle are numbered without gaps over all pages, as many as the cycle states."""
    call = own_ids.calls()["listPointGuardCycleSamples"]
    rows, _ = read_pages(sandbox, call, 7)
    cycles, _ = read_pages(sandbox, own_ids.calls()["listPointGuardCycles"], 500)
    cycle = next(row for row in cycles if row["cycleId"] == own_ids.cycle)
    assert [row["cycleSampleIndex"] for row in rows] == list(range(cycle["samples"]))
    assert {(row["cycleId"], row["deviceId"], row["cycleSampleCount"]) for row in rows} == {
        (own_ids.cycle, own_ids.device, cycle["samples"])
    }


def test_lists_without_pages(sandbox: InProcess, own_ids: ResourceIds) -> None:
    """A list without page parameters has no next cursor."""
    for operation in LISTS:
        if operation not in PAGED:
            page = own_ids.calls()[operation.operation_id].send(sandbox).json
            assert (page["nextCursor"], page["hasMore"]) == (None, False)
            assert page["data"]


@pytest.mark.parametrize("profile", ["small", "fleet"])
def test_lists_of_other_profiles(profile: str, make_sandbox: Callable[..., InProcess]) -> None:
    """Every operation without an id returns 200, 401 or 403 in an empty profile and in one of a million devices."""
    client = make_sandbox(profile=profile)
    for operation in READS:
        if "{" not in operation.path:
            for key in client.keys:
                response = Call(operation).send(client, key=key)
                assert response.status in {200, 401, 403}, (operation.operation_id, key, response)
