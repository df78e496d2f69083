"""A partner writes a service report: what comes back, where it shows, and what a repeated attempt does."""

from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from tests.end_to_end.calls import CREATE, Seen
from tests.end_to_end.harness import CONTRACT, Answer, InProcess, assert_refused, target

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


def create(client: InProcess, body: dict[str, Any], key: str = "full", attempt: str | None = None) -> Answer:
    """Write a report."""
    headers = [] if attempt is None else [("Idempotency-Key", attempt)]
    return client("POST", REPORTS, key=key, headers=headers, body=body)


def created(client: InProcess, body: dict[str, Any], **options: Any) -> str:
    """Write a report that is taken, and return its id."""
    answer = create(client, body, **options)
    assert answer.status == 201, answer
    return str(answer.json["serviceReportId"])


def listed(client: InProcess, key: str = "full", **query: Any) -> list[dict[str, Any]]:
    """The first page of the list."""
    answer = client("GET", target(REPORTS, query), key=key)
    assert answer.status == 200, answer
    rows: list[dict[str, Any]] = answer.json["data"]
    return rows


def test_a_full_report(fresh: InProcess) -> None:
    """It is answered with its id and place, and reads back as it was written."""
    answer = create(fresh, FULL)
    assert (answer.status, list(answer.json)) == (201, ["serviceReportId"])
    report_id = answer.json["serviceReportId"]
    assert str(UUID(report_id)) == report_id
    assert answer.headers["location"] == f"{REPORTS}/{report_id}"
    assert answer.headers["cache-control"] == "no-store"
    assert "idempotent-replayed" not in answer.headers
    row = fresh("GET", answer.headers["location"]).json
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
    asset = fresh("GET", f"/api/v1/assets/{ASSET}").json
    assert row == dict.fromkeys(members) | expected | {"customerId": asset["customerId"]}
    assert list(row) == list(members)
    assert listed(fresh)[0] == row


@pytest.mark.parametrize(
    ("times", "state", "word"),
    [
        ({}, 0, "Draft"),
        ({"startedOn": "2026-06-30T10:00:00Z"}, 1, "InProgress"),
        ({"startedOn": "2026-06-30T10:00:00Z", "completedOn": "2026-06-30T10:00:00Z"}, 2, "Completed"),
        ({"completedOn": "2026-06-30T10:00:00Z"}, 2, "Completed"),
    ],
)
def test_states(times: dict[str, str], state: int, word: str, fresh: InProcess) -> None:
    """Its state follows from its times."""
    report_id = created(fresh, {"assetId": ASSET, "title": "t"} | times)
    row = fresh("GET", f"{REPORTS}/{report_id}").json
    assert (row["state"], row["stateText"]) == (state, word)
    assert listed(fresh, state=state)[0] == row
    assert row not in listed(fresh, state=(state + 1) % 3, pageSize=500)


def test_the_other_half(fresh: InProcess) -> None:
    """A report on a device belongs to the device's asset too, and one on an asset to its device."""
    on_device = created(fresh, {"deviceId": DEVICE, "title": "t"})
    on_asset = created(fresh, {"assetId": ASSET, "title": "t"})
    for report_id in (on_device, on_asset):
        row = fresh("GET", f"{REPORTS}/{report_id}").json
        assert (row["assetId"], row["deviceId"]) == (ASSET, DEVICE)


def test_filters_find_it(fresh: InProcess) -> None:
    """It is in the list under each filter that it matches, and under no other."""
    report_id = created(fresh, FULL)

    def found(**query: Any) -> bool:
        return report_id in {row["serviceReportId"] for row in listed(fresh, pageSize=500, **query)}

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


def test_walks_with_written_reports(fresh: InProcess) -> None:
    """Written reports and the world's form one list: whole at every page size, newest first, without doubles."""
    world = walked(fresh, 500)
    mine = [created(fresh, {"assetId": ASSET, "title": f"report {number}"}) for number in range(9)]
    wanted = [*reversed(mine), *world]
    assert len(wanted) > 20
    for size in (1, 4, 9, 10, 500):
        assert walked(fresh, size) == wanted


@pytest.mark.parametrize("size", [1, 7, 500])
@pytest.mark.parametrize("earlier", [0, 1, 5, 20])
def test_reports_written_during_a_walk(size: int, earlier: int, fresh: InProcess) -> None:
    """What is written while someone pages moves no row: nothing comes twice, is lost, or comes out of order."""
    for _ in range(earlier):
        created(fresh, {"assetId": ASSET, "title": "earlier"})
    before = walked(fresh, 500)

    def meanwhile() -> None:
        created(fresh, {"assetId": ASSET, "title": "meanwhile"})

    assert walked(fresh, size, meanwhile) == before


