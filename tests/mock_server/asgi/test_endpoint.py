"""Endpoints: the order of checks, parameters, pages, cursors, windows, rate limits and the cache."""

import base64
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from sepolo_mock_server.errors import messages
from sepolo_mock_server.rules.cursors import digest
from sepolo_mock_server.rules.windows import text

ME = "/api/v1/me"
ASSET = "a33b5a5d-e55a-423d-9bdf-0bc2c61f7e63"
FOREIGN = "00000000-0000-4000-8000-ffffffffffff"
WINDOW = "from=2026-06-01T00:00:00Z&to=2026-06-02T00:00:00Z"
DEVICE = "/api/v1/devices/SEP-DEVICE-001"
NOW = 1_782_864_000_000
DAY = 86_400_000


def error(response: Any) -> tuple[int, str, str]:
    """Return status, code and message of an error response, after a check of its common members."""
    body = response.json
    assert response.headers["content-type"] == "application/json"
    assert body["requestId"] == response.headers["x-request-id"]
    assert response.headers["access-control-allow-origin"] == "*"
    return response.status, body["error"], body["message"]


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (None, messages.KEY_MISSING),
        ("sep_test_unknown", messages.KEY_UNKNOWN),
        ("sep_live_real", messages.KEY_LIVE),
        ("expired", "The API key expired on 2026-07-01T00:00:00Z."),
    ],
)
def test_rejected_keys(client: Any, key: str | None, message: str) -> None:
    """A request without a valid key is a 401 with a challenge, even if its path or query is not valid either."""
    for place in (ME, f"/api/v1/assets/{FOREIGN}", "/api/v1/assets?pageSize=x"):
        response = client.get(place, key=key)
        assert error(response) == (401, "unauthorized", message)
        assert response.headers["www-authenticate"] == 'Bearer realm="sepolo"'


def test_key_in_the_query(client: Any) -> None:
    """A key in the query alone is a 401; beside a key in a header it is an unknown parameter."""
    assert error(client.get(f"{ME}?api_key=sep_test_full", key=None)) == (401, "unauthorized", messages.KEY_IN_QUERY)
    assert (
        client.get(f"{ME}?api_key=sep_test_full").headers["x-sandbox-warning"] == 'unknown parameter "api_key" ignored'
    )


def test_order_of_checks(client: Any) -> None:
    """403 has precedence over 404, and 404 over 400."""
    assert client.get(f"/api/v1/assets/{FOREIGN}", key="none").status == 403
    assert client.get("/api/v1/devices/nowhere/telemetry?pageSize=x").status == 404
    assert client.get("/api/v1/devices/SEP-DEVICE-001/telemetry?pageSize=x").status == 400
    assert client.get("/api/v1/assets/junk/children?pageSize=x").status == 400


@pytest.mark.parametrize(
    "place",
    [
        f"/api/v1/assets/{FOREIGN}",
        f"/api/v1/assets/{FOREIGN}/children",
        "/api/v1/devices/nowhere",
        f"/api/v1/devices/nowhere/telemetry?{WINDOW}",
        f"/api/v1/devices/nowhere/pointguard/cycles?{WINDOW}",
        "/api/v1/devices/SEP-DEVICE-001/pointguard/cycles/none/samples",
        f"/api/v1/devices/nowhere/movements?{WINDOW}",
        f"/api/v1/devices/SEP-DEVICE-001/movements/{FOREIGN}/signature",
        f"/api/v1/service-reports/{FOREIGN}",
    ],
)
def test_unknown_ids(client: Any, place: str) -> None:
    """An unknown id of any kind is a 404 with the same message."""
    assert error(client.get(place)) == (404, "not_found", messages.not_found().message)


def test_encoded_path_parameters(client: Any) -> None:
    """Malformed encoding in an id is a 400 that names the parameter; an encoded slash is part of the id."""
    response = client.get("/api/v1/devices/%zz")
    assert (response.status, response.json["details"]) == (
        400,
        [{"parameter": "deviceId", "message": messages.BAD_PERCENT}],
    )
    assert client.get("/api/v1/devices/%ff").status == 400
    assert client.get("/api/v1/devices/a%2Fb").status == 404
    assert client.get("/api/v1/devices/SEP%2DDEVICE-001").json["deviceId"] == "SEP-DEVICE-001"


def test_details(client: Any) -> None:
    """A 400 names every invalid parameter and the accepted values."""
    response = client.get("/api/v1/assets?pageSize=0&status=x")
    assert error(response)[:2] == (400, "validation_error")
    assert sorted(response.json["details"], key=lambda detail: str(detail["parameter"])) == [
        {"parameter": "pageSize", "message": "must be at least 1"},
        {"parameter": "status", "message": "must be one of active, inactive, all"},
    ]


