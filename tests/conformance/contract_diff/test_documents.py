"""Documents that can't be compared are named with their fault and its place; nothing ends in a traceback."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sepolo_openapi
from sepolo_conformance.contract_diff import DocumentError, compare, load, read, render
from tests.conformance.contract_diff.edits import cut, put

CONTRACT = sepolo_openapi.load().document
TINY: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Tiny", "version": "1"},
    "paths": {
        "/rows/{id}": {
            "get": {
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"$ref": "#/components/schemas/Id"}},
                    {"name": "tags", "in": "query", "explode": False, "schema": {"type": "array", "items": {}}},
                ],
                "security": [{"Key": []}],
                "responses": {
                    "200": {
                        "description": "A row.",
                        "headers": {"ETag": {"schema": {"type": "string"}}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Row"}}},
                    }
                },
                "x-sepolo-page": {"maximum": 5, "default": 5, "identity": ["id"]},
                "x-sepolo-order": ["id"],
                "x-sepolo-required-one-of": [["id", "tags"]],
                "x-sepolo-window": {"from": "id", "to": "id", "aliases": {}, "maxDays": 31, "required": False},
            }
        }
    },
    "components": {
        "securitySchemes": {"Key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
        "schemas": {
            "Id": {"type": ["string", "integer"], "minLength": 1, "exclusiveMinimum": 0},
            "Row": {
                "allOf": [{"type": "object", "required": ["id"]}, {"properties": {"id": {"enum": ["a", None, 1.5]}}}],
                "properties": {
                    "rows": {"type": "array", "items": {"$ref": "#/components/schemas/Row"}},
                    "one": {"oneOf": [{"type": "string"}, {"type": "object"}, {"type": "null"}], "not": {"const": ""}},
                },
                "additionalProperties": {"type": "number", "multipleOf": 0.5},
            },
        },
    },
}


def fault(pointer: str, value: Any) -> str:
    """Return the message about the tiny document with another value at a pointer."""
    document = copy.deepcopy(TINY)
    put(pointer, value)(document)
    with pytest.raises(DocumentError) as error:
        compare(read("old.yaml", TINY), read("new.yaml", document))
    return str(error.value)


GET = "/paths/~1rows~1{id}/get"
SHOWN = f"new.yaml: {GET}"
BUNDLE = "leads out of the file: write one file, e.g. with `redocly bundle`"
TYPES = "use one of null, boolean, integer, string, array, object, number"
ROW = "/components/schemas/Row"


@pytest.mark.parametrize(
    ("pointer", "value", "message"),
    [
        (f"{GET}/responses/200", {"$ref": "#/components/responses/Lost"},
         f"{SHOWN}/responses/200: $ref #/components/responses/Lost leads nowhere"),
        (f"{GET}/responses/200", {"$ref": "other.yaml#/Row"},
         f"{SHOWN}/responses/200: $ref other.yaml#/Row {BUNDLE}"),
        (f"{GET}/responses/200", {"$ref": 5}, f"{SHOWN}/responses/200: $ref must be a text, not a number"),
        (f"{GET}/responses/200", {"$ref": f"#{GET}/responses/200"},
         f"{SHOWN}/responses/200: $ref leads back to itself"),
        (ROW, {"allOf": [{"$ref": f"#{ROW}"}]},
         f"new.yaml: {ROW}: the schema contains itself without a member between"),
        (f"{ROW}/properties/rows/type", "list",
         f"new.yaml: {ROW}/properties/rows: 'list' is no type of JSON: {TYPES}"),
        (f"{ROW}/additionalProperties/multipleOf", 0,
         f"new.yaml: {ROW}/additionalProperties/multipleOf: must be greater than 0"),
        (f"{GET}/parameters", {}, f"{SHOWN}/parameters: must be a list, not an object"),
        (f"{GET}/parameters/0/name", "row", f"{SHOWN}/parameters/0: the path /rows/{{id}} has no {{row}}"),
        (f"{GET}/parameters/0/required", "yes", f"{SHOWN}/parameters/0/required: must be true or false, not a text"),
        (f"{GET}/security/0/Lock", [], f"{SHOWN}/security/0: there is no security scheme Lock"),
        (f"{GET}/x-sepolo-page/identity", "id", f"{SHOWN}/x-sepolo-page/identity: must be a list, not a text"),
        (f"{GET}/x-sepolo-window/maxDays", "31", f"{SHOWN}/x-sepolo-window/maxDays: must be a number, not a text"),
        (f"{GET}/x-sepolo-required-one-of/0", "id", f"{SHOWN}/x-sepolo-required-one-of/0: must be a list of names"),
        ("/paths/~1rows~1{row}", TINY["paths"]["/rows/{id}"],
         "new.yaml: /paths/~1rows~1{row}/get: the same call stands at /paths/~1rows~1{id}/get"),
        ("/paths", {}, "new.yaml: has no operation under paths"),
        ("/paths", {"/pets": {"get": {"responses": {}}}},
         "old.yaml and new.yaml: describe different APIs: no operation of 'Tiny' is one of 'Tiny'"),
    ],
)  # fmt: skip
def test_fault_has_its_place(pointer: str, value: Any, message: str) -> None:
    """The message names the file, the JSON pointer of the fault, and what would be right."""
    assert fault(pointer, value) == message


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"{", "is not valid JSON: Expecting property name enclosed in double quotes at line 1, column 2"),
        (b"a: [1", "is not valid YAML: "),
        (b"\xff\xfe", "is not UTF-8 text"),
        (b"", "is no OpenAPI document: it has no member openapi at its top"),
        (b"[1]", "is no OpenAPI document: it has no member openapi at its top"),
        (b"name: x", "is no OpenAPI document: it has no member openapi at its top"),
        (b"swagger: '2.0'", "is a document of OpenAPI 2.0: give one of OpenAPI 3.0 or 3.1"),
        (b"openapi: 3.2.0", "is a document of OpenAPI 3.2.0: give one of OpenAPI 3.0 or 3.1"),
    ],
)
def test_file_without_a_document_is_refused(content: bytes, problem: str, tmp_path: Path) -> None:
    """The message names the file and says what it lacks."""
    path = tmp_path / "old.yaml"
    path.write_bytes(content)
    with pytest.raises(DocumentError) as error:
        load(str(path))
    assert str(error.value).startswith(f"{path}: {problem}")


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("missing.yaml", "can't be read: No such file or directory"),
        ("/", "can't be read: Is a directory"),
        ("a\0b", "can't be read: embedded null byte"),
        ("https://api.example/openapi.json",
         "can't be read: it is an address: pass - and pipe the document in, e.g. from curl"),
    ],
)  # fmt: skip
def test_file_that_cannot_be_read_is_named(source: str, problem: str) -> None:
    """The message names the source and the reason."""
    with pytest.raises(DocumentError) as error:
        load(source)
    assert str(error.value) == f"{source}: {problem}"


def test_json_with_tabs_is_read(tmp_path: Path) -> None:
    """JSON that is no YAML is JSON nevertheless."""
    path = tmp_path / "tiny.json"
    path.write_text(json.dumps(TINY, indent="\t"))
    assert compare(read("tiny", TINY), load(str(path))) == ()


def pointers(node: Any, pointer: str = "") -> list[str]:
    """Return the JSON pointers of all parts below a node."""
    entries = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    inner = [(f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}", value) for key, value in entries]
    return [place for name, value in inner for place in (name, *pointers(value, name))]


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from(["", "object", "$ref", 0.5]),
    st.lists(st.none() | st.just("x"), max_size=2), st.dictionaries(st.sampled_from(["type", "$ref", "x"]), st.none()),
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(pointer=st.sampled_from(pointers(TINY)), value=VALUES)
def test_any_part_may_be_wrong(pointer: str, value: Any) -> None:
    """A document with any value at any place is compared, or refused with a message, never a crash."""
    document = copy.deepcopy(TINY)
    put(pointer, value)(document)
    for old, new in ((TINY, document), (document, TINY)):
        try:
            documents = read("old.yaml", old), read("new.yaml", new)
            changes = compare(*documents)
            assert render(*documents, changes, "json")
        except DocumentError as error:
            assert str(error)  # noqa: PT017 - either a result or a message


@pytest.mark.no_cover  # several times slower under the tracer, and other tests reach the same lines
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_every_change_is_reported_both_ways(data: st.DataObject) -> None:
    """A leaf of the contract that gets another text is reported, and so is the way back; the same document never is."""
    leaves = [place for place in POINTERS if isinstance(_at(place), str | int)]
    pointer = data.draw(st.sampled_from(leaves))
    edited = copy.deepcopy(CONTRACT)
    put(pointer, _another(_at(pointer)))(edited)
    contract, edited = cut(CONTRACT, edited)
    try:
        found = compare(read("old", contract), read("new", edited))
        back = compare(read("old", edited), read("new", contract))
    except DocumentError as error:
        assert str(error)  # noqa: PT017 - a reference, type or name that no longer fits
        return
    assert (bool(found), bool(back)) == (True, True), pointer
    assert compare(read("old", edited), read("new", copy.deepcopy(edited))) == ()


def _another(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) else f"{value} x"


def _at(pointer: str) -> Any:
    node: Any = CONTRACT
    for segment in pointer.split("/")[1:]:
        key = segment.replace("~1", "/").replace("~0", "~")
        node = node[int(key) if isinstance(node, list) else key]
    return node


POINTERS = pointers(CONTRACT)
