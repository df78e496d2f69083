"""HTTP around the operations: validators, caching, compression, CORS, request ids, limits, methods."""

import gzip
from collections.abc import Callable

import pytest

from sepolo_openapi.contract import Operation
from tests.end_to_end.calls import CREATE, OPERATIONS, READS, Call, ResourceIds, each_operation
from tests.end_to_end.harness import CONTRACT, InProcess, ServerProcess, assert_error
from tests.harness.in_process import Response

each_read = each_operation(READS)
each_path = pytest.mark.parametrize("path", list(CONTRACT.document["paths"]))

ERRORS = [
    ("GET", "/api/v1/me", None, 401),
    ("GET", "/api/v1/me", "no-scopes", 403),
    ("GET", "/api/v1/assets/00000000-0000-4000-8000-000000000000", "full", 404),
    ("GET", "/nowhere", "full", 404),
    ("GET", "/api/v1/assets?pageSize=0", "full", 400),
    ("PUT", "/api/v1/assets", "full", 405),
    ("POST", "/api/v1/service-reports", "full", 415),
]
each_error = pytest.mark.parametrize(("method", "target", "key", "status"), ERRORS)


def call_of(own_ids: ResourceIds, operation: Operation) -> Call:
    """A call that finds something."""
    return own_ids.calls()[operation.operation_id]


