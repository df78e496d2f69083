"""HEAD, OPTIONS, unsupported methods, CORS, and the headers of every response."""

import pytest

from sepolo_openapi.contract import Operation
from tests.end_to_end.calls import CREATE, OPERATIONS, READS, ResourceIds, each_operation, raw
from tests.end_to_end.harness import CONTRACT, InProcess, ServerProcess, assert_error
from tests.end_to_end.http.errors import ERRORS, each_error
from tests.harness.in_process import Response

each_path = pytest.mark.parametrize("path", list(CONTRACT.document["paths"]))


@each_operation(READS)
def test_head(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """HEAD has the status and headers of GET and no body, also if compressed or not modified."""
    target = own_ids.calls()[operation.operation_id].target
    for more in ([], [("Accept-Encoding", "gzip")], [("If-None-Match", "*")]):
        get, head = (sandbox(method, target, headers=[*more, ("X-Request-Id", "x")]) for method in ("GET", "HEAD"))
        assert (head.status, head.headers, head.body) == (get.status, get.headers, b"")


@pytest.mark.parametrize(("target", "key"), [(target, key) for method, target, key, _ in ERRORS if method == "GET"])
def test_head_of_errors(target: str, key: str | None, sandbox: InProcess) -> None:
    """An error of HEAD has the status and headers of the error of GET, and no body."""
    get, head = (sandbox(name, target, key=key, headers=[("X-Request-Id", "x")]) for name in ("GET", "HEAD"))
    assert (head.status, head.headers, head.body) == (get.status, get.headers, b"")


@each_path
def test_allowed_methods(path: str, sandbox: InProcess, server: ServerProcess) -> None:
    """OPTIONS lists the methods of a path in Allow without a key, and so does the 405 of any other method."""
    methods = {method.upper() for method in CONTRACT.document["paths"][path]} & {"GET", "POST"}
    allow = ", ".join(sorted(methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())))
    target = path.replace("{", "").replace("}", "")
    options = sandbox("OPTIONS", target, key=None)
    assert (options.status, options.body, options.headers["allow"]) == (204, b"", allow)
    assert "content-length" not in options.headers
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - methods:
        response = server(method, target, key=None)
        assert_error(response, 405, "method_not_allowed")
        assert response.headers["allow"] == allow
        assert method in response.json["message"]


@each_path
def test_cors_preflight(path: str, sandbox: InProcess) -> None:
    """A preflight allows every origin, the methods of the path, and every request header of the contract."""
    preflight = [
        ("Origin", "https://portal.example"),
        ("Access-Control-Request-Method", "GET"),
        ("Access-Control-Request-Headers", "x-sepolo-api-key"),
    ]
    response = sandbox("OPTIONS", path, key=None, headers=preflight)
    assert response.status == 204
    assert response.headers["access-control-allow-origin"] == "*"
    assert set(response.headers["access-control-allow-methods"].split(", ")) >= {"OPTIONS", "HEAD", "GET"}
    allowed = response.headers["access-control-allow-headers"].lower().split(", ")
    names = {p.name.lower() for o in OPERATIONS for p in o.parameters if p.where == "header"}
    schemes = CONTRACT.document["components"]["securitySchemes"].values()
    keys = {scheme.get("name", "authorization").lower() for scheme in schemes}
    assert {*names, *keys, "content-type", "if-none-match", "x-request-id"} <= set(allowed)
    assert int(response.headers["access-control-max-age"]) > 0


def _assert_exposed(response: Response) -> None:
    """Check that a page of any origin can read the response and every header that the contract declares."""
    assert response.headers["access-control-allow-origin"] == "*"
    exposed = set(response.headers["access-control-expose-headers"].lower().split(", "))
    # Browsers expose these without Access-Control-Expose-Headers.
    safe = {"cache-control", "content-length", "content-type", "expires", "last-modified", "pragma", "www-authenticate"}
    assert {name.lower() for o in OPERATIONS for name in _declared_headers(o)} - safe <= exposed


def _declared_headers(operation: Operation) -> set[str]:
    components = CONTRACT.document["components"]["responses"]
    found: set[str] = set()
    for response in raw(operation)["responses"].values():
        resolved = components[response["$ref"].rsplit("/", 1)[1]] if "$ref" in response else response
        found |= set(resolved.get("headers", ()))
    return found


@each_operation(READS)
def test_cors_of_reads(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """A page of any origin can read every response, 304 included, and every header that the contract declares."""
    call = own_ids.calls()[operation.operation_id]
    _assert_exposed(call.send(sandbox, headers=[("Origin", "null")]))
    _assert_exposed(call.send(sandbox, headers=[("Origin", "https://x.example"), ("If-None-Match", "*")]))


@each_error
def test_cors_of_errors(method: str, target: str, key: str | None, status: int, sandbox: InProcess) -> None:
    """A page of any origin can read errors too."""
    _assert_exposed(sandbox(method, target, key=key, headers=[("Origin", "https://x.example")]))


def test_every_response_has_a_request_id(sandbox: InProcess, own_ids: ResourceIds) -> None:
    """Every response has a new request id, or the one of the client; the body of an error repeats it."""
    requests: list[tuple[str, str, str | None]] = [
        ("GET", own_ids.calls()[operation.operation_id].target, "full") for operation in READS
    ]
    requests += [(method, target, key) for method, target, key, _ in ERRORS]
    requests += [("OPTIONS", "/api/v1/me", "full"), ("GET", "/healthz", "full")]
    generated = set()
    for method, target, key in requests:
        generated.add(sandbox(method, target, key=key).headers["x-request-id"])
        response = sandbox(method, target, key=key, headers=[("X-Request-Id", "my-own.1")])
        assert response.headers["x-request-id"] == "my-own.1"
        if response.status >= 400:
            assert response.json["requestId"] == "my-own.1"
    assert len(generated) == len(requests)


def test_every_body_is_json(sandbox: InProcess, own_ids: ResourceIds) -> None:
    """Every read returns application/json, whatever the Accept header says."""
    for call in own_ids.calls().values():
        if call.operation is not CREATE:
            for accept in ("application/json", "text/html", "*/*;q=0"):
                response = call.send(sandbox, headers=[("Accept", accept)])
                assert (response.status, response.headers["content-type"]) == (200, "application/json")


def test_no_header_names_the_server_software(server: ServerProcess) -> None:
    """Responses have a Date header, but neither Server nor X-Powered-By."""
    response = server("GET", "/api/v1/me")
    assert not {"server", "x-powered-by"} & set(response.headers)
    assert "date" in response.headers
