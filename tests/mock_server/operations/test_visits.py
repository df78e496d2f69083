"""Service reports: creation, idempotency, the merged list, resets."""

from collections.abc import Callable
from typing import Any

import pytest

from sepolo_mock_server.errors import ApiError, Detail, messages
from sepolo_mock_server.operations import service_reports
from sepolo_mock_server.state.reports import ReportFilter
from sepolo_mock_server.state.store import StateStore

REPORTS = "/api/v1/service-reports"
ASSET = "a33b5a5d-e55a-423d-9bdf-0bc2c61f7e63"
BODY = {"assetId": ASSET, "title": "Relay replaced"}


def post(client: Any, body: Any = BODY, key: str = "full", idempotency_key: str | None = None, **options: Any) -> Any:
    headers = [] if idempotency_key is None else [("Idempotency-Key", idempotency_key)]
    return client("POST", REPORTS, body=body, key=key, headers=headers, **options)


def details(response: Any) -> list[tuple[str, str]]:
    assert (response.status, response.json["error"]) == (400, "validation_error")
    return sorted((detail["parameter"], detail["message"]) for detail in response.json["details"])


def test_created_report_is_readable_at_once(client: Any) -> None:
    """A created report has a Location, can be read there, and is the first of the list."""
    response = post(
        client,
        BODY
        | {
            "deviceId": "SEP-DEVICE-001",
            "description": "d",
            "startedOn": "2026-06-30T08:00:00+02:00",
            "completedOn": "2026-06-30T09:30:00.5Z",
            "laborHours": 1.5,
            "laborCost": 1200,
            "partsCost": 340.5,
            "externalReference": "WO-1",
            "unknown": {"a": [1]},
        },
    )
    report_id = response.json["serviceReportId"]
    assert (response.status, response.headers["location"]) == (201, f"{REPORTS}/{report_id}")
    row = client.get(response.headers["location"]).json
    assert {name: value for name, value in row.items() if value is not None} == {
        "serviceReportId": report_id,
        "assetId": ASSET,
        "deviceId": "SEP-DEVICE-001",
        "state": 2,
        "stateText": "Completed",
        "createdOn": "2026-07-01T00:00:00Z",
        "updatedOn": "2026-07-01T00:00:00Z",
        "reportNumber": "API-000001",
        "title": "Relay replaced",
        "description": "d",
        "customerId": "C-1",
        "currency": "EUR",
        "startedOn": "2026-06-30T06:00:00Z",
        "completedOn": "2026-06-30T09:30:00.500Z",
        "laborHours": 1.5,
        "laborCost": 1200,
        "partsCost": 340.5,
        "totalCost": 1540.5,
        "parts": [],
    }
    assert client.get(REPORTS).json["data"][0] == row


@pytest.mark.parametrize(
    ("times", "state"),
    [
        ({}, (0, "Draft")),
        ({"startedOn": "2026-06-30T08:00:00Z"}, (1, "InProgress")),
        ({"completedOn": "2026-06-30T08:00:00Z"}, (2, "Completed")),
    ],
)
def test_state_follows_the_times(client: Any, times: dict[str, str], state: tuple[int, str]) -> None:
    """A report without times is a draft, with a start in progress, with an end completed."""
    row = client.get(post(client, BODY | times).headers["location"]).json
    assert (row["state"], row["stateText"]) == state


