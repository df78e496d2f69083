"""Reads an OpenAPI document for a comparison: the file, its parts with their places, and references.

A part that is not what OpenAPI prescribes raises DocumentError with its place. Nothing here compares.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import sepolo_openapi

STANDARD_INPUT = "-"
_JSON_NAMES = ((bool, "a boolean"), (str, "a text"), (int | float, "a number"), (dict, "an object"), (list, "a list"))


class DocumentError(ValueError):
    """A document that can't be compared: its source, the JSON pointer of the fault if it has one, and the problem."""

    def __init__(self, source: str, pointer: str, problem: str) -> None:
        super().__init__(": ".join(part for part in (source, pointer, problem) if part))
        self.source = source
        self.pointer = pointer
        self.problem = problem


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """A whole document. `source` is its file as the user wrote it, `version` that of OpenAPI, e.g. "3.1.1"."""

    source: str
    version: str
    raw: dict[str, Any]
    targets: "dict[str, Node]" = field(default_factory=dict, repr=False)
    """The parts that references lead to, kept because many schemas refer to the same ones."""

    @property
    def root(self) -> "Node":
        return Node(self, "", self.raw)

    @property
    def has_nullable(self) -> bool:
        """Whether null is written as `nullable`, as in OpenAPI 3.0."""
        return self.version.startswith("3.0")


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A part of a document with its JSON pointer."""

    document: Document
    pointer: str = field(repr=False)
    value: Any

    def error(self, problem: str) -> DocumentError:
        return DocumentError(self.document.source, self.pointer or "/", problem)

    def child(self, key: str | int) -> "Node":
        segment = str(key)
        if "~" in segment or "/" in segment:
            segment = segment.replace("~", "~0").replace("/", "~1")
        return Node(self.document, f"{self.pointer}/{segment}", self.value[key])

    def followed(self) -> "Node":
        """Return the part behind a reference, or this one if it is no reference."""
        node, seen = self, {self.pointer}
        while isinstance(node.value, dict) and "$ref" in node.value:
            node = node.target()
            if node.pointer in seen:
                raise self.error("$ref leads back to itself")
            seen.add(node.pointer)
        return node

    def target(self) -> "Node":
        """Return the part that `$ref` names."""
        reference = self.value["$ref"]
        if not isinstance(reference, str):
            raise self.error(f"$ref must be a text, not {_name_of(reference)}")
        if not reference.startswith("#"):
            raise self.error(f"$ref {reference} leads out of the file: write one file, e.g. with `redocly bundle`")
        if (known := self.document.targets.get(reference)) is not None:
            return known
        node = self.document.root
        for segment in unquote(reference.removeprefix("#")).split("/")[1:]:
            key: str | int = segment.replace("~1", "/").replace("~0", "~")
            if isinstance(node.value, list) and str(key).isdecimal():
                key = int(key)
                found = key < len(node.value)
            else:
                found = isinstance(node.value, dict) and key in node.value
            if not found:
                raise self.error(f"$ref {reference} leads nowhere")
            node = node.child(key)
        self.document.targets[reference] = node
        return node

    def object(self) -> "Node":
        """Return this part, or the part behind its reference, which must be an object."""
        node = self.followed()
        if not isinstance(node.value, dict):
            raise node.error(f"must be an object, not {_name_of(node.value)}")
        return node

    def has(self, key: str) -> bool:
        return key in self.value

    def get(self, key: str) -> "Node | None":
        """Return the object under a key, or None if it is absent."""
        return self.child(key).object() if key in self.value else None

    def items(self, key: str) -> dict[str, "Node"]:
        """Return the entries of the object under a key, {} if it is absent. Statuses may be written as numbers."""
        return {} if (node := self.get(key)) is None else {str(name): node.child(name) for name in node.value}

    def elements(self, key: str) -> list["Node"]:
        """Return the elements of the list under a key, [] if it is absent."""
        if key not in self.value:
            return []
        node = self.child(key)
        if not isinstance(node.value, list):
            raise node.error(f"must be a list, not {_name_of(node.value)}")
        return [node.child(index) for index in range(len(node.value))]

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the list of texts under a key, () if it is absent."""
        return tuple(element.as_text() for element in self.elements(key))

    def as_text(self) -> str:
        if not isinstance(self.value, str):
            raise self.error(f"must be a text, not {_name_of(self.value)}")
        return self.value

    def text(self, key: str, default: str | None = None) -> str:
        if key not in self.value:
            if default is None:
                raise self.error(f"{key} is missing")
            return default
        return self.child(key).as_text()

    def flag(self, key: str, *, default: bool = False) -> bool:
        value = self.value.get(key, default)
        if not isinstance(value, bool):
            raise self.child(key).error(f"must be true or false, not {_name_of(value)}")
        return value

    def number(self, key: str) -> float | None:
        """Return the number under a key, None if it is absent or null."""
        value = self.value.get(key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise self.child(key).error(f"must be a number, not {_name_of(value)}")
        return value

    def plain(self, key: str) -> Any:
        """Return the value under a key with its references replaced, None if it is absent."""
        return _plain(self.child(key), ()) if key in self.value else None


def _plain(node: Node, inside: tuple[str, ...]) -> Any:
    if isinstance(node.value, list):
        return [_plain(node.child(index), inside) for index in range(len(node.value))]
    if not isinstance(node.value, dict):
        return node.value
    if isinstance(node.value.get("$ref"), str):
        target = node.target()
        # A schema that contains itself ends at its second mention.
        return "…" if target.pointer in inside else _plain(target, (*inside, target.pointer))
    return {str(key): _plain(node.child(key), inside) for key in node.value}


def packaged() -> Document:
    """Return the contract of this package."""
    return read("the contract of this package", sepolo_openapi.load().document)


def load(source: str) -> Document:
    """Return the document in a file, or on standard input if the source is "-"."""
    name = "standard input" if source == STANDARD_INPUT else source
    try:
        content = sys.stdin.buffer.read() if source == STANDARD_INPUT else Path(source).read_bytes()
    except (OSError, ValueError) as error:
        reason = "it is an address: pass - and pipe the document in, e.g. from curl" if "://" in source else None
        problem = reason or getattr(error, "strerror", None) or str(error)
        raise DocumentError(name, "", f"can't be read: {problem}") from None
    return read(name, _parsed(name, content))


def read(source: str, raw: Any) -> Document:
    """Return parsed content as a document; raise DocumentError unless it is OpenAPI 3.0 or 3.1 with operations."""
    if not isinstance(raw, dict) or not ({"openapi", "swagger"} & raw.keys()):
        raise DocumentError(source, "", "is no OpenAPI document: it has no member openapi at its top")
    version = str(raw.get("openapi", raw.get("swagger")))
    if not version.startswith(("3.0", "3.1")):
        raise DocumentError(source, "", f"is a document of OpenAPI {version}: give one of OpenAPI 3.0 or 3.1")
    return Document(source, version, raw)


def _parsed(source: str, content: bytes) -> Any:
    import yaml  # noqa: PLC0415 - slow to import, and the command line imports this module for each command

    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DocumentError(source, "", "is not UTF-8 text") from None
    try:
        # Not every JSON text is YAML: YAML forbids tabs, for one.
        return json.loads(text) if text.lstrip().startswith(("{", "[")) else yaml.load(text, Loader=yaml.CSafeLoader)
    except json.JSONDecodeError as error:
        problem = f"{error.msg} at line {error.lineno}, column {error.colno}"
        try:
            return yaml.load(text, Loader=yaml.CSafeLoader)  # a flow mapping of YAML starts with { as well
        except (yaml.YAMLError, ValueError):
            raise DocumentError(source, "", f"is not valid JSON: {problem}") from None
    except (yaml.YAMLError, ValueError) as error:
        raise DocumentError(source, "", f"is not valid YAML: {' '.join(str(error).split())}") from None


def _name_of(value: Any) -> str:
    return next((name for kind, name in _JSON_NAMES if isinstance(value, kind)), "null" if value is None else "a date")


def references(node: Node) -> Iterator[str]:
    """Yield the name of the component that a schema refers to, directly or through allOf, if there is one."""
    if isinstance(node.value, dict):
        if isinstance(node.value.get("$ref"), str):
            yield node.value["$ref"].rpartition("/")[2]
        for inner in node.elements("allOf"):
            yield from references(inner)