def test_missing_window_is_reported_with_other_errors(client: Any) -> None:
    """One response reports a missing end of the window and other invalid parameters."""
    response = client.get("/api/v1/devices/SEP-DEVICE-001/telemetry?pageSize=0&fromUtc=2026-06-01T00:00:00Z")
    assert [detail["parameter"] for detail in response.json["details"]] == ["pageSize", "to"]


def test_unknown_parameters(client: Any) -> None:
    """An unknown parameter is ignored with a warning; so is pageSize on a list without pages."""
    response = client.get("/api/v1/vendors?pageSize=junk&x%0d%0aSet-Cookie:a=1")
    assert response.status == 200
    assert response.headers["x-sandbox-warning"] == 'unknown parameters "pageSize", "x??Set-Cookie:a" ignored'


def test_rate_limit(client: Any) -> None:
    """Every response to a limited key, errors included, reports the remaining requests; then follows 429."""
    first, second = client.get(ME, key="limited"), client.get(f"/api/v1/assets/{FOREIGN}", key="limited")
    assert (first.headers["x-ratelimit-remaining"], second.headers["x-ratelimit-remaining"]) == ("1", "0")
    assert first.headers["ratelimit-policy"] == '"minute";q=2;w=60'
    third = client.get(ME, key="limited")
    assert error(third)[:2] == (429, "rate_limited")
    assert (third.headers["retry-after"], third.headers["ratelimit"]) == ("60", '"minute";r=0;t=60')
    client.clock.monotonic = 60.0
    assert client.get(ME, key="limited").status == 200


def test_check_responses(make_client: Callable[..., Any], caplog: pytest.LogCaptureFixture) -> None:
    """With --check-responses a response that breaks the contract is a 500; without it is sent."""
    checked, unchecked = make_client(check=True), make_client(check=False)
    for client in (checked, unchecked):
        client.view.rows["assets"] = [{"assetId": ASSET, "isActive": "yes"}]
    assert (checked.get("/api/v1/assets").status, unchecked.get("/api/v1/assets").status) == (500, 200)
    assert "listAssets: /data/0/isActive" in caplog.text


def test_responses_are_cached(client: Any) -> None:
    """A cached response is used again for the same key and instant only, and never without the scope."""
    client.get("/api/v1/devices")
    client.get("/api/v1/devices")
    assert len(client.view.calls) == 1
    client.get("/api/v1/devices", key="readonly")
    client.clock.now += 1000
    client.get("/api/v1/devices")
    assert len(client.view.calls) == 3
    assert client.get("/api/v1/devices", key="none").status == 403


def pages_of(client: Any, place: str) -> list[Any]:
    """Return the rows of every page of a list."""
    pages, cursor = [], ""
    while True:
        page = client.get(f"{place}{'&' if '?' in place else '?'}cursor={cursor}").json
        pages.append(page["data"])
        assert (page["nextCursor"] is None) == (not page["hasMore"])
        if not page["hasMore"]:
            return pages
        cursor = page["nextCursor"]


@pytest.mark.parametrize(("size", "pages"), [(1, 250), (99, 3), (125, 2), (250, 1), (500, 1)])
def test_page_sizes(client: Any, size: int, pages: int) -> None:
    """Pages of every size together contain the same rows in the same order."""
    found = pages_of(client, f"/api/v1/devices?pageSize={size}")
    assert (len(found), [row for page in found for row in page]) == (pages, client.view.rows["devices"])


def test_default_page_size(client: Any) -> None:
    """A page has 100 rows without a pageSize."""
    assert len(client.get("/api/v1/devices").json["data"]) == 100


def test_page_size_may_change(client: Any) -> None:
    """The next page may have another page size."""
    first = client.get("/api/v1/devices?pageSize=3").json
    second = client.get(f"/api/v1/devices?pageSize=500&cursor={first['nextCursor']}").json
    assert first["data"] + second["data"] == client.view.rows["devices"]


def test_telemetry_pages(client: Any) -> None:
    """Pages of telemetry and cycle samples contain every row once."""
    place = f"{DEVICE}/telemetry?from=2026-06-01T00:00:00Z&to=2026-07-01T00:00:00Z&pageSize=500"
    rows = [row for page in pages_of(client, place) for row in page]
    assert [row["current"] for row in rows] == [number / 10 for number in range(1200)]
    assert len(pages_of(client, f"{DEVICE}/pointguard/cycles/cyc_1/samples?pageSize=500")) == 3


