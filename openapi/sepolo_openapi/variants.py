"""Forms of the contract that differ from the document in one point, for one kind of reader. No document is changed."""

from collections.abc import Mapping
from typing import Any

_NOT_MODIFIED = "304"


def for_generators(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document without the responses 304, which have no body.

    A generated client returns the rows *or nothing* if 304 is listed, and a type checker then accepts any member. No
    client gets a 304 without sending `If-None-Match` itself. The component of the responses goes with them.
    """
    unused = {
        response["$ref"].rpartition("/")[2]
        for item in document["paths"].values()
        for operation in item.values()
        for status, response in operation["responses"].items()
        if status == _NOT_MODIFIED and "$ref" in response
    }
    components = document["components"]
    responses = {name: response for name, response in components["responses"].items() if name not in unused}
    paths = {
        path: {method: _without_not_modified(operation) for method, operation in item.items()}
        for path, item in document["paths"].items()
    }
    return {**document, "paths": paths, "components": {**components, "responses": responses}}


def served_from(document: Mapping[str, Any], url: str) -> dict[str, Any]:
    """Return the document with the sandbox at a URL as its first server, before those that the document names."""
    return {**document, "servers": [{"url": url, "description": "This sandbox"}, *document["servers"]]}


def _without_not_modified(operation: Mapping[str, Any]) -> dict[str, Any]:
    responses = {status: each for status, each in operation["responses"].items() if status != _NOT_MODIFIED}
    return {**operation, "responses": responses}
