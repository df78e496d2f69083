"""The OpenAPI 3.0.3 form of the contract: valid, equivalent, and an error where 3.0 has no equivalent."""

import copy
import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from openapi_schema_validator import OAS30Validator, OAS31Validator, oas30_format_checker, oas31_format_checker
from openapi_spec_validator import OpenAPIV30SpecValidator
from referencing import Registry
from referencing.jsonschema import DRAFT4, DRAFT202012

import sepolo_openapi as openapi
from sepolo_openapi import DowngradeError

CONTRACT = openapi.load().document
DERIVED = openapi.downgrade(CONTRACT)
SCHEMAS = sorted(CONTRACT["components"]["schemas"])
PARAMETERS = sorted(CONTRACT["components"]["parameters"])


def accepts_31(document: Mapping[str, Any], pointer: str, instance: object) -> bool:
    registry = Registry[Any]().with_contents([("urn:oas", document)], default_specification=DRAFT202012)
    schema = {"$ref": f"urn:oas#{pointer}"}
    return bool(OAS31Validator(schema, registry=registry, format_checker=oas31_format_checker).is_valid(instance))


def accepts_30(document: Mapping[str, Any], pointer: str, instance: object) -> bool:
    registry = Registry[Any]().with_contents([("urn:oas", document)], default_specification=DRAFT4)
    schema = {"$ref": f"urn:oas#{pointer}"}
    return bool(OAS30Validator(schema, registry=registry, format_checker=oas30_format_checker).is_valid(instance))


def minimal(**schemas: Any) -> dict[str, Any]:
    """Return a 3.1 document that consists of these schema components."""
    return {"openapi": "3.1.1", "info": {"title": "t", "version": "1"}, "paths": {}, "components": {"schemas": schemas}}


def downgraded(schema: Any, **others: Any) -> Any:
    return openapi.downgrade(minimal(X=schema, **others))["components"]["schemas"]["X"]


# Whole floats are left out: JSON Schema 2020-12 takes 1.0 for an integer, the draft under 3.0 does not, and no
# document can say otherwise.
numbers = st.integers(-3, 3) | st.floats(-3, 3).map(lambda number: round(number, 1)).filter(lambda n: n % 1 != 0)
texts = st.text(max_size=3) | st.sampled_from(["2026-06-01", "active", "12", "-", "{}", "x" * 513])
junk = (
    st.none()
    | st.booleans()
    | numbers
    | texts
    | st.lists(st.none() | texts, max_size=2)
    | st.dictionaries(texts, numbers, max_size=1)
)
FITTING: dict[tuple[str, str | None], st.SearchStrategy[Any]] = {
    ("string", None): texts,
    ("string", "uuid"): st.uuids().map(str),
    ("string", "date-time"): st.datetimes().map(lambda moment: f"{moment.isoformat()}Z"),
    ("integer", "int32"): st.integers(-(2**31) - 1, 2**31) | st.sampled_from([0, 1, 100, 500, 501]),
    ("number", "double"): st.floats(-1, 101),
    ("boolean", None): st.booleans(),
}


@st.composite
def near(draw: st.DrawFn, schema: Mapping[str, Any]) -> Any:
    """Draw a value that is often valid against a schema of the contract, and often nearly valid."""
    if "$ref" in schema:
        return draw(near(CONTRACT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]))
    if draw(st.integers(0, 9)) == 0:
        return draw(junk)
    if "anyOf" in schema:
        return draw(near(schema["anyOf"][0]))
    kind = schema["type"] if isinstance(schema["type"], str) else schema["type"][0]
    if kind == "object":
        names = draw(st.sets(st.sampled_from(sorted(schema["properties"])), max_size=6))
        if draw(st.booleans()):
            names.update(schema.get("required", ()))
        return {name: draw(near(schema["properties"][name])) for name in sorted(names)}
    if kind == "array":
        return draw(st.lists(near(schema["items"]), max_size=2))
    return draw(FITTING[kind, schema.get("format")])


def test_the_result_is_valid_3_0() -> None:
    """The derived document is valid against the meta-schema of OpenAPI 3.0."""
    OpenAPIV30SpecValidator(DERIVED).validate()
    assert DERIVED["openapi"] == "3.0.3"


