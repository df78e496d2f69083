"""A partner writes a service report: what comes back, where it shows, and what a repeated attempt does."""

from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from tests.end_to_end.calls import CREATE, ResourceIds
from tests.end_to_end.harness import CONTRACT, InProcess, assert_error, target
from tests.harness.in_process import Response

REPORTS = CREATE.path
ASSET, DEVICE = "a33b5a5d-e55a-423d-9bdf-0bc2c61f7e63", "SEP-DEVICE-001"
NOW = "2026-07-01T00:00:00Z"
FULL: dict[str, Any] = {
    "assetId": ASSET,
    "deviceId": DEVICE,
    "title": "Pump \U0001f682 replaced",
    "description": "It leaked.",
    "resolution": "New seal.",
    "technicianName": "Kari Nordmann",
    "serviceVisitId": None,
    "startedOn": "2026-06-30T10:00:00+02:00",
    "completedOn": "2026-06-30T09:30:00.250Z",
    "laborHours": 1.5,
    "laborCost": 100.1,
    "partsCost": 0.2,
    "externalReference": "ERP-1",
}


def create(client: InProcess, body: dict[str, Any], key: str = "full", attempt: str | None = None) -> Response:
    """Write a report."""
    headers = [] if attempt is None else [("Idempotency-Key", attempt)]
    return client("POST", REPORTS, key=key, headers=headers, body=body)


def created(client: InProcess, body: dict[str, Any], **options: Any) -> str:
    """Write a report that is taken, and return its id."""
    response = create(client, body, **options)
    assert response.status == 201, response
    return str(response.json["serviceReportId"])


def listed(client: InProcess, key: str = "full", **query: Any) -> list[dict[str, Any]]:
    """The first page of the list."""
    response = client("GET", target(REPORTS, query), key=key)
    assert response.status == 200, response
    rows: list[dict[str, Any]] = response.json["data"]
    return rows


def test_a_full_report(new_sandbox: InProcess) -> None:
    """It is answered with its id and place, and reads back as it was written."""
    response = create(new_sandbox, FULL)
    assert (response.status, list(response.json)) == (201, ["serviceReportId"])
    report_id = response.json["serviceReportId"]
    assert str(UUID(report_id)) == report_id
    assert response.headers["location"] == f"{REPORTS}/{report_id}"
    assert response.headers["cache-control"] == "no-store"
    assert "idempotent-replayed" not in response.headers
    row = new_sandbox("GET", response.headers["location"]).json
    expected = {name: value for name, value in FULL.items() if name != "externalReference"}
    expected |= {
        "serviceReportId": report_id,
        "startedOn": "2026-06-30T08:00:00Z",
        "completedOn": "2026-06-30T09:30:00.250Z",
        "state": 2,
        "stateText": "Completed",
        "createdOn": NOW,
        "updatedOn": NOW,
        "totalCost": 100.3,
        "currency": "EUR",
        "parts": [],
        "reportNumber": "API-000001",
    }
    members = CONTRACT.document["components"]["schemas"]["PublicApiServiceReportDto"]["properties"]
    asset = new_sandbox("GET", f"/api/v1/assets/{ASSET}").json
    assert row == dict.fromkeys(members) | expected | {"customerId": asset["customerId"]}
    assert list(row) == list(members)
    assert listed(new_sandbox)[0] == row


@pytest.mark.parametrize(
    ("times", "state", "word"),
    [
        ({}, 0, "Draft"),
        ({"startedOn": "2026-06-30T10:00:00Z"}, 1, "InProgress"),
        ({"startedOn": "2026-06-30T10:00:00Z", "completedOn": "2026-06-30T10:00:00Z"}, 2, "Completed"),
        ({"completedOn": "2026-06-30T10:00:00Z"}, 2, "Completed"),
    ],
)
def test_states(times: dict[str, str], state: int, word: str, new_sandbox: InProcess) -> None:
    """Its state follows from its times."""
    report_id = created(new_sandbox, {"assetId": ASSET, "title": "t"} | times)
    row = new_sandbox("GET", f"{REPORTS}/{report_id}").json
    assert (row["state"], row["stateText"]) == (state, word)
    assert listed(new_sandbox, state=state)[0] == row
    assert row not in listed(new_sandbox, state=(state + 1) % 3, pageSize=500)


