"""Checks of the contract document beyond OpenAPI validators and linters; each check is shown to find a fault."""

import copy
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

import sepolo_openapi as openapi

Document = dict[str, Any]
CONTRACT: Document = openapi.load().document

SCHEMA_KEYWORDS = frozenset(
    {
        *("$ref", "type", "format", "enum", "description", "default", "x-sepolo-basis", "x-sepolo-measured"),
        *("properties", "required", "items", "anyOf", "pattern", "contentMediaType"),
        *("minimum", "maximum", "minLength", "maxLength", "x-sepolo-required-one-of"),
    }
)
EXTENSIONS = frozenset(
    {
        *("x-sepolo-basis", "x-sepolo-window", "x-sepolo-page", "x-sepolo-order"),
        *("x-sepolo-required-one-of", "x-sepolo-page-curl", "x-sepolo-scopes", "x-sepolo-measured"),
        "x-displayName",
    }
)
BASES = frozenset({"documented", "implied", "assumed"})
EVERYWHERE = frozenset({"400", "401", "403", "429", "500", "503"})


def nodes(node: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every value of a document with its JSON pointer, outermost first."""
    yield pointer, node
    items: Any = ()
    if isinstance(node, dict):
        items = node.items()
    elif isinstance(node, list):
        items = enumerate(node)
    for key, value in items:
        yield from nodes(value, f"{pointer}/{str(key).replace('/', '~1')}")


def schemas(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every schema with its pointer: components, inline schemas, and the schemas inside them."""
    roots = [(f"/components/schemas/{name}", each) for name, each in document["components"]["schemas"].items()]
    roots += [
        (f"{pointer}/schema", node["schema"])
        for pointer, node in nodes(document)
        if isinstance(node, dict) and "schema" in node
    ]
    for pointer, root in roots:
        yield from within(root, pointer)


def within(schema: dict[str, Any], pointer: str) -> Iterator[tuple[str, dict[str, Any]]]:
    yield pointer, schema
    for name, member in schema.get("properties", {}).items():
        yield from within(member, f"{pointer}/properties/{name}")
    for index, each in enumerate(schema.get("anyOf", ())):
        yield from within(each, f"{pointer}/anyOf/{index}")
    if "items" in schema:
        yield from within(schema["items"], f"{pointer}/items")


def operations(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


def references(document: Document) -> Iterator[str]:
    for _, node in nodes(document):
        if isinstance(node, dict) and isinstance(node.get("$ref"), str):
            yield node["$ref"]


def undefined_schemes(document: Document) -> list[str]:
    """A security requirement must name existing schemes; validators do not check this."""
    known = document["components"]["securitySchemes"].keys()
    return [
        f"{place}: {scheme}"
        for place, operation in operations(document)
        for requirement in operation["security"]
        for scheme in requirement
        if scheme not in known
    ]


def open_operations(document: Document) -> list[str]:
    """An empty security requirement among the alternatives allows access without a key."""
    return [place for place, operation in operations(document) if not all(operation.get("security") or [{}])]


def unknown_keywords(document: Document) -> list[str]:
    """JSON Schema ignores unknown keywords, so that a misspelt one has no effect; OpenAPI 3.1 has no `nullable`."""
    return [f"{pointer}/{key}" for pointer, schema in schemas(document) for key in schema.keys() - SCHEMA_KEYWORDS]


def unknown_extensions(document: Document) -> list[str]:
    return [
        f"{pointer}/{key}"
        for pointer, node in nodes(document)
        if isinstance(node, dict)
        for key in node
        if str(key).startswith("x-") and key not in EXTENSIONS
    ]


def members_without_basis(document: Document) -> list[str]:
    """Every member states its basis: documented, implied or assumed."""
    components = document["components"]["schemas"]
    return [
        f"{pointer}/properties/{name}"
        for pointer, schema in schemas(document)
        for name, member in schema.get("properties", {}).items()
        if (components[member["$ref"].rpartition("/")[2]] if "$ref" in member else member).get("x-sepolo-basis")
        not in BASES
    ]


def undocumented_members_required(document: Document) -> list[str]:
    """A response member that is not documented must be optional and nullable: other deployments may lack it."""
    return [
        f"{pointer}/properties/{name}"
        for pointer, schema in schemas(document)
        if not pointer.endswith(("Request", "PublicApiErrorDetail"))
        for name, member in schema.get("properties", {}).items()
        if member.get("x-sepolo-basis", "documented") != "documented"
        and (name in schema.get("required", ()) or "null" not in member["type"])
    ]


def required_without_member(document: Document) -> list[str]:
    return [
        f"{pointer}/required: {name}"
        for pointer, schema in schemas(document)
        for name in schema.get("required", ())
        if name not in schema.get("properties", {})
    ]


def references_with_siblings(document: Document) -> list[str]:
    """Beside `$ref` only `description` is read in the same way by all tools."""
    return [
        pointer
        for pointer, node in nodes(document)
        if isinstance(node, dict) and "$ref" in node and node.keys() - {"$ref", "description"}
    ]


def missing_responses(document: Document) -> list[str]:
    return [
        f"{place}: {status}"
        for place, operation in operations(document)
        for status in sorted(EVERYWHERE - operation["responses"].keys())
    ]


def missing_not_found(document: Document) -> list[str]:
    """Exactly the operations with a path parameter declare 404."""
    return [place for place, operation in operations(document) if ("{" in place) != ("404" in operation["responses"])]


def unused_components(document: Document) -> list[str]:
    used = set(references(document))
    return [
        reference
        for kind, parts in document["components"].items()
        if kind != "securitySchemes"
        for name in parts
        if (reference := f"#/components/{kind}/{name}") not in used
    ]


def dangling_references(document: Document) -> list[str]:
    known = {f"#/components/{kind}/{name}" for kind, parts in document["components"].items() for name in parts}
    return sorted(set(references(document)) - known)


def repeated_parameters(document: Document) -> list[str]:
    found = []
    for place, operation in operations(document):
        named = Counter(
            (each["in"], each["name"]) for raw in operation.get("parameters", ()) for each in [followed(document, raw)]
        )
        found += [f"{place}: {name}" for (_, name), count in named.items() if count > 1]
    return found


def unbounded_strings(document: Document) -> list[str]:
    """Each string parameter has a maximum length, explicit or by enum, format or pattern."""
    bounded = {"maxLength", "enum", "format"}
    return [
        pointer
        for pointer, node in nodes(document)
        if isinstance(node, dict) and node.get("in") in ("query", "path", "header") and "schema" in node
        for schema in [followed(document, node["schema"])]
        if schema["type"] == "string" and not bounded & schema.keys() and "{1,9}" not in schema.get("pattern", "")
    ]


def values_not_in_json(document: Document) -> list[str]:
    """All values can be written as JSON: YAML turns an unquoted timestamp into a date."""
    plain = (dict, list, str, int, float, bool, type(None))
    return [pointer for pointer, node in nodes(document) if not isinstance(node, plain)]


def invalid_examples(document: Document) -> list[str]:
    """Each example is valid against its schema, formats included."""
    return [pointer for pointer, schema, example in examples(document) if not fits(document, schema, example)]


def examples(document: Document) -> Iterator[tuple[str, dict[str, Any], Any]]:
    for pointer, node in nodes(document):
        if not isinstance(node, dict) or "schema" not in node:
            continue
        if "example" in node:
            yield f"{pointer}/example", node["schema"], node["example"]
        for name, example in node.get("examples", {}).items():
            yield f"{pointer}/examples/{name}", node["schema"], followed(document, example)["value"]


def fits(document: Document, schema: dict[str, Any], value: Any) -> bool:
    registry = Registry[Any]().with_contents([("urn:oas", document)], default_specification=DRAFT202012)
    if "$ref" in schema:
        schema = {"$ref": f"urn:oas{schema['$ref']}"}
    return bool(OAS31Validator(schema, registry=registry, format_checker=oas31_format_checker).is_valid(value))


def followed(document: Document, node: dict[str, Any]) -> dict[str, Any]:
    found: Any = node
    if "$ref" in node:
        found = document
        for key in node["$ref"].removeprefix("#/").split("/"):
            found = found[key]
    return dict(found)


Check = Callable[[Document], list[str]]
Change = Callable[[Document], object]


def me(document: Document) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"]["/api/v1/me"]["get"]
    return found


def asset(document: Document) -> dict[str, Any]:
    found: dict[str, Any] = document["components"]["schemas"]["PublicApiAssetDto"]
    return found


NAME = "/components/schemas/PublicApiAssetDto/properties/name"
ASSETS = "/paths/~1api~1v1~1assets"
ROW = "responses/200/content/application~1json/examples/row"
EXAMPLE = "/paths/~1api~1v1~1assets~1{assetId}/get/responses/200/content/application~1json/examples/seed"

# Each check with a planted fault and the finding that the check must report.
CHECKS: list[tuple[Check, Change, list[str]]] = [
    (undefined_schemes, lambda doc: me(doc)["security"].append({"Basic": []}), ["GET /api/v1/me: Basic"]),
    (open_operations, lambda doc: me(doc)["security"].append({}), ["GET /api/v1/me"]),
    (open_operations, lambda doc: me(doc).pop("security"), ["GET /api/v1/me"]),
    (unknown_keywords, lambda doc: asset(doc)["properties"]["name"].update(nullable=True), [f"{NAME}/nullable"]),
    (unknown_keywords, lambda doc: asset(doc)["properties"]["name"].update(maxlength=3), [f"{NAME}/maxlength"]),
    (
        unknown_extensions,
        lambda doc: me(doc).update({"x-sepolo-windows": {}}),
        ["/paths/~1api~1v1~1me/get/x-sepolo-windows"],
    ),
    (members_without_basis, lambda doc: asset(doc)["properties"]["name"].pop("x-sepolo-basis"), [NAME]),
    (members_without_basis, lambda doc: asset(doc)["properties"]["name"].update({"x-sepolo-basis": "guessed"}), [NAME]),
    (
        undocumented_members_required,
        lambda doc: asset(doc)["properties"]["groupId"].update(type="integer"),
        ["/components/schemas/PublicApiAssetDto/properties/groupId"],
    ),
    (
        undocumented_members_required,
        lambda doc: asset(doc)["required"].append("groupId"),
        ["/components/schemas/PublicApiAssetDto/properties/groupId"],
    ),
    (
        required_without_member,
        lambda doc: asset(doc)["required"].append("id"),
        ["/components/schemas/PublicApiAssetDto/required: id"],
    ),
    (
        references_with_siblings,
        lambda doc: me(doc)["responses"]["401"].update(content={}),
        ["/paths/~1api~1v1~1me/get/responses/401"],
    ),
    (missing_responses, lambda doc: me(doc)["responses"].pop("429"), ["GET /api/v1/me: 429"]),
    (
        missing_not_found,
        lambda doc: doc["paths"]["/api/v1/assets/{assetId}"]["get"]["responses"].pop("404"),
        ["GET /api/v1/assets/{assetId}"],
    ),
    (
        unused_components,
        lambda doc: doc["components"]["schemas"].update(Lonely={"type": "object"}),
        ["#/components/schemas/Lonely"],
    ),
    (
        dangling_references,
        lambda doc: me(doc)["responses"].update({"418": {"$ref": "#/components/responses/Teapot"}}),
        ["#/components/responses/Teapot"],
    ),
    (
        repeated_parameters,
        lambda doc: doc["paths"]["/api/v1/assets"]["get"]["parameters"].append(
            {"$ref": "#/components/parameters/Cursor"}
        ),
        ["GET /api/v1/assets: cursor"],
    ),
    (
        unbounded_strings,
        lambda doc: doc["components"]["parameters"]["Cursor"]["schema"].pop("maxLength"),
        ["/components/parameters/Cursor"],
    ),
    (
        values_not_in_json,
        lambda doc: asset(doc).update(default=frozenset()),
        ["/components/schemas/PublicApiAssetDto/default"],
    ),
    (
        invalid_examples,
        lambda doc: asset(doc)["properties"]["name"].update(type="integer"),
        [f"{ASSETS}/get/{ROW}", EXAMPLE, f"{ASSETS}~1{{assetId}}~1children/get/{ROW}"],
    ),
    (
        invalid_examples,
        lambda doc: doc["components"]["parameters"]["From"].update(example="2026-05-27"),
        ["/components/parameters/From/example"],
    ),
]


def test_the_contract_is_valid_3_1() -> None:
    """The contract is valid against the meta-schema of OpenAPI 3.1."""
    OpenAPIV31SpecValidator(CONTRACT).validate()
    assert CONTRACT["openapi"] == "3.1.1"


@pytest.mark.parametrize("check", dict.fromkeys(check for check, _, _ in CHECKS))
def test_the_contract_passes_every_check(check: Check) -> None:
    """No check reports a finding on the contract."""
    assert check(CONTRACT) == []


@pytest.mark.parametrize(("check", "change", "expected"), CHECKS)
def test_a_check_finds_a_planted_fault(check: Check, change: Change, expected: list[str]) -> None:
    """A check reports the planted fault and nothing else."""
    document = copy.deepcopy(CONTRACT)
    change(document)
    assert check(document) == expected
