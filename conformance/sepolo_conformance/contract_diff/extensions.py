"""Compares the rules that OpenAPI can't express: the x-sepolo extensions of operations, members and the document."""

import json
from collections.abc import Callable, Iterator, Mapping, Set
from types import MappingProxyType
from typing import Any

from sepolo_conformance.contract_diff.change import Change, Direction, Effect
from sepolo_conformance.contract_diff.document import Node
from sepolo_conformance.contract_diff.facets import ONE_OF
from sepolo_conformance.contract_diff.rules import by_rule, of_values
from sepolo_conformance.contract_diff.shape import group_elements

WINDOW, PAGE, ORDER, ONE_OF_KEY = "x-sepolo-window", "x-sepolo-page", "x-sepolo-order", "x-sepolo-required-one-of"
OPERATION_RULES = frozenset({WINDOW, PAGE, ORDER, ONE_OF_KEY, "x-sepolo-scopes"})
_OF_THE_PAGE = "x-sepolo-page-curl"
"""Calls of the published page: they bind nobody."""


def operation_rules(old: Node, new: Node) -> Iterator[Change]:
    """Yield the changes of the window, page, order and one-of rules of an operation."""
    yield from _window(old.get(WINDOW), new.get(WINDOW))
    yield from _page(old.get(PAGE), new.get(PAGE))
    yield from _order(old.texts(ORDER), new.texts(ORDER))
    yield from _one_of(old, new)


def extension_changes(keyword: str, old: Any, new: Any, direction: Direction = Direction.BOTH) -> Iterator[Change]:
    """Yield the change of an extension that has changed: of a member, or of any part without rules of its own."""
    if keyword in _OF_MEMBERS:
        yield from _OF_MEMBERS[keyword](old, new, direction)
    elif not keyword.startswith("x-sepolo-") or keyword == _OF_THE_PAGE:
        yield by_rule("text-changed", f"{keyword} changed", direction)
    else:
        kind = "extension-added" if old is None else "extension-changed"
        yield by_rule(kind, f"{keyword} {_shown(old)} → {_shown(new)}", direction)


# Windows


def _window(old: Node | None, new: Node | None) -> Iterator[Change]:
    if old is None or new is None:
        if old is not new:
            yield by_rule("window-added" if old is None else "window-removed", WINDOW)
        return
    yield from _limit("window-max-days", "maxDays", old.number("maxDays"), new.number("maxDays"))
    before, after = old.number("defaultDays"), new.number("defaultDays")
    if before != after:
        yield by_rule("window-default-changed", f"defaultDays {_shown(before)} → {_shown(after)}")
    if old.flag("required") != new.flag("required"):
        required = new.flag("required")
        yield by_rule("window-required" if required else "window-optional", f"required: {str(required).lower()}")
    for end in ("from", "to"):
        yield from _names(end, _names_of(old, end), _names_of(new, end))
    yield from _others(WINDOW, old, new, {"from", "to", "aliases", "maxDays", "defaultDays", "required"})


def _names_of(window: Node, end: str) -> tuple[str, ...]:
    """Return the accepted names of an end of a window, the canonical one first."""
    canonical = window.text(end)
    aliases = {name: node.as_text() for name, node in window.items("aliases").items()}
    return canonical, *sorted(name for name, target in aliases.items() if target == canonical)