def rejection(client: Any, place: str, **options: Any) -> str:
    """Return the message of a 400 for the cursor."""
    response = client.get(place, **options)
    assert (response.status, [detail["parameter"] for detail in response.json["details"]]) == (400, ["cursor"])
    return str(response.json["details"][0]["message"])


def test_cursors_are_bound(client: Any) -> None:
    """A cursor is valid for its own list, key and filters only."""
    cursor = client.get("/api/v1/devices?pageSize=3&groupId=12").json["nextCursor"]
    assert client.get(f"/api/v1/devices?cursor={cursor}&groupId=12").status == 200
    assert rejection(client, f"/api/v1/devices?cursor={cursor}") == messages.CURSOR_FILTERS
    assert rejection(client, f"/api/v1/devices?cursor={cursor}&groupId=13") == messages.CURSOR_FILTERS
    assert rejection(client, f"/api/v1/assets?cursor={cursor}&groupId=12") == messages.CURSOR_OPERATION
    assert rejection(client, f"/api/v1/devices?cursor={cursor}&groupId=12", key="readonly") == messages.CURSOR_KEY
    assert rejection(client, f"/api/v1/devices?cursor={cursor[:-2]}&groupId=12") == messages.CURSOR_FORGED


def test_cursor_is_bound_to_the_window(client: Any) -> None:
    """The same window under other parameter names or offsets continues a list; another window is rejected."""
    first = client.get(f"{DEVICE}/telemetry?from=2026-06-01T00:00:00Z&to=2026-06-02T00:00:00Z&pageSize=1").json
    again = f"{DEVICE}/telemetry?cursor={first['nextCursor']}&fromUtc=2026-06-01T02:00:00%2B02:00&toUtc="
    assert client.get(f"{again}2026-06-02T00:00:00Z").status == 200
    assert rejection(client, f"{again}2026-06-03T00:00:00Z") == messages.CURSOR_FILTERS


def test_equal_requests_give_equal_bytes(make_client: Any) -> None:
    """Two sandboxes with the same data return the same bytes, cursors included."""
    first, second = (make_client().get("/api/v1/devices?pageSize=7") for _ in range(2))
    assert (first.body, first.headers["etag"]) == (second.body, second.headers["etag"])


def test_cursor_reveals_no_names(client: Any) -> None:
    """A decoded cursor contains neither the key nor the id of a device."""
    cursor = client.get("/api/v1/devices?pageSize=3").json["nextCursor"]
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    assert b"sep" not in raw.lower()


@pytest.mark.parametrize(
    ("place", "window"),
    [
        ("/api/v1/service-visits", (NOW - 30 * DAY, NOW)),
        ("/api/v1/reporting/service-performance", (NOW - 30 * DAY, NOW)),
        ("/api/v1/reporting/telemetry-daily", (NOW - 30 * DAY, NOW)),
        ("/api/v1/appointments", (NOW, NOW + 30 * DAY)),
        ("/api/v1/service-visits?fromUtc=2026-07-01T00:00:00Z", (NOW, NOW + 366 * DAY)),
    ],
)
def test_default_windows(client: Any, place: str, window: tuple[int, int]) -> None:
    """A missing window follows from the clock and is reported in a header."""
    response = client.get(place)
    (_, call) = client.view.calls[-1]
    assert (call["start"], call["stop"]) == window
    assert response.headers["x-sandbox-effective-window"] == "/".join(map(text, window))


def test_open_windows(client: Any) -> None:
    """Without a longest window a missing end stays open, which is reported if the other end was given."""
    assert "x-sandbox-effective-window" not in client.get("/api/v1/incidents").headers
    half = client.get("/api/v1/incidents?toUtc=2026-07-01T00:00:00Z")
    assert half.headers["x-sandbox-effective-window"] == "../2026-07-01T00:00:00Z"
    assert client.view.calls[-1][1]["stop"] == NOW


def test_organisations_have_their_own_clocks(client: Any) -> None:
    """A key is answered at the time of its organisation's clock, and its cursors are bound to that time."""
    principals = client.app.sandbox.principals
    cursor = client.get("/api/v1/devices?pageSize=2").json["nextCursor"]
    principal = principals.known(client.keys["full"])
    world = SimpleNamespace(now=lambda: NOW + DAY, view=lambda *_: client.view)
    principal.tenant = replace(principal.tenant, world=world, digest=digest("later"))
    times = [client.get("/api/v1/me", key=key).json["serverTimeUtc"] for key in ("full", "readonly")]
    assert times == ["2026-07-02T00:00:00Z", "2026-07-01T00:00:00Z"]
    rejected = client.get(f"/api/v1/devices?pageSize=2&cursor={cursor}")
    assert (rejected.status, rejected.json["details"][0]["message"]) == (400, messages.CURSOR_WORLD)
