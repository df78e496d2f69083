"""openapi-core, which the sandbox doesn't use, accepts every answer: all operations, all keys, all kinds of request.

Run with `-s` to see how many answers of which status each operation gave.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.testing import MockResponse
from openapi_schema_validator import OAS31Validator

from sepolo_mock_server.state import store
from sepolo_openapi.contract import Operation
from tests.end_to_end.calls import CREATE, OPERATIONS, Call, Seen
from tests.end_to_end.harness import CONTRACT, Answer, InProcess
from tests.harness.in_process import key_facts

NOWHERE = str(UUID(int=0))
NARROW = {"fromUtc": "2026-06-10T00:00:00Z", "toUtc": "2026-06-11T00:00:00Z"}
"""A window for lists that come whole: a validator in pure Python is slow."""
LARGE = b"[" + b" " * 2**20

Met = tuple[Call, Answer]


class _Request:
    """What openapi-core needs to know to find the operation."""

    parameters = RequestParameters()
    host_url = "http://127.0.0.1:8080"
    body = None
    content_type = "application/json"

    def __init__(self, method: str, path: str) -> None:
        self.method = method.lower()
        self.path = path


@dataclass(frozen=True)
class Judge:
    """An independent reading of the contract."""

    openapi: OpenAPI

    def accept(self, call: Call, answer: Answer) -> None:
        """Raise where the answer isn't one that the contract describes for its operation and status."""
        path = call.target.partition("?")[0]
        kind = answer.headers.get("content-type", "")
        response = MockResponse(answer.body, answer.status, dict(answer.headers), kind)
        try:
            self.openapi.validate_response(_Request(call.operation.method, path), response)
        except Exception as error:
            reason = getattr(error.__cause__, "schema_errors", error.__cause__) or error
            raise AssertionError(f"{call.operation.method} {call.target} {answer.status}: {reason}") from error


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(OpenAPI.from_dict(CONTRACT.document))


def good(seen: Seen) -> Iterator[Call]:
    """A call of every operation that finds something, as small as it can be."""
    for call in seen.calls().values():
        page, window = call.operation.page, call.operation.window
        if page is not None and page.maximum:
            yield call.asking(pageSize=3)
        elif window is not None:
            yield call.asking(**NARROW)
        else:
            yield call


def filtered(call: Call, seen: Seen) -> Iterator[Call]:
    """The call with each of its filters in turn, and with all of them at once."""
    values: dict[str, Any] = {
        "assetId": seen.asset,
        "deviceId": seen.device,
        "cycleId": seen.cycle,
        "userId": seen.user,
        "vendorId": seen.vendor,
        "customerId": seen.customer,
        "externalSystem": "SAP",
        "groupId": seen.group,
        "state": 2,
        "telemetryType": 1,
        "minDurationSeconds": 3,
        "metrics": "current,nonsense",
        "updatedSince": "2026-06-01T00:00:00Z",
        "status": "1" if call.operation.operation_id == "listDevices" else "inactive",
    }
    given = {p.name for p in call.operation.parameters if p.where == "query"} - set(call.query)
    each = {name: value for name, value in values.items() if name in given}
    for name, value in each.items():
        yield call.asking(**{name: value})
    if len(each) > 1:
        yield call.asking(**each)


def wrong(call: Call) -> Iterator[Call]:
    """Ids that name nothing or can't, and a query that can't be read."""
    for parameter in call.operation.parameters:
        if parameter.where == "path":
            unknown = NOWHERE if parameter.schema.get("format") == "uuid" else "NOTHING-0"
            yield Call(call.operation, {**call.ids, parameter.name: unknown}, call.query)
            yield Call(call.operation, {**call.ids, parameter.name: "\x00"}, call.query)
        elif parameter.where == "query":
            yield call.asking(**{parameter.name: "\ud7ff?!" * 200})
    yield call.asking(**{"\x00": "1"})


def reads(client: InProcess, key: str, call: Call, seen: Seen) -> Iterator[Met]:
    """Answers to a reading operation: whole, the next page, unchanged, filtered, refused."""
    first = call.send(client, key=key)
    yield call, first
    if first.status == 200:
        unchanged = call.send(client, key=key, headers=[("If-None-Match", first.headers["etag"])])
        assert unchanged.body == b""
        yield call, unchanged
        if b'"hasMore":true' in first.body:
            following = call.asking(cursor=first.json["nextCursor"])
            yield following, following.send(client, key=key)
        for narrower in filtered(call, seen):
            yield narrower, narrower.send(client, key=key)
    for mistake in wrong(call):
        answer = mistake.send(client, key=key)
        yield mistake, answer
        if answer.status not in {400, 404}:
            break  # what was refused before its parameters were read is refused each time


def writes(client: InProcess, key: str, call: Call) -> Iterator[Met]:
    """Answers to the writing operation: created, replayed, and every way to be refused."""
    attempt = [("Idempotency-Key", f"crawl-{key}")]
    json_body = [("Content-Type", "application/json")]
    yield call, call.send(client, key=key, headers=attempt)
    yield call, call.send(client, key=key, headers=attempt)
    yield call, call.send(client, key=key, headers=attempt, body={"deviceId": "SEP-DEVICE-002", "title": "Other"})
    yield call, call.send(client, key=key, body={"title": 7, "assetId": NOWHERE})
    yield call, call.send(client, key=key, body=b"{", headers=json_body)
    yield call, call.send(client, key=key, body=LARGE, headers=json_body)
    yield call, call.send(client, key=key, body=b"title=x", headers=[("Content-Type", "text/plain")])


