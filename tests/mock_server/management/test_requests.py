"""The request log over the management API: what is recorded, filters, pages, who sees what, and export."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from sepolo_mock_server.errors import management_messages, messages
from tests.harness.managed import FIRST_KEY, OPERATOR, PROFILE_ORGANIZATION, Managed, Organization

ME = "/api/v1/me"


@pytest.fixture
def own(sandbox: Managed) -> Organization:
    """An organisation of the test."""
    return sandbox.create()


def rows(own: Organization, query: str = "", **options: Any) -> Any:
    """The requests that the organisation's token sees."""
    return own.managed("GET", f"/requests{query}", **{"token": own.token, **options}).json["data"]


def detail(own: Organization, row: Any) -> Any:
    return own.managed("GET", f"/requests/{row['number']}", token=own.token).json


def test_recorded_request(own: Organization) -> None:
    """A request is recorded with its key, operation, status, sizes and id before its response is sent."""
    response = own.managed("GET", "/api/v1/me?a=1", key=own.key, headers=[("X-Request-Id", "mine-1")])
    (row,) = rows(own)
    assert row["durationMs"] >= 0
    assert row["receivedOn"].endswith("Z")
    assert row | {"number": 0, "durationMs": 0, "receivedOn": ""} == {
        "number": 0,
        "requestId": "mine-1",
        "receivedOn": "",
        "durationMs": 0,
        "method": "GET",
        "path": "/api/v1/me?a=1",
        "operationId": "getMe",
        "organizationId": own.id,
        "keyId": own.created["key"]["keyId"],
        "keyName": own.created["key"]["name"],
        "status": 200,
        "requestBytes": 0,
        "responseBytes": len(response.body),
        "reason": None,
        "faultId": None,
    }
    found = detail(own, row)
    shown = own.key[:12] + "..."
    assert found["requestHeaders"] == [
        {"name": "x-request-id", "value": "mine-1"},
        {"name": "x-sepolo-api-key", "value": shown},
    ]
    assert found["requestBody"] is None
    assert {one["name"]: one["value"] for one in found["responseHeaders"]} == response.headers
    assert found["responseBody"] == {"text": response.body.decode(), "cut": False}
    expected = "curl -H 'x-request-id: mine-1' -H 'X-Sepolo-Api-Key: YOUR_KEY' 'http://127.0.0.1:8080/api/v1/me?a=1'"
    assert found["curl"] == expected


def test_curl_leaves_out_what_a_browser_adds(own: Organization) -> None:
    """The command has the headers that matter to the sandbox; the request shows all of them."""
    added = [("Sec-Fetch-Mode", "cors"), ("Pragma", "no-cache"), ("Accept-Language", "en"), ("If-None-Match", '"x"')]
    own.managed("GET", ME, key=own.key, headers=added)
    found = detail(own, rows(own)[0])
    assert {one["name"] for one in found["requestHeaders"]} >= {name.lower() for name, _ in added}
    expected = """curl -H 'if-none-match: "x"' -H 'X-Sepolo-Api-Key: YOUR_KEY' http://127.0.0.1:8080/api/v1/me"""
    assert found["curl"] == expected


@pytest.mark.parametrize(
    ("target", "status", "reason"),
    [
        ("/api/v1/assets?pageSize=0", 400, "pageSize: must be at least 1"),
        (
            "/api/v1/assets?pageSize=0&groupId=x",
            400,
            f"groupId: {messages.not_integer('x')}; pageSize: must be at least 1",
        ),
        ("/api/v1/devices/none", 404, messages.not_found().message),
    ],
)
def test_reason(own: Organization, target: str, status: int, reason: str) -> None:
    """A refused request has the reason in words, with all details."""
    own.managed("GET", target, key=own.key)
    assert [(row["status"], row["reason"]) for row in rows(own)] == [(status, reason)]


def test_reason_of_a_missing_scope(own: Organization) -> None:
    """A missing scope is named."""
    key = own.new_key(scopes=["assets.read"])
    own.managed("GET", ME, key=key["key"])
    (row,) = rows(own)
    assert (row["status"], row["reason"]) == (403, messages.scope_missing("public_api.read").message)
    assert (row["keyId"], row["operationId"]) == (key["keyId"], "getMe")


def test_requests_without_a_known_key(make: Callable[..., Managed]) -> None:
    """Requests without a known key, and those that no operation has, only the operator sees, with their reason."""
    sandbox = make()
    for method, target, key in (("GET", ME, None), ("GET", "/api/v1/you", FIRST_KEY), ("PUT", ME, FIRST_KEY)):
        sandbox(method, target, key=key, token=None)
    sandbox("OPTIONS", ME, token=None)
    sandbox("GET", ME, key="sep_test_unknown")
    for path in ("/healthz", "/console/", "/reference/", "/reference/public.json"):
        sandbox("GET", path, token=None)
    sandbox("GET", "/session")
    found = sandbox("GET", "/requests").json["data"]
    assert [(row["method"], row["path"], row["status"], row["operationId"]) for row in found] == [
        ("GET", ME, 401, "getMe"),
        ("OPTIONS", ME, 204, None),
        ("PUT", ME, 405, None),
        ("GET", "/api/v1/you", 404, None),
        ("GET", ME, 401, "getMe"),
    ]
    assert [row["reason"] for row in found] == [
        messages.KEY_UNKNOWN,
        None,
        messages.method_not_allowed("PUT", "GET, HEAD, OPTIONS").message,
        messages.no_route("/api/v1/you").message,
        messages.KEY_MISSING,
    ]
    assert {row["organizationId"] for row in found} == {None}
    assert [row["number"] for row in found] == [5, 4, 3, 2, 1]
    other = sandbox.create()
    assert rows(other) == []
    assert sandbox.message("GET", "/requests/5", token=other.token) == (
        404,
        management_messages.request_unknown().message,
    )


