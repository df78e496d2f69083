"""Nothing of another organisation, and nothing outside a key's boundary, comes out by any way in."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.end_to_end.calls import OPERATIONS, READS, Call, ResourceIds
from tests.end_to_end.harness import CONTRACT, InProcess, assert_error

EMPTY: dict[str, Any] = {"data": [], "nextCursor": None, "hasMore": False}
YEAR = {"fromUtc": "2025-07-01T00:00:00Z", "toUtc": "2026-07-01T00:00:00Z"}
LISTED = [o for o in READS if o.returns == "page" and "{" not in o.path]

Rows = list[dict[str, Any]]


def walk(client: InProcess, call: Call, key: str) -> Rows:
    """Every row of a list."""
    rows: Rows = []
    call = call.with_query(pageSize=500 if call.operation.page and call.operation.page.maximum else None)
    while True:
        response = call.send(client, key=key)
        assert response.status == 200, response
        page = response.json
        rows += page["data"]
        if not page["hasMore"]:
            return rows
        call = call.with_query(cursor=page["nextCursor"])


def wide(name: str, **query: Any) -> Call:
    """A list at its widest: every status, a year of time."""
    operation = CONTRACT.operations[name]
    names = {parameter.name for parameter in operation.parameters}
    everything = {**(YEAR if "fromUtc" in names and "from" not in names else {}), **query}
    if name in {"listAssets", "listInventoryParts"}:
        everything["status"] = "all"
    return Call(operation, {}, everything)


@pytest.fixture(scope="module")
def everything(sandbox: InProcess) -> dict[str, dict[str, Rows]]:
    """Every row that a key lists, by key and operation."""
    keys = ("full", "other", "bounded", "bounded-customers")
    return {key: {o.operation_id: walk(sandbox, wide(o.operation_id), key) for o in LISTED} for key in keys}


def _ids(rows: Rows) -> set[str]:
    """Every identifier in rows; customers are known by numbers of their own in each organisation."""
    return {
        value
        for row in rows
        for name, value in row.items()
        if name.endswith("Id") and isinstance(value, str) and name not in {"customerId", "externalId"}
    }


def test_organisations_share_no_row(everything: dict[str, dict[str, Rows]]) -> None:
    """No identifier of one organisation is listed in the other, and both list something everywhere."""
    for operation in LISTED:
        ours, theirs = (everything[key][operation.operation_id] for key in ("full", "other"))
        assert ours, operation.operation_id
        assert theirs, operation.operation_id
        assert not _ids(ours) & _ids(theirs), operation.operation_id


def _foreign_calls(own_ids: ResourceIds, foreign_ids: ResourceIds) -> Iterator[tuple[Call, str]]:
    """Every call with an id in its path, with one of them replaced by another organisation's."""
    for call in own_ids.calls().values():
        for name in call.ids:
            yield Call(call.operation, {**call.ids, name: foreign_ids.by_parameter[name]}, call.query), name
        if len(call.ids) > 1:
            yield Call(call.operation, {name: foreign_ids.by_parameter[name] for name in call.ids}, call.query), "all"


def test_ids_of_another_organisation(sandbox: InProcess, own_ids: ResourceIds, foreign_ids: ResourceIds) -> None:
    """An id of another organisation is as unknown as one of nobody, in every operation that takes one, both ways."""
    checked = 0
    for key, own, others in (("full", own_ids, foreign_ids), ("other", foreign_ids, own_ids)):
        for call, name in _foreign_calls(own, others):
            if name == "cycleId" and own.cycle == others.cycle:
                continue
            theirs = call.send(sandbox, key=key)
            nobody = Call(call.operation, {**call.ids, **_nobody(call)}, call.query).send(sandbox, key=key)
            assert_error(theirs, 404, "not_found")
            assert theirs.json["message"] == nobody.json["message"]
            assert set(theirs.headers) == set(nobody.headers)
            checked += 1
    print(f"\n{checked} calls with another organisation's ids")
    assert checked >= 2 * sum(len(call.ids) for call in own_ids.calls().values()) - 2


def _nobody(call: Call) -> dict[str, str]:
    nobody = {p.name: p.schema.get("format") for p in call.operation.parameters if p.where == "path"}
    return {n: "00000000-0000-4000-8000-000000000000" if f == "uuid" else "NOBODY" for n, f in nobody.items()}


def test_filters_by_another_organisation(sandbox: InProcess, own_ids: ResourceIds, foreign_ids: ResourceIds) -> None:
    """A filter by another organisation's id finds nothing, and no error tells that the id exists."""
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
                query = {parameter.name: values[parameter.name]}
                call = wide(operation.operation_id, **query)
                response = call.send(sandbox)
                assert (response.status, response.json) == (200, [] if operation.returns == "array" else EMPTY)
                mine = {**query, parameter.name: getattr(own_ids, parameter.name.removesuffix("Id"))}
                assert wide(operation.operation_id, **mine).send(sandbox).json not in ([], EMPTY), operation
                checked.add((operation.operation_id, parameter.name))
    assert len(checked) == 8, checked


