"""The OpenAPI 3.0.3 twin of a 3.1 document, for tools that can't read 3.1.

Here lives what differs between the two versions, as a table of schema keywords. The twin accepts and refuses
the same values; what 3.0 can't say raises DowngradeError rather than being left out.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sepolo_openapi.contract import ContractError

__all__ = ["VERSION", "DowngradeError", "downgrade"]

VERSION = "3.0.3"

_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
_SCHEMAS = "/components/schemas"
_NULL = {"type": "null"}

# Values of these keys are data, whatever their members are called.
_DATA = frozenset({"example", "value", "enum", "default"})

# Schema keywords that both versions write in the same way.
_SAME = frozenset(
    {
        *(
            "title",
            "description",
            "deprecated",
            "readOnly",
            "writeOnly",
            "externalDocs",
            "xml",
            "discriminator",
        ),
        *("default", "example", "enum", "format", "pattern", "required", "uniqueItems", "multipleOf"),
        *("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"),
        *("minProperties", "maxProperties"),
    }
)
_BOUNDS = {"exclusiveMinimum": ("minimum", max), "exclusiveMaximum": ("maximum", min)}


class DowngradeError(ContractError):
    """A place of the document that OpenAPI 3.0 has no words for; fields as in ContractError."""


def downgrade(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the 3.0.3 document that means the same as this 3.1 document, which stays as it is.

    Scopes leave the security requirements, which 3.0 allows for OAuth 2 only, and stand in the operation's
    `x-sepolo-scopes` and in its description. Raises DowngradeError for what 3.0 can't say.
    """
    for key in ("webhooks", "jsonSchemaDialect"):
        if key in document:
            raise _no_counterpart(f"/{key}")
    walk = _Walk(document.get("components", {}).get("schemas", {}))
    twin: dict[str, Any] = walk.node(document, "")
    twin["openapi"] = VERSION
    twin["info"] = _info(twin["info"])
    twin["paths"] = {path: _path_item(item) for path, item in twin["paths"].items()}
    for reference, pointer in walk.nullable.items():
        if reference in walk.plain:
            raise DowngradeError(pointer, f"{reference} is used both with and without null")
        schemas = twin["components"]["schemas"]
        name = _name(reference)
        schemas[name] = {"type": schemas[name]["type"], "nullable": True} | schemas[name]
    return twin


def _info(info: dict[str, Any]) -> dict[str, Any]:
    """Move the summary, which 3.0 lacks, to the top of the description."""
    rest = {key: value for key, value in info.items() if key != "summary"}
    if "summary" in info:
        rest["description"] = _paragraphs(info["summary"], info.get("description"))
    return rest


def _path_item(item: dict[str, Any]) -> dict[str, Any]:
    return {key: _operation(value) if key in _METHODS else value for key, value in item.items()}


def _operation(operation: dict[str, Any]) -> dict[str, Any]:
    """Move the scopes out of the security requirement, which in 3.0 may only list those of OAuth 2."""
    requirements = operation.get("security", [])
    scopes = sorted({scope for each in requirements for names in each.values() for scope in names})
    if not scopes:
        return operation
    needs = f"Needs the scope {' and '.join(f'`{scope}`' for scope in scopes)}."
    return operation | {
        "description": _paragraphs(operation.get("description"), needs),
        "security": [{scheme: [] for scheme in each} for each in requirements],
        "x-sepolo-scopes": scopes,
    }


