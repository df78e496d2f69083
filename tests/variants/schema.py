"""Rewrites the members of an answer by what the contract says of them."""

from collections.abc import Callable, Mapping
from typing import Any

from sepolo_openapi import reader
from tests.mutants.harness.wrapper import Alteration, Ask, Reply, Site

__all__ = ["DROP", "by_members"]

DROP = object()
"""What a change returns for a member that is to be left out."""

Change = Callable[[str, Mapping[str, Any], bool, Any], Any]
"""From name, schema, whether it is required and value, to the new value or DROP."""

_REF = "#/components/schemas/"


def by_members(change: Change) -> Alteration:
    """Each documented member of each successful answer is given to a change, innermost first."""

    async def altered(ask: Ask, site: Site) -> Reply:
        reply = await site(ask)
        if ask.operation is None or not reply.ok:
            return reply
        schema = {"$ref": _REF + ask.operation.schema_name}
        return reply.with_data(_changed(schema, reply.data, change))

    return altered


def _changed(schema: Mapping[str, Any], value: Any, change: Change) -> Any:
    schema = _followed(schema)
    if isinstance(value, list) and "items" in schema:
        return [_changed(schema["items"], item, change) for item in value]
    if not isinstance(value, dict):
        return value
    found = {}
    for name, inner in value.items():
        known = schema.get("properties", {}).get(name, {})
        made = change(name, _followed(known), name in schema.get("required", ()), _changed(known, inner, change))
        if made is not DROP:
            found[name] = made
    return found


def _followed(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in schema:
        schema = reader.load().document["components"]["schemas"][schema["$ref"].removeprefix(_REF)]
    for choice in schema.get("anyOf", schema.get("oneOf", ())):
        if "$ref" in choice:
            return {**_followed(choice), **{name: value for name, value in schema.items() if name != "anyOf"}}
    return schema
