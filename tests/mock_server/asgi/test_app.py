"""What every request meets: keys, scopes, routes, methods, ids, headers, validators, compression, failures."""

import gzip
import logging
from collections.abc import Callable
from typing import Any

import pytest

from sepolo_mock_server.errors import messages
from sepolo_openapi import contract, reader

ME = "/api/v1/me"
ASSET = "a33b5a5d-e55a-423d-9bdf-0bc2c61f7e63"
FOREIGN = "00000000-0000-4000-8000-ffffffffffff"
WINDOW = "from=2026-06-01T00:00:00Z&to=2026-06-02T00:00:00Z"
IDS = {
    "assetId": ASSET,
    "deviceId": "SEP-DEVICE-001",
    "cycleId": "cyc_1",
    "movementId": "5c722f76-5f0b-4c1b-875d-05a1d8cd47b5",
    "serviceReportId": "5c722f76-5f0b-4c1b-875d-05a1d8cd47b5",
}
OPERATIONS = list(reader.load().operations.values())


def error(answer: Any) -> tuple[int, str, str]:
    """Status, code and sentence of an error answer whose envelope is whole."""
    body = answer.json
    assert answer.headers["content-type"] == "application/json"
    assert body["requestId"] == answer.headers["x-request-id"]
    assert answer.headers["access-control-allow-origin"] == "*"
    return answer.status, body["error"], body["message"]


def target(operation: contract.Operation) -> str:
    """A path and query that the operation answers."""
    return operation.path.format(**IDS) + (f"?{WINDOW}" if operation.required_one_of else "")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.operation_id)
def test_every_operation(client: Any, operation: contract.Operation) -> None:
    """Each operation answers with its own status, and a key without its scope gets the page's own sentence."""
    body = {"assetId": ASSET, "title": "t"} if operation.method == "POST" else None
    assert client(operation.method, target(operation), body=body).status == operation.status
    refused = client(operation.method, target(operation), key="none", body=body)
    assert error(refused) == (403, "forbidden", f"The API key does not include the {operation.scope} scope.")


def test_every_operation_has_a_handler() -> None:
    """The table of handlers and the contract name the same operations."""
    from sepolo_mock_server.operations import handlers  # noqa: PLC0415

    assert {*handlers.READ, handlers.CREATE} == {operation.operation_id for operation in OPERATIONS}
    assert {operation.operation_id for operation in OPERATIONS} >= handlers.STATEFUL


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (None, messages.KEY_MISSING),
        ("sep_test_unknown", messages.KEY_UNKNOWN),
        ("sep_live_real", messages.KEY_LIVE),
        ("expired", "The API key expired on 2026-07-01T00:00:00Z."),
    ],
)
def test_refused_keys(client: Any, key: str | None, message: str) -> None:
    """A request without a usable key is a 401 with a challenge, whatever else is wrong with it."""
    for place in (ME, f"/api/v1/assets/{FOREIGN}", "/api/v1/assets?pageSize=x"):
        answer = client.get(place, key=key)
        assert error(answer) == (401, "unauthorized", message)
        assert answer.headers["www-authenticate"] == 'Bearer realm="sepolo"'


def test_key_in_the_query(client: Any) -> None:
    """A key in the query is refused without another, and merely unknown beside one in a header."""
    assert error(client.get(f"{ME}?api_key=sep_test_full", key=None)) == (401, "unauthorized", messages.KEY_IN_QUERY)
    assert (
        client.get(f"{ME}?api_key=sep_test_full").headers["x-sandbox-warning"] == 'unknown parameter "api_key" ignored'
    )


def test_order_of_checks(client: Any) -> None:
    """403 comes before 404, and 404 before 400."""
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
    """Whatever an id fails to name, the answer is the same 404."""
    assert error(client.get(place)) == (404, "not_found", messages.not_found().message)


@pytest.mark.parametrize("key", ["full", None])
@pytest.mark.parametrize("place", ["/", "/api/v1", "/api/v1/me/", "/api/v1/ME", "/api/v2/me", "/api/v1/assets/a/b"])
def test_unknown_routes(client: Any, place: str, key: str | None) -> None:
    """A path outside the API is a 404 in the envelope, with and without a key."""
    assert error(client.get(place, key=key)) == (404, "not_found", messages.no_route(place).message)


