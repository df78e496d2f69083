"""Compares requests and responses of an operation: parameters, bodies, statuses, headers and media types."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from sepolo_conformance.contract_diff.change import Change, Direction
from sepolo_conformance.contract_diff.document import Node
from sepolo_conformance.contract_diff.parts import other_keys
from sepolo_conformance.contract_diff.rules import by_rule
from sepolo_conformance.contract_diff.schemas import SchemaComparison
from sepolo_conformance.contract_diff.shape import TYPES, shapes

Parameters = Mapping[tuple[str, str], Node]
"""The parameters of an operation by place and name; the name of a path parameter is its position in the path."""

_HANDLED = frozenset({"name", "in", "required", "schema", "content", "style", "explode", "allowReserved"})
_FORM = frozenset({"query", "cookie"})


def parameter_changes(comparison: SchemaComparison, old: Parameters, new: Parameters) -> Iterator[Change]:
    """Yield the changes of the parameters of an operation."""
    moved = {
        name.lower(): (place, other)
        for place, name in old.keys() - new.keys()
        for other, second in new.keys() - old.keys()
        if name.lower() == second.lower()
    }
    for key in [*old, *(key for key in new if key not in old)]:
        place, name = key
        shown = (old.get(key) or new[key]).text("name")
        found: Iterator[Change]
        if name.lower() in moved:
            before, after = moved[name.lower()]
            found = iter([by_rule("parameter-moved", f"{before} → {after}")] if place == before else [])
        elif key not in new:
            found = iter([by_rule("parameter-removed", "removed")])
        elif key not in old:
            required = new[key].flag("required")
            kind, what = ("required-parameter-added", "added, required") if required else ("parameter-added", "added")
            found = iter([by_rule(kind, what)])
        else:
            found = _parameter(comparison, place, old[key], new[key])
        yield from at(f"{place} parameter {shown}", found)


def _parameter(comparison: SchemaComparison, place: str, old: Node, new: Node) -> Iterator[Change]:
    if old.text("name") != new.text("name") and place == "path":
        yield by_rule("path-parameter-renamed", f"{old.text('name')} → {new.text('name')}")
    if old.flag("required") != new.flag("required"):
        word = "required" if new.flag("required") else "optional"
        yield by_rule(f"parameter-{word}", word)
    before, after = _encoding(place, old), _encoding(place, new)
    for key in before:
        if before[key] != after[key]:
            yield by_rule("parameter-encoding-changed", f"{key} {before[key]} → {after[key]}")
    if old.flag("allowEmptyValue") != new.flag("allowEmptyValue"):
        allowed = new.flag("allowEmptyValue")
        kind = "empty-value-allowed" if allowed else "empty-value-refused"
        yield by_rule(kind, "may be empty" if allowed else "must not be empty")
    yield from _schema(comparison, old, new, Direction.REQUEST)
    yield from _contents(comparison, old, new, Direction.REQUEST)
    yield from other_keys(old, new, _HANDLED | {"allowEmptyValue"})


def _encoding(place: str, parameter: Node) -> dict[str, object]:
    """Return how the value is written. `explode` and `style` matter for lists and objects only."""
    style = parameter.text("style", "form" if place in _FORM else "simple")
    explode = parameter.flag("explode", default=style == "form")
    schema = (parameter.child("schema"),) if parameter.has("schema") else ()
    compound = any(shape.types & (TYPES["array"] | TYPES["object"]) for shape in shapes(schema))
    # Plain values are written the same in these two.
    plain = "form" if style in ("form", "spaceDelimited", "pipeDelimited", "deepObject") else style
    return {
        "style": style if compound else plain,
        "explode": explode if compound else None,
        "allowReserved": parameter.flag("allowReserved"),
    }


def body_changes(comparison: SchemaComparison, old: Node | None, new: Node | None) -> Iterator[Change]:
    """Yield the changes of a request body, None where there is none."""
    found: list[Change] = []
    if old is None or new is None:
        if new is not None:
            required = new.flag("required")
            found.append(by_rule("required-body-added" if required else "body-added", "added"))
        elif old is not None:
            found.append(by_rule("body-removed", "removed"))
        yield from at("request body", iter(found))
        return
    if old.flag("required") != new.flag("required"):
        word = "required" if new.flag("required") else "optional"
        found.append(by_rule(f"body-{word}", word))
    found += _contents(comparison, old, new, Direction.REQUEST)
    found += other_keys(old, new, frozenset({"required", "content"}))
    yield from at("request body", iter(found))


def response_changes(comparison: SchemaComparison, old: Node, new: Node) -> Iterator[Change]:
    """Yield the changes of all responses of an operation."""
    before, after = old.items("responses"), new.items("responses")
    for status in [*before, *(status for status in after if status not in before)]:
        first, second = _response(before, status), _response(after, status)
        if first is None or second is None:
            found = iter([_status(status, added=first is None)])
        else:
            found = _one_response(comparison, first, second)
        yield from at(f"response {status}", found)


def _response(responses: Mapping[str, Node], status: str) -> Node | None:
    """Return the response of a status, also where it belongs to a range such as 4XX or to the default."""
    for name in (status, f"{status[:1]}XX", "default"):
        if name in responses:
            return responses[name].object()
    return None


def _status(status: str, *, added: bool) -> Change:
    kind = "not-modified" if status == "304" else "success-status" if status[:1] in "123" else "error-status"
    ending = "changed" if status == "304" else "added" if added else "removed"
    return by_rule(f"{kind}-{ending}", "added" if added else "removed")


def _one_response(comparison: SchemaComparison, old: Node, new: Node) -> Iterator[Change]:
    key = (id(old.value), id(new.value))
    if key not in comparison.responses:
        comparison.responses[key] = tuple(_whole_response(comparison, old, new))
    yield from comparison.responses[key]


def _whole_response(comparison: SchemaComparison, old: Node, new: Node) -> Iterator[Change]:
    before = {name.lower(): (name, node) for name, node in old.items("headers").items()}
    after = {name.lower(): (name, node) for name, node in new.items("headers").items()}
    for key in [*before, *(key for key in after if key not in before)]:
        if key == "content-type":  # OpenAPI ignores it here: the media types are the keys of content
            continue
        name = (before.get(key) or after[key])[0]
        if key not in after:
            found = iter([by_rule("response-header-removed", "removed")])
        elif key not in before:
            found = iter([by_rule("response-header-added", "added")])
        else:
            found = _header(comparison, before[key][1].object(), after[key][1].object())
        yield from at(f"header {name}", found)
    yield from _contents(comparison, old, new, Direction.RESPONSE)
    yield from other_keys(old, new, frozenset({"headers", "content"}))


def _header(comparison: SchemaComparison, old: Node, new: Node) -> Iterator[Change]:
    if old.flag("required") != new.flag("required"):
        word = "required" if new.flag("required") else "optional"
        yield by_rule(f"response-header-{word}", word)
    yield from _schema(comparison, old, new, Direction.RESPONSE)
    yield from _contents(comparison, old, new, Direction.RESPONSE)
    yield from other_keys(old, new, frozenset({"required", "schema", "content"}))


def _contents(comparison: SchemaComparison, old: Node, new: Node, direction: Direction) -> Iterator[Change]:
    """Yield the changes of the media types of a message, and of the body in each."""
    before, after = _media_types(old), _media_types(new)
    if direction is Direction.RESPONSE and bool(before) != bool(after):
        yield by_rule("response-body-removed" if before else "response-body-added", ", ".join(before or after))
        return
    for name in [*before, *(name for name in after if name not in before)]:
        if name not in after:
            yield by_rule(f"{direction.value}-media-type-removed", name)
        elif name not in before:
            yield by_rule(f"{direction.value}-media-type-added", name)
        else:
            yield from at("body", _schema(comparison, before[name], after[name], direction))
            yield from other_keys(before[name], after[name], frozenset({"schema"}))


def _media_types(message: Node) -> dict[str, Node]:
    """Return the media types. JSON is UTF-8 (RFC 8259), whether a parameter says so or not."""
    return {
        name.lower().replace(" ", "").removesuffix(";charset=utf-8"): node.object()
        for name, node in message.items("content").items()
    }


def _schema(comparison: SchemaComparison, old: Node, new: Node, direction: Direction) -> Iterator[Change]:
    before = (old.child("schema"),) if old.has("schema") else ()
    after = (new.child("schema"),) if new.has("schema") else ()
    yield from comparison.changes(before, after, direction)


def at(place: str, changes: Iterator[Change]) -> Iterator[Change]:
    """Put a place in front of the places of changes."""
    join: Callable[[str], str] = lambda rest: f"{place} {rest}" if rest else place  # noqa: E731 - used twice
    for change in changes:
        yield replace(change, at=join(change.at), member=change.member if change.anchored else join(change.member))
