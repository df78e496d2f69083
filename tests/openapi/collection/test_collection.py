"""The written collections: their folders, variables, saved examples and size. `tests/tools` runs them."""

import json
from typing import Any

import pytest

from sepolo_openapi import collection, reader
from sepolo_openapi.collection.requests import folders

CONTRACT = reader.load()
KEY = "sep_test_key"
FOLDERS = folders(CONTRACT)
REQUESTS = [request for folder in FOLDERS for request in folder.requests]
POSTMAN: dict[str, Any] = {name: json.loads(text) for name, text in collection.files(CONTRACT, "postman", KEY).items()}
BRUNO = collection.files(CONTRACT, "bruno", KEY)
ITEMS = [item for folder in POSTMAN["sepolo.postman_collection.json"]["item"] for item in folder["item"]]


@pytest.mark.parametrize("tool", collection.FORMATS)
def test_the_bytes_are_the_same_every_time(tool: str) -> None:
    """Two calls give the same files, below 200 kB together."""
    files = collection.files(CONTRACT, tool, KEY)
    assert files == collection.files(CONTRACT, tool, KEY)
    size = sum(len(text.encode()) for text in files.values())
    print(f"\n{tool}: {size} bytes")
    assert size < 200_000


def test_the_folders_are_the_groups_of_the_page() -> None:
    """Six folders, in the order of the page, together hold every operation once."""
    expected = [tag["x-displayName"] for tag in CONTRACT.document["tags"]]
    assert [folder["name"] for folder in POSTMAN["sepolo.postman_collection.json"]["item"]] == expected
    assert [request.id for request in REQUESTS if request.saved[0].status < 300] == list(CONTRACT.operations)
    assert {name.split("/")[0] for name in BRUNO if name.endswith("folder.bru")} == {
        tag["name"] for tag in CONTRACT.document["tags"]
    }


def test_names_are_unique() -> None:
    """Scripts find the facts of a request, and its next page, by its name."""
    assert len({request.name for request in REQUESTS}) == len({request.id for request in REQUESTS}) == len(REQUESTS)


def test_the_key_is_a_variable_of_the_collection() -> None:
    """The key stands in the environment only; no request has its own, except those that must be refused."""
    made = POSTMAN["sepolo.postman_collection.json"]
    assert {one["key"]: one["value"] for one in made["auth"]["apikey"]} == {
        "key": "X-Sepolo-Api-Key",
        "value": "{{apiKey}}",
        "in": "header",
    }
    assert [item["name"] for item in ITEMS if "auth" in item["request"]] == [
        "Who the key is without a key",
        "Who the key is with an unknown key",
    ]
    assert KEY not in json.dumps(made)


def test_the_environments() -> None:
    """The sandbox has a key, ids and windows; production has no key, no ids, and permits no writing."""
    shown = {
        name: {one["key"]: one["value"] for one in POSTMAN[f"{name}.postman_environment.json"]["values"]}
        for name in ("sandbox", "production")
    }
    assert shown == {
        "sandbox": {
            "baseUrl": "http://127.0.0.1:8080",
            "apiKey": KEY,
            "allowWrites": "true",
            "assetId": "a33b5a5d-e55a-423d-9bdf-0bc2c61f7e63",
            "parentAssetId": "451735d5-c080-4196-9063-6feeea49ea75",
            "deviceId": "SEP-DEVICE-001",
            "cycleId": "cyc_20260527_120000",
            "movementId": "5c722f76-5f0b-4c1b-875d-05a1d8cd47b5",
            "serviceReportId": "5c722f76-5f0b-4c1b-875d-05a1d8cd47b5",
            "from": "2026-05-27T00:00:00Z",
            "to": "2026-05-27T23:59:59Z",
            "fromUtc": "2026-06-01T00:00:00Z",
            "toUtc": "2026-06-30T23:59:59Z",
        },
        "production": {"baseUrl": "https://api.sepolo.app", "apiKey": "", "allowWrites": "false"},
    }
    assert "vars:secret [\n  apiKey\n]" in BRUNO["environments/production.bru"]


def test_one_example_is_saved_for_each_status() -> None:
    """Each operation has the examples of all statuses that the contract documents."""
    saved = {item["name"]: [one["code"] for one in item["response"]] for item in ITEMS}
    for operation in CONTRACT.operations.values():
        documented = [int(status) for status in CONTRACT.at(operation.pointer)["responses"]]
        assert saved[operation.summary] == documented


@pytest.mark.parametrize("operation", CONTRACT.operations.values(), ids=lambda each: str(each.operation_id))
def test_windows_and_cursors_are_sent(operation: Any) -> None:
    """Windows, page size and cursor are filled in from variables; filters are shown and not sent."""
    request = next(one for one in REQUESTS if one.id == operation.operation_id)
    sent = {value.name: value.value for value in request.query if value.enabled}
    window = (operation.window.start, operation.window.end) if operation.window else ()
    pages = ("pageSize", "cursor") if "cursor" in {one.name for one in operation.parameters} else ()
    assert sent == {name: "{{" + name + "}}" for name in (*window, *pages)}
    assert [value.name for value in request.query] == [one.name for one in operation.parameters if one.where == "query"]
    assert request.facts.get("paged", False) == bool(pages)