class _Walk:
    """A walk that returns each part of a 3.1 document as 3.0 writes it.

    `plain` and `nullable` keep the references met, without and with null beside them (and where).
    """

    def __init__(self, components: Mapping[str, Any]) -> None:
        self.components = components
        self.plain: set[str] = set()
        self.nullable: dict[str, str] = {}

    def node(self, node: Any, pointer: str) -> Any:
        """Return a part of the document that isn't a schema."""
        if isinstance(node, list):
            return [self.node(item, f"{pointer}/{index}") for index, item in enumerate(node)]
        if not isinstance(node, Mapping):
            return node
        if "$ref" in node:
            return {"$ref": node["$ref"]}
        return {key: self.member(key, value, f"{pointer}/{key}") for key, value in node.items()}

    def member(self, key: str, value: Any, pointer: str) -> Any:
        if key in _DATA or key.startswith("x-"):
            return value
        if key == "schema":
            return self.schema(value, pointer)
        return self.schemas(value, pointer) if pointer == _SCHEMAS else self.node(value, pointer)

    def schemas(self, schemas: Mapping[str, Any], pointer: str) -> dict[str, Any]:
        return {name: self.schema(schema, f"{pointer}/{name}") for name, schema in schemas.items()}

    def schema(self, schema: Any, pointer: str) -> dict[str, Any]:
        if not isinstance(schema, Mapping):
            raise _no_counterpart(pointer)
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        result: dict[str, Any] = {}
        for key, value in rest.items():
            result |= self.keyword(key, value, f"{pointer}/{key}")
        for key, (bound, stricter) in _BOUNDS.items():
            result |= _exclusive(schema, key, bound, stricter)
        if "$ref" not in schema:
            return result
        # In 3.0 a reference stands alone: what stood beside it goes around it.
        self.plain.add(schema["$ref"])
        reference = {"$ref": schema["$ref"]}
        return {"allOf": [reference], **result} if rest else reference

    def keyword(self, key: str, value: Any, pointer: str) -> dict[str, Any]:
        """Return what a schema keyword becomes: usually itself, sometimes another."""
        if key in _SAME or key.startswith("x-"):
            return {key: value}
        if key not in _CHANGED:
            raise _no_counterpart(pointer)
        return _CHANGED[key](self, key, value, pointer)

    def inner(self, key: str, value: Any, pointer: str) -> dict[str, Any]:
        return {key: value if isinstance(value, bool) else self.schema(value, pointer)}

    def members(self, key: str, value: Any, pointer: str) -> dict[str, Any]:
        return {key: self.schemas(value, pointer)}

    def all_of(self, key: str, value: Any, pointer: str) -> dict[str, Any]:
        return {key: [self.schema(one, f"{pointer}/{index}") for index, one in enumerate(value)]}

    def alternatives(self, key: str, value: Any, pointer: str) -> dict[str, Any]:
        """Let an alternative be null where null was an alternative of its own."""
        others = [one for one in value if one != _NULL]
        if len(others) == len(value):
            return self.all_of(key, value, pointer)
        if len(others) != 1 or "$ref" not in others[0]:
            raise DowngradeError(pointer, "OpenAPI 3.0 allows null beside one reference only")
        reference = others[0]["$ref"]
        if not isinstance(kind := self.components[_name(reference)].get("type"), str):
            raise DowngradeError(pointer, f"{reference} needs one type to be null in OpenAPI 3.0")
        # A strict reader wants null allowed in the component too, a lax one looks only here.
        self.nullable[reference] = pointer
        return {"type": kind, "nullable": True, "allOf": [{"$ref": reference}]}

    def type(self, _key: str, value: Any, pointer: str) -> dict[str, Any]:
        if isinstance(value, str) and value != "null":
            return {"type": value}
        plain = [name for name in value if name != "null"]
        if isinstance(value, str) or len(plain) != 1:
            raise DowngradeError(pointer, "OpenAPI 3.0 allows one type, with or without null")
        return {"type": plain[0]} | ({"nullable": True} if len(value) > 1 else {})

    def const(self, _key: str, value: Any, _pointer: str) -> dict[str, Any]:
        return {"enum": [value]}

    def examples(self, _key: str, value: Any, _pointer: str) -> dict[str, Any]:
        return {"example": value[0]} if value else {}

    def media_type(self, _key: str, value: Any, _pointer: str) -> dict[str, Any]:
        return {"x-content-media-type": value}

    def later(self, _key: str, _value: Any, _pointer: str) -> dict[str, Any]:
        """Leave an exclusive bound to `_exclusive`, which sees the plain bound too."""
        return {}


_CHANGED: Mapping[str, Callable[[_Walk, str, Any, str], dict[str, Any]]] = {
    "type": _Walk.type,
    "properties": _Walk.members,
    "items": _Walk.inner,
    "additionalProperties": _Walk.inner,
    "not": _Walk.inner,
    "allOf": _Walk.all_of,
    "anyOf": _Walk.alternatives,
    "oneOf": _Walk.alternatives,
    "const": _Walk.const,
    "examples": _Walk.examples,
    "contentMediaType": _Walk.media_type,
    "exclusiveMinimum": _Walk.later,
    "exclusiveMaximum": _Walk.later,
}


def _exclusive(
    schema: Mapping[str, Any], key: str, bound: str, stricter: Callable[[float, float], float]
) -> dict[str, Any]:
    """Write an exclusive bound as 3.0 does, as the bound and a flag that it is exclusive."""
    if key not in schema:
        return {}
    limit = schema[key]
    tightest = stricter(limit, schema.get(bound, limit))
    return {bound: tightest} | ({key: True} if tightest == limit else {})


def _name(reference: str) -> str:
    return reference.rpartition("/")[2]


def _paragraphs(*parts: str | None) -> str:
    return "\n\n".join(part for part in parts if part)


def _no_counterpart(pointer: str) -> DowngradeError:
    return DowngradeError(pointer, "has no counterpart in OpenAPI 3.0")
