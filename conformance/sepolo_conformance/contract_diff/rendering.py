"""Writes the changes of a contract as text, Markdown or JSON."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from sepolo_conformance.contract_diff.change import Change, Level
from sepolo_conformance.contract_diff.document import Document

_NAMED = 3
"""Calls that the text forms name; the JSON form has all."""


_TABLE = ("| place | change | side | why | calls |", "| --- | --- | --- | --- | --- |")


@dataclass(frozen=True, slots=True)
class _Group:
    """A change that several operations share, such as one of a shared schema; `places` are (call, at) pairs."""

    change: Change
    places: tuple[tuple[str, str], ...]

    @property
    def member(self) -> str:
        return self.change.member or ("whole API" if not self.places[0][0] else "operation")

    @property
    def calls(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(call for call, _ in self.places if call))


def _grouped(changes: Sequence[Change]) -> list[_Group]:
    found: dict[Change, list[tuple[str, str]]] = {}
    for change in changes:
        # A place of its own for each operation, unless the change is one of a named schema.
        key = replace(change, call="", at="")
        found.setdefault(key, []).append((change.call, change.at))
    return [_Group(change, tuple(dict.fromkeys(places))) for change, places in found.items()]


def _text(old: Document, new: Document, changes: Sequence[Change]) -> str:
    lines = [_headline(old, new), _counts(changes), ""]
    for level in Level:
        groups = [group for group in _grouped(changes) if group.change.level is level]
        lines += [level.upper(), *(line for group in groups for line in _block(group)), ""] if groups else []
    return "\n".join(lines).rstrip("\n") + "\n"


def _block(group: _Group) -> Iterator[str]:
    change = group.change
    yield f"  {group.member}: {change.what}"
    yield f"      {change.kind}, {change.direction}. {change.why}"
    if group.calls:
        yield f"      {_calls(group)}"


def _markdown(old: Document, new: Document, changes: Sequence[Change]) -> str:
    lines = [f"# {_headline(old, new)}", "", _counts(changes), ""]
    for level in Level:
        groups = [group for group in _grouped(changes) if group.change.level is level]
        if groups:
            lines += [f"## {level.capitalize()}", "", *_TABLE, *(_row(group) for group in groups), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _row(group: _Group) -> str:
    change = group.change
    cells = (f"`{group.member}`", f"{change.what} (`{change.kind}`)", change.direction, change.why, _calls(group))
    return f"| {' | '.join(' '.join(cell.split()).replace('|', chr(92) + '|') for cell in cells)} |"


def _json(old: Document, new: Document, changes: Sequence[Change]) -> str:
    content = {
        "old": _identity(old),
        "new": _identity(new),
        "counts": {level.value: len(_of(changes, level)) for level in Level},
        "changes": [
            {
                "level": group.change.level,
                "direction": group.change.direction,
                "kind": group.change.kind,
                "member": group.member,
                "what": group.change.what,
                "why": group.change.why,
                "places": [{"call": call, "at": at} for call, at in group.places if call],
            }
            for group in _grouped(changes)
        ],
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _identity(document: Document) -> dict[str, str]:
    info = document.root.get("info")
    title, version = (info.text("title", ""), info.text("version", "")) if info is not None else ("", "")
    return {"source": document.source, "title": title, "version": version, "openapi": document.version}


def _headline(old: Document, new: Document) -> str:
    first, second = _identity(old), _identity(new)
    return f"{second['title']}: {first['version']} ({old.source}) → {second['version']} ({new.source})"


def _of(changes: Sequence[Change], level: Level) -> list[_Group]:
    return [group for group in _grouped(changes) if group.change.level is level]


def _counts(changes: Sequence[Change]) -> str:
    counts = [f"{len(_of(changes, level))} {level}" for level in Level]
    return f"{', '.join(counts)}." if changes else "No change."


def _calls(group: _Group) -> str:
    more = len(group.calls) - _NAMED
    return ", ".join(group.calls[:_NAMED]) + (f" and {more} more" if more > 0 else "")


_RENDERERS: Mapping[str, Callable[[Document, Document, Sequence[Change]], str]] = MappingProxyType(
    {"text": _text, "markdown": _markdown, "json": _json}
)
FORMATS = tuple(_RENDERERS)


def render(old: Document, new: Document, changes: Sequence[Change], format: str) -> str:  # noqa: A002 - the option's name
    """Return the changes in one of FORMATS, as text that ends in a newline."""
    return _RENDERERS[format](old, new, changes)