def test_the_other_half(new_sandbox: InProcess) -> None:
    """A report on a device belongs to the device's asset too, and one on an asset to its device."""
    on_device = created(new_sandbox, {"deviceId": DEVICE, "title": "t"})
    on_asset = created(new_sandbox, {"assetId": ASSET, "title": "t"})
    for report_id in (on_device, on_asset):
        row = new_sandbox("GET", f"{REPORTS}/{report_id}").json
        assert (row["assetId"], row["deviceId"]) == (ASSET, DEVICE)


def test_filters_find_it(new_sandbox: InProcess) -> None:
    """It is in the list under each filter that it matches, and under no other."""
    report_id = created(new_sandbox, FULL)

    def found(**query: Any) -> bool:
        return report_id in {row["serviceReportId"] for row in listed(new_sandbox, pageSize=500, **query)}

    assert found()
    assert found(assetId=ASSET)
    assert found(assetId=ASSET.upper())
    assert found(deviceId=DEVICE)
    assert found(state=2)
    assert found(fromUtc=NOW)
    assert found(toUtc=NOW)
    assert found(fromUtc=NOW, toUtc=NOW, assetId=ASSET, deviceId=DEVICE, state=2)
    assert not found(assetId="00000000-0000-4000-8000-000000000000")
    assert not found(deviceId="SEP-DEVICE-002")
    assert not found(state=1)
    assert not found(fromUtc="2026-07-01T00:00:00.001Z")
    assert not found(toUtc="2026-06-30T23:59:59.999Z")


def walked(client: InProcess, size: int, between: Callable[[], object] = lambda: None) -> list[str]:
    """Ids of a few dozen reports, as a walk finds them; `between` is done after each page."""
    ids: list[str] = []
    query: dict[str, Any] = {"fromUtc": "2026-06-15T00:00:00Z", "pageSize": size}
    while True:
        page = client("GET", target(REPORTS, query)).json
        ids += [row["serviceReportId"] for row in page["data"]]
        if not page["hasMore"]:
            return ids
        query["cursor"] = page["nextCursor"]
        between()


def test_walks_with_written_reports(new_sandbox: InProcess) -> None:
    """Written reports and the world's form one list: whole at every page size, newest first, without doubles."""
    world = walked(new_sandbox, 500)
    mine = [created(new_sandbox, {"assetId": ASSET, "title": f"report {number}"}) for number in range(9)]
    wanted = [*reversed(mine), *world]
    assert len(wanted) > 20
    for size in (1, 4, 9, 10, 500):
        assert walked(new_sandbox, size) == wanted


@pytest.mark.parametrize("size", [1, 7, 500])
@pytest.mark.parametrize("earlier", [0, 1, 5, 20])
def test_reports_written_during_a_walk(size: int, earlier: int, new_sandbox: InProcess) -> None:
    """What is written while someone pages moves no row: nothing comes twice, is lost, or comes out of order."""
    for _ in range(earlier):
        created(new_sandbox, {"assetId": ASSET, "title": "earlier"})
    before = walked(new_sandbox, 500)

    def meanwhile() -> None:
        created(new_sandbox, {"assetId": ASSET, "title": "meanwhile"})

    assert walked(new_sandbox, size, meanwhile) == before


def test_a_new_report_changes_the_tag(new_sandbox: InProcess) -> None:
    """A kept list is no longer current once a report was written, and a missing report no longer missing."""
    etag = new_sandbox("GET", REPORTS).headers["etag"]
    assert new_sandbox("GET", REPORTS, headers=[("If-None-Match", etag)]).status == 304
    report_id = created(new_sandbox, FULL)
    again = new_sandbox("GET", REPORTS, headers=[("If-None-Match", etag)])
    assert again.status == 200
    assert again.json["data"][0]["serviceReportId"] == report_id


