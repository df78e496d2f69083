"""The document of the management API: valid OpenAPI, and examples that match their schemas."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

import sepolo_openapi as openapi

PATH = Path(openapi.__file__).with_name("sandbox.v1.yaml")
DOCUMENT: dict[str, Any] = yaml.safe_load(PATH.read_text(encoding="utf-8"))
OPERATIONS = [
    pytest.param(operation, id=operation["operationId"])
    for item in DOCUMENT["paths"].values()
    for operation in item.values()
]


def test_document_is_valid() -> None:
    """The document is valid OpenAPI 3.1."""
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_scopes_of_a_new_key() -> None:
    """The scopes that a key may be given are those of the public API, in their order."""
    scopes = DOCUMENT["components"]["schemas"]["KeyCreate"]["properties"]["scopes"]
    assert tuple(scopes["items"]["enum"]) == openapi.load().scopes
    assert scopes["maxItems"] == len(openapi.load().scopes)


def contents(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the content of the request and of each successful response."""
    yield from operation.get("requestBody", {}).get("content", {}).values()
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            yield from response["content"].values()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_examples_match_their_schemas(operation: dict[str, Any]) -> None:
    """Each request and each successful response has an example, and its schema accepts it."""
    registry = jsonschema_rs.Registry([("urn:oas", DOCUMENT)])
    for content in contents(operation):
        reference = {"$ref": "urn:oas" + content["schema"]["$ref"]}
        validator = jsonschema_rs.Draft202012Validator(reference, registry=registry, validate_formats=True)
        examples = [one["value"] for one in content["examples"].values()] if "examples" in content else []
        examples += [content["example"]] if "example" in content else []
        assert examples
        assert [error.message for example in examples for error in validator.iter_errors(example)] == []
