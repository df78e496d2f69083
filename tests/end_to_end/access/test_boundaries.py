"""Boundaries: a key gets no data of another organisation, and none outside its allowed groups and customers."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.end_to_end.calls import OPERATIONS, READS, Call, ResourceIds
from tests.end_to_end.harness import CONTRACT, InProcess, assert_error

EMPTY: dict[str, Any] = {"data": [], "nextCursor": None, "hasMore": False}
YEAR = {"fromUtc": "2025-07-01T00:00:00Z", "toUtc": "2026-07-01T00:00:00Z"}
TOP_LEVEL_LISTS = [o for o in READS if o.returns == "page" and "{" not in o.path]

Rows = list[dict[str, Any]]


def widest_call(name: str, **query: Any) -> Call:
    """Return a call of a list with every status and a window of a year."""
    operation = CONTRACT.operations[name]
    names = {parameter.name for parameter in operation.parameters}
    widest = {**(YEAR if "fromUtc" in names and "from" not in names else {}), **query}
    if name in {"listAssets", "listInventoryParts"}:
        widest["status"] = "all"
    return Call(operation, {}, widest)


@pytest.fixture(scope="module")
def lists(sandbox: InProcess) -> dict[str, dict[str, Rows]]:
    """Rows of every list by key and operation."""
    keys = ("full", "other", "bounded", "bounded-customers")
    return {
        key: {
            o.operation_id: widest_call(o.operation_id).with_largest_page().rows(sandbox, key=key)
            for o in TOP_LEVEL_LISTS
        }
        for key in keys
    }


def _ids(rows: Rows) -> set[str]:
    """Return the ids in rows, without those of customers, which each organisation numbers for itself."""
    return {
        value
        for row in rows
        for name, value in row.items()
        if name.endswith("Id") and isinstance(value, str) and name not in {"customerId", "externalId"}
    }


def test_organisations_share_no_ids(lists: dict[str, dict[str, Rows]]) -> None:
    """Both organisations have rows in every list, and no id occurs in both."""
    for operation in TOP_LEVEL_LISTS:
        first, second = (lists[key][operation.operation_id] for key in ("full", "other"))
        assert first, operation.operation_id
        assert second, operation.operation_id
        assert not _ids(first) & _ids(second), operation.operation_id


def _foreign_calls(own_ids: ResourceIds, foreign_ids: ResourceIds) -> Iterator[tuple[Call, str]]:
    """Yield every call with an id in its path, with one id or all of them replaced by foreign ones."""
    foreign = foreign_ids.by_parameter
    for call in own_ids.calls().values():
        for name in call.ids:
            yield Call(call.operation, {**call.ids, name: foreign[name]}, call.query), name
        if len(call.ids) > 1:
            yield Call(call.operation, {name: foreign[name] for name in call.ids}, call.query), "all"


def _unknown_ids(call: Call) -> dict[str, str]:
    formats = {p.name: p.schema.get("format") for p in call.operation.parameters if p.where == "path"}
    return {n: "00000000-0000-4000-8000-000000000000" if f == "uuid" else "UNKNOWN" for n, f in formats.items()}


def test_foreign_id_is_not_found(sandbox: InProcess, own_ids: ResourceIds, foreign_ids: ResourceIds) -> None:
    """An id of another organisation gives the same 404 as an unknown id, in every operation, for both organisations."""
    checked = 0
    for key, own, foreign in (("full", own_ids, foreign_ids), ("other", foreign_ids, own_ids)):
        for call, name in _foreign_calls(own, foreign):
            if name == "cycleId" and own.cycle == foreign.cycle:
                continue
            response = call.send(sandbox, key=key)
            unknown = Call(call.operation, {**call.ids, **_unknown_ids(call)}, call.query).send(sandbox, key=key)
            assert_error(response, 404, "not_found")
            assert response.json["message"] == unknown.json["message"]
            assert set(response.headers) == set(unknown.headers)
            checked += 1
    print(f"\n{checked} calls with foreign ids")
    assert checked >= 2 * sum(len(call.ids) for call in own_ids.calls().values()) - 2


def test_filter_by_foreign_id_is_empty(sandbox: InProcess, own_ids: ResourceIds, foreign_ids: ResourceIds) -> None:
    """A filter with an id of another organisation returns an empty list, and one with an own id does not."""
    values = {
        "assetId": foreign_ids.asset,
        "deviceId": foreign_ids.device,
        "vendorId": foreign_ids.vendor,
        "userId": foreign_ids.user,
        "groupId": foreign_ids.group,
    }
    checked = set()
    for operation in READS:
        for parameter in operation.parameters:
            if parameter.where == "query" and parameter.name in values:
                response = widest_call(operation.operation_id, **{parameter.name: values[parameter.name]}).send(sandbox)
                assert (response.status, response.json) == (200, [] if operation.returns == "array" else EMPTY)
                own = {parameter.name: getattr(own_ids, parameter.name.removesuffix("Id"))}
                assert widest_call(operation.operation_id, **own).send(sandbox).json not in ([], EMPTY), operation
                checked.add((operation.operation_id, parameter.name))
    assert len(checked) == 8, checked


def test_aggregates_match_the_lists_of_the_key(sandbox: InProcess, lists: dict[str, dict[str, Rows]]) -> None:
    """Summaries count exactly the rows that the same key can list."""
    for key in ("full", "other", "bounded", "bounded-customers"):
        assets = lists[key]["listAssets"]
        summary = sandbox("GET", "/api/v1/reporting/assets-summary", key=key).json
        assert summary["totalAssets"] == len(assets)
        assert summary["activeAssets"] == sum(row["isActive"] for row in assets)
        assert summary["withDevices"] == sum(row["deviceId"] is not None for row in assets)
        performance = widest_call("getServicePerformance").send(sandbox, key=key).json
        assert performance["totalVisits"] == len(lists[key]["listServiceVisits"])
        daily = Call(CONTRACT.operations["getTelemetryDaily"]).send(sandbox, key=key).json
        assert {row["deviceId"] for row in daily} <= {row["deviceId"] for row in lists[key]["listDevices"]}


@pytest.mark.parametrize(("key", "member"), [("bounded", "groupId"), ("bounded-customers", "customerId")])
def test_lists_contain_only_rows_inside_the_boundary(
    key: str, member: str, sandbox: InProcess, lists: dict[str, dict[str, Rows]]
) -> None:
    """A key with a boundary gets exactly the rows inside it; vendors and parts are not limited."""
    me = sandbox("GET", "/api/v1/me", key=key).json
    allowed = set(me["allowedGroupIds"] if member == "groupId" else me["allowedCustomerIds"])
    assert allowed
    all_rows, rows = lists["full"], lists[key]
    inside = [row for row in all_rows["listAssets"] if row[member] in allowed]
    assert rows["listAssets"] == inside
    assert 0 < len(inside) < len(all_rows["listAssets"])
    assets = {row["assetId"] for row in inside}
    devices = {row["deviceId"] for row in inside if row["deviceId"]}
    for name in ("listDevices", "listIncidents", "listServiceReports", "listServiceVisits", "listAppointments"):
        expected = [row for row in all_rows[name] if row.get("assetId") in assets]
        assert rows[name] == expected, name
        assert len(expected) < len(all_rows[name])
    assert {row["deviceId"] for row in rows["listDevices"]} == devices
    assert rows["listVendors"] == all_rows["listVendors"]
    assert rows["listInventoryParts"] == all_rows["listInventoryParts"]
    if member == "customerId":
        assert {row["customerId"] for row in rows["listCustomers"]} == allowed


@pytest.mark.parametrize("key", ["bounded", "bounded-customers"])
def test_id_outside_the_boundary_is_not_found(
    key: str, sandbox: InProcess, own_ids: ResourceIds, lists: dict[str, dict[str, Rows]]
) -> None:
    """An id outside the boundary is a 404 in every operation, and a filter with it returns an empty list."""
    assets = {row["assetId"] for row in lists[key]["listAssets"]}
    hidden = next(r for r in lists["full"]["listDevices"] if r["isPointGuard"] and r["assetId"] not in assets)
    device, asset = hidden["deviceId"], hidden["assetId"]
    window = own_ids.calls()["listMovements"].query
    cycles = Call(CONTRACT.operations["listPointGuardCycles"], {"deviceId": device}, window)
    cycle = cycles.send(sandbox).json["data"][0]
    report = next(r for r in lists["full"]["listServiceReports"] if r["assetId"] not in assets)
    ids = {
        "assetId": asset,
        "deviceId": device,
        "cycleId": cycle["cycleId"],
        "movementId": cycle["movementId"],
        "serviceReportId": report["serviceReportId"],
    }
    for operation in OPERATIONS:
        path_ids = {name: value for name, value in ids.items() if "{" + name + "}" in operation.path}
        if path_ids:
            call = Call(operation, path_ids, window if operation.window else {})
            assert call.send(sandbox).status == 200, call
            assert_error(call.send(sandbox, key=key), 404, "not_found")
    for name, query in (
        ("listIncidents", {"deviceId": device}),
        ("listServiceReports", {"deviceId": device}),
        ("listServiceReports", {"assetId": asset}),
        ("listAssets", {"groupId": 99}),
        ("listDevices", {"groupId": 99}),
    ):
        assert widest_call(name, **query).send(sandbox, key=key).json == EMPTY
    assert widest_call("getTelemetryDaily", deviceId=device).send(sandbox, key=key).json == []


def test_foreign_and_unknown_ids_give_equal_responses(sandbox: InProcess, foreign_ids: ResourceIds) -> None:
    """The responses to a foreign and to an unknown id are equal in status, headers and body."""
    request_id = [("X-Request-Id", "same")]
    foreign = sandbox("GET", f"/api/v1/assets/{foreign_ids.asset}", headers=request_id)
    unknown = sandbox("GET", "/api/v1/assets/00000000-0000-4000-8000-000000000000", headers=request_id)
    assert foreign == unknown