def _names(end: str, old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[Change]:
    for name in sorted(set(old) - set(new)):
        yield by_rule("window-name-removed", f"{name} no longer means the {end} of the window")
    for name in sorted(set(new) - set(old)):
        yield by_rule("window-name-added", f"{name} means the {end} of the window")
    if old[0] != new[0]:
        yield by_rule("window-canonical-name-changed", f"{end} of the window: {old[0]} → {new[0]}")


# Pages and their order


def _page(old: Node | None, new: Node | None) -> Iterator[Change]:
    if old is None or new is None:
        if old is not new:
            yield by_rule("page-added" if old is None else "page-removed", PAGE)
        return
    yield from _limit("page-maximum", "maximum", old.number("maximum"), new.number("maximum"))
    before, after = old.number("default"), new.number("default")
    if before != after:
        yield by_rule("page-default-changed", f"default {_shown(before)} → {_shown(after)}")
    yield from _identity(old.texts("identity"), new.texts("identity"))
    yield from _nulls(old, new)
    yield from _others(PAGE, old, new, {"maximum", "default", "identity", "nulls"})


def _identity(old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[Change]:
    if old != new:
        fewer, same = set(new) < set(old), set(new) == set(old)
        kind = "identity-reordered" if same else "identity-narrowed" if fewer and new else "identity-widened"
        yield by_rule(kind, f"identity {_listed(old)} → {_listed(new)}")


def _nulls(old: Node, new: Node) -> Iterator[Change]:
    """Yield the changes of the identity's members that may be null, and of the values that stand for null in a key."""
    before, after = ({name: node.value for name, node in page.items("nulls").items()} for page in (old, new))
    for name in [*before, *(name for name in after if name not in before)]:
        if name not in before:
            yield by_rule("identity-null-allowed", f"{name} may be null, {_json(after[name])} in a key")
        elif name not in after:
            yield by_rule("identity-null-refused", f"{name} is never null")
        elif before[name] != after[name]:
            what = f"{name} in a key where it is null: {_json(before[name])} → {_json(after[name])}"
            yield by_rule("identity-null-value-changed", what)


def _order(old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[Change]:
    if old != new:
        refined = new[: len(old)] == old
        yield by_rule("order-refined" if refined else "order-changed", f"order {_listed(old)} → {_listed(new)}")


def _others(keyword: str, old: Node, new: Node, known: Set[str]) -> Iterator[Change]:
    """Yield the changes of the keys of a rule that have no rule of their own."""
    for key in sorted((old.value.keys() | new.value.keys()) - known):
        if old.plain(key) != new.plain(key):
            yield by_rule("extension-changed", f"{keyword}.{key} changed")


def _limit(kind: str, name: str, old: float | None, new: float | None) -> Iterator[Change]:
    """Yield the change of a limit, where None is no limit."""
    if old != new:
        narrower = new is not None and (old is None or new < old)
        yield by_rule(f"{kind}-{'narrowed' if narrower else 'widened'}", f"{name} {_shown(old)} → {_shown(new)}")


def _one_of(old: Node, new: Node) -> Iterator[Change]:
    before, after = _groups(old), _groups(new)
    if (effect := ONE_OF(before, after)) is not Effect.NONE:
        what = f"one is required of {_in_words(before)} → {_in_words(after)}"
        yield of_values("required-one-of", effect, Direction.REQUEST, what)


def _groups(operation: Node) -> frozenset[frozenset[str]]:
    groups = operation.elements(ONE_OF_KEY)
    return frozenset(frozenset(name.as_text() for name in group_elements(group)) for group in groups)


def _in_words(groups: frozenset[frozenset[str]]) -> str:
    return ", and of ".join(sorted(_listed(tuple(sorted(group))) for group in groups)) or "none"


# Members


def _basis(old: Any, new: Any, direction: Direction) -> Iterator[Change]:
    before, after = old or "documented", new or "documented"
    if before != after:
        weaker, stronger = after == "assumed", before == "assumed"
        kind = "basis-weakened" if weaker else "basis-strengthened" if stronger else "basis-changed"
        yield by_rule(kind, f"basis {before} → {after}", direction)


def _measured(old: Any, new: Any, direction: Direction) -> Iterator[Change]:
    if bool(old) != bool(new):
        if direction is Direction.REQUEST:
            yield by_rule("text-changed", "x-sepolo-measured changed", direction)
        else:
            yield by_rule("measured-added" if new else "measured-removed", "measured" if new else "not measured")


_OF_MEMBERS: Mapping[str, Callable[[Any, Any, Direction], Iterator[Change]]] = MappingProxyType(
    {"x-sepolo-basis": _basis, "x-sepolo-measured": _measured}
)


def _shown(value: Any) -> str:
    return "none" if value is None else str(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _listed(names: tuple[str, ...]) -> str:
    return f"[{', '.join(names)}]"
