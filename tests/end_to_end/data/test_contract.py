"""openapi-core, which the sandbox does not use, accepts the responses of all operations to all keys.

Run with `-s` to print the number of responses of each status for each operation.
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
from tests.end_to_end.calls import CREATE, OPERATIONS, Call, ResourceIds, raw
from tests.end_to_end.harness import CONTRACT, InProcess
from tests.harness.in_process import Response, key_facts

UNKNOWN_ID = str(UUID(int=0))
ONE_DAY = {"fromUtc": "2026-06-10T00:00:00Z", "toUtc": "2026-06-11T00:00:00Z"}
"""A window for lists without pages, to validate few rows: the validator is written in Python and slow."""
TOO_LARGE = b"[" + b" " * 2**20

Exchange = tuple[Call, Response]


class _Request:
    """The members of a request that openapi-core needs to find the operation."""

    parameters = RequestParameters()
    host_url = "http://127.0.0.1:8080"
    body = None
    content_type = "application/json"

    def __init__(self, method: str, path: str) -> None:
        self.method = method.lower()
        self.path = path


@dataclass(frozen=True)
class ContractValidator:
    """Validates responses with openapi-core."""

    openapi: OpenAPI

    def validate(self, call: Call, response: Response) -> None:
        """Raise AssertionError if the contract does not describe the response for its operation and status."""
        path = call.target.partition("?")[0]
        media_type = response.headers.get("content-type", "")
        received = MockResponse(response.body, response.status, dict(response.headers), media_type)
        try:
            self.openapi.validate_response(_Request(call.operation.method, path), received)
        except Exception as error:
            reason = getattr(error.__cause__, "schema_errors", error.__cause__) or error
            raise AssertionError(f"{call.operation.method} {call.target} {response.status}: {reason}") from error


@pytest.fixture(scope="module")
def validator() -> ContractValidator:
    return ContractValidator(OpenAPI.from_dict(CONTRACT.document))


def valid_calls(own_ids: ResourceIds) -> Iterator[Call]:
    """Yield a call of every operation that returns little data."""
    for call in own_ids.calls().values():
        page, window = call.operation.page, call.operation.window
        if page is not None and page.maximum:
            yield call.with_query(pageSize=3)
        elif window is not None:
            yield call.with_query(**ONE_DAY)
        else:
            yield call


def filtered_calls(call: Call, own_ids: ResourceIds) -> Iterator[Call]:
    """Yield the call with each of its filters, and with all of them together."""
    values: dict[str, Any] = {
        "assetId": own_ids.asset,
        "deviceId": own_ids.device,
        "cycleId": own_ids.cycle,
        "userId": own_ids.user,
        "vendorId": own_ids.vendor,
        "customerId": own_ids.customer,
        "externalSystem": "SAP",
        "groupId": own_ids.group,
        "state": 2,
        "telemetryType": 1,
        "minDurationSeconds": 3,
        "metrics": "current,nonsense",
        "updatedSince": "2026-06-01T00:00:00Z",
        "status": "1" if call.operation.operation_id == "listDevices" else "inactive",
    }
    unused = {p.name for p in call.operation.parameters if p.where == "query"} - set(call.query)
    filters = {name: value for name, value in values.items() if name in unused}
    for name, value in filters.items():
        yield call.with_query(**{name: value})
    if len(filters) > 1:
        yield call.with_query(**filters)


def invalid_calls(call: Call) -> Iterator[Call]:
    """Yield the call with unknown ids, malformed ids and malformed queries."""
    for parameter in call.operation.parameters:
        if parameter.where == "path":
            unknown = UNKNOWN_ID if parameter.schema.get("format") == "uuid" else "NOTHING-0"
            yield Call(call.operation, {**call.ids, parameter.name: unknown}, call.query)
            yield Call(call.operation, {**call.ids, parameter.name: "\x00"}, call.query)
        elif parameter.where == "query":
            yield call.with_query(**{parameter.name: "\ud7ff?!" * 200})
    yield call.with_query(**{"\x00": "1"})


def read_exchanges(client: InProcess, key: str, call: Call, own_ids: ResourceIds) -> Iterator[Exchange]:
    """Yield responses of a read operation: first page, 304, next page, filtered, rejected."""
    first = call.send(client, key=key)
    yield call, first
    if first.status == 200:
        unchanged = call.send(client, key=key, headers=[("If-None-Match", first.headers["etag"])])
        assert unchanged.body == b""
        yield call, unchanged
        if b'"hasMore":true' in first.body:
            following = call.with_query(cursor=first.json["nextCursor"])
            yield following, following.send(client, key=key)
        for filtered in filtered_calls(call, own_ids):
            yield filtered, filtered.send(client, key=key)
    for invalid in invalid_calls(call):
        response = invalid.send(client, key=key)
        yield invalid, response
        if response.status not in {400, 404}:
            break  # a call that is rejected before its parameters are checked has the same response each time


def write_exchanges(client: InProcess, key: str, call: Call) -> Iterator[Exchange]:
    """Yield responses of the write operation: created, replayed, conflict, and each rejection of a body."""
    idempotency_key = [("Idempotency-Key", f"contract-{key}")]
    json_body = [("Content-Type", "application/json")]
    yield call, call.send(client, key=key, headers=idempotency_key)
    yield call, call.send(client, key=key, headers=idempotency_key)
    other = {"deviceId": "SEP-DEVICE-002", "title": "Other"}
    yield call, call.send(client, key=key, headers=idempotency_key, body=other)
    yield call, call.send(client, key=key, body={"title": 7, "assetId": UNKNOWN_ID})
    yield call, call.send(client, key=key, body=b"{", headers=json_body)
    yield call, call.send(client, key=key, body=TOO_LARGE, headers=json_body)
    yield call, call.send(client, key=key, body=b"title=x", headers=[("Content-Type", "text/plain")])


def all_exchanges(client: InProcess, key: str, own_ids: ResourceIds) -> Iterator[Exchange]:
    """Yield responses of all operations to a key and without a key."""
    for call in valid_calls(own_ids):
        if call.operation is CREATE:
            yield from write_exchanges(client, key, call)
        else:
            yield from read_exchanges(client, key, call, own_ids)
        yield call, call.send(client, key=None)


@pytest.mark.parametrize("key", [name for name in key_facts() if name != "full"])
def test_responses_to_every_other_key_match_the_contract(
    key: str,
    make_sandbox: Callable[..., InProcess],
    validator: ContractValidator,
    own_ids: ResourceIds,
    foreign_ids: ResourceIds,
) -> None:
    """The contract describes every response to valid and invalid calls with a key other than `full`."""
    client = make_sandbox()
    statuses: Counter[int] = Counter()
    for call, response in all_exchanges(client, key, foreign_ids if key == "other" else own_ids):
        validator.validate(call, response)
        statuses[response.status] += 1
    print(f"\n{key}: {sum(statuses.values())} responses validated, {dict(sorted(statuses.items()))}")
    assert statuses[401]


def test_every_declared_status_is_returned(
    make_sandbox: Callable[..., InProcess],
    validator: ContractValidator,
    own_ids: ResourceIds,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Each operation returns exactly the statuses that it declares, 500 and 503 included, as the contract describes."""
    monkeypatch.setattr(store, "TIMEOUT_S", 0.01)
    client = make_sandbox()
    returned: dict[str, Counter[int]] = {operation.operation_id: Counter() for operation in OPERATIONS}

    def validate(exchanges: Iterator[Exchange]) -> None:
        for call, response in exchanges:
            validator.validate(call, response)
            returned[call.operation.operation_id][response.status] += 1

    validate(all_exchanges(client, "full", own_ids))
    validate((call, call.send(client, key="no-scopes")) for call in valid_calls(own_ids))
    for _ in range(60):
        client("GET", "/api/v1/me", key="limited")
    validate((call, call.send(client, key="limited")) for call in valid_calls(own_ids))
    validate(_with_locked_state(make_sandbox, tmp_path, valid_calls(own_ids)))
    validate(_with_failing_world(client, valid_calls(own_ids)))
    outages = [record.getMessage() for record in caplog.records if not record.exc_info]
    assert outages == ["the state can't be used, reads fail: database is locked"]
    assert len(caplog.records) == len(OPERATIONS) + 1
    caplog.clear()

    for name, statuses in returned.items():
        print(f"{name}: {dict(sorted(statuses.items()))}")
    # Only operations on stored reports read the state, so only they can return 503.
    stored = {"listServiceReports", "getServiceReport", "createServiceReport"}
    declared = {o.operation_id: {int(status) for status in raw(o)["responses"]} for o in OPERATIONS}
    expected = {name: statuses - (set() if name in stored else {503}) for name, statuses in declared.items()}
    assert {name: set(statuses) for name, statuses in returned.items()} == expected