def test_bodies(own: Organization) -> None:
    """Bodies are stored without compression and up to 16 KiB; a longer one is marked as cut."""
    long = {"text": "æ" * 20_000}
    own.managed("POST", "/api/v1/service-reports", long, key=own.key)
    own.managed("GET", "/api/v1/assets?pageSize=500", key=own.key, headers=[("Accept-Encoding", "gzip")])
    whole = own.managed("GET", "/api/v1/assets?pageSize=500", key=own.key).body
    _, compressed, posted = (detail(own, row) for row in rows(own))
    sent = json.dumps(long).encode()
    assert posted["requestBody"] == {"text": sent[: 16 * 1024].decode("utf-8", "replace"), "cut": True}
    assert (posted["status"], posted["requestBytes"]) == (400, len(sent))
    assert posted["curl"].startswith(
        "curl -H 'X-Sepolo-Api-Key: YOUR_KEY' -H 'content-type: application/json' --data-binary @"
    )
    assert compressed["responseBody"] == {"text": whole[: 16 * 1024].decode("utf-8", "replace"), "cut": True}
    assert compressed["responseBytes"] < len(whole) / 2


def test_secrets_are_masked(make: Callable[..., Managed]) -> None:
    """No key and no token is in the log: not from headers, query, path or bodies, and not the operator's own text."""
    sandbox = make()
    secrets = [FIRST_KEY, "sep_live_0123456789abcdef", "sep_mgmt_4b1d7c0a9e2f5d6388c1b0a79e4f2d15", OPERATOR]
    for secret in secrets:
        sandbox("GET", f"/api/v1/assets/{secret}?token={secret}&x={secret}&{secret}=1", key=secret)
        sandbox("GET", f"/api/v1/assets?pageSize={secret}", key=FIRST_KEY)
        sandbox("GET", ME, token=secret, headers=[("Referer", f"http://h/?{secret}"), ("Cookie", secret)])
        sandbox("POST", "/api/v1/service-reports", {"notes": secret}, key=FIRST_KEY)
    stored = repr(sandbox.app.management.log.read(1, 99))
    assert len(sandbox("GET", "/requests").json["data"]) == 16
    assert [secret for secret in secrets if secret in stored] == []


def test_filters(own: Organization) -> None:
    """Requests can be filtered by key, operation, status or its class, method, and text, and by all together."""
    other = own.new_key(name="Other")
    for method, target, key in (
        ("GET", ME, own.key),
        ("HEAD", ME, own.key),
        ("GET", "/api/v1/assets?pageSize=0", own.key),
        ("GET", "/api/v1/assets?pageSize=1", other["key"]),
        ("GET", "/api/v1/devices/ABC", own.key),
    ):
        own.managed(method, target, key=key)
    every = [row["number"] for row in rows(own)]
    last, assets, zero, head, me = every

    def found(query: str) -> list[int]:
        return [row["number"] for row in rows(own, query)]

    assert found(f"?organizationId={own.id}") == every
    assert found(f"?keyId={other['keyId']}") == [assets]
    assert found("?operationId=getMe") == [head, me]
    assert found("?status=4xx") == [last, zero]
    assert found("?status=404") == [last]
    assert found("?status=5xx") == []
    assert found("?method=HEAD") == [head]
    assert found("?text=abc") == [last]
    assert found("?text=OTHER") == [assets]
    assert found("?text=must%20be%20at%20least") == [zero]
    assert found("?status=2xx&method=GET&text=assets") == [assets]


@pytest.mark.parametrize(
    ("query", "parameter", "message"),
    [
        ("status=700", "status", None),
        ("status=4x", "status", None),
        ("method=get", "method", None),
        ("keyId=x", "keyId", messages.not_uuid("x")),
        ("operationId=getMee", "operationId", "did you mean getMe"),
        ("cursor=abc", "cursor", management_messages.CURSOR_UNKNOWN),
        ("pageSize=501", "pageSize", "must be at most 500"),
    ],
)
def test_refused_filters(own: Organization, query: str, parameter: str, message: str | None) -> None:
    """A filter that can't match is a 400 that says what would."""
    response = own.managed("GET", f"/requests?{query}")
    assert (response.status, [one["parameter"] for one in response.json["details"]]) == (400, [parameter])
    assert message is None or message in response.json["details"][0]["message"]


