"""Written service reports: the response, the lists that contain them, who can see them, and idempotency keys."""

from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from tests.end_to_end.calls import CREATE, Call, ResourceIds
from tests.end_to_end.harness import CONTRACT, InProcess, assert_error, target
from tests.harness.in_process import Response

REPORTS = CREATE.path
ASSET, DEVICE = "a33b5a5d-e55a-423d-9bdf-0bc2c61f7e63", "SEP-DEVICE-001"
NOW = "2026-07-01T00:00:00Z"
SINCE_JUNE = {"fromUtc": "2026-06-15T00:00:00Z"}
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


def create(client: InProcess, body: dict[str, Any], key: str = "full", idempotency_key: str | None = None) -> Response:
    """Create a report and return the response."""
    headers = [] if idempotency_key is None else [("Idempotency-Key", idempotency_key)]
    return client("POST", REPORTS, key=key, headers=headers, body=body)


def created(client: InProcess, body: dict[str, Any], **options: Any) -> str:
    """Create a report, check the 201 and return its id."""
    response = create(client, body, **options)
    assert response.status == 201, response
    return str(response.json["serviceReportId"])


def first_page(client: InProcess, key: str = "full", **query: Any) -> list[dict[str, Any]]:
    """Return the rows of the first page of the list."""
    response = client("GET", target(REPORTS, query), key=key)
    assert response.status == 200, response
    rows: list[dict[str, Any]] = response.json["data"]
    return rows


def new_reports(client: InProcess) -> list[dict[str, Any]]:
    """Return the created reports, without those of the world."""
    return [row for row in first_page(client, pageSize=500) if (row["reportNumber"] or "").startswith("API-")]


def test_created_report_is_returned(new_sandbox: InProcess) -> None:
    """A created report has an id and a Location, and GET and the list return it with all members."""
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
    assert first_page(new_sandbox)[0] == row


def test_asset_and_device_complete_each_other(new_sandbox: InProcess) -> None:
    """A report with a device gets the asset that it is mounted on, and one with an asset gets its device."""
    on_device = created(new_sandbox, {"deviceId": DEVICE, "title": "t"})
    on_asset = created(new_sandbox, {"assetId": ASSET, "title": "t"})
    for report_id in (on_device, on_asset):
        row = new_sandbox("GET", f"{REPORTS}/{report_id}").json
        assert (row["assetId"], row["deviceId"]) == (ASSET, DEVICE)


def test_filters_apply_to_created_reports(new_sandbox: InProcess) -> None:
    """Exactly the filters that match a created report return it."""
    report_id = created(new_sandbox, FULL)

    def found(**query: Any) -> bool:
        return report_id in {row["serviceReportId"] for row in first_page(new_sandbox, pageSize=500, **query)}

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


def read_ids(client: InProcess, size: int, between: Callable[[], object] = lambda: None) -> list[str]:
    """Return the ids of a list in pages of `size`; call `between` after each page but the last."""
    ids: list[str] = []
    for page in Call(CONTRACT.operations["listServiceReports"], {}, SINCE_JUNE | {"pageSize": size}).pages(client):
        ids += [row["serviceReportId"] for row in page["data"]]
        if page["hasMore"]:
            between()
    return ids


def test_created_reports_join_the_list(new_sandbox: InProcess) -> None:
    """Created reports and those of the world form one list, newest first, at every page size."""
    world = read_ids(new_sandbox, 500)
    own = [created(new_sandbox, {"assetId": ASSET, "title": f"report {number}"}) for number in range(9)]
    expected = [*reversed(own), *world]
    assert len(expected) > 20
    for size in (1, 4, 9, 10, 500):
        assert read_ids(new_sandbox, size) == expected


@pytest.mark.parametrize("size", [1, 7, 500])
@pytest.mark.parametrize("existing", [0, 1, 5, 20])
def test_reports_created_between_pages_move_no_rows(size: int, existing: int, new_sandbox: InProcess) -> None:
    """Reports that are created between two pages cause no missing, repeated or new rows."""
    for _ in range(existing):
        created(new_sandbox, {"assetId": ASSET, "title": "earlier"})
    before = read_ids(new_sandbox, 500)

    def create_one() -> None:
        created(new_sandbox, {"assetId": ASSET, "title": "later"})

    assert read_ids(new_sandbox, size, create_one) == before


def test_created_report_changes_the_etag(new_sandbox: InProcess) -> None:
    """The ETag of the list changes when a report is created."""
    etag = new_sandbox("GET", REPORTS).headers["etag"]
    assert new_sandbox("GET", REPORTS, headers=[("If-None-Match", etag)]).status == 304
    report_id = created(new_sandbox, FULL)
    again = new_sandbox("GET", REPORTS, headers=[("If-None-Match", etag)])
    assert again.status == 200
    assert again.json["data"][0]["serviceReportId"] == report_id


def test_visibility_of_a_created_report(new_sandbox: InProcess) -> None:
    """A report is visible to the keys of its organisation whose boundary contains it, and a 404 for others."""
    report_id = created(new_sandbox, FULL)
    row = new_sandbox("GET", f"{REPORTS}/{report_id}").json
    customers = new_sandbox("GET", "/api/v1/me", key="bounded-customers").json["allowedCustomerIds"]
    expected = {"readonly": True, "bounded": True, "bounded-customers": row["customerId"] in customers, "other": False}
    for key, visible in expected.items():
        response = new_sandbox("GET", f"{REPORTS}/{report_id}", key=key)
        assert response.status == (200 if visible else 404), key
        assert (report_id in {r["serviceReportId"] for r in first_page(new_sandbox, key)}) is visible, key
    asset = next(r for r in new_sandbox("GET", "/api/v1/assets?groupId=10").json["data"] if r["deviceId"])
    outside = created(new_sandbox, {"assetId": asset["assetId"], "title": "t"})
    assert_error(new_sandbox("GET", f"{REPORTS}/{outside}", key="bounded"), 404, "not_found")
    assert outside not in {r["serviceReportId"] for r in first_page(new_sandbox, "bounded")}


