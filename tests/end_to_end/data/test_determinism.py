"""The same bytes from every process: other hash seeds, other workers, other languages and zones of the machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.calls import CREATE, READS, Call, ResourceIds, documented_calls
from tests.end_to_end.harness import InProcess, ServerProcess, serve

ONE = {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"}
OTHER = {
    "PYTHONHASHSEED": "4242",
    "TZ": "Asia/Kathmandu",
    "LC_ALL": "C.UTF-8",
    "NPY_DISABLE_CPU_FEATURES": "AVX512F AVX2",
}


def calls(own_ids: ResourceIds) -> Iterator[Call]:
    """Calls of every reading operation: as documented_calls, with something to find, filtered, paged, refused."""
    for operation in READS:
        yield from documented_calls(operation)
        call = own_ids.calls()[operation.operation_id]
        yield call
        if operation.page and operation.page.maximum:
            yield call.with_query(pageSize=7)
            yield call.with_query(pageSize=500)
        if operation.window and not operation.window.required:
            narrower = {"deviceId": own_ids.device} if operation.returns == "array" else {}
            yield call.with_query(fromUtc="2026-04-01T00:00:00Z", toUtc="2026-07-20T00:00:00Z", **narrower)
        names = {parameter.name for parameter in operation.parameters}
        for name, value in (("groupId", own_ids.group), ("status", "all"), ("customerId", own_ids.customer)):
            if name in names and (name, operation.operation_id) != ("status", "listDevices"):
                yield call.with_query(**{name: value})


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ServerProcess, ServerProcess]]:
    """Two servers with different surroundings, one of them with two workers."""
    folder = tmp_path_factory.mktemp("twins")
    first = serve(folder, "--state", str(folder / "one.db"), variables=ONE)
    second = serve(folder, "--state", str(folder / "two.db"), "--workers", "2", variables=OTHER)
    yield first, second
    assert (first.stop(), second.stop()) == (0, 0)


def test_reads(twins: tuple[ServerProcess, ServerProcess], own_ids: ResourceIds) -> None:
    """Status, body and tag of every read are the same, cursors and the pages behind them included."""
    asked = 0
    for call in calls(own_ids):
        for key in ("full", "bounded"):
            first, second = (call.send(server, key=key) for server in twins)
            asked += 1
            if first.status >= 400:
                assert _plain(first.json) == _plain(second.json)
                continue
            assert (first.status, first.headers["etag"], first.body) == (200, second.headers["etag"], second.body)
            if call.operation.returns == "page" and first.json["hasMore"]:
                following = call.with_query(cursor=first.json["nextCursor"])
                pages = [following.send(server, key=key) for server in reversed(twins)]
                assert pages[0].status == 200
                assert pages[0].body == pages[1].body
                asked += 1
    print(f"\n{asked} responses compared")
    assert asked > 150


def _plain(error: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in error.items() if name != "requestId"}


def test_in_another_order(sandbox: InProcess, twins: tuple[ServerProcess, ServerProcess], own_ids: ResourceIds) -> None:
    """What was asked before makes no difference: backwards, in one process, the responses are the same."""
    for call in reversed(list(calls(own_ids))):
        assert call.send(sandbox).body == call.send(twins[0]).body


def test_writes(twins: tuple[ServerProcess, ServerProcess], own_ids: ResourceIds) -> None:
    """The same reports in the same order get the same ids and rows."""
    bodies = [{"deviceId": f"SEP-DEVICE-{number:03d}", "title": f"report {number}"} for number in (3, 1, 2)]
    for body in bodies:
        first, second = (server("POST", CREATE.path, body=body) for server in twins)
        assert (first.status, first.body, first.headers["location"]) == (201, second.body, second.headers["location"])
    listed = [server("GET", f"{CREATE.path}?pageSize=5") for server in twins]
    assert listed[0].body == listed[1].body


def test_a_shared_secret(tmp_path: Path, twins: tuple[ServerProcess, ServerProcess], own_ids: ResourceIds) -> None:
    """A secret of one's own makes cursors that a server without it refuses."""
    call = own_ids.calls()["listDevices"].with_query(pageSize=2)
    secretive = serve(tmp_path, "--state", ":memory:", variables={"SEPOLO_CURSOR_SECRET": "correct-horse-battery"})
    theirs, ours = call.send(secretive).json, call.send(twins[0]).json
    assert theirs["data"] == ours["data"]
    assert theirs["nextCursor"] != ours["nextCursor"]
    assert call.with_query(cursor=theirs["nextCursor"]).send(secretive).status == 200
    assert call.with_query(cursor=theirs["nextCursor"]).send(twins[0]).status == 400
    assert call.with_query(cursor=ours["nextCursor"]).send(secretive).status == 400
    assert secretive.stop() == 0