def test_who_sees_it(new_sandbox: InProcess) -> None:
    """Every key of the organisation that may read reports sees it, if it lies inside its boundary; no other does."""
    report_id = created(new_sandbox, FULL)
    row = new_sandbox("GET", f"{REPORTS}/{report_id}").json
    customers = new_sandbox("GET", "/api/v1/me", key="bounded-customers").json["allowedCustomerIds"]
    sees = {"readonly": True, "bounded": True, "bounded-customers": row["customerId"] in customers, "other": False}
    for key, visible in sees.items():
        response = new_sandbox("GET", f"{REPORTS}/{report_id}", key=key)
        assert response.status == (200 if visible else 404), key
        assert (report_id in {r["serviceReportId"] for r in listed(new_sandbox, key)}) is visible, key
    group = next(r for r in new_sandbox("GET", "/api/v1/assets?groupId=10").json["data"] if r["deviceId"])
    outside = created(new_sandbox, {"assetId": group["assetId"], "title": "t"})
    assert_error(new_sandbox("GET", f"{REPORTS}/{outside}", key="bounded"), 404, "not_found")
    assert outside not in {r["serviceReportId"] for r in listed(new_sandbox, "bounded")}


def test_another_organisation(new_sandbox: InProcess, foreign_ids: ResourceIds) -> None:
    """It writes its own reports, in its own currency, and can't name what isn't its own."""
    for name, value in (("assetId", ASSET), ("deviceId", DEVICE)):
        response = create(new_sandbox, {"title": "t", name: value}, key="other")
        assert_error(response, 400, "validation_error", name)
    report_id = created(new_sandbox, {"deviceId": foreign_ids.device, "title": "t", "laborCost": 5}, key="other")
    row = new_sandbox("GET", f"{REPORTS}/{report_id}", key="other").json
    assert (row["currency"], row["assetId"], row["totalCost"]) == ("NOK", foreign_ids.asset, 5)
    assert_error(new_sandbox("GET", f"{REPORTS}/{report_id}"), 404, "not_found")


def test_a_visit_of_another_organisation(new_sandbox: InProcess) -> None:
    """A report can name a visit of its own organisation only; a foreign_ids one is as unknown as one that never was."""
    window = "fromUtc=2026-06-01T00:00:00Z&toUtc=2026-06-30T00:00:00Z"
    own, others = (
        new_sandbox("GET", f"/api/v1/service-visits?{window}", key=key).json["data"][0]["serviceVisitId"]
        for key in ("full", "other")
    )
    report_id = created(new_sandbox, {"deviceId": DEVICE, "title": "t", "serviceVisitId": own})
    assert new_sandbox("GET", f"{REPORTS}/{report_id}").json["serviceVisitId"] == own
    for visit in (others, "5c722f76-5f0b-4c1b-875d-05a1d8cd47b5"):
        response = create(new_sandbox, {"deviceId": DEVICE, "title": "t", "serviceVisitId": visit})
        assert_error(response, 400, "validation_error", "serviceVisitId")


def test_a_device_on_another_asset(new_sandbox: InProcess) -> None:
    """Asset and device of one report must belong concurrently."""
    response = create(new_sandbox, {"assetId": ASSET, "deviceId": "SEP-DEVICE-002", "title": "t"})
    assert_error(response, 400, "validation_error", "deviceId")


def test_refused_writes_leave_nothing(new_sandbox: InProcess) -> None:
    """Neither a key without the scope nor a wrong body leaves a trace."""
    before = new_sandbox("GET", REPORTS).body
    for key in ("readonly", "only-service_reports.read", "bounded", "limited"):
        assert_error(create(new_sandbox, FULL, key=key), 403, "forbidden")
    assert_error(create(new_sandbox, {"title": "t"}), 400, "validation_error", "assetId")
    assert new_sandbox("GET", REPORTS).body == before


def test_writing_does_not_imply_reading(new_sandbox: InProcess) -> None:
    """A key that may only write gets its id, and may not read what it wrote."""
    report_id = created(new_sandbox, FULL, key="only-service_reports.write")
    assert_error(new_sandbox("GET", f"{REPORTS}/{report_id}", key="only-service_reports.write"), 403, "forbidden")
    assert new_sandbox("GET", f"{REPORTS}/{report_id}", key="only-service_reports.read").status == 200


# Repeated attempts.


