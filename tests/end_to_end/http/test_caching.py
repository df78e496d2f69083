"""Conditional requests, cache control and compression."""

import gzip

from sepolo_openapi.contract import Operation
from tests.end_to_end.calls import READS, ResourceIds, each_operation
from tests.end_to_end.harness import InProcess
from tests.end_to_end.http.errors import each_error


@each_operation(READS)
def test_current_etag_gives_304(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """If-None-Match with the current ETag, strong, weak, in a list or as *, gives 304; another value gives 200."""
    call = own_ids.calls()[operation.operation_id]
    full = call.send(sandbox)
    etag = full.headers["etag"]
    assert etag.startswith('W/"')
    for current in (etag, etag.removeprefix("W/"), f'"x", {etag} , "y"', "*"):
        response = call.send(sandbox, headers=[("If-None-Match", current)])
        assert (response.status, response.body) == (304, b"")
        assert "content-type" not in response.headers
        for name in ("etag", "cache-control", "vary", "access-control-allow-origin"):
            assert response.headers[name] == full.headers[name]
        assert "x-request-id" in response.headers
    for other in ('W/"x"', etag[:-2] + '"', "", "x"):
        assert call.send(sandbox, headers=[("If-None-Match", other)]).body == full.body
    same_content = call.with_query(x="1").send(sandbox, headers=[("If-None-Match", etag)])
    assert same_content.status == 304, "the ETag must depend on the body, not on the URL"


@each_operation(READS)
def test_cache_control(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """Responses may be cached privately with revalidation; `/me` may not be cached."""
    response = own_ids.calls()[operation.operation_id].send(sandbox)
    expected = "no-store" if operation.operation_id == "getMe" else "private, no-cache"
    assert (response.headers["cache-control"], response.headers["vary"]) == (expected, "accept-encoding")


@each_error
def test_errors_are_not_cached(method: str, target: str, key: str | None, status: int, sandbox: InProcess) -> None:
    """An error may not be cached, has no ETag, and is returned whatever If-None-Match says."""
    response = sandbox(method, target, key=key, headers=[("If-None-Match", "*")])
    assert (response.status, response.headers["cache-control"]) == (status, "no-store")
    assert "etag" not in response.headers


@each_operation(READS)
def test_compression(operation: Operation, sandbox: InProcess, own_ids: ResourceIds) -> None:
    """Bodies of 1 KiB or more are compressed if the client accepts gzip; smaller ones never are."""
    call = own_ids.calls()[operation.operation_id]
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
    for without_gzip in ("identity", "gzip;q=0", "br", "*;q=0"):
        assert call.send(sandbox, headers=[("Accept-Encoding", without_gzip)]).body == plain.body
