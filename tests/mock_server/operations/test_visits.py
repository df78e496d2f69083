"""Writing service reports: bodies, idempotency, what reads see of them, resets."""

from collections.abc import Callable
from typing import Any

import pytest

from sepolo_mock_server.errors import messages
from sepolo_mock_server.state.store import StateStore

REPORTS = "/api/v1/service-reports"
ASSET = "a33b5a5d-e55a-423d-9bdf-0bc2c61f7e63"
BODY = {"assetId": ASSET, "title": "Relay replaced"}


def post(client: Any, body: Any = BODY, key: str = "full", attempt: str | None = None, **options: Any) -> Any:
    headers = [] if attempt is None else [("Idempotency-Key", attempt)]
    return client("POST", REPORTS, body=body, key=key, headers=headers, **options)


def details(answer: Any) -> list[tuple[str, str]]:
    assert (answer.status, answer.json["error"]) == (400, "validation_error")
    return sorted((detail["parameter"], detail["message"]) for detail in answer.json["details"])


def test_created(client: Any) -> None:
    """A created report has an address, is there at once, and opens the list."""
    answer = post(
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
    report_id = answer.json["serviceReportId"]
    assert (answer.status, answer.headers["location"]) == (201, f"{REPORTS}/{report_id}")
    row = client.get(answer.headers["location"]).json
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
    """A report without times is a draft, a started one in progress, an ended one completed."""
    row = client.get(post(client, BODY | times).headers["location"]).json
    assert (row["state"], row["stateText"]) == state


def test_a_device_brings_its_asset(client: Any) -> None:
    """A report on a device alone belongs to the asset that it is mounted on."""
    answer = post(client, {"deviceId": "SEP-DEVICE-001", "title": "t"})
    assert client.get(answer.headers["location"]).json["assetId"] == ASSET
    answer = post(client, {"deviceId": "SEP-DEVICE-002", "title": "t"})
    assert client.get(answer.headers["location"]).json["assetId"] is None


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
def test_refused_bodies(client: Any, body: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    """What a body may not mean is told by member, and nothing is created."""
    assert details(post(client, body)) == expected
    assert client.get(REPORTS).json["data"] == client.view.rows["reports"]


@pytest.mark.parametrize(
    ("chunks", "message"),
    [
        ([b""], "body: " + messages.BODY_MISSING),
        ([b"  "], "body: " + messages.BODY_MISSING),
        ([b'{"title":}'], None),
        ([b'{"title": NaN}'], None),
        ([b"\xff"], "body: " + messages.BODY_UTF8),
        ([b"[" * 5000 + b"]" * 5000], None),
        ([b"null"], "body: must be an object"),
    ],
)
def test_malformed_bodies(client: Any, chunks: list[bytes], message: str | None) -> None:
    """A body that is no JSON object is a 400 that says where it goes wrong."""
    answer = client("POST", REPORTS, headers=[("Content-Type", "application/json")], body=chunks)
    assert answer.status == 400
    if message is None:
        assert "is not valid JSON" in answer.json["message"]
        assert "at line 1, column" in answer.json["message"]
    else:
        assert answer.json["message"] == message


def test_doubled_members(client: Any) -> None:
    """Of a member given twice the last counts, as most parsers do."""
    body = b'{"title": 5, "title": "t", "assetId": "%s"}' % ASSET.encode()
    answer = client("POST", REPORTS, headers=[("Content-Type", "application/json; charset=UTF-8")], body=[body])
    assert answer.status == 201


@pytest.mark.parametrize(
    "kind",
    [None, "text/plain", "application/json; charset=latin-1", "application/json; charset=bogus", "multipart/form-data"],
)
def test_media_types(client: Any, kind: str | None) -> None:
    """Anything but JSON in UTF-8 is a 415."""
    headers = [] if kind is None else [("Content-Type", kind)]
    answer = client("POST", REPORTS, headers=headers, body=[b"{}"])
    assert (answer.status, answer.json["error"]) == (415, "unsupported_media_type")


def test_compressed_bodies_are_refused(client: Any) -> None:
    """A body must come as it is: 415 names the coding that was sent."""
    headers = [("Content-Type", "application/json"), ("Content-Encoding", "gzip")]
    answer = client("POST", REPORTS, headers=headers, body=[b"{}"])
    assert (answer.status, answer.json["error"]) == (415, "unsupported_media_type")
    assert '"gzip"' in answer.json["message"]


def test_sizes(client: Any) -> None:
    """A body over one mebibyte is a 413, by its declared length or when it has come; just below it is read."""
    kind = ("Content-Type", "application/json")
    declared = client("POST", REPORTS, headers=[kind, ("Content-Length", "1048577")], body=[b"{}"])
    counted = client("POST", REPORTS, headers=[kind], body=[b" " * 600_000, b" " * 600_000])
    exact = client("POST", REPORTS, headers=[kind], body=[b" " * 1_048_576])
    assert [answer.status for answer in (declared, counted, exact)] == [413, 413, 400]
    assert declared.json["error"] == "payload_too_large"


def test_chunked(client: Any) -> None:
    """A body that comes in pieces is put together."""
    pieces = [b'{"title": "t", ', b'"assetId": "', ASSET.encode(), b'"}']
    assert client("POST", REPORTS, headers=[("Content-Type", "application/json")], body=pieces).status == 201


def test_without_the_scope(client: Any) -> None:
    """A read-only key creates nothing, whatever it sends."""
    assert post(client, key="readonly").status == 403
    assert client("POST", REPORTS, key="readonly", body=[b"junk"]).status == 403
    assert client.get(REPORTS).json["data"] == client.view.rows["reports"]


def test_idempotency(client: Any) -> None:
    """The same attempt gives the first answer again and creates nothing; another body under its key is a 409."""
    first, again = post(client, attempt="a1"), post(client, dict(reversed(BODY.items())), attempt="a1")
    assert (again.status, again.body, again.headers["location"]) == (201, first.body, first.headers["location"])
    assert ("idempotent-replayed" in first.headers, again.headers["idempotent-replayed"]) == (False, "true")
    other = post(client, BODY | {"title": "other"}, attempt="a1")
    assert (other.status, other.json["error"]) == (409, "conflict")
    assert len(client.get(REPORTS).json["data"]) == len(client.view.rows["reports"]) + 1


def test_attempts_are_each_keys_own(client: Any) -> None:
    """Two API keys may use the same Idempotency-Key; a refused body uses none up."""
    assert post(client, {"title": "t"}, attempt="a1").status == 400
    assert post(client, attempt="a1").status == 201
    assert post(client, key="other", body={"deviceId": "SEP-DEVICE-001", "title": "t"}, attempt="a1").status == 201


@pytest.mark.parametrize("attempt", ["", " ", "x" * 256, "a b", "ø", "a\x07"])
def test_refused_attempts(client: Any, attempt: str) -> None:
    """An Idempotency-Key is 1 to 255 visible ASCII characters."""
    assert details(post(client, attempt=attempt)) == [("Idempotency-Key", messages.IDEMPOTENCY_KEY)]
    assert post(client, attempt="x" * 255).status == 201


def ids(client: Any, query: str = "", **options: Any) -> list[str]:
    """Ids of the whole list, walked in pages of two."""
    found, cursor = [], ""
    while True:
        page = client.get(f"{REPORTS}?pageSize=2{query}&cursor={cursor}", **options).json
        found += [row["serviceReportId"] for row in page["data"]]
        if not page["hasMore"]:
            return found
        cursor = page["nextCursor"]


def test_merged_list(client: Any) -> None:
    """Stored reports and the world's form one list, newest first, walked without loss or repeat."""
    world = [row["serviceReportId"] for row in client.view.rows["reports"]]
    first = [post(client).json["serviceReportId"] for _ in range(3)]
    client.clock.now -= 2 * 86_400_000 + 1  # before the world's newest two reports
    early = post(client).json["serviceReportId"]
    assert ids(client) == [*reversed(first), *world[:2], early, *world[2:]]


def test_filters_on_stored_reports(client: Any) -> None:
    """Each filter holds for stored reports too."""
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
    """A key bounded to other groups doesn't see a stored report, in the list or by id."""
    client.view.rows["reports"] = []
    created = post(client)
    assert ids(client, key="other") == []
    assert client.get(created.headers["location"], key="other").status == 404
    assert client.get(created.headers["location"], key="readonly").status == 200


def test_reset_ends_cursors(client: Any) -> None:
    """A reset forgets stored reports and attempts, ends the cursors over them, and gives no id out again."""
    created = post(client, attempt="a1").json["serviceReportId"]
    cursor = client.get(f"{REPORTS}?pageSize=1").json["nextCursor"]
    assert StateStore(client.app.sandbox.store.url).reset() == 1
    answer = client.get(f"{REPORTS}?pageSize=1&cursor={cursor}")
    assert details(answer) == [("cursor", messages.CURSOR_RESET)]
    assert client.get(f"{REPORTS}/{created}").status == 404
    assert post(client, attempt="a1").json["serviceReportId"] != created


def test_equal_histories_give_equal_ids(make_client: Callable[..., Any], tmp_path: Any) -> None:
    """Two fresh states that are written the same way hold the same bytes."""
    found = []
    for place in ("one", "other"):
        client = make_client(state=f"sqlite:///{tmp_path / place}.db")
        post(client)
        found.append((post(client).body, client.get(REPORTS).body))
    assert found[0] == found[1]


def test_client_that_leaves(client: Any) -> None:
    """A client that is gone before its body is whole gets no answer and creates nothing."""
    with pytest.raises(AssertionError, match="no answer was sent"):
        client("POST", REPORTS, headers=[("Content-Type", "application/json")], body=[])
    assert client.get(REPORTS).json["data"] == client.view.rows["reports"]
