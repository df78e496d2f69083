"""The examples of the contract, which tools fill in: calls bring rows, and responses are those of a sandbox."""

from typing import Any

import pytest

from sepolo_openapi.contract import Operation
from tests.end_to_end.calls import CREATE, READS, Call, each_operation, raw
from tests.end_to_end.harness import CONTRACT, InProcess

LISTS = [operation for operation in READS if operation.returns != "object"]


def examples_of(operation: Operation) -> dict[str, Any]:
    """Return the examples of the successful response of a GET."""
    found: dict[str, Any] = raw(operation)["responses"]["200"]["content"]["application/json"]["examples"]
    return found


def call_of(operation: Operation) -> Call:
    """Return the call with the example of every parameter."""
    examples = {each.name: CONTRACT.at(each.pointer)["example"] for each in operation.parameters}
    ids = {each.name: examples[each.name] for each in operation.parameters if each.where == "path"}
    query = {each.name: examples[each.name] for each in operation.parameters if each.where == "query"}
    return Call(operation, ids, query)


@each_operation(READS)
def test_a_call_with_all_examples_succeeds(operation: Operation, sandbox: InProcess) -> None:
    """A GET with the example of every parameter gets 200, and a list has rows."""
    response = call_of(operation).send(sandbox)
    assert response.status == 200, response
    if operation.returns != "object":
        assert response.json["data"] if operation.returns == "page" else response.json


@each_operation([each for each in LISTS if "row" in examples_of(each)])
def test_an_example_row_is_that_of_the_call(operation: Operation, sandbox: InProcess) -> None:
    """The example `row` is the first row that the call with all examples returns."""
    example = examples_of(operation)["row"]["value"]
    rows = call_of(operation).send(sandbox).json["data"]
    assert example == {"data": rows[:1], "nextCursor": None, "hasMore": False}


def test_every_body_example_is_accepted(make_sandbox: Any) -> None:
    """Each example of the request body creates a report."""
    client = make_sandbox()
    examples = raw(CREATE)["requestBody"]["content"]["application/json"]["examples"]
    for name, example in examples.items():
        assert Call(CREATE).send(client, body=example["value"]).status == 201, name


TOO_LARGE = {"title": "x" * 1_100_000, "assetId": "a33b5a5d-e55a-423d-9bdf-0bc2c61f7e63"}
PLAIN = [("Content-Type", "text/plain")]
KEYED = [("Idempotency-Key", "example")]
ERRORS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "BadRequest": ("GET", "/api/v1/assets?pageSize=501", {}),
    "Unauthorized": ("GET", "/api/v1/me", {"key": None}),
    "NotFound": ("GET", "/api/v1/devices/none", {}),
    "Conflict": ("POST", "/api/v1/service-reports", {"body": {**TOO_LARGE, "title": "b"}, "headers": KEYED}),
    "PayloadTooLarge": ("POST", "/api/v1/service-reports", {"body": TOO_LARGE}),
    "UnsupportedMediaType": ("POST", "/api/v1/service-reports", {"body": b"x", "headers": PLAIN}),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_example_is_that_of_a_sandbox(name: str, make_sandbox: Any) -> None:
    """The example of an error is the body that a sandbox sends, but for the id of the request."""
    client = make_sandbox()
    method, target, options = ERRORS[name]
    if name == "Conflict":
        client(method, target, body={**TOO_LARGE, "title": "a"}, headers=KEYED)
    example = CONTRACT.document["components"]["responses"][name]["content"]["application/json"]["examples"]["sandbox"]
    assert example["value"] == client(method, target, **options).json | {"requestId": "req_5f2b1c0d000001"}