def test_report_of_another_organisation(new_sandbox: InProcess, foreign_ids: ResourceIds) -> None:
    """Another organisation creates reports in its own currency, and can't name foreign assets or devices."""
    for name, value in (("assetId", ASSET), ("deviceId", DEVICE)):
        response = create(new_sandbox, {"title": "t", name: value}, key="other")
        assert_error(response, 400, "validation_error", name)
    report_id = created(new_sandbox, {"deviceId": foreign_ids.device, "title": "t", "laborCost": 5}, key="other")
    row = new_sandbox("GET", f"{REPORTS}/{report_id}", key="other").json
    assert (row["currency"], row["assetId"], row["totalCost"]) == ("NOK", foreign_ids.asset, 5)
    assert_error(new_sandbox("GET", f"{REPORTS}/{report_id}"), 404, "not_found")


def test_foreign_visit_is_rejected(new_sandbox: InProcess) -> None:
    """A report may name a visit of its own organisation; a foreign or unknown one is a 400."""
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


def test_device_of_another_asset_is_rejected(new_sandbox: InProcess) -> None:
    """A report with a device that is not mounted on its asset is a 400."""
    response = create(new_sandbox, {"assetId": ASSET, "deviceId": "SEP-DEVICE-002", "title": "t"})
    assert_error(response, 400, "validation_error", "deviceId")


def test_write_scope_does_not_allow_reads(new_sandbox: InProcess) -> None:
    """A key with only the write scope can create a report, but not read it."""
    report_id = created(new_sandbox, FULL, key="only-service_reports.write")
    assert_error(new_sandbox("GET", f"{REPORTS}/{report_id}", key="only-service_reports.write"), 403, "forbidden")
    assert new_sandbox("GET", f"{REPORTS}/{report_id}", key="only-service_reports.read").status == 200


def test_idempotency_key_repeats_the_response(new_sandbox: InProcess) -> None:
    """The same Idempotency-Key and body return the first response with a replay header, and create nothing."""
    first = create(new_sandbox, FULL, idempotency_key="key-1")
    reordered = {name: FULL[name] for name in reversed(FULL)}
    for body in (FULL, reordered):
        again = create(new_sandbox, body, idempotency_key="key-1")
        assert (again.status, again.body) == (201, first.body)
        assert again.headers["location"] == first.headers["location"]
        assert again.headers["idempotent-replayed"] == "true"
    assert len(new_reports(new_sandbox)) == 1


def test_idempotency_key_with_another_body_is_a_conflict(new_sandbox: InProcess) -> None:
    """The same Idempotency-Key with another body is a 409, and creates nothing."""
    created(new_sandbox, FULL, idempotency_key="key-1")
    for body in (FULL | {"title": "other"}, {**FULL, "laborCost": None}, {"assetId": ASSET, "title": "t"}):
        assert_error(create(new_sandbox, body, idempotency_key="key-1"), 409, "conflict")
    assert len(new_reports(new_sandbox)) == 1


def test_idempotency_keys_belong_to_their_api_key(new_sandbox: InProcess, foreign_ids: ResourceIds) -> None:
    """Several API keys may use the same Idempotency-Key for different reports."""
    ids = [
        created(new_sandbox, FULL, idempotency_key="same"),
        created(
            new_sandbox, {"assetId": ASSET, "title": "t"}, key="only-service_reports.write", idempotency_key="same"
        ),
        created(new_sandbox, {"assetId": foreign_ids.asset, "title": "t"}, key="other", idempotency_key="same"),
    ]
    assert len(set(ids)) == 3


def test_concurrent_requests(new_sandbox: InProcess) -> None:
    """Concurrent requests with one Idempotency-Key create one report; those without create one each."""
    responses = new_sandbox.concurrently(20, "POST", REPORTS, headers=[("Idempotency-Key", "burst")], body=FULL)
    assert {response.status for response in responses} == {201}
    assert len({response.body for response in responses}) == 1
    assert Counter("idempotent-replayed" in response.headers for response in responses) == {False: 1, True: 19}
    others = new_sandbox.concurrently(20, "POST", REPORTS, body=FULL)
    assert len({response.json["serviceReportId"] for response in others}) == 20
    assert len(new_reports(new_sandbox)) == 21


def test_unknown_members_and_parameters_are_ignored(new_sandbox: InProcess) -> None:
    """Unknown and read-only members are ignored without a warning, unknown parameters with one."""
    response = new_sandbox(
        "POST", f"{REPORTS}?dryRun=1", body=FULL | {"unknown": [1], "serviceReportId": ASSET, "state": 4}
    )
    assert response.status == 201
    assert response.headers["x-sandbox-warning"] == 'unknown parameter "dryRun" ignored'
    row = new_sandbox("GET", response.headers["location"]).json
    assert (row["state"], row["serviceReportId"]) == (2, response.json["serviceReportId"])
    assert "unknown" not in row