def test_foreign_requests(own: Organization) -> None:
    """The token of an organisation sees only its own requests; the operator sees all."""
    other = own.managed.create()
    own.managed("GET", ME, key=own.key)
    (row,) = rows(own)
    assert rows(other) == []
    assert own.managed("GET", f"/requests/{row['number']}", token=other.token).status == 404
    refused = own.managed.message("GET", f"/requests?organizationId={own.id}", token=other.token)
    assert refused == (404, management_messages.organization_unknown().message)
    assert rows(own, f"?organizationId={own.id}", token=OPERATOR) == [row]
    assert own.managed("GET", f"/requests/{row['number']}").status == 200


def test_pages(own: Organization) -> None:
    """Pages have each request once, newest first, whatever arrives between them."""
    for number in range(7):
        own.managed("GET", f"{ME}?n={number}", key=own.key)
    every = rows(own)
    found, cursor = [], ""
    while True:
        page = own.managed("GET", f"/requests?pageSize=3{cursor}", token=own.token).json
        found += page["data"]
        assert page["hasMore"] is (page["nextCursor"] is not None)
        if page["nextCursor"] is None:
            break
        cursor = f"&cursor={page['nextCursor']}"
        own.managed("GET", ME, key=own.key)
    assert found == every


def test_fault_is_named(own: Organization) -> None:
    """A request that a fault rule made fail has the id of the rule."""
    made = own("POST", "/faults", {"effect": "status", "status": 500, "count": 1}).json
    own.managed("GET", ME, key=own.key)
    (row,) = rows(own)
    reason = f"The fault rule {made['faultId']} of the sandbox answered 500 in place of the operation."
    assert (row["status"], row["faultId"], row["reason"]) == (500, made["faultId"], reason)


CURSOR_GONE = f"cursor: {messages.CURSOR_EXPIRED}"


@pytest.mark.parametrize(
    ("body", "target", "status", "reason"),
    [
        ({"effect": "delay", "delaySeconds": 0.001}, ME, 200, "delayed the response by 0.001 s."),
        (
            {"effect": "delay", "delaySeconds": 0.001},
            "/api/v1/assets?pageSize=0",
            400,
            "delayed the response by 0.001 s. pageSize: must be at least 1",
        ),
        ({"effect": "truncate"}, ME, 200, "closed the connection in the middle of the body."),
        ({"effect": "duplicateRow"}, "/api/v1/assets?pageSize=1", 200, "sent the last row twice."),
        ({"effect": "invalidBody"}, ME, 200, "left a required member out of the body."),
        (
            {"effect": "rateLimit", "retryAfterSeconds": 7},
            ME,
            429,
            "of the sandbox answered 429 in place of the operation. Try again in 7 s.",
        ),
        (
            {"effect": "staleCursor"},
            "/api/v1/assets?cursor=x",
            400,
            f"answered as if the cursor had expired. {CURSOR_GONE}",
        ),
    ],
)
def test_reason_names_the_effect(
    own: Organization, body: dict[str, Any], target: str, status: int, reason: str
) -> None:
    """The reason says what a fault rule did to the request, also if it was answered, or refused for another reason."""
    made = own("POST", "/faults", body).json
    own.managed("GET", target, key=own.key)
    (row,) = rows(own)
    assert (row["status"], row["reason"]) == (status, f"The fault rule {made['faultId']} {reason}")


def test_har(own: Organization) -> None:
    """The export is HAR 1.2 of the requests that pass the filters, oldest first."""
    own.managed("GET", f"{ME}?a=1&a=%20&b", key=own.key)
    own.managed("POST", "/api/v1/service-reports", {"a": 1}, key=own.key)
    own.managed("GET", "/api/v1/assets", key=own.key)
    response = own.managed("GET", "/requests/har?text=ME", token=own.token)
    assert response.headers["content-disposition"] == 'attachment; filename="sepolo-requests.har"'
    (entry,) = response.json["log"]["entries"]
    assert entry["request"]["queryString"] == [
        {"name": "a", "value": "1"},
        {"name": "a", "value": " "},
        {"name": "b", "value": ""},
    ]
    assert entry["request"]["url"] == f"http://127.0.0.1:8080{ME}?a=1&a=%20&b"
    assert (entry["response"]["status"], entry["response"]["statusText"]) == (200, "OK")
    entries = own.managed("GET", "/requests/har", token=own.token).json["log"]["entries"]
    assert [one["request"]["method"] for one in entries] == ["GET", "POST", "GET"]
    assert entries[1]["request"]["postData"] == {"mimeType": "application/json", "text": '{"a": 1}'}
    assert entries[1]["comment"].startswith("2 values") is False
    assert own.managed("HEAD", "/requests/har", token=own.token).body == b""
    assert own.managed("GET", "/requests/har?method=PATCH", token=own.token).json["log"]["entries"] == []


def test_no_log_without_management(make: Callable[..., Managed]) -> None:
    """Without management there is no log and no management API."""
    sandbox = make(management=False)
    assert sandbox.app.sandbox.log is None
    assert sandbox.me(FIRST_KEY)["organizationId"] == PROFILE_ORGANIZATION
    assert sandbox("GET", "/requests").status == 404
