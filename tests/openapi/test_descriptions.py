"""What readers of one operation see: tools show neither `info.description` nor the scopes of a security requirement."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

import sepolo_openapi as openapi
from sepolo_openapi import Operation

CONTRACT = openapi.load()
PAGED = "While `hasMore` is true, repeat the call with `cursor` set to `nextCursor` and all else unchanged."
TIMES = "Times are RFC 3339 with an offset, such as `2026-06-01T00:00:00Z`"

operations = pytest.mark.parametrize("operation", CONTRACT.operations.values(), ids=lambda each: str(each.operation_id))


def _named(operation: Operation) -> set[str]:
    return {parameter.name for parameter in operation.parameters}


@operations
def test_a_description_tells_the_rules_of_the_call(operation: Operation) -> None:
    """Each rule that holds for an operation stands there in one sentence, and no other: paging, times, scope."""
    description = CONTRACT.at(operation.pointer)["description"]
    window = operation.window is not None
    assert (PAGED in description) == ("cursor" in _named(operation))
    assert (f"{TIMES}; the window includes both ends." in description) == window
    assert (f"{TIMES}." in description) == (not window and "updatedSince" in _named(operation))
    assert description.endswith(f" Needs the scope `{operation.scope}`.")
    assert description.count("Needs the scope") == 1


@operations
def test_every_parameter_has_an_example(operation: Operation) -> None:
    """Tools fill in examples, and a random word where there is none."""
    raw = {parameter.name: CONTRACT.at(parameter.pointer) for parameter in operation.parameters}
    assert [name for name, parameter in raw.items() if "example" not in parameter] == []


def _contents(operation: Operation) -> Iterator[tuple[str, dict[str, Any]]]:
    for status, response in CONTRACT.at(operation.pointer)["responses"].items():
        yield status, CONTRACT.resolve(response)


@operations
def test_every_status_has_an_example(operation: Operation) -> None:
    """Each response with a body has an example; the first one of a list has a row."""
    for status, response in _contents(operation):
        examples = list(response.get("content", {}).get("application/json", {}).get("examples", {}).values())
        assert bool(examples) == (status != "304"), status
        if status == "200" and operation.returns != "object":
            value = examples[0]["value"]
            assert len(value["data"] if operation.returns == "page" else value) == 1


def test_no_text_tells_a_client_to_encode() -> None:
    """Clients encode by themselves: who follows such advice encodes twice."""
    assert re.findall(r"%2B|percent-encode ", json.dumps(CONTRACT.document)) == []


def test_names_of_tags_make_names_of_code() -> None:
    """Generators name classes and modules after tags, so that a tag is one word; people read `x-displayName`."""
    tags = {tag["name"]: tag["x-displayName"] for tag in CONTRACT.document["tags"]}
    assert tags == {
        "Identity": "Start here",
        "Assets": "Customer and asset context",
        "Devices": "IoT and PointGuard data",
        "Service": "Visits, reports and appointments",
        "Commerce": "Customers, vendors and parts",
        "Aggregates": "Ready-made aggregates",
    }
    assert {operation.tag for operation in CONTRACT.operations.values()} == tags.keys()


def test_descriptions_of_servers_name_environments() -> None:
    """Some tools name an environment after the description of a server."""
    assert [server["description"] for server in CONTRACT.document["servers"]] == ["Production", "Sandbox"]
