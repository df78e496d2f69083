"""Schemas in a form in which 3.0 and 3.1, references, allOf and plain keywords with the same meaning are equal.

A schema is given as a tuple of parts that all apply (one for a plain member). `shapes` turns it into its alternatives,
each of them a Shape: the types, and for each keyword the value that all parts together require.
"""

import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType
from typing import Any

from sepolo_conformance.contract_diff.document import Node, references

Schema = tuple[Node, ...]

INTEGER, FRACTION = "integer", "fraction"
NUMBER = frozenset({INTEGER, FRACTION})
TYPES: Mapping[str, frozenset[str]] = MappingProxyType(
    {name: frozenset({name}) for name in ("null", "boolean", "integer", "string", "array", "object")}
    | {"number": NUMBER}
)
ANY = frozenset().union(*TYPES.values())
_MOST_ALTERNATIVES = 200
_STRUCTURE = ("properties", "patternProperties", "additionalProperties", "items", "required")
_TEXTS = frozenset(
    {
        *("title", "description", "example", "examples", "deprecated", "externalDocs", "xml", "$comment"),
        *("readOnly", "writeOnly", "default"),
    }
)
"""Keywords that allow and forbid no value."""

_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Shape:
    """One alternative of a schema.

    `types` are the allowed types, numbers split into "integer" and "fraction". `limits` maps keywords to the value that
    all parts together require, `properties` members to the parts that describe them. `closed` says whether members
    without a description are forbidden; `rest` describes them if they are not. `enum` contains the allowed values as
    JSON texts, None if there is no list. `opaque` are keywords that are compared as a whole.
    """

    types: frozenset[str]
    enum: frozenset[str] | None
    limits: Mapping[str, Any]
    required: frozenset[str]
    properties: Mapping[str, Schema]
    closed: bool
    rest: Schema
    items: Schema
    opaque: Mapping[str, Any]

    def without_null(self) -> "Shape | None":
        """Return the shape of its other values, None if there are none."""
        types = self.types - {"null"}
        enum = None if self.enum is None else self.enum - {"null"}
        if not types or enum == frozenset():
            return None
        return Shape(types, enum, *(getattr(self, name) for name in Shape.__slots__[2:]))


def shapes(schema: Schema) -> list[Shape]:
    """Return the alternatives of a schema: one unless it uses anyOf or oneOf, none if it allows no value."""
    found = [_shape(parts) for parts in _conjunctions(schema, ())]
    return [shape for shape in found if shape.types]


def name_of(schema: Schema) -> str:
    """Return the name of the component that a schema refers to, also beside null, or ""."""
    for part in schema:
        for name in references(part):
            return name
        if isinstance(part.value, dict):
            for keyword in ("anyOf", "oneOf"):
                names = [next(references(one), "") for one in part.elements(keyword) if not _is_null(one)]
                if len(names) == 1:
                    return names[0]
    return ""


def annotation(schema: Schema, keyword: str) -> Any:
    """Return an annotation of a schema: its own, or that of the component behind it; None if there is none."""
    for part in schema:
        if not isinstance(part.value, dict):
            continue
        if keyword in part.value:
            return part.plain(keyword)
        inner = [part.followed()] if "$ref" in part.value else []
        inner += part.elements("allOf")
        for keys in ("anyOf", "oneOf"):
            others = [one for one in part.elements(keys) if not _is_null(one)]
            inner += others if len(others) == 1 else []
        for one in inner:
            if (found := annotation((one,), keyword)) is not None:
                return found
    return None


def annotations(schema: Schema) -> set[str]:
    """Return the keywords of a schema that allow and forbid nothing, extensions among them."""
    return {key for keys in _own_keys(schema) for key in keys if key in _TEXTS or key.startswith("x-")}


def _own_keys(schema: Schema) -> Iterable[Iterable[str]]:
    for part in schema:
        if isinstance(part.value, dict):
            yield (str(key) for key in part.value)
            inner = [part.followed()] if "$ref" in part.value else []
            yield from _own_keys((*inner, *part.elements("allOf"), *part.elements("anyOf"), *part.elements("oneOf")))


def _is_null(node: Node) -> bool:
    return isinstance(node.value, dict) and node.value.get("type") == "null"


