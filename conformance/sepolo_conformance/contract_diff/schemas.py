"""Compares two schemas in one direction: values, members, items and alternatives, with the place of each change."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sepolo_conformance.contract_diff.change import Change, Direction, Effect, Level, anchored, within
from sepolo_conformance.contract_diff.extensions import extension_changes
from sepolo_conformance.contract_diff.facets import effect_of, facets, types_in_words
from sepolo_conformance.contract_diff.rules import by_rule, of_member, of_values
from sepolo_conformance.contract_diff.shape import Schema, Shape, annotation, annotations, name_of, shapes

_HIDDEN = {Direction.REQUEST: "readOnly", Direction.RESPONSE: "writeOnly"}
"""The annotation of members that do not exist in a direction."""

_Key = tuple[tuple[int, ...], tuple[int, ...], Direction]


@dataclass(slots=True)
class SchemaComparison:
    """Compares schemas of two documents. Schemas are compared once; a schema within itself counts as unchanged.

    `responses` keeps the changes of responses that operations share.
    """

    done: dict[_Key, tuple[Change, ...]] = field(default_factory=dict)
    responses: dict[tuple[int, int], tuple[Change, ...]] = field(default_factory=dict)

    def changes(self, old: Schema, new: Schema, direction: Direction) -> tuple[Change, ...]:
        """Return the changes from one schema to the other, with places relative to them."""
        key = (_ids(old), _ids(new), direction)
        if key not in self.done:
            self.done[key] = ()
            self.done[key] = tuple(self._compare(old, new, direction))
        return self.done[key]

    def _compare(self, old: Schema, new: Schema, direction: Direction) -> Iterator[Change]:
        name = name_of(new) or name_of(old)
        inner = [*self._values(old, new, direction), *_texts(old, new, direction)]
        yield from (anchored(change, name) for change in inner) if name else inner
        if (before := name_of(old)) and name_of(new) and before != name:
            yield anchored(by_rule("schema-renamed", f"{before} → {name}"), name)

    def _values(self, old: Schema, new: Schema, direction: Direction) -> Iterator[Change]:
        before, after = shapes(old), shapes(new)
        first = [shape for each in before if (shape := each.without_null())]
        second = [shape for each in after if (shape := each.without_null())]
        had, has = (any("null" in each.types for each in each_side) for each_side in (before, after))
        # A schema of null alone, or without any value, has no other values that a change of null could be beside.
        if had != has and first and second:
            kind = "null-allowed" if has else "null-refused"
            yield of_member(kind, direction, "may be null" if has else "is never null")
        if bool(first) != bool(second):
            effect = Effect.NARROWS if first else Effect.WIDENS
            yield of_values("type", effect, direction, "no value is allowed" if first else "values are allowed")
        elif len(first) == len(second) == 1:
            yield from self._shape(first[0], second[0], direction)
        else:
            yield from self._alternatives(first, second, direction)

    def _alternatives(self, old: list[Shape], new: list[Shape], direction: Direction) -> Iterator[Change]:
        """Match alternatives that are equal, then those whose change is harmless."""
        old, new = list(old), list(new)
        for harmless in (lambda changes: not changes, _not_breaking):
            for one in list(old):
                match = next((other for other in new if harmless([*self._shape(one, other, direction)])), None)
                if match is not None:
                    yield from self._shape(one, match, direction)
                    old.remove(one)
                    new.remove(match)
        if len(old) == len(new) == 1:
            yield from self._shape(old[0], new[0], direction)
        elif old or new:
            effect = effect_of(loses=bool(old), gains=bool(new))
            gone = [f"gone: {types_in_words(one.types)}" for one in old]
            added = [f"added: {types_in_words(one.types)}" for one in new]
            yield of_values("alternatives", effect, direction, f"alternatives {', '.join(gone + added)}")

    def _shape(self, old: Shape, new: Shape, direction: Direction) -> Iterator[Change]:
        for keyword, effect, what in facets(old, new):
            yield of_values(keyword, effect, direction, what)
        for keyword in sorted(old.opaque.keys() | new.opaque.keys()):
            if old.opaque.get(keyword) != new.opaque.get(keyword):
                yield of_values(keyword, Effect.CHANGES, direction, f"the keyword {keyword} changed")
        if "array" in old.types & new.types and (old.items or new.items):
            yield from (within(change, "[]") for change in self.changes(old.items, new.items, direction))
        if "object" in old.types & new.types:
            yield from self._members(old, new, direction)
            yield from self._other_members(old, new, direction)

    def _members(self, old: Shape, new: Shape, direction: Direction) -> Iterator[Change]:
        before, after = _visible(old.properties, direction), _visible(new.properties, direction)
        for name in [*before, *(name for name in after if name not in before)]:
            for change in self._member(name, before.get(name), after.get(name), old, new, direction):
                yield within(change, name)
        for name in sorted((old.required ^ new.required) - old.properties.keys() - new.properties.keys()):
            yield within(of_member(*_required(name in new.required, direction)), name)

    def _member(
        self, name: str, before: Schema | None, after: Schema | None, old: Shape, new: Shape, direction: Direction
    ) -> Iterator[Change]:
        if after is None:
            yield of_member("member-removed", direction, "removed")
        elif before is None:
            needed = name in new.required
            kind = "required-member-added" if needed else "member-added"
            kind = "member-added-to-closed-object" if old.closed and not needed else kind
            if old.closed and needed and direction is Direction.RESPONSE:
                kind = "member-added-to-closed-object"
            yield of_member(kind, direction, "added, required" if needed else "added")
            if old.rest:
                yield from self.changes(old.rest, after, direction)
        else:
            if (name in old.required) != (name in new.required):
                yield of_member(*_required(name in new.required, direction))
            yield from self.changes(before, after, direction)

    def _other_members(self, old: Shape, new: Shape, direction: Direction) -> Iterator[Change]:
        effect = effect_of(loses=new.closed and not old.closed, gains=old.closed and not new.closed)
        if effect is not Effect.NONE:
            what = "other members are forbidden" if new.closed else "other members are allowed"
            yield of_values("additionalProperties", effect, direction, what)
        elif not new.closed and (old.rest or new.rest):
            yield from (within(change, "*") for change in self.changes(old.rest, new.rest, direction))


def _required(required: bool, direction: Direction) -> tuple[str, Direction, str]:
    return ("member-required", direction, "required") if required else ("member-optional", direction, "optional")


def _not_breaking(changes: list[Change]) -> bool:
    return all(change.level is not Level.BREAKING for change in changes)


def _visible(properties: Mapping[str, Schema], direction: Direction) -> dict[str, Schema]:
    hidden = _HIDDEN[direction]
    return {name: schema for name, schema in properties.items() if annotation(schema, hidden) is not True}


def _ids(schema: Schema) -> tuple[int, ...]:
    """Return the parts by identity: the documents live longer than the comparison."""
    return tuple(id(part.value) for part in schema)


def _texts(old: Schema, new: Schema, direction: Direction) -> Iterator[Change]:
    """Yield the changes of annotations: extensions by their own rules, the default for requests, the rest as texts."""
    versions = {part.document.has_nullable for part in (*old, *new)}
    for keyword in sorted(annotations(old) | annotations(new)):
        before, after = annotation(old, keyword), annotation(new, keyword)
        if before == after or keyword in ("x-sepolo-required-one-of", "x-content-media-type"):
            continue
        # 3.0 has one example where 3.1 has several.
        if len(versions) > 1 and keyword in ("example", "examples"):
            continue
        if keyword == "default" and direction is Direction.REQUEST:
            yield default_change(before, after)
        elif keyword.startswith("x-"):
            yield from extension_changes(keyword, before, after, direction)
        else:
            yield by_rule("text-changed", f"{keyword} changed", direction)


def default_change(old: Any, new: Any) -> Change:
    """Return the change of the value that is taken when a parameter or member is left out."""
    kind = "default-added" if old is None else "default-removed" if new is None else "default-changed"
    return by_rule(kind, f"default {_shown(old)} → {_shown(new)}")


def _shown(value: Any) -> str:
    return "none" if value is None else str(value)
