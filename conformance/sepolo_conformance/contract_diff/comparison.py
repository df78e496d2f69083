"""Compares two documents as a whole: finds the operations that belong together and collects all changes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sepolo_conformance.contract_diff import access
from sepolo_conformance.contract_diff.change import Change, Direction, Level
from sepolo_conformance.contract_diff.document import Document, DocumentError, Node
from sepolo_conformance.contract_diff.extensions import OPERATION_RULES, operation_rules
from sepolo_conformance.contract_diff.messages import Parameters, body_changes, parameter_changes, response_changes
from sepolo_conformance.contract_diff.parts import other_keys
from sepolo_conformance.contract_diff.rules import by_rule
from sepolo_conformance.contract_diff.schemas import SchemaComparison

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_TEMPLATE = re.compile(r"\{([^{}]*)\}")
# The sentence that the 3.0 form of the contract adds to the description, because its security names no scope.
_SCOPE_SENTENCE = re.compile(r"\s*Needs the scope `[^`]+`(?: and `[^`]+`)*\.\s*$")
_OF_OPERATION = OPERATION_RULES | {
    *("operationId", "description", "parameters", "requestBody", "responses", "security")
}
_OF_ROOT = frozenset({"info", "paths", "components", "security", "servers", "x-sepolo-scopes"})
_OF_PATH = frozenset({"parameters", *_METHODS})


@dataclass(frozen=True, slots=True, eq=False)
class _Operation:
    """An operation: `path` as clients call it, `key` the method and the path without the names of its templates."""

    method: str
    path: str
    item: Node
    node: Node

    @property
    def call(self) -> str:
        return f"{self.method.upper()} {self.path}"

    @property
    def key(self) -> str:
        return f"{self.method} {_TEMPLATE.sub('{}', self.path)}"

    @property
    def id(self) -> str:
        return self.node.text("operationId", "")

    def parameters(self) -> Parameters:
        names = _TEMPLATE.findall(self.path)
        found: dict[tuple[str, str], Node] = {}
        for each in (*self.item.elements("parameters"), *self.node.elements("parameters")):
            parameter = each.object()
            place, name = parameter.text("in"), parameter.text("name")
            if place == "path":
                if name not in names:
                    raise parameter.error(f"the path {self.path} has no {{{name}}}")
                name = str(names.index(name))
            found[place, name.lower() if place == "header" else name] = parameter
        return found


def compare(old: Document, new: Document) -> tuple[Change, ...]:
    """Return all changes from one document to the other, breaking ones first, else in the order of the documents.

    Raises DocumentError if a part of a document can't be read, or if the documents describe different APIs.
    """
    try:
        found = [*dict.fromkeys(_changes(old, new))]
    except RecursionError:
        raise DocumentError(f"{old.source} and {new.source}", "", "contain too many parts within each other") from None
    order = list(Level)
    return tuple(sorted(found, key=lambda change: order.index(change.level)))


def _changes(old: Document, new: Document) -> Iterator[Change]:
    before, after = _operations(old), _operations(new)
    if not before.keys() & after.keys():
        raise DocumentError(
            f"{old.source} and {new.source}", "",
            f"describe different APIs: no operation of {_title(old)} is one of {_title(new)}",
        )  # fmt: skip
    yield from _whole(old, new)
    comparison = SchemaComparison()
    gone, fresh = [key for key in before if key not in after], [key for key in after if key not in before]
    moved = {key: other for key in gone for other in fresh if before[key].id and before[key].id == after[other].id}
    for key, operation in before.items():
        other = after.get(moved.get(key, key))
        if other is None:
            yield replace(by_rule("operation-removed", "removed"), call=operation.call)
            continue
        found = _operation(comparison, operation, other)
        yield from (replace(change, call=other.call) for change in found)
        if key in moved:
            yield replace(by_rule("operation-moved", f"{operation.call} → {other.call}"), call=other.call)
    for key in fresh:
        if key not in moved.values():
            yield replace(by_rule("operation-added", "added"), call=after[key].call)


def _operations(document: Document) -> dict[str, _Operation]:
    root = document.root
    base = access.base_path(root)
    found: dict[str, _Operation] = {}
    for path, raw in root.items("paths").items():
        if path.startswith("x-"):
            continue
        item = raw.object()
        for method in _METHODS:
            node = item.get(method)
            if node is not None:
                operation = _Operation(method, base + path, item, node)
                if operation.key in found:
                    raise node.error(f"the same call stands at {found[operation.key].node.pointer}")
                found[operation.key] = operation
    if not found:
        raise DocumentError(document.source, "", "has no operation under paths")
    return found


def _title(document: Document) -> str:
    info = document.root.get("info")
    return repr(info.text("title", "")) if info is not None else document.source


def _operation(comparison: SchemaComparison, old: _Operation, new: _Operation) -> Iterator[Change]:
    if old.id != new.id:
        yield by_rule("operation-id-changed", f"{old.id} → {new.id}")
    yield from parameter_changes(comparison, old.parameters(), new.parameters())
    yield from body_changes(comparison, old.node.get("requestBody"), new.node.get("requestBody"))
    yield from response_changes(comparison, old.node, new.node)
    roots = old.node.document.root, new.node.document.root
    yield from access.security_changes((roots[0], old.node), (roots[1], new.node))
    yield from operation_rules(old.node, new.node)
    yield from other_keys(old.node, new.node, _OF_OPERATION)
    yield from other_keys(old.item, new.item, _OF_PATH)
    if _description(old.node) != _description(new.node):
        yield by_rule("text-changed", "description changed")


def _description(operation: Node) -> str:
    return _SCOPE_SENTENCE.sub("", operation.text("description", ""))


def _whole(old: Document, new: Document) -> Iterator[Change]:
    """Yield the changes that belong to no operation."""
    first, second = old.root, new.root
    yield from access.server_changes(first, second)
    yield from access.scope_list_changes(first, second)
    yield from access.scheme_text_changes(first, second)
    yield from other_keys(first, second, _OF_ROOT)
    before, after = first.get("info"), second.get("info")
    if before is not None and after is not None:
        yield from other_keys(before, after, frozenset({"summary", "description"}))
        if _introduction(before) != _introduction(after):
            yield by_rule("text-changed", "info.description changed", Direction.BOTH)


def _introduction(info: Node) -> str:
    """Return summary and description as one text, as in 3.0, which has no summary."""
    return "\n\n".join(text for key in ("summary", "description") if (text := info.text(key, "")))