def test_a_repeated_attempt(new_sandbox: InProcess) -> None:
    """The same attempt with the same body gets the first response again, marked, and writes nothing."""
    first = create(new_sandbox, FULL, attempt="attempt-1")
    reordered = {name: FULL[name] for name in reversed(FULL)}
    for body in (FULL, reordered):
        again = create(new_sandbox, body, attempt="attempt-1")
        assert (again.status, again.body) == (201, first.body)
        assert again.headers["location"] == first.headers["location"]
        assert again.headers["idempotent-replayed"] == "true"
    assert len([row for row in listed(new_sandbox) if row["createdOn"] == NOW and row["title"] == FULL["title"]]) == 1


def test_an_attempt_with_another_body(new_sandbox: InProcess) -> None:
    """The same attempt with another body is a conflict, and writes nothing."""
    created(new_sandbox, FULL, attempt="attempt-1")
    for body in (FULL | {"title": "other"}, {**FULL, "laborCost": None}, {"assetId": ASSET, "title": "t"}):
        assert_error(create(new_sandbox, body, attempt="attempt-1"), 409, "conflict")
    assert len([row for row in listed(new_sandbox) if (row["reportNumber"] or "").startswith("API-")]) == 1


def test_attempts_of_others(new_sandbox: InProcess, foreign_ids: ResourceIds) -> None:
    """An attempt belongs to its key: another one may use the same name for something else."""
    ids = [
        created(new_sandbox, FULL, attempt="same"),
        created(new_sandbox, {"assetId": ASSET, "title": "t"}, key="only-service_reports.write", attempt="same"),
        created(new_sandbox, {"assetId": foreign_ids.asset, "title": "t"}, key="other", attempt="same"),
    ]
    assert len(set(ids)) == 3


def test_a_refused_attempt_may_be_repeated(new_sandbox: InProcess) -> None:
    """An attempt that was refused isn't used up."""
    assert_error(create(new_sandbox, {"title": "t"}, attempt="retry"), 400, "validation_error", "assetId")
    response = create(new_sandbox, FULL, attempt="retry")
    assert (response.status, "idempotent-replayed" in response.headers) == (201, False)


def test_without_an_attempt(new_sandbox: InProcess) -> None:
    """Without a name for the attempt, the same body makes two reports."""
    assert created(new_sandbox, FULL) != created(new_sandbox, FULL)


def test_attempts_at_once(new_sandbox: InProcess) -> None:
    """The same attempt many times at once makes one report; many attempts make as many."""
    responses = new_sandbox.concurrently(20, "POST", REPORTS, headers=[("Idempotency-Key", "burst")], body=FULL)
    assert {response.status for response in responses} == {201}
    assert len({response.body for response in responses}) == 1
    assert Counter("idempotent-replayed" in response.headers for response in responses) == {False: 1, True: 19}
    others = new_sandbox.concurrently(20, "POST", REPORTS, body=FULL)
    assert len({response.json["serviceReportId"] for response in others}) == 20
    assert (
        len([row for row in listed(new_sandbox, pageSize=500) if (row["reportNumber"] or "").startswith("API-")]) == 21
    )


def test_the_same_history_gives_the_same_ids(new_sandbox: InProcess, make_sandbox: Any) -> None:
    """Two sandboxes that were told the same response the same, ids included."""
    other = make_sandbox()
    for body in (FULL, {"deviceId": DEVICE, "title": "t"}, FULL):
        assert created(new_sandbox, body) == created(other, body)
    assert new_sandbox("GET", REPORTS).body == other("GET", REPORTS).body


def test_unknown_members_and_parameters(new_sandbox: InProcess) -> None:
    """What the contract doesn't know is ignored: in the body silently, in the query with a warning."""
    response = new_sandbox(
        "POST", f"{REPORTS}?dryRun=1", body=FULL | {"unknown": [1], "serviceReportId": ASSET, "state": 4}
    )
    assert response.status == 201
    assert response.headers["x-sandbox-warning"] == 'unknown parameter "dryRun" ignored'
    row = new_sandbox("GET", response.headers["location"]).json
    assert (row["state"], row["serviceReportId"]) == (2, response.json["serviceReportId"])
    assert "unknown" not in row