def test_head_matches_the_contract_of_get(
    sandbox: InProcess, validator: ContractValidator, own_ids: ResourceIds
) -> None:
    """HEAD has the status and headers that the contract describes for GET, and no body."""
    for call in valid_calls(own_ids):
        if call.operation is not CREATE:
            get = call.send(sandbox)
            for key, status in (("full", 200), ("no-scopes", 403), ("expired", 401)):
                head = sandbox("HEAD", call.target, key=key)
                assert (head.status, head.body) == (status, b"")
            head = sandbox("HEAD", call.target)
            validator.validate(call, replace(head, body=get.body))
            assert int(head.headers["content-length"]) == len(get.body)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST", "TRACE", "BREW"])
def test_unknown_paths_and_methods_return_the_error_schema(
    method: str, sandbox: InProcess, own_ids: ResourceIds
) -> None:
    """404 for an unknown path and 405 for an unknown method have a body of the contract's error schema."""
    schema = {"$ref": "#/components/schemas/PublicApiError", "components": CONTRACT.document["components"]}
    error_schema = OAS31Validator(schema)
    for call in valid_calls(own_ids):
        if (method, call.operation.path) != ("POST", CREATE.path):
            response = sandbox(method, call.target)
            assert response.status == 405
            error_schema.validate(response.json)
    for path in ("/v1", "/api/v1", "/api/v1/", "/api/v2/me", "/api/v1/me/", "/api/v1/ME", "//api/v1/me", "/api/v1/é"):
        response = sandbox(method, path)
        assert response.status == 404
        error_schema.validate(response.json)


def _with_locked_state(
    make_sandbox: Callable[..., InProcess], folder: Path, calls: Iterator[Call]
) -> Iterator[Exchange]:
    """Yield responses while another connection locks the state."""
    state = folder / "locked.db"
    with sqlite3.connect(state, isolation_level=None) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN IMMEDIATE")
        client = make_sandbox(state=f"sqlite:///{state}")
        yield from ((call, call.send(client)) for call in calls)
        other.execute("ROLLBACK")


def _with_failing_world(client: InProcess, calls: Iterator[Call]) -> Iterator[Exchange]:
    """Yield responses of a sandbox whose world raises an exception at every access."""

    class Failing:
        def __getattr__(self, name: str) -> Any:
            raise ZeroDivisionError(name)

    for fact in client.keys.values():
        principal = client.app.sandbox.principals.known(fact.key)
        principal.__dict__["view"] = Failing()
        principal.__dict__["fact"] = Failing()
    for call in calls:
        # An unknown parameter keeps the response from being taken from the cache.
        uncached = call.with_query(uncached=1) if call.operation.method == "GET" else call
        response = uncached.send(client)
        assert response.status == 500, (call.target, response)
        yield uncached, response