def test_a_new_report_changes_the_tag(fresh: InProcess) -> None:
    """A kept list is no longer current once a report was written, and a missing report no longer missing."""
    etag = fresh("GET", REPORTS).headers["etag"]
    assert fresh("GET", REPORTS, headers=[("If-None-Match", etag)]).status == 304
    report_id = created(fresh, FULL)
    again = fresh("GET", REPORTS, headers=[("If-None-Match", etag)])
    assert again.status == 200
    assert again.json["data"][0]["serviceReportId"] == report_id


def test_who_sees_it(fresh: InProcess) -> None:
    """Every key of the organisation that may read reports sees it, if it lies inside its boundary; no other does."""
    report_id = created(fresh, FULL)
    row = fresh("GET", f"{REPORTS}/{report_id}").json
    customers = fresh("GET", "/api/v1/me", key="bounded-customers").json["allowedCustomerIds"]
    sees = {"readonly": True, "bounded": True, "bounded-customers": row["customerId"] in customers, "other": False}
    for key, visible in sees.items():
        answer = fresh("GET", f"{REPORTS}/{report_id}", key=key)
        assert answer.status == (200 if visible else 404), key
        assert (report_id in {r["serviceReportId"] for r in listed(fresh, key)}) is visible, key
    group = next(r for r in fresh("GET", "/api/v1/assets?groupId=10").json["data"] if r["deviceId"])
    outside = created(fresh, {"assetId": group["assetId"], "title": "t"})
    assert_refused(fresh("GET", f"{REPORTS}/{outside}", key="bounded"), 404, "not_found")
    assert outside not in {r["serviceReportId"] for r in listed(fresh, "bounded")}


def test_another_organisation(fresh: InProcess, foreign: Seen) -> None:
    """It writes its own reports, in its own currency, and can't name what isn't its own."""
    for name, value in (("assetId", ASSET), ("deviceId", DEVICE)):
        answer = create(fresh, {"title": "t", name: value}, key="other")
        assert_refused(answer, 400, "validation_error", name)
    report_id = created(fresh, {"deviceId": foreign.device, "title": "t", "laborCost": 5}, key="other")
    row = fresh("GET", f"{REPORTS}/{report_id}", key="other").json
    assert (row["currency"], row["assetId"], row["totalCost"]) == ("NOK", foreign.asset, 5)
    assert_refused(fresh("GET", f"{REPORTS}/{report_id}"), 404, "not_found")


def test_a_visit_of_another_organisation(fresh: InProcess) -> None:
    """A report can name a visit of its own organisation only; a foreign one is as unknown as one that never was."""
    window = "fromUtc=2026-06-01T00:00:00Z&toUtc=2026-06-30T00:00:00Z"
    own, others = (
        fresh("GET", f"/api/v1/service-visits?{window}", key=key).json["data"][0]["serviceVisitId"]
        for key in ("full", "other")
    )
    report_id = created(fresh, {"deviceId": DEVICE, "title": "t", "serviceVisitId": own})
    assert fresh("GET", f"{REPORTS}/{report_id}").json["serviceVisitId"] == own
    for visit in (others, "5c722f76-5f0b-4c1b-875d-05a1d8cd47b5"):
        answer = create(fresh, {"deviceId": DEVICE, "title": "t", "serviceVisitId": visit})
        assert_refused(answer, 400, "validation_error", "serviceVisitId")


def test_a_device_on_another_asset(fresh: InProcess) -> None:
    """Asset and device of one report must belong together."""
    answer = create(fresh, {"assetId": ASSET, "deviceId": "SEP-DEVICE-002", "title": "t"})
    assert_refused(answer, 400, "validation_error", "deviceId")


def test_refused_writes_leave_nothing(fresh: InProcess) -> None:
    """Neither a key without the scope nor a wrong body leaves a trace."""
    before = fresh("GET", REPORTS).body
    for key in ("readonly", "only-service_reports.read", "bounded", "limited"):
        assert_refused(create(fresh, FULL, key=key), 403, "forbidden")
    assert_refused(create(fresh, {"title": "t"}), 400, "validation_error", "assetId")
    assert fresh("GET", REPORTS).body == before


