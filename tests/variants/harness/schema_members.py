"""Changes the members of a response by their schema in the contract."""

from collections.abc import Callable, Mapping
from typing import Any

from sepolo_openapi import reader
from tests.mutants.harness.messages import Request, Response
from tests.mutants.harness.wrapper import Alteration, Upstream

__all__ = ["REMOVED", "change_members"]

REMOVED = object()
"""What a change returns to remove a member."""

Change = Callable[[str, Mapping[str, Any], bool, Any], Any]
"""From name, schema, whether the member is required, and value, to the new value or REMOVED."""

_REF = "#/components/schemas/"


def change_members(change: Change) -> Alteration:
    """Apply a change to each documented member of each successful response, innermost members first."""

    async def altered(request: Request, upstream: Upstream) -> Response:
        response = await upstream(request)
        if request.operation is None or not response.ok:
            return response
        schema = {"$ref": _REF + request.operation.schema_name}
        return response.with_json(_changed(schema, response.json, change))

    return altered


def _changed(schema: Mapping[str, Any], value: Any, change: Change) -> Any:
    schema = _resolved(schema)
    if isinstance(value, list) and "items" in schema:
        return [_changed(schema["items"], item, change) for item in value]
    if not isinstance(value, dict):
        return value
    found = {}
    for name, inner in value.items():
        known = schema.get("properties", {}).get(name, {})
        new = change(name, _resolved(known), name in schema.get("required", ()), _changed(known, inner, change))
        if new is not REMOVED:
            found[name] = new
    return found


def _resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema behind a reference; of alternatives, the one that is a reference."""
    while "$ref" in schema:
        schema = reader.load().document["components"]["schemas"][schema["$ref"].removeprefix(_REF)]
    for choice in schema.get("anyOf", schema.get("oneOf", ())):
        if "$ref" in choice:
            return {**_resolved(choice), **{name: value for name, value in schema.items() if name != "anyOf"}}
    return schema