def crawl(client: InProcess, key: str, seen: Seen) -> Iterator[Met]:
    """Every answer that a key gets."""
    for call in good(seen):
        if call.operation is CREATE:
            yield from writes(client, key, call)
        else:
            yield from reads(client, key, call, seen)
        yield call, call.send(client, key=None)


def _declared(operation: Operation) -> set[int]:
    raw = CONTRACT.document["paths"][operation.path][operation.method.lower()]
    return {int(status) for status in raw["responses"]}


@pytest.mark.parametrize("key", [name for name in key_facts() if name != "full"])
def test_every_other_key(
    key: str, make_sandbox: Callable[..., InProcess], judge: Judge, seen: Seen, foreign: Seen
) -> None:
    """Whatever a key asks, and however badly, the answer is one that the contract describes."""
    client = make_sandbox()
    met: Counter[int] = Counter()
    for call, answer in crawl(client, key, foreign if key == "other" else seen):
        judge.accept(call, answer)
        met[answer.status] += 1
    print(f"\n{key}: {sum(met.values())} answers accepted, {dict(sorted(met.items()))}")
    assert met[401]


def test_every_declared_answer(
    make_sandbox: Callable[..., InProcess],
    judge: Judge,
    seen: Seen,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Each status that an operation declares was met and accepted, failures of the sandbox itself included."""
    monkeypatch.setattr(store, "BUSY_TIMEOUT_S", 0.01)
    client = make_sandbox()
    met: dict[str, Counter[int]] = {operation.operation_id: Counter() for operation in OPERATIONS}

    def judged(found: Iterator[Met]) -> None:
        for call, answer in found:
            judge.accept(call, answer)
            met[call.operation.operation_id][answer.status] += 1

    judged(crawl(client, "full", seen))
    judged((call, call.send(client, key="no-scopes")) for call in good(seen))
    for _ in range(60):
        client("GET", "/api/v1/me", key="limited")
    judged((call, call.send(client, key="limited")) for call in good(seen))
    judged(_locked(make_sandbox, tmp_path, good(seen)))
    judged(_broken(client, good(seen)))
    assert len(caplog.records) == len(OPERATIONS)
    assert all(record.exc_info for record in caplog.records)
    caplog.clear()

    for name, statuses in met.items():
        print(f"{name}: {dict(sorted(statuses.items()))}")
    # Only what is stored can be locked, so only these operations can say so.
    stored = {"listServiceReports", "getServiceReport", "createServiceReport"}
    wanted = {o.operation_id: _declared(o) - (set() if o.operation_id in stored else {503}) for o in OPERATIONS}
    assert {name: set(statuses) for name, statuses in met.items()} == wanted


def test_head_is_the_contract_s_get(sandbox: InProcess, judge: Judge, seen: Seen) -> None:
    """With the body of its GET, the answer to HEAD is one that the contract describes; by itself it has none."""
    for call in good(seen):
        if call.operation is not CREATE:
            whole = call.send(sandbox)
            for key, status in (("full", 200), ("no-scopes", 403), ("expired", 401)):
                head = sandbox("HEAD", call.target, key=key)
                assert (head.status, head.body) == (status, b"")
            head = sandbox("HEAD", call.target)
            judge.accept(call, replace(head, body=whole.body))
            assert int(head.headers["content-length"]) == len(whole.body)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST", "TRACE", "BREW"])
def test_what_the_contract_leaves_out(method: str, sandbox: InProcess, seen: Seen) -> None:
    """Unknown methods and paths get the contract's error, though no operation describes the answer."""
    schema = {"$ref": "#/components/schemas/PublicApiError", "components": CONTRACT.document["components"]}
    validator = OAS31Validator(schema)
    for call in good(seen):
        if (method, call.operation.path) != ("POST", CREATE.path):
            answer = sandbox(method, call.target)
            assert answer.status == 405
            validator.validate(answer.json)
    for path in ("/", "/api/v1", "/api/v1/", "/api/v2/me", "/api/v1/me/", "/api/v1/ME", "//api/v1/me", "/api/v1/é"):
        answer = sandbox(method, path)
        assert answer.status == 404
        validator.validate(answer.json)


def _locked(make_sandbox: Callable[..., InProcess], folder: Path, calls: Iterator[Call]) -> Iterator[Met]:
    """Answers while another process keeps the state for itself."""
    state = folder / "locked.db"
    with sqlite3.connect(state, isolation_level=None) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN IMMEDIATE")
        client = make_sandbox(state=f"sqlite:///{state}")
        yield from ((call, call.send(client)) for call in calls)
        other.execute("ROLLBACK")


def _broken(client: InProcess, calls: Iterator[Call]) -> Iterator[Met]:
    """Answers of a sandbox whose world fails."""

    class Broken:
        def __getattr__(self, name: str) -> Any:
            raise ZeroDivisionError(name)

    for principal in client.app.sandbox.principals:
        principal.__dict__["view"] = Broken()
        principal.__dict__["fact"] = Broken()
    for call in calls:
        # A page that was asked for before would come from the cache.
        fresh = call.asking(fresh=1) if call.operation.method == "GET" else call
        answer = fresh.send(client)
        assert answer.status == 500, (call.target, answer)
        yield fresh, answer