def test_device_determines_the_asset(client: Any) -> None:
    """A report that names only a device gets the asset of that device, if it is mounted on one."""
    response = post(client, {"deviceId": "SEP-DEVICE-001", "title": "t"})
    assert client.get(response.headers["location"]).json["assetId"] == ASSET
    response = post(client, {"deviceId": "SEP-DEVICE-002", "title": "t"})
    assert client.get(response.headers["location"]).json["assetId"] is None


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"title": "t"}, [("assetId", messages.NEEDS_TARGET)]),
        ({"title": "t", "assetId": None, "deviceId": None}, [("assetId", messages.NEEDS_TARGET)]),
        (BODY | {"assetId": "00000000-0000-4000-8000-ffffffffffff"}, [("assetId", messages.ASSET_UNKNOWN)]),
        (BODY | {"deviceId": "nowhere"}, [("deviceId", messages.DEVICE_UNKNOWN)]),
        (
            BODY | {"startedOn": "2026-06-30T08:00:00Z", "completedOn": "2026-06-30T07:59:59Z"},
            [("completedOn", messages.COMPLETED_EARLY)],
        ),
        (BODY | {"startedOn": "2026-06-30T23:59:60Z"}, [("startedOn", messages.INSTANT_LEAP)]),
        ({"assetId": ASSET}, [("title", messages.MISSING)]),
        (BODY | {"title": "x" * 201}, [("title", "must be at most 200 characters long")]),
    ],
)
def test_rejected_bodies(client: Any, body: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    """A body that refers to unknown data or contradicts itself is rejected with 400 and creates nothing.

    The details name each invalid member.
    """
    assert details(post(client, body)) == expected
    assert client.get(REPORTS).json["data"] == client.view.rows["reports"]


def test_missing_scope_is_forbidden(client: Any) -> None:
    """A key without the write scope gets 403 for any body, and creates nothing."""
    assert post(client, key="readonly").status == 403
    assert client("POST", REPORTS, key="readonly", body=[b"junk"]).status == 403
    assert client.get(REPORTS).json["data"] == client.view.rows["reports"]


def test_idempotency_key_repeats_the_response(client: Any) -> None:
    """The same key and body give the first response again and create nothing; another body is a 409."""
    first, again = post(client, idempotency_key="a1"), post(client, dict(reversed(BODY.items())), idempotency_key="a1")
    assert (again.status, again.body, again.headers["location"]) == (201, first.body, first.headers["location"])
    assert ("idempotent-replayed" in first.headers, again.headers["idempotent-replayed"]) == (False, "true")
    other = post(client, BODY | {"title": "other"}, idempotency_key="a1")
    assert (other.status, other.json["error"]) == (409, "conflict")
    assert len(client.get(REPORTS).json["data"]) == len(client.view.rows["reports"]) + 1


def test_idempotency_keys_are_separate_for_each_api_key(client: Any) -> None:
    """Two API keys may use the same Idempotency-Key; a rejected body does not use it up."""
    assert post(client, {"title": "t"}, idempotency_key="a1").status == 400
    assert post(client, idempotency_key="a1").status == 201
    assert (
        post(client, key="other", body={"deviceId": "SEP-DEVICE-001", "title": "t"}, idempotency_key="a1").status == 201
    )


def ids(client: Any, query: str = "", **options: Any) -> list[str]:
    """Ids of the whole list, read in pages of two."""
    found, cursor = [], ""
    while True:
        page = client.get(f"{REPORTS}?pageSize=2{query}&cursor={cursor}", **options).json
        found += [row["serviceReportId"] for row in page["data"]]
        if not page["hasMore"]:
            return found
        cursor = page["nextCursor"]


def test_merged_list(client: Any) -> None:
    """Stored reports and those of the world form one list, newest first; no row is repeated or lost between pages."""
    world = [row["serviceReportId"] for row in client.view.rows["reports"]]
    first = [post(client).json["serviceReportId"] for _ in range(3)]
    client.clock.now -= 2 * 86_400_000 + 1  # before the world's newest two reports
    early = post(client).json["serviceReportId"]
    assert ids(client) == [*reversed(first), *world[:2], early, *world[2:]]


@pytest.mark.parametrize(
    "position", [(0, 1, 1), (-1,), (-1, 1), (-2, 1, 1), (2, 1, 1, 1), (2, 1, 1, 1, 1, 1), (3, 1, 1, 1, 1, 1)]
)
def test_position_of_another_form_is_rejected(position: tuple[int, ...]) -> None:
    """A signed position that no merged page has is a 400."""
    with pytest.raises(ApiError) as caught:
        service_reports.merged_page(None, None, None, ReportFilter(), position, 1)  # type: ignore[arg-type]
    assert caught.value.details == (Detail("cursor", messages.CURSOR_FORGED),)


def test_filters_on_stored_reports(client: Any) -> None:
    """Each filter applies to stored reports too."""
    client.view.rows["reports"] = []
    on_asset = post(client, BODY | {"completedOn": "2026-06-30T08:00:00Z"}).json["serviceReportId"]
    on_device = post(client, {"deviceId": "SEP-DEVICE-002", "title": "t"}).json["serviceReportId"]
    assert ids(client, f"&assetId={ASSET}") == [on_asset]
    assert ids(client, "&deviceId=SEP-DEVICE-002") == [on_device]
    assert ids(client, "&state=2") == [on_asset]
    assert ids(client, "&fromUtc=2026-07-01T00:00:00Z&toUtc=2026-07-01T00:00:00Z") == [on_device, on_asset]
    assert ids(client, "&fromUtc=2026-07-01T00:00:00.001Z") == []
    assert ids(client, "&toUtc=2026-06-30T23:59:59.999Z") == []


def test_boundaries_on_stored_reports(client: Any) -> None:
    """A key whose boundary contains only other groups gets no stored report, in the list or by id."""
    client.view.rows["reports"] = []
    created = post(client)
    assert ids(client, key="other") == []
    assert client.get(created.headers["location"], key="other").status == 404
    assert client.get(created.headers["location"], key="readonly").status == 200


def test_reset_ends_cursors(client: Any) -> None:
    """A reset deletes reports and idempotency keys, ends the cursors over them, and reuses no id."""
    created = post(client, idempotency_key="a1").json["serviceReportId"]
    cursor = client.get(f"{REPORTS}?pageSize=1").json["nextCursor"]
    other = StateStore(client.app.sandbox.store.url)
    assert other.reset() == 1
    other.close()
    response = client.get(f"{REPORTS}?pageSize=1&cursor={cursor}")
    assert details(response) == [("cursor", messages.CURSOR_RESET)]
    assert client.get(f"{REPORTS}/{created}").status == 404
    assert post(client, idempotency_key="a1").json["serviceReportId"] != created


def test_equal_writes_give_equal_ids(make_client: Callable[..., Any], tmp_path: Any) -> None:
    """Two new states with the same writes return the same bytes."""
    found = []
    for name in ("one", "other"):
        client = make_client(state=f"sqlite:///{tmp_path / name}.db")
        post(client)
        found.append((post(client).body, client.get(REPORTS).body))
    assert found[0] == found[1]


def test_disconnected_client(client: Any) -> None:
    """A client that disconnects before the end of its body gets no response and creates nothing."""
    with pytest.raises(AssertionError):  # the helper expects a response
        client("POST", REPORTS, headers=[("Content-Type", "application/json")], body=[])
    assert client.get(REPORTS).json["data"] == client.view.rows["reports"]
