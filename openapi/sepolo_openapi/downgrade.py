"""Derives an OpenAPI 3.0.3 document from a 3.1 document, for tools that cannot read 3.1.

The differences between the versions are a table of schema keywords. The derived document accepts the same values;
a part without an equivalent in 3.0 raises DowngradeError instead of being dropped.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sepolo_openapi.contract import ContractError

VERSION = "3.0.3"

_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
_SCHEMAS = "/components/schemas"
_NULL = {"type": "null"}

# The values of these keys are data: keywords inside them have no meaning.
_DATA = frozenset({"example", "value", "enum", "default"})

# Schema keywords with the same form in both versions.
_SAME = frozenset(
    {
        *("title", "description", "deprecated", "readOnly", "writeOnly", "externalDocs", "xml", "discriminator"),
        *("default", "example", "enum", "format", "pattern", "required", "uniqueItems", "multipleOf"),
        *("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"),
        *("minProperties", "maxProperties"),
    }
)
_BOUNDS = {"exclusiveMinimum": ("minimum", max), "exclusiveMaximum": ("maximum", min)}


class DowngradeError(ContractError):
    """A part of the document without an equivalent in OpenAPI 3.0; fields as in ContractError."""


def downgrade(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the 3.0.3 equivalent of a 3.1 document, which is not changed.

    Scopes move from the security requirements, where 3.0 allows them for OAuth 2 only, to `x-sepolo-scopes`. Raises
    DowngradeError for a part without an equivalent.
    """
    for key in ("webhooks", "jsonSchemaDialect"):
        if key in document:
            raise _no_equivalent(f"/{key}")
    converter = _Converter(document.get("components", {}).get("schemas", {}))
    derived: dict[str, Any] = converter.node(document, "")
    derived["openapi"] = VERSION
    derived["info"] = _info(derived["info"])
    derived["paths"] = {path: _path_item(item) for path, item in derived["paths"].items()}
    for reference, pointer in converter.nullable.items():
        if reference in converter.plain:
            raise DowngradeError(pointer, f"{reference} is used both with and without null")
        schemas = derived["components"]["schemas"]
        name = _name(reference)
        schemas[name] = {"type": schemas[name]["type"], "nullable": True} | schemas[name]
    return derived


def _info(info: dict[str, Any]) -> dict[str, Any]:
    """Move the summary, which 3.0 does not have, to the beginning of the description."""
    rest = {key: value for key, value in info.items() if key != "summary"}
    if "summary" in info:
        rest["description"] = _paragraphs(info["summary"], info.get("description"))
    return rest


def _path_item(item: dict[str, Any]) -> dict[str, Any]:
    return {key: _operation(value) if key in _METHODS else value for key, value in item.items()}


def _operation(operation: dict[str, Any]) -> dict[str, Any]:
    """Move the scopes out of the security requirement, where 3.0 allows them for OAuth 2 only."""
    requirements = operation.get("security", [])
    scopes = sorted({scope for each in requirements for names in each.values() for scope in names})
    if not scopes:
        return operation
    return operation | {
        "security": [{scheme: [] for scheme in each} for each in requirements],
        "x-sepolo-scopes": scopes,
    }


class _Converter:
    """Converts a 3.1 document part by part.

    `plain` are the references used without null; `nullable` maps those used with null to the pointer of the use.
    """

    def __init__(self, components: Mapping[str, Any]) -> None:
        self.components = components
        self.plain: set[str] = set()
        self.nullable: dict[str, str] = {}

    def node(self, node: Any, pointer: str) -> Any:
        """Convert a part of the document that is not a schema."""
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
            raise _no_equivalent(pointer)
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        result: dict[str, Any] = {}
        for key, value in rest.items():
            result |= self.keyword(key, value, f"{pointer}/{key}")
        for key, (bound, stricter) in _BOUNDS.items():
            result |= _exclusive(schema, key, bound, stricter)
        if "$ref" not in schema:
            return result
        # In 3.0 a reference may have no siblings, so that it is wrapped in allOf.
        self.plain.add(schema["$ref"])
        reference = {"$ref": schema["$ref"]}
        return {"allOf": [reference], **result} if rest else reference

    def keyword(self, key: str, value: Any, pointer: str) -> dict[str, Any]:
        """Convert one schema keyword; usually it stays as it is."""
        if key in _SAME or key.startswith("x-"):
            return {key: value}
        if key not in _CHANGED:
            raise _no_equivalent(pointer)
        return _CHANGED[key](self, key, value, pointer)

    def inner(self, key: str, value: Any, pointer: str) -> dict[str, Any]:
        return {key: value if isinstance(value, bool) else self.schema(value, pointer)}

    def members(self, key: str, value: Any, pointer: str) -> dict[str, Any]:
        return {key: self.schemas(value, pointer)}

    def all_of(self, key: str, value: Any, pointer: str) -> dict[str, Any]:
        return {key: [self.schema(one, f"{pointer}/{index}") for index, one in enumerate(value)]}

    def alternatives(self, key: str, value: Any, pointer: str) -> dict[str, Any]:
        """Turn an alternative `null` into `nullable` of the other alternative."""
        others = [one for one in value if one != _NULL]
        if len(others) == len(value):
            return self.all_of(key, value, pointer)
        if len(others) != 1 or "$ref" not in others[0]:
            raise DowngradeError(pointer, "OpenAPI 3.0 allows null beside one reference only")
        reference = others[0]["$ref"]
        if not isinstance(kind := self.components[_name(reference)].get("type"), str):
            raise DowngradeError(pointer, f"{reference} needs one type to be null in OpenAPI 3.0")
        # Strict readers require the component to be nullable too, lax ones look only here.
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
        """Drop an exclusive bound here: `_exclusive` converts it together with the plain bound."""
        return {}


_CHANGED: Mapping[str, Callable[[_Converter, str, Any, str], dict[str, Any]]] = {
    "type": _Converter.type,
    "properties": _Converter.members,
    "items": _Converter.inner,
    "additionalProperties": _Converter.inner,
    "not": _Converter.inner,
    "allOf": _Converter.all_of,
    "anyOf": _Converter.alternatives,
    "oneOf": _Converter.alternatives,
    "const": _Converter.const,
    "examples": _Converter.examples,
    "contentMediaType": _Converter.media_type,
    "exclusiveMinimum": _Converter.later,
    "exclusiveMaximum": _Converter.later,
}


def _exclusive(
    schema: Mapping[str, Any], key: str, bound: str, stricter: Callable[[float, float], float]
) -> dict[str, Any]:
    """Convert an exclusive bound to a bound and a flag."""
    if key not in schema:
        return {}
    limit = schema[key]
    tightest = stricter(limit, schema.get(bound, limit))
    return {bound: tightest} | ({key: True} if tightest == limit else {})


def _name(reference: str) -> str:
    return reference.rpartition("/")[2]


def _paragraphs(*parts: str | None) -> str:
    return "\n\n".join(part for part in parts if part)


def _no_equivalent(pointer: str) -> DowngradeError:
    return DowngradeError(pointer, "has no equivalent in OpenAPI 3.0")
