"""What a change of one keyword does to the allowed values: a table of keywords, and functions that compare two values.

Each function takes the old and the new value, None where the keyword is absent.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from sepolo_conformance.contract_diff.change import Effect
from sepolo_conformance.contract_diff.shape import NUMBER, TYPES, Shape

Compare = Callable[[Any, Any], Effect]
_WIDER_FORMATS = {"int32": "int64", "float": "double"}


def effect_of(*, loses: bool, gains: bool) -> Effect:
    """Return the effect of a change after which some values are forbidden, or allowed, that were not."""
    return {
        (False, False): Effect.NONE,
        (True, False): Effect.NARROWS,
        (False, True): Effect.WIDENS,
        (True, True): Effect.CHANGES,
    }[loses, gains]


def _lower(old: Any, new: Any) -> Effect:
    first, second = old or (-math.inf, 0), new or (-math.inf, 0)
    return effect_of(loses=second > first, gains=second < first)


def _upper(old: Any, new: Any) -> Effect:
    first, second = old or (math.inf, 1), new or (math.inf, 1)
    return effect_of(loses=second < first, gains=second > first)


def _least(old: float | None, new: float | None) -> Effect:
    return effect_of(loses=(new or 0) > (old or 0), gains=(new or 0) < (old or 0))


def _most(old: float | None, new: float | None) -> Effect:
    first, second = math.inf if old is None else old, math.inf if new is None else new
    return effect_of(loses=second < first, gains=second > first)


def _switch(old: bool | None, new: bool | None) -> Effect:
    return effect_of(loses=bool(new) and not old, gains=bool(old) and not new)


def requirements(implies: Callable[[Any, Any], bool]) -> Compare:
    """Compare sets of requirements that must all be met. `implies` tells whether who meets one meets the other."""

    def compare(old: frozenset[Any] | None, new: frozenset[Any] | None) -> Effect:
        first, second = old or frozenset(), new or frozenset()
        return effect_of(
            loses=any(not any(implies(one, other) for one in first) for other in second),
            gains=any(not any(implies(one, other) for one in second) for other in first),
        )

    return compare


def _format(one: str, other: str) -> bool:
    return one == other or _WIDER_FORMATS.get(one) == other


def _multiple(one: float, other: float) -> bool:
    return math.isclose(one / other, round(one / other))


ONE_OF = requirements(lambda one, other: one <= other)
"""Groups of names of which one is required: to have one of a and b is to have one of a, b and c."""

_EQUAL = requirements(lambda one, other: one == other)
_TEXT, _LIST, _OBJECT = TYPES["string"], TYPES["array"], TYPES["object"]

FACETS: Mapping[str, tuple[frozenset[str], Compare]] = MappingProxyType(
    {
        "minimum": (NUMBER, _lower),
        "maximum": (NUMBER, _upper),
        "multipleOf": (NUMBER, requirements(_multiple)),
        "minLength": (_TEXT, _least),
        "maxLength": (_TEXT, _most),
        "pattern": (_TEXT, _EQUAL),
        "format": (_TEXT | NUMBER, requirements(_format)),
        "contentMediaType": (_TEXT, _EQUAL),
        "contentEncoding": (_TEXT, _EQUAL),
        "minItems": (_LIST, _least),
        "maxItems": (_LIST, _most),
        "uniqueItems": (_LIST, _switch),
        "minProperties": (_OBJECT, _least),
        "maxProperties": (_OBJECT, _most),
        "x-sepolo-required-one-of": (_OBJECT, ONE_OF),
    }
)
"""The types that each keyword concerns, and how two of its values are compared."""


def facets(old: Shape, new: Shape) -> Iterator[tuple[str, Effect, str]]:
    """Yield keyword, effect and words of each changed keyword of two shapes without null."""
    effect = effect_of(loses=bool(old.types - new.types), gains=bool(new.types - old.types))
    if effect is not Effect.NONE and (old.enum is None or new.enum is None):
        yield "type", effect, f"type {types_in_words(old.types)} → {types_in_words(new.types)}"
    if old.enum != new.enum:
        yield "enum", _enum(old.enum, new.enum), _enum_in_words(old.enum, new.enum)
    common = old.types & new.types
    for keyword, (types, compare) in FACETS.items():
        first, second = old.limits.get(keyword), new.limits.get(keyword)
        if first != second and types & common and (found := compare(first, second)) is not Effect.NONE:
            yield keyword, found, f"{keyword} {_in_words(first)} → {_in_words(second)}"


def _enum(old: frozenset[str] | None, new: frozenset[str] | None) -> Effect:
    return effect_of(
        loses=new is not None and (old is None or bool(old - new)),
        gains=old is not None and (new is None or bool(new - old)),
    )


def _enum_in_words(old: frozenset[str] | None, new: frozenset[str] | None) -> str:
    if old is None or new is None:
        return f"values {_values(old)} → {_values(new)}"
    gone, added = sorted(old - new), sorted(new - old)
    parts = ([f"values gone: {', '.join(gone)}"] if gone else []) + (
        [f"values added: {', '.join(added)}"] if added else []
    )
    return "; ".join(parts)


def _values(values: frozenset[str] | None) -> str:
    return "any" if values is None else ", ".join(sorted(values))


def types_in_words(types: frozenset[str]) -> str:
    names = sorted(types - NUMBER)
    names += ["number"] if types >= NUMBER else sorted(types & NUMBER)
    return " or ".join(names)


def _in_words(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, frozenset):
        return " and ".join(sorted(_group(one) for one in value))
    return f"{value[0]:g}" if isinstance(value, tuple) else str(value)


def _group(value: Any) -> str:
    return f"one of {', '.join(sorted(value))}" if isinstance(value, frozenset) else str(value)