def test_writing_does_not_imply_reading(fresh: InProcess) -> None:
    """A key that may only write gets its id, and may not read what it wrote."""
    report_id = created(fresh, FULL, key="only-service_reports.write")
    assert_refused(fresh("GET", f"{REPORTS}/{report_id}", key="only-service_reports.write"), 403, "forbidden")
    assert fresh("GET", f"{REPORTS}/{report_id}", key="only-service_reports.read").status == 200


# Repeated attempts.


def test_a_repeated_attempt(fresh: InProcess) -> None:
    """The same attempt with the same body gets the first answer again, marked, and writes nothing."""
    first = create(fresh, FULL, attempt="attempt-1")
    reordered = {name: FULL[name] for name in reversed(FULL)}
    for body in (FULL, reordered):
        again = create(fresh, body, attempt="attempt-1")
        assert (again.status, again.body) == (201, first.body)
        assert again.headers["location"] == first.headers["location"]
        assert again.headers["idempotent-replayed"] == "true"
    assert len([row for row in listed(fresh) if row["createdOn"] == NOW and row["title"] == FULL["title"]]) == 1


def test_an_attempt_with_another_body(fresh: InProcess) -> None:
    """The same attempt with another body is a conflict, and writes nothing."""
    created(fresh, FULL, attempt="attempt-1")
    for body in (FULL | {"title": "other"}, {**FULL, "laborCost": None}, {"assetId": ASSET, "title": "t"}):
        assert_refused(create(fresh, body, attempt="attempt-1"), 409, "conflict")
    assert len([row for row in listed(fresh) if (row["reportNumber"] or "").startswith("API-")]) == 1


def test_attempts_of_others(fresh: InProcess, foreign: Seen) -> None:
    """An attempt belongs to its key: another one may use the same name for something else."""
    ids = [
        created(fresh, FULL, attempt="same"),
        created(fresh, {"assetId": ASSET, "title": "t"}, key="only-service_reports.write", attempt="same"),
        created(fresh, {"assetId": foreign.asset, "title": "t"}, key="other", attempt="same"),
    ]
    assert len(set(ids)) == 3


def test_a_refused_attempt_may_be_repeated(fresh: InProcess) -> None:
    """An attempt that was refused isn't used up."""
    assert_refused(create(fresh, {"title": "t"}, attempt="retry"), 400, "validation_error", "assetId")
    answer = create(fresh, FULL, attempt="retry")
    assert (answer.status, "idempotent-replayed" in answer.headers) == (201, False)


def test_without_an_attempt(fresh: InProcess) -> None:
    """Without a name for the attempt, the same body makes two reports."""
    assert created(fresh, FULL) != created(fresh, FULL)


def test_attempts_at_once(fresh: InProcess) -> None:
    """The same attempt many times at once makes one report; many attempts make as many."""
    answers = fresh.together(20, "POST", REPORTS, headers=[("Idempotency-Key", "burst")], body=FULL)
    assert {answer.status for answer in answers} == {201}
    assert len({answer.body for answer in answers}) == 1
    assert Counter("idempotent-replayed" in answer.headers for answer in answers) == {False: 1, True: 19}
    others = fresh.together(20, "POST", REPORTS, body=FULL)
    assert len({answer.json["serviceReportId"] for answer in others}) == 20
    assert len([row for row in listed(fresh, pageSize=500) if (row["reportNumber"] or "").startswith("API-")]) == 21


def test_the_same_history_gives_the_same_ids(fresh: InProcess, make_sandbox: Any) -> None:
    """Two sandboxes that were told the same answer the same, ids included."""
    other = make_sandbox()
    for body in (FULL, {"deviceId": DEVICE, "title": "t"}, FULL):
        assert created(fresh, body) == created(other, body)
    assert fresh("GET", REPORTS).body == other("GET", REPORTS).body


def test_unknown_members_and_parameters(fresh: InProcess) -> None:
    """What the contract doesn't know is ignored: in the body silently, in the query with a warning."""
    answer = fresh("POST", f"{REPORTS}?dryRun=1", body=FULL | {"unknown": [1], "serviceReportId": ASSET, "state": 4})
    assert answer.status == 201
    assert answer.headers["x-sandbox-warning"] == 'unknown parameter "dryRun" ignored'
    row = fresh("GET", answer.headers["location"]).json
    assert (row["state"], row["serviceReportId"]) == (2, answer.json["serviceReportId"])
    assert "unknown" not in row