def test_methods(client: Any) -> None:
    """A method that a path doesn't offer is a 405 that lists those it does."""
    answer = client("DELETE", "/api/v1/service-reports", key=None)
    assert error(answer)[:2] == (405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert client("POST", ME).headers["allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("place", [ME, "/api/v1/devices?pageSize=100", "/api/v1/nowhere", "/healthz"])
def test_head(client: Any, place: str) -> None:
    """HEAD answers as GET does, without the body."""
    asked, got = client("HEAD", place), client.get(place)
    ignored = {"x-request-id"}
    assert (asked.status, asked.body) == (got.status, b"")
    assert {n: v for n, v in asked.headers.items() if n not in ignored} == {
        n: v for n, v in got.headers.items() if n not in ignored
    }


def test_preflight(client: Any) -> None:
    """OPTIONS needs no key and tells a browser what it may send."""
    answer = client("OPTIONS", "/api/v1/service-reports", key=None, headers=[("Origin", "https://example.org")])
    assert (answer.status, answer.body, answer.headers["allow"]) == (204, b"", "GET, HEAD, OPTIONS, POST")
    assert answer.headers["access-control-allow-methods"] == answer.headers["allow"]
    assert "Idempotency-Key" in answer.headers["access-control-allow-headers"]
    assert client("OPTIONS", "/api/v1/nowhere", key=None).status == 404


def test_health(client: Any) -> None:
    """Health needs no key."""
    answer = client.get("/healthz", key=None)
    assert (answer.status, answer.json) == (200, {"status": "ok"})
    assert client("OPTIONS", "/healthz", key=None).status == 204
    assert client("POST", "/healthz", key=None).status == 405


@pytest.mark.parametrize("given", ["a", "0d4cf1ab-51ac-4f2b-a2c1-9d3b5fae6f60", "x" * 128])
def test_request_id_echoed(client: Any, given: str) -> None:
    """A client's own request id comes back, on answers and errors."""
    for place in (ME, "/api/v1/nowhere"):
        assert client.get(place, headers=[("X-Request-Id", given)]).headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "a b", 'a"b', "a\r\nSet-Cookie: b", "ø", "x" * 129])
def test_request_id_made(client: Any, given: str) -> None:
    """A request id that is unfit for a header is replaced by one of our own, new for each request."""
    made = [client.get(ME, headers=[("X-Request-Id", given)]).headers["x-request-id"] for _ in range(2)]
    assert made[0] != made[1]
    assert given not in made


def test_not_modified(client: Any) -> None:
    """What a client has already isn't sent again; another state of it is."""
    first = client.get("/api/v1/devices")
    again = client.get("/api/v1/devices", headers=[("If-None-Match", f'"other", {first.headers["etag"]}')])
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert again.headers["cache-control"] == "private, no-cache"
    assert client.get("/api/v1/devices", headers=[("If-None-Match", "*")]).status == 304
    assert client.get("/api/v1/devices?pageSize=5", headers=[("If-None-Match", first.headers["etag"])]).status == 200
    assert client.get(f"/api/v1/assets/{FOREIGN}", headers=[("If-None-Match", "*")]).status == 404


def test_cache_control(client: Any) -> None:
    """Answers may be kept for revalidation, except /me and errors."""
    found = [client.get(place).headers["cache-control"] for place in (ME, "/api/v1/assets", "/api/v1/nowhere")]
    assert found == ["no-store", "private, no-cache", "no-store"]


def test_compression(client: Any) -> None:
    """Long answers are compressed when asked, short ones never, and caches are told."""
    plain = client.get("/api/v1/devices")
    gzipped = client.get("/api/v1/devices", headers=[("Accept-Encoding", "gzip")])
    assert gzip.decompress(gzipped.body) == plain.body
    assert (gzipped.headers["content-encoding"], gzipped.headers["vary"]) == ("gzip", "accept-encoding")
    assert gzipped.headers["content-length"] == str(len(gzipped.body))
    assert "content-encoding" not in plain.headers
    assert "content-encoding" not in client.get(ME, headers=[("Accept-Encoding", "gzip")]).headers


