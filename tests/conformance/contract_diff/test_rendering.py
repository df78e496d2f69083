"""The three forms of the result, from changes of one shared schema and one operation."""

import json
from typing import Any

import sepolo_openapi
from sepolo_conformance.contract_diff import Document, compare, read, render
from tests.conformance.contract_diff.edits import Step, drop, edit, put

CONTRACT = sepolo_openapi.load().document


def pair(*steps: Step) -> tuple[Document, Document]:
    edited = edit("", *steps, level="", kinds="", back="").of(CONTRACT)
    return read("old.yaml", CONTRACT), read("new.yaml", edited)


def rendered(form: str, *steps: Step) -> str:
    old, new = pair(*steps)
    return render(old, new, compare(old, new), form)


MEMBER = drop("#AssetDto/properties/isActive")
WINDOW = put("@listIncidents/x-sepolo-window/maxDays", 7)
VERSION = CONTRACT["info"]["version"]
TITLE = f"{CONTRACT['info']['title']}: {VERSION} (old.yaml) → {VERSION} (new.yaml)"
CALLS = "GET /api/v1/assets, GET /api/v1/assets/{assetId}, GET /api/v1/assets/{assetId}/children"
LOST = "Clients that read it no longer get it."
UNLIMITED = CONTRACT["paths"]["/api/v1/incidents"]["get"]["x-sepolo-window"]["maxDays"]


def test_text_tells_a_shared_change_once() -> None:
    """A change of a schema that several operations use is one entry with their calls."""
    assert rendered("text", MEMBER) == (
        f"{TITLE}\n1 breaking, 0 additive, 0 cosmetic.\n\nBREAKING\n  PublicApiAssetDto.isActive: removed\n"
        f"      member-removed, response. {LOST}\n      {CALLS}\n"
    )


def test_markdown_has_a_table_for_each_level() -> None:
    """A row has place, change, side, reason and calls."""
    assert rendered("markdown", MEMBER) == (
        f"# {TITLE}\n\n1 breaking, 0 additive, 0 cosmetic.\n\n## Breaking\n\n"
        "| place | change | side | why | calls |\n| --- | --- | --- | --- | --- |\n"
        f"| `PublicApiAssetDto.isActive` | removed (`member-removed`) | response | {LOST} | {CALLS} |\n"
    )


def test_json_has_every_place() -> None:
    """A change has level, direction, kind, member, words and all its places."""
    found: dict[str, Any] = json.loads(rendered("json", MEMBER, WINDOW))
    assert found["counts"] == {"breaking": 2, "additive": 0, "cosmetic": 0}
    places = {change["kind"]: change["places"] for change in found["changes"]}
    assert places == {
        "member-removed": [
            {"call": "GET /api/v1/assets", "at": "response 200 body data[].isActive"},
            {"call": "GET /api/v1/assets/{assetId}", "at": "response 200 body isActive"},
            {"call": "GET /api/v1/assets/{assetId}/children", "at": "response 200 body data[].isActive"},
        ],
        "window-max-days-narrowed": [{"call": "GET /api/v1/incidents", "at": ""}],
    }
    assert found["changes"][1] == {
        "level": "breaking",
        "direction": "request",
        "kind": "window-max-days-narrowed",
        "member": "operation",
        "what": f"maxDays {'none' if UNLIMITED is None else UNLIMITED} → 7",
        "why": "Longer windows are refused.",
        "places": [{"call": "GET /api/v1/incidents", "at": ""}],
    }


def test_equal_documents_have_no_change() -> None:
    """The text says so, and the lists of the other forms are empty."""
    assert rendered("text") == f"{TITLE}\nNo change.\n"
    assert json.loads(rendered("json"))["changes"] == []