def test_the_input_is_not_changed() -> None:
    """Deriving the 3.0 document does not change the 3.1 document."""
    before = copy.deepcopy(CONTRACT)
    openapi.downgrade(CONTRACT)
    assert before == CONTRACT


def test_no_3_1_syntax_remains() -> None:
    """The 3.0 document contains no type array, null type or const."""
    text = json.dumps(DERIVED)
    newer = ('"type": [', '"type": "null"', '"const"', "contentMediaType")
    assert [word for word in newer if word in text] == []


@pytest.mark.parametrize("name", SCHEMAS)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_components_are_equivalent(name: str, data: st.DataObject) -> None:
    """A value is valid against a component in 3.0 exactly when it is valid in 3.1."""
    pointer = f"/components/schemas/{name}"
    value = data.draw(near(CONTRACT["components"]["schemas"][name]))
    # Null, which the contract writes beside every use of this one, moves into it.
    assume(name != "PublicApiMovementCurrentSignatureDto" or value is not None)
    assert accepts_30(DERIVED, pointer, value) == accepts_31(CONTRACT, pointer, value)


@pytest.mark.parametrize("name", PARAMETERS)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_parameters_are_equivalent(name: str, data: st.DataObject) -> None:
    """A value is valid for a parameter in 3.0 exactly when it is valid in 3.1."""
    pointer = f"/components/parameters/{name}/schema"
    value = data.draw(near(CONTRACT["components"]["parameters"][name]["schema"]))
    assert accepts_30(DERIVED, pointer, value) == accepts_31(CONTRACT, pointer, value)


scalars = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "ab"])
schemas_31 = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["string", "integer", "number", ["integer", "null"], ["null", "string"]]),
        "minimum": st.integers(-2, 2),
        "exclusiveMinimum": st.integers(-2, 2),
        "maximum": st.integers(-2, 2),
        "exclusiveMaximum": st.integers(-2, 2),
        "const": scalars,
        "maxLength": st.integers(0, 2),
        "contentMediaType": st.just("application/json"),
        "examples": st.lists(st.just(1), max_size=2),
    },
)
nested_31 = st.recursive(
    schemas_31,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"items": inner}),
        st.fixed_dictionaries({"not": inner}),
        st.fixed_dictionaries({"properties": st.just({"a": {}}), "additionalProperties": st.booleans() | inner}),
        st.dictionaries(
            st.sampled_from(["allOf", "anyOf", "oneOf"]), st.lists(inner, min_size=1, max_size=2), max_size=1
        ),
    ),
    max_leaves=4,
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2)
)


@given(schema=nested_31, value=values)
@settings(max_examples=400, deadline=None)
def test_any_schema_is_equivalent(schema: dict[str, Any], value: object) -> None:
    """A schema of any keywords, also those that the contract does not use, accepts the same values in 3.0."""
    document = minimal(X=schema)
    pointer = "/components/schemas/X"
    assert accepts_30(openapi.downgrade(document), pointer, value) == accepts_31(document, pointer, value)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": ["string", "null"]}, {"type": "string", "nullable": True}),
        ({"type": ["string"]}, {"type": "string"}),
        ({"const": "a"}, {"enum": ["a"]}),
        ({"exclusiveMinimum": 0}, {"minimum": 0, "exclusiveMinimum": True}),
        ({"exclusiveMinimum": 0, "minimum": 1}, {"minimum": 1}),
        ({"exclusiveMaximum": 3, "maximum": 3}, {"maximum": 3, "exclusiveMaximum": True}),
        ({"examples": ["a", "b"]}, {"example": "a"}),
        ({"examples": []}, {}),
        ({"contentMediaType": "text/plain"}, {"x-content-media-type": "text/plain"}),
        ({"$ref": "#/components/schemas/Y"}, {"$ref": "#/components/schemas/Y"}),
        (
            {"$ref": "#/components/schemas/Y", "description": "d"},
            {"allOf": [{"$ref": "#/components/schemas/Y"}], "description": "d"},
        ),
        ({"properties": {"type": {"type": "string"}}}, {"properties": {"type": {"type": "string"}}}),
        ({"enum": [{"type": ["a", "null"]}]}, {"enum": [{"type": ["a", "null"]}]}),
    ],
)
def test_keywords_take_their_3_0_form(schema: dict[str, Any], expected: dict[str, Any]) -> None:
    """Each keyword that changed between the versions is written in its older form."""
    assert downgraded(schema, Y={"type": "object"}) == expected