def _conjunctions(schema: Schema, inside: tuple[str, ...]) -> list[tuple[Node, ...]]:
    """Return the alternatives as parts without references: each must hold together with the keywords beside it."""
    found: list[tuple[Node, ...]] = [()]
    for part in schema:
        found = [first + second for first, second in product(found, _alternatives(part, inside))]
        if len(found) > _MOST_ALTERNATIVES:
            raise part.error(f"has more than {_MOST_ALTERNATIVES} combinations of alternatives")
    return found


def _alternatives(part: Node, inside: tuple[str, ...]) -> list[tuple[Node, ...]]:
    if isinstance(part.value, bool):
        return [()] if part.value else []
    if not isinstance(part.value, dict):
        part.object()  # raises
    if part.pointer in inside:
        raise part.error("the schema contains itself without a member between")
    inside = (*inside, part.pointer)
    groups: list[list[tuple[Node, ...]]] = [[(part,)]]
    if "$ref" in part.value:
        groups.append(_alternatives(part.target(), inside))
    groups += [_alternatives(one, inside) for one in part.elements("allOf")]
    for keyword in ("anyOf", "oneOf"):
        if choices := part.elements(keyword):
            groups.append([found for one in choices for found in _alternatives(one, inside)])
    if math.prod(map(len, groups)) > _MOST_ALTERNATIVES:
        raise part.error(f"has more than {_MOST_ALTERNATIVES} combinations of alternatives")
    return [tuple(node for group in chosen for node in group) for chosen in product(*groups)]


def _shape(parts: tuple[Node, ...]) -> Shape:
    types, enum = ANY, None
    required: frozenset[str] = frozenset()
    properties: dict[str, Schema] = {}
    closed = False
    rest: Schema = ()
    items: Schema = ()
    opaque: dict[str, Any] = {}
    for part in parts:
        types &= _types(part)
        if (listed := _listed(part)) is not None:
            enum = listed if enum is None else enum & listed
        required |= set(part.texts("required"))
        for name, member in part.items("properties").items():
            properties[name] = (*properties.get(name, ()), member)
        items += (part.child("items"),) if "items" in part.value else ()
        if "additionalProperties" in part.value:
            others = part.child("additionalProperties")
            closed = closed or others.value is False
            rest += () if isinstance(others.value, bool) else (others,)
        for key in part.value:
            if key not in _KNOWN and not str(key).startswith("x-"):
                opaque[str(key)] = part.plain(key)
    if enum is not None:
        types &= _NOTHING.union(*(_types_of_value(json.loads(text)) for text in enum))
        enum = frozenset(text for text in enum if _types_of_value(json.loads(text)) & types)
    return Shape(types, enum, _limits(parts, types), required, properties, closed, rest, items, opaque)


def _limits(parts: tuple[Node, ...], types: frozenset[str]) -> dict[str, Any]:
    limits: dict[str, Any] = {}
    keys = set[str]().union(*(part.value for part in parts))
    for keyword, (read, join) in LIMITS.items():
        if not keys & _SOURCES.get(keyword, {keyword}):
            continue
        values = [value for part in parts if (value := read(part, types)) is not None]
        if values:
            limits[keyword] = join(values)
    return limits


def _types(part: Node) -> frozenset[str]:
    if "type" not in part.value:
        return ANY
    raw = part.value["type"]
    names = part.texts("type") if isinstance(raw, list) else (part.text("type"),)
    for name in names:
        if name not in TYPES:
            raise part.error(f"{name!r} is no type of JSON: use one of {', '.join(TYPES)}")
    if part.document.has_nullable and part.flag("nullable"):
        names = (*names, "null")
    return _NOTHING.union(*(TYPES[name] for name in names))


def _listed(part: Node) -> frozenset[str] | None:
    if "const" in part.value:
        return frozenset({_json(part.value["const"])})
    return frozenset(_json(one.value) for one in part.elements("enum")) if "enum" in part.value else None


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)


def _types_of_value(value: Any) -> frozenset[str]:
    if value is None:
        return TYPES["null"]
    if isinstance(value, bool):
        return TYPES["boolean"]
    if isinstance(value, int | float):
        return TYPES["integer"] if value == int(value) else frozenset({FRACTION})
    return TYPES["string" if isinstance(value, str) else "array" if isinstance(value, list) else "object"]


# Limits. A lower bound is (value, 1 if the value itself is out), an upper one (value, 0 if it is out), so that the
# larger, or the smaller, of two is the stricter.