def test_aggregates_are_of_one_organisation(sandbox: InProcess, everything: dict[str, dict[str, Rows]]) -> None:
    """Summaries count what the same key lists."""
    for key in ("full", "other", "bounded", "bounded-customers"):
        assets = everything[key]["listAssets"]
        summary = sandbox("GET", "/api/v1/reporting/assets-summary", key=key).json
        assert summary["totalAssets"] == len(assets)
        assert summary["activeAssets"] == sum(row["isActive"] for row in assets)
        assert summary["withDevices"] == sum(row["deviceId"] is not None for row in assets)
        visits = everything[key]["listServiceVisits"]
        performance = wide("getServicePerformance").send(sandbox, key=key).json
        assert performance["totalVisits"] == len(visits)
        daily = Call(CONTRACT.operations["getTelemetryDaily"]).send(sandbox, key=key).json
        assert {row["deviceId"] for row in daily} <= {row["deviceId"] for row in everything[key]["listDevices"]}


@pytest.mark.parametrize(("key", "member"), [("bounded", "groupId"), ("bounded-customers", "customerId")])
def test_rows_keep_the_boundary(
    key: str, member: str, sandbox: InProcess, everything: dict[str, dict[str, Rows]]
) -> None:
    """A bounded key sees exactly the rows inside its boundary; vendors and parts belong to no customer or group."""
    me = sandbox("GET", "/api/v1/me", key=key).json
    allowed = set(me["allowedGroupIds"] if member == "groupId" else me["allowedCustomerIds"])
    assert allowed
    full, mine = everything["full"], everything[key]
    inside = [row for row in full["listAssets"] if row[member] in allowed]
    assert mine["listAssets"] == inside
    assert 0 < len(inside) < len(full["listAssets"])
    assets = {row["assetId"] for row in inside}
    devices = {row["deviceId"] for row in inside if row["deviceId"]}
    for name in ("listDevices", "listIncidents", "listServiceReports", "listServiceVisits", "listAppointments"):
        of_asset = [row for row in full[name] if row.get("assetId") in assets]
        assert mine[name] == of_asset, name
        assert len(of_asset) < len(full[name])
    assert {row["deviceId"] for row in mine["listDevices"]} == devices
    assert mine["listVendors"] == full["listVendors"]
    assert mine["listInventoryParts"] == full["listInventoryParts"]
    if member == "customerId":
        assert {row["customerId"] for row in mine["listCustomers"]} == allowed


@pytest.mark.parametrize("key", ["bounded", "bounded-customers"])
def test_ids_outside_the_boundary(
    key: str, sandbox: InProcess, own_ids: ResourceIds, everything: dict[str, dict[str, Rows]]
) -> None:
    """An id outside the boundary is 404 in every operation, and a filter by it finds nothing."""
    mine = {row["assetId"] for row in everything[key]["listAssets"]}
    hidden = next(r for r in everything["full"]["listDevices"] if r["isPointGuard"] and r["assetId"] not in mine)
    device, asset = hidden["deviceId"], hidden["assetId"]
    cycles = Call(
        CONTRACT.operations["listPointGuardCycles"], {"deviceId": device}, own_ids.calls()["listMovements"].query
    )
    cycle = cycles.send(sandbox).json["data"][0]
    report = next(r for r in everything["full"]["listServiceReports"] if r["assetId"] not in mine)
    ids = {
        "assetId": asset,
        "deviceId": device,
        "cycleId": cycle["cycleId"],
        "movementId": cycle["movementId"],
        "serviceReportId": report["serviceReportId"],
    }
    for operation in OPERATIONS:
        taken = {name: value for name, value in ids.items() if "{" + name + "}" in operation.path}
        if taken:
            call = Call(operation, taken, cycles.query if operation.window else {})
            assert call.send(sandbox).status == 200, call
            assert_error(call.send(sandbox, key=key), 404, "not_found")
    for name, query in (
        ("listIncidents", {"deviceId": device}),
        ("listServiceReports", {"deviceId": device}),
        ("listServiceReports", {"assetId": asset}),
        ("listAssets", {"groupId": 99}),
        ("listDevices", {"groupId": 99}),
    ):
        assert wide(name, **query).send(sandbox, key=key).json == EMPTY
    assert wide("getTelemetryDaily", deviceId=device).send(sandbox, key=key).json == []


def test_one_body_for_unknown_and_forbidden(sandbox: InProcess, foreign_ids: ResourceIds) -> None:
    """What is answered for another organisation's id can't be told from the response for no id at all."""
    asked = [("X-Request-Id", "same")]
    theirs = sandbox("GET", f"/api/v1/assets/{foreign_ids.asset}", headers=asked)
    nobody = sandbox("GET", "/api/v1/assets/00000000-0000-4000-8000-000000000000", headers=asked)
    assert theirs == nobody