@each_read
def test_unchanged(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """The ETag names the response's bytes: sent back it gives 304 without a body, be it weak, listed or any."""
    call = call_of(own_ids, operation)
    whole = call.send(sandbox)
    etag = whole.headers["etag"]
    assert etag.startswith('W/"')
    for known in (etag, etag.removeprefix("W/"), f'"x", {etag} , "y"', "*"):
        response = call.send(sandbox, headers=[("If-None-Match", known)])
        assert (response.status, response.body) == (304, b"")
        assert "content-type" not in response.headers
        for kept in ("etag", "cache-control", "vary", "access-control-allow-origin"):
            assert response.headers[kept] == whole.headers[kept]
        assert "x-request-id" in response.headers
    for other in ('W/"x"', etag[:-2] + '"', "", "x"):
        assert call.send(sandbox, headers=[("If-None-Match", other)]).body == whole.body
    different = call.with_query(x="1").send(sandbox, headers=[("If-None-Match", etag)])
    assert different.status == 304, "the tag is of the content, not of the address"


@each_read
def test_caching(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """Answers may be kept by the client that asked and have to be checked; `/me` may not be kept."""
    response = call_of(own_ids, operation).send(sandbox)
    wanted = "no-store" if operation.operation_id == "getMe" else "private, no-cache"
    assert (response.headers["cache-control"], response.headers["vary"]) == (wanted, "accept-encoding")


@each_error
def test_errors_are_not_kept(method: str, target: str, key: str | None, status: int, sandbox: InProcess) -> None:
    """An error is neither kept nor validated by a tag."""
    response = sandbox(method, target, key=key, headers=[("If-None-Match", "*")])
    assert (response.status, response.headers["cache-control"]) == (status, "no-store")
    assert "etag" not in response.headers


@each_read
def test_compression(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """Large responses are compressed for those who ask, to the same bytes; small ones never are."""
    call = call_of(own_ids, operation)
    plain = call.send(sandbox)
    assert "content-encoding" not in plain.headers
    response = call.send(sandbox, headers=[("Accept-Encoding", "br;q=1, gzip;q=0.5")])
    if len(plain.body) < 1024:
        assert "content-encoding" not in response.headers
        assert response.body == plain.body
    else:
        assert response.headers["content-encoding"] == "gzip"
        assert gzip.decompress(response.body) == plain.body
        assert len(response.body) < len(plain.body)
    assert response.headers["etag"] == plain.headers["etag"]
    assert int(response.headers["content-length"]) == len(response.body)
    for refusing in ("identity", "gzip;q=0", "br", "*;q=0"):
        assert call.send(sandbox, headers=[("Accept-Encoding", refusing)]).body == plain.body


@each_read
def test_head(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """HEAD has the headers of GET and no body, compressed and unchanged ones included."""
    call = call_of(own_ids, operation)
    for more in ([], [("Accept-Encoding", "gzip")], [("If-None-Match", "*")]):
        get, head = (sandbox(method, call.target, headers=[*more, ("X-Request-Id", "x")]) for method in ("GET", "HEAD"))
        assert (head.status, head.headers, head.body) == (get.status, get.headers, b"")


@each_error
def test_head_of_errors(method: str, target: str, key: str | None, status: int, sandbox: InProcess) -> None:
    """HEAD is refused with the headers that GET is refused with."""
    if method == "GET":
        get, head = (sandbox(way, target, key=key, headers=[("X-Request-Id", "x")]) for way in ("GET", "HEAD"))
        assert (head.status, head.headers, head.body) == (get.status, get.headers, b"")


@each_path
def test_methods(path: str, sandbox: InProcess, server: ServerProcess) -> None:
    """A path names its methods: in OPTIONS without a key, and with 405 to any other method."""
    methods = {method.upper() for method in CONTRACT.document["paths"][path]} & {"GET", "POST"}
    allow = ", ".join(sorted(methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())))
    target = path.replace("{", "").replace("}", "")
    asked = sandbox("OPTIONS", target, key=None)
    assert (asked.status, asked.body, asked.headers["allow"]) == (204, b"", allow)
    assert "content-length" not in asked.headers
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - methods:
        response = server(method, target, key=None)
        assert_error(response, 405, "method_not_allowed")
        assert response.headers["allow"] == allow
        assert method in response.json["message"]


@each_path
def test_preflight(path: str, sandbox: InProcess) -> None:
    """A browser on any page may call every method with every header of the contract."""
    asked = [("Origin", "https://portal.example"), ("Access-Control-Request-Method", "GET")]
    response = sandbox(
        "OPTIONS", path, key=None, headers=[*asked, ("Access-Control-Request-Headers", "x-sepolo-api-key")]
    )
    assert response.status == 204
    assert response.headers["access-control-allow-origin"] == "*"
    assert set(response.headers["access-control-allow-methods"].split(", ")) >= {"OPTIONS", "HEAD", "GET"}
    allowed = response.headers["access-control-allow-headers"].lower().split(", ")
    names = {p.name.lower() for o in OPERATIONS for p in o.parameters if p.where == "header"}
    schemes = CONTRACT.document["components"]["securitySchemes"].values()
    keys = {scheme.get("name", "authorization").lower() for scheme in schemes}
    assert {*names, *keys, "content-type", "if-none-match", "x-request-id"} <= set(allowed)
    assert int(response.headers["access-control-max-age"]) > 0


def _exposes(response: Response) -> None:
    assert response.headers["access-control-allow-origin"] == "*"
    exposed = set(response.headers["access-control-expose-headers"].lower().split(", "))
    # Browsers show these without being told to.
    safe = {"cache-control", "content-length", "content-type", "expires", "last-modified", "pragma", "www-authenticate"}
    assert {name.lower() for o in OPERATIONS for name in _declared_headers(o)} - safe <= exposed


def _declared_headers(operation: Operation) -> set[str]:
    responses = CONTRACT.document["paths"][operation.path][operation.method.lower()]["responses"]
    components = CONTRACT.document["components"]["responses"]
    found: set[str] = set()
    for response in responses.values():
        resolved = components[response["$ref"].rsplit("/", 1)[1]] if "$ref" in response else response
        found |= set(resolved.get("headers", ()))
    return found


@each_read
def test_cors(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """A browser may read every response, and every header that the contract declares."""
    call = call_of(own_ids, operation)
    _exposes(call.send(sandbox, headers=[("Origin", "null")]))
    _exposes(call.send(sandbox, headers=[("Origin", "https://x.example"), ("If-None-Match", "*")]))


@each_error
def test_cors_of_errors(method: str, target: str, key: str | None, status: int, sandbox: InProcess) -> None:
    """A browser may read errors too, or its developer would see a CORS failure instead."""
    _exposes(sandbox(method, target, key=key, headers=[("Origin", "https://x.example")]))


def test_request_ids(sandbox: InProcess, own_ids: ResourceIds) -> None:
    """Every response has a request id, its own or the client's; an error repeats it in its body."""
    calls = [("GET", call_of(own_ids, operation).target, "full") for operation in READS]
    calls += [(method, target, key) for method, target, key, _ in ERRORS]  # type: ignore[misc]
    calls += [("OPTIONS", "/api/v1/me", "full"), ("GET", "/healthz", "full")]
    made = set()
    for method, target, key in calls:
        made.add(sandbox(method, target, key=key).headers["x-request-id"])
        response = sandbox(method, target, key=key, headers=[("X-Request-Id", "my-own.1")])
        assert response.headers["x-request-id"] == "my-own.1"
        if response.status >= 400:
            assert response.json["requestId"] == "my-own.1"
    assert len(made) == len(calls)


def test_media_type(sandbox: InProcess, own_ids: ResourceIds) -> None:
    """Every body is JSON, as its header says, whatever the client accepts."""
    for call in own_ids.calls().values():
        if call.operation is not CREATE:
            for accept in ("application/json", "text/html", "*/*;q=0"):
                response = call.send(sandbox, headers=[("Accept", accept)])
                assert (response.status, response.headers["content-type"]) == (200, "application/json")


def test_nothing_gives_the_server_away(server: ServerProcess) -> None:
    """No header names the server's program."""
    response = server("GET", "/api/v1/me")
    assert not {"server", "x-powered-by"} & set(response.headers)
    assert "date" in response.headers


# Limits.


def test_the_limit(new_sandbox: InProcess) -> None:
    """A limited key gets what its limit allows, refusals included, then 429 before its scopes are looked at."""
    limit = new_sandbox.keys["limited"].requests_per_minute
    assert limit == 60
    for left in reversed(range(limit)):
        target = ("/api/v1/me", "/api/v1/me?%ZZ=1", "/api/v1/devices/none")[left % 3]
        response = new_sandbox("GET", target, key="limited")
        assert response.status == (200, 400, 404)[left % 3]
        assert response.headers["x-ratelimit-remaining"] == str(left)
        assert response.headers["x-ratelimit-limit"] == "60"
        assert 0 < int(response.headers["x-ratelimit-reset"]) <= 60
        assert response.headers["ratelimit-policy"] == '"minute";q=60;w=60, "day";q=5000;w=86400'
        assert f'"minute";r={left};t=' in response.headers["ratelimit"]
    for method in ("GET", "HEAD", "POST"):
        refused = new_sandbox(method, "/api/v1/service-reports", key="limited")
        assert refused.status == 429
        assert 0 < int(refused.headers["retry-after"]) <= 60
        assert refused.headers["x-ratelimit-remaining"] == "0"
        if method != "HEAD":
            assert_error(refused, 429, "rate_limited")
            assert "60 requests a minute" in refused.json["message"]
    assert new_sandbox("GET", "/api/v1/me", key="readonly").status == 200


def test_a_limit_passes(new_sandbox: InProcess) -> None:
    """When the minute is over the key may ask again."""
    principal = next(p for p in new_sandbox.app.sandbox.principals if p.fact.name == "limited")
    now = [principal.limiter._clock_s()]
    principal.limiter._clock_s = lambda: now[0]
    statuses = [new_sandbox("GET", "/api/v1/me", key="limited").status for _ in range(61)]
    assert statuses == [200] * 60 + [429]
    now[0] += 60
    assert new_sandbox("GET", "/api/v1/me", key="limited").status == 200


def test_what_costs_nothing(new_sandbox: InProcess) -> None:
    """Preflights, unknown paths and wrong methods don't count, for no key is looked at."""
    for _ in range(70):
        new_sandbox("OPTIONS", "/api/v1/me", key="limited")
        new_sandbox("GET", "/nowhere", key="limited")
        new_sandbox("PUT", "/api/v1/me", key="limited")
    assert new_sandbox("GET", "/api/v1/me", key="limited").headers["x-ratelimit-remaining"] == "59"


def test_no_limit_no_headers(sandbox: InProcess) -> None:
    """A key without limits has no rate headers."""
    assert not [name for name in sandbox("GET", "/api/v1/me").headers if "ratelimit" in name]


# What the sandbox tells of itself.


def test_warnings(sandbox: InProcess, own_ids: ResourceIds) -> None:
    """What was ignored is named: parameters of another case or list, unknown metrics, page sizes of whole lists."""
    telemetry = call_of(own_ids, CONTRACT.operations["listDeviceTelemetry"])
    cases: list[tuple[Call, str]] = [
        (telemetry.with_query(metrics="current,nonsense"), 'unknown metric "nonsense" ignored'),
        (telemetry.with_query(PageSize=1), 'unknown parameter "PageSize" ignored'),
        (
            Call(CONTRACT.operations["listVendors"], {}, {"pageSize": 1, "cursor": "x"}),
            'parameters "pageSize", "cursor"',
        ),
        (Call(CONTRACT.operations["listServiceVisits"], {}, {"pageSize": 0}), 'unknown parameter "pageSize" ignored'),
        (Call(CONTRACT.operations["listIncidents"], {}, {"from": "x"}), 'unknown parameter "from" ignored'),
    ]
    for call, text in cases:
        response = call.send(sandbox)
        assert response.status == 200
        assert text in response.headers["x-sandbox-warning"]
    assert "x-sandbox-warning" not in telemetry.send(sandbox).headers


def test_the_metrics_hint(sandbox: InProcess, own_ids: ResourceIds) -> None:
    """It blanks measures that aren't named and changes nothing else: rows, cursors and other members stay."""
    telemetry = call_of(own_ids, CONTRACT.operations["listDeviceTelemetry"]).with_query(pageSize=500)
    whole = telemetry.send(sandbox).json["data"]
    measures = {"current", "temperature", "humidity", "voltage", "batteryVoltage", "batteryPercentage", "vibrationRms"}
    hinted = telemetry.with_query(metrics=" current , temperature").send(sandbox).json["data"]
    blanked = measures - {"current", "temperature"} | {"signalStrength"}
    assert hinted == [row | dict.fromkeys(blanked) for row in whole]
    assert telemetry.with_query(metrics="nonsense").send(sandbox).json["data"] == whole


@pytest.mark.parametrize("profile", ["small", "fleet"])
def test_other_profiles(profile: str, make_sandbox: Callable[..., InProcess]) -> None:
    """Sandboxes of nothing and of a million devices response every operation that needs no id."""
    client = make_sandbox(profile=profile)
    for operation in READS:
        if "{" not in operation.path:
            for key in client.keys:
                response = Call(operation).send(client, key=key)
                assert response.status in {200, 401, 403}, (operation.operation_id, key, response)