def test_a_nullable_reference_makes_its_component_nullable() -> None:
    """A reference combined with null is nullable itself, for lax readers, and so is its component, for strict ones."""
    twin = openapi.downgrade(
        minimal(X={"anyOf": [{"$ref": "#/components/schemas/Y"}, {"type": "null"}]}, Y={"type": "object"})
    )
    assert twin["components"]["schemas"] == {
        "X": {"type": "object", "nullable": True, "allOf": [{"$ref": "#/components/schemas/Y"}]},
        "Y": {"type": "object", "nullable": True},
    }


Y = {"$ref": "#/components/schemas/Y"}
UNTYPED = {"$ref": "#/components/schemas/Untyped"}
NULL = {"type": "null"}


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        (True, "/components/schemas/X: has no equivalent in OpenAPI 3.0"),
        ({"prefixItems": []}, "/components/schemas/X/prefixItems: has no equivalent in OpenAPI 3.0"),
        (
            {"items": {"type": ["string", "integer"]}},
            "/components/schemas/X/items/type: OpenAPI 3.0 allows one type, with or without null",
        ),
        ({"type": "null"}, "/components/schemas/X/type: OpenAPI 3.0 allows one type, with or without null"),
        (
            {"anyOf": [{"type": "string"}, NULL]},
            "/components/schemas/X/anyOf: OpenAPI 3.0 allows null beside one reference only",
        ),
        (
            {"oneOf": [UNTYPED, NULL]},
            ("/components/schemas/X/oneOf: #/components/schemas/Untyped needs one type to be null in OpenAPI 3.0"),
        ),
        (
            {"properties": {"a": {"anyOf": [Y, NULL]}, "b": Y}},
            ("/components/schemas/X/properties/a/anyOf: #/components/schemas/Y is used both with and without null"),
        ),
    ],
)
def test_a_schema_without_equivalent_is_an_error(schema: object, problem: str) -> None:
    """The error names the place; the schema is not weakened silently."""
    with pytest.raises(DowngradeError) as caught:
        downgraded(schema, Y={"type": "object"}, Untyped={})
    assert str(caught.value) == problem


@pytest.mark.parametrize("key", ["webhooks", "jsonSchemaDialect"])
def test_document_parts_new_in_3_1_are_an_error(key: str) -> None:
    """A top-level part that 3.0 does not have is an error."""
    with pytest.raises(DowngradeError, match=f"/{key}: has no equivalent"):
        openapi.downgrade(minimal() | {key: {}})


def test_scopes_move_out_of_the_security_requirement() -> None:
    """3.0 allows scopes for OAuth 2 only: an extension of the operation names them instead."""
    operation = DERIVED["paths"]["/api/v1/service-reports"]["post"]
    assert operation["security"] == [{"ApiKeyHeader": []}, {"BearerToken": []}]
    assert operation["x-sepolo-scopes"] == ["service_reports.write"]
    assert operation["description"].endswith(" Needs the scope `service_reports.write`.")


def test_an_operation_without_scopes_is_unchanged() -> None:
    """Nothing is added to an operation without scopes."""
    operation = {"responses": {"200": {"description": "d"}}}
    document = minimal() | {"paths": {"/a": {"get": operation, "summary": "s"}}}
    assert openapi.downgrade(document)["paths"] == document["paths"]


def test_the_summary_moves_into_the_description() -> None:
    """`info.summary`, which 3.0 does not have, becomes the first paragraph of the description."""
    summary, description = CONTRACT["info"]["summary"], CONTRACT["info"]["description"]
    assert DERIVED["info"] == {
        **{key: value for key, value in CONTRACT["info"].items() if key != "summary"},
        "description": f"{summary}\n\n{description}",
    }