def test_unknown_parameters(client: Any) -> None:
    """An unknown parameter is ignored with a warning, page parameters of unpaged lists among them."""
    answer = client.get("/api/v1/vendors?pageSize=junk&x%0d%0aSet-Cookie:a=1")
    assert answer.status == 200
    assert answer.headers["x-sandbox-warning"] == 'unknown parameters "pageSize", "x??Set-Cookie:a" ignored'


def test_details(client: Any) -> None:
    """A 400 names every refused parameter, and says what would be right."""
    answer = client.get("/api/v1/assets?pageSize=0&status=x")
    assert error(answer)[:2] == (400, "validation_error")
    assert sorted(answer.json["details"], key=lambda detail: str(detail["parameter"])) == [
        {"parameter": "pageSize", "message": "must be at least 1"},
        {"parameter": "status", "message": "must be one of active, inactive, all"},
    ]


def test_missing_window_is_named_with_the_rest(client: Any) -> None:
    """Missing ends of a window and other faults are told in one answer."""
    answer = client.get("/api/v1/devices/SEP-DEVICE-001/telemetry?pageSize=0&fromUtc=2026-06-01T00:00:00Z")
    assert [detail["parameter"] for detail in answer.json["details"]] == ["pageSize", "to"]


def test_rate_limit(client: Any) -> None:
    """A limited key is told what is left on every answer, errors too, and then to wait."""
    first, second = client.get(ME, key="limited"), client.get(f"/api/v1/assets/{FOREIGN}", key="limited")
    assert (first.headers["x-ratelimit-remaining"], second.headers["x-ratelimit-remaining"]) == ("1", "0")
    assert first.headers["ratelimit-policy"] == '"minute";q=2;w=60'
    third = client.get(ME, key="limited")
    assert error(third)[:2] == (429, "rate_limited")
    assert (third.headers["retry-after"], third.headers["ratelimit"]) == ("60", '"minute";r=0;t=60')
    client.clock.monotonic = 60.0
    assert client.get(ME, key="limited").status == 200


def test_a_handler_that_raises(client: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """A bug of our own is a 500 without a word of it, and one log entry with all of it."""

    def fail(**_call: Any) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(client.view, "devices", fail)
    answer = client.get("/api/v1/devices")
    assert error(answer) == (500, "internal_error", messages.internal_error().message)
    assert b"secret" not in answer.body
    (record,) = caplog.records
    assert (record.levelno, record.exc_info is not None) == (logging.ERROR, True)
    assert answer.headers["x-request-id"] in record.getMessage()


def test_check_responses(make_client: Callable[..., Any], caplog: pytest.LogCaptureFixture) -> None:
    """With the self-check on, an answer that breaks the contract is a 500; off, it goes out."""
    strict, lax = make_client(check=True), make_client(check=False)
    for client in (strict, lax):
        client.view.rows["assets"] = [{"assetId": ASSET, "isActive": "yes"}]
    assert (strict.get("/api/v1/assets").status, lax.get("/api/v1/assets").status) == (500, 200)
    assert "listAssets: /data/0/isActive" in caplog.text


def test_kept_answers(client: Any) -> None:
    """A kept answer is not made again, for its own key and moment only."""
    client.get("/api/v1/devices")
    client.get("/api/v1/devices")
    assert len(client.view.calls) == 1
    client.get("/api/v1/devices", key="readonly")
    client.clock.now += 1000
    client.get("/api/v1/devices")
    assert len(client.view.calls) == 3
    assert client.get("/api/v1/devices", key="none").status == 403


def test_malformed_paths(client: Any) -> None:
    """Bad encoding in an id is a 400 that names it, and an encoded slash is part of an id."""
    answer = client.get("/api/v1/devices/%zz")
    assert (answer.status, answer.json["details"]) == (
        400,
        [{"parameter": "deviceId", "message": messages.BAD_PERCENT}],
    )
    assert client.get("/api/v1/devices/%ff").status == 400
    assert client.get("/api/v1/devices/a%2Fb").status == 404
    assert client.get("/api/v1/devices/SEP%2DDEVICE-001").json["deviceId"] == "SEP-DEVICE-001"


def test_added_paths(client: Any) -> None:
    """A path outside the contract can be added, and needs no key."""

    async def page(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"console"})

    client.app.add_url_rule("/console", view_func=page)
    assert client.get("/console", key=None).body == b"console"