Read = Callable[[Node, frozenset[str]], Any]


def _lower(part: Node, types: frozenset[str]) -> tuple[float, int] | None:
    bounds = _bounds(part, "minimum", "exclusiveMinimum", 0, 1)
    if INTEGER in types and FRACTION not in types:
        bounds = [(math.floor(value) + 1 if out else math.ceil(value), 0) for value, out in bounds]
    return max(bounds, default=None)


def _upper(part: Node, types: frozenset[str]) -> tuple[float, int] | None:
    bounds = _bounds(part, "maximum", "exclusiveMaximum", 1, 0)
    if INTEGER in types and FRACTION not in types:
        bounds = [(math.floor(value) if within else math.ceil(value) - 1, 1) for value, within in bounds]
    return min(bounds, default=None)


def _bounds(
    part: Node, plain: str, exclusive: str, inclusive_mark: int, exclusive_mark: int
) -> list[tuple[float, int]]:
    """Return the bounds of a part: in 3.0 the exclusive one is a flag of the plain one."""
    is_flag = isinstance(part.value.get(exclusive), bool)
    flag = is_flag and part.value[exclusive]
    bound, other = part.number(plain), None if is_flag else part.number(exclusive)
    found = [] if bound is None else [(bound, exclusive_mark if flag else inclusive_mark)]
    return found + ([] if other is None else [(other, exclusive_mark)])


def _number(keyword: str) -> Read:
    return lambda part, _types: part.number(keyword)


def _text(*keywords: str) -> Read:
    def read(part: Node, _types: frozenset[str]) -> frozenset[str] | None:
        found = frozenset(part.text(keyword) for keyword in keywords if keyword in part.value)
        return found or None

    return read


def _multiple(part: Node, _types: frozenset[str]) -> frozenset[float] | None:
    number = part.number("multipleOf")
    if number is not None and number <= 0:
        raise part.child("multipleOf").error("must be greater than 0")
    return None if number is None else frozenset({number})


def _unique(part: Node, _types: frozenset[str]) -> bool | None:
    return part.flag("uniqueItems") or None


def _one_of(part: Node, _types: frozenset[str]) -> frozenset[frozenset[str]] | None:
    key = "x-sepolo-required-one-of"
    groups = frozenset(frozenset(one.as_text() for one in group_elements(group)) for group in part.elements(key))
    return groups or None


def group_elements(group: Node) -> list[Node]:
    """Return the elements of a list that is itself an element of a list."""
    if not isinstance(group.value, list):
        raise group.error("must be a list of names")
    return [group.child(index) for index in range(len(group.value))]


def _union(values: list[frozenset[Any]]) -> frozenset[Any]:
    return frozenset().union(*values)


LIMITS: Mapping[str, tuple[Read, Callable[[list[Any]], Any]]] = MappingProxyType(
    {
        "minimum": (_lower, max),
        "maximum": (_upper, min),
        "multipleOf": (_multiple, _union),
        "minLength": (_number("minLength"), max),
        "maxLength": (_number("maxLength"), min),
        "pattern": (_text("pattern"), _union),
        "format": (_text("format"), _union),
        "contentMediaType": (_text("contentMediaType", "x-content-media-type"), _union),
        "contentEncoding": (_text("contentEncoding"), _union),
        "minItems": (_number("minItems"), max),
        "maxItems": (_number("maxItems"), min),
        "uniqueItems": (_unique, any),
        "minProperties": (_number("minProperties"), max),
        "maxProperties": (_number("maxProperties"), min),
        "x-sepolo-required-one-of": (_one_of, _union),
    }
)
"""How the value of each keyword is read from a part, and how the values of several parts become one."""

_SOURCES: Mapping[str, set[str]] = MappingProxyType(
    {
        "minimum": {"minimum", "exclusiveMinimum"},
        "maximum": {"maximum", "exclusiveMaximum"},
        "contentMediaType": {"contentMediaType", "x-content-media-type"},
    }
)
"""Keywords from which a limit is read, where they are others than its own name."""

_KNOWN = frozenset(
    {
        *LIMITS, *_STRUCTURE, *_TEXTS, "exclusiveMinimum", "exclusiveMaximum",
        *("type", "nullable", "enum", "const", "$ref", "allOf", "anyOf", "oneOf"),
    }
) - {"patternProperties"}  # fmt: skip
