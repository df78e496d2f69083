"""Edits of the contract as values, for the tables of changes that `diff` must find.

A pointer is a JSON pointer. "@listAssets" at its start is the place of the operation, "#AssetDto" that of the component
schema PublicApiAssetDto, "?PageSize" that of the component parameter.
"""

import copy
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sepolo_openapi

Document = dict[str, Any]
Step = Callable[[Document], None]


@dataclass(frozen=True)
class Edit:
    """An edit by its name: the worst level of its changes and their kinds, and the worst level of its reversal."""

    name: str
    steps: tuple[Step, ...]
    level: str
    kinds: frozenset[str]
    back: str

    def __str__(self) -> str:
        return self.name.replace(" ", "-")

    def of(self, document: Document) -> Document:
        """Return an edited copy."""
        edited = copy.deepcopy(document)
        for step in self.steps:
            step(edited)
        return edited


def cut(old: Document, new: Document) -> tuple[Document, Document]:
    """Return two documents without the paths that are the same in both, but the first, as comparing all takes long."""
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    every = {**old["paths"], **new["paths"]}
    paths = [path for path in every if _whole(old, path, before) != _whole(new, path, after)]
    kept = {next(iter(old["paths"])), *paths}
    first, second = (
        document | {"paths": {path: item for path, item in document["paths"].items() if path in kept}}
        for document in (old, new)
    )
    return first, second


def _whole(document: Document, path: str, known: dict[str, str]) -> dict[str, str]:
    """Return the parts of a document that a path consists of, as JSON, by the text of the reference to each.

    `known` are the components of the document that were written before.
    """
    parts = {"": json.dumps(document["paths"].get(path))}
    open_ = [""]
    while open_:
        for reference in re.findall(r'"#/components/([^"]*)"', parts[open_.pop()]):
            if reference not in parts:
                if reference not in known:
                    kind, _, name = reference.partition("/")
                    known[reference] = json.dumps(document["components"].get(kind, {}).get(name))
                parts[reference] = known[reference]
                open_.append(reference)
    return parts


def edit(name: str, *steps: Step, level: str, kinds: str, back: str) -> Edit:
    """Return an edit. `kinds` are the kinds of all its changes, separated by spaces."""
    return Edit(name, steps, level, frozenset(kinds.split()), back)


def put(pointer: str, value: Any) -> Step:
    """Set the value at a pointer; "-" at its end appends to a list."""

    def step(document: Document) -> None:
        holder, key = _holder(document, pointer)
        if key == "-":
            holder.append(copy.deepcopy(value))
        else:
            holder[int(key) if isinstance(holder, list) else key] = copy.deepcopy(value)

    return step


def drop(pointer: str) -> Step:
    """Delete the value at a pointer."""

    def step(document: Document) -> None:
        holder, key = _holder(document, pointer)
        del holder[int(key) if isinstance(holder, list) else key]

    return step


def rename(pointer: str, name: str) -> Step:
    """Give the key at a pointer another name, at the same position."""

    def step(document: Document) -> None:
        holder, key = _holder(document, pointer)
        entries = [(name if each == key else each, value) for each, value in holder.items()]
        assert key in holder
        holder.clear()
        holder.update(entries)

    return step


def without(pointer: str, value: Any) -> Step:
    """Remove a value from the list at a pointer."""

    def step(document: Document) -> None:
        holder, key = _holder(document, pointer)
        holder[key].remove(value)

    return step


def replace_text(old: str, new: str) -> Step:
    """Replace a text wherever it stands as a value, and as the name of a component."""

    def replaced(node: Any) -> Any:
        if isinstance(node, dict):
            return {new if key == old else key: replaced(value) for key, value in node.items()}
        if isinstance(node, list):
            return [replaced(item) for item in node]
        suffix = f"/{old}"
        return node.removesuffix(suffix) + f"/{new}" if isinstance(node, str) and node.endswith(suffix) else node

    def step(document: Document) -> None:
        document.update(replaced(document))

    return step


def _holder(document: Document, pointer: str) -> tuple[Any, str]:
    *segments, key = (part.replace("~1", "/").replace("~0", "~") for part in _full(pointer).split("/")[1:])
    node: Any = document
    for segment in segments:
        node = node[int(segment) if isinstance(node, list) else segment]
    return node, key


def _full(pointer: str) -> str:
    head, _, rest = pointer.partition("/")
    rest = f"/{rest}" if rest else ""
    if head.startswith("@"):
        return sepolo_openapi.load().operations[head[1:]].pointer + rest
    if head.startswith("#"):
        return f"/components/schemas/PublicApi{head[1:]}{rest}"
    return f"/components/parameters/{head[1:]}{rest}" if head.startswith("?") else pointer
