"""Processes with different hash seeds, workers, locales, time zones and CPU features return the same bytes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.calls import CREATE, READS, Call, ResourceIds, documented_calls
from tests.end_to_end.harness import InProcess, ServerProcess, serve

FIRST = {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"}
SECOND = {
    "PYTHONHASHSEED": "4242",
    "TZ": "Asia/Kathmandu",
    "LC_ALL": "C.UTF-8",
    "NPY_DISABLE_CPU_FEATURES": "AVX512F AVX2",
}


def calls(own_ids: ResourceIds) -> Iterator[Call]:
    """Yield calls of every read operation: the documented ones, others with data, filters, pages and windows."""
    for operation in READS:
        yield from documented_calls(operation)
        call = own_ids.calls()[operation.operation_id]
        yield call
        if operation.page and operation.page.maximum:
            yield call.with_query(pageSize=7)
            yield call.with_query(pageSize=500)
        if operation.window and not operation.window.required:
            filters = {"deviceId": own_ids.device} if operation.returns == "array" else {}
            yield call.with_query(fromUtc="2026-04-01T00:00:00Z", toUtc="2026-07-20T00:00:00Z", **filters)
        names = {parameter.name for parameter in operation.parameters}
        for name, value in (("groupId", own_ids.group), ("status", "all"), ("customerId", own_ids.customer)):
            if name in names and (name, operation.operation_id) != ("status", "listDevices"):
                yield call.with_query(**{name: value})


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ServerProcess, ServerProcess]]:
    """Two servers with different environments, the second with two workers."""
    folder = tmp_path_factory.mktemp("servers")
    first = serve(folder, "--state", str(folder / "one.db"), variables=FIRST)
    second = serve(folder, "--state", str(folder / "two.db"), "--workers", "2", variables=SECOND)
    yield first, second
    assert (first.stop(), second.stop()) == (0, 0)


def test_reads_are_equal(servers: tuple[ServerProcess, ServerProcess], own_ids: ResourceIds) -> None:
    """Two servers return the same status, body and ETag for every read, and the same next page for its cursor."""
    compared = 0
    for call in calls(own_ids):
        for key in ("full", "bounded"):
            first, second = (call.send(each, key=key) for each in servers)
            compared += 1
            if first.status >= 400:
                assert _without_request_id(first.json) == _without_request_id(second.json)
                continue
            assert (first.status, first.headers["etag"], first.body) == (200, second.headers["etag"], second.body)
            if call.operation.returns == "page" and first.json["hasMore"]:
                following = call.with_query(cursor=first.json["nextCursor"])
                pages = [following.send(server, key=key) for server in reversed(servers)]
                assert pages[0].status == 200
                assert pages[0].body == pages[1].body
                compared += 1
    print(f"\n{compared} responses compared")
    assert compared > 150


def _without_request_id(error: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in error.items() if name != "requestId"}


def test_order_of_requests_does_not_matter(
    sandbox: InProcess, servers: tuple[ServerProcess, ServerProcess], own_ids: ResourceIds
) -> None:
    """The same calls in reverse order, in process, return the same bodies."""
    for call in reversed(list(calls(own_ids))):
        assert call.send(sandbox).body == call.send(servers[0]).body


def test_writes_are_equal(servers: tuple[ServerProcess, ServerProcess], own_ids: ResourceIds) -> None:
    """The same reports in the same order get the same ids and rows from both servers."""
    bodies = [{"deviceId": f"SEP-DEVICE-{number:03d}", "title": f"report {number}"} for number in (3, 1, 2)]
    for body in bodies:
        first, second = (each("POST", CREATE.path, body=body) for each in servers)
        assert (first.status, first.body, first.headers["location"]) == (201, second.body, second.headers["location"])
    listed = [server("GET", f"{CREATE.path}?pageSize=5") for server in servers]
    assert listed[0].body == listed[1].body


def test_cursor_secret(tmp_path: Path, servers: tuple[ServerProcess, ServerProcess], own_ids: ResourceIds) -> None:
    """A server with its own cursor secret returns the same rows, and rejects the cursors of a server without it."""
    call = own_ids.calls()["listDevices"].with_query(pageSize=2)
    server = serve(tmp_path, "--state", ":memory:", variables={"SEPOLO_CURSOR_SECRET": "correct-horse-battery"})
    own, default = call.send(server).json, call.send(servers[0]).json
    assert own["data"] == default["data"]
    assert own["nextCursor"] != default["nextCursor"]
    assert call.with_query(cursor=own["nextCursor"]).send(server).status == 200
    assert call.with_query(cursor=own["nextCursor"]).send(servers[0]).status == 400
    assert call.with_query(cursor=default["nextCursor"]).send(server).status == 400
    assert server.stop() == 0
