"""Chooses rows that differ, for checks that cannot look at every row. Pure functions.

Faults show in some rows only: where a member is null or 0, in one state, on the last day of a month, at the end of a
page. Rows chosen by place miss most of them. Here each row has features, and rows are chosen until every feature that
occurs in the rows occurs among the chosen ones, or until there are enough.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from random import Random
from typing import Any, TypeVar

from sepolo_conformance.api.row_identity import is_uuid
from sepolo_conformance.api.timestamps import parse_instant
from sepolo_conformance.compare.rows import Row, number

R = TypeVar("R", bound=Mapping[str, Any])
Feature = tuple[int, str, str]
"""Weight, member ("" for the place in the list), and what is special about it."""
Value = tuple[type, Any]
"""A value with its type, as True equals 1."""

_VALUE, _EXTREME, _CALENDAR = 1_000_000, 1_000, 1
"""Weights: one feature of a weight counts more than all features of the next together."""
_STATES = 12
"""The most values of a member that is a state, such as `status` or `groupId`, and not free text or a measurement."""
_SEAMS = (100, 500)
"""Page sizes after which the next page begins: the usual default and the largest."""
_LOCAL_HOURS = 2
"""Hours before midnight UTC in which it is the next day in Central Europe."""
_SPECIAL = frozenset("'\"&<>\\/%+#?;")
_RARE_DAYS = ((12, 31), (1, 1), (2, 29))
_DAY = timedelta(days=1)


def varied(rows: Sequence[R], count: int, rng: Random) -> list[R]:
    """Return up to `count` rows that show as many features as possible, in the order of the list.

    Rows with uncovered features are chosen first, then rows drawn by `rng`, which also decides between equal rows.
    """
    shown = features(rows)
    ties = rng.sample(range(len(rows)), len(rows))
    uncovered = {feature for found in shown for feature in found}
    # The gain of a row only falls, so a row whose gain is still the largest after it was counted again is the best one.
    queue = [(-_gain(found, uncovered), tie, place) for place, (found, tie) in enumerate(zip(shown, ties, strict=True))]
    heapq.heapify(queue)
    chosen: list[int] = []
    while queue and len(chosen) < count:
        before, tie, place = heapq.heappop(queue)
        now = -_gain(shown[place], uncovered)
        if now > before:
            heapq.heappush(queue, (now, tie, place))
            continue
        chosen.append(place)
        uncovered -= shown[place]
    return [rows[place] for place in sorted(chosen)]


def _gain(found: frozenset[Feature], uncovered: set[Feature]) -> int:
    return sum(feature[0] for feature in found & uncovered)


def features(rows: Sequence[Row]) -> list[frozenset[Feature]]:
    """Return the features of each row. Members of objects in a row count as members of the row.

    Features are: each value of a state, null and not null, 0, empty text, letters outside ASCII and other special
    characters, a text that differs from another row's by case only; the smallest and largest number or instant, and the
    two closest instants of a member; the ends of the list and of its pages; and ends of months and years, days of clock
    changes and their neighbours, and times at which it is another day in Europe. A member with one value in all rows
    has no features, as it distinguishes no row.
    """
    found: list[set[Feature]] = [set() for _ in rows]
    for place, feature in _of_places(len(rows)):
        found[place].add(feature)
    for name, values in _columns(rows).items():
        keys = {place: (type(value), value) for place, value in values.items()}
        distinct = Counter(keys.values())
        if len(distinct) < 2 and len(values) == len(rows):
            continue
        # Long lists repeat most values: what a value shows is found out once.
        times = {key: time for key in distinct if (time := parse_instant(key[1])) is not None}
        numbers = {key: one for key in distinct if (one := number(key[1])) is not None}
        shown: dict[Value, list[Feature]] = {key: [(_VALUE, name, "not null")] for key in distinct}
        for key, what in _of_values(distinct):
            shown[key].append((_VALUE, name, what))
        for key, what in _of_calendar(times):
            shown[key].append((_CALENDAR, name, what))
        for place in range(len(rows)):
            found[place].update(shown[keys[place]] if place in keys else [(_VALUE, name, "null")])
        instants = {place: times[key] for place, key in keys.items() if key in times}
        for place, what in (*_of_order(instants), *_of_neighbours(instants)):
            found[place].add((_EXTREME, name, what))
        for place, what in _of_order({place: numbers[key] for place, key in keys.items() if key in numbers}):
            found[place].add((_CALENDAR, name, what))
    return [frozenset(one) for one in found]


def _columns(rows: Sequence[Row]) -> dict[str, dict[int, Any]]:
    """Return the values of each member by the place of the row, without nulls; an array is its number of entries."""
    found: dict[str, dict[int, Any]] = defaultdict(dict)
    for place, row in enumerate(rows):
        for name, value in _members(row):
            if value is not None:
                found[name][place] = value
    return found


def _members(row: Row, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if isinstance(value, Mapping):
            yield f"{prefix}{name}", True
            yield from _members(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", len(value) if isinstance(value, list) else value


def _of_places(count: int) -> Iterator[tuple[int, Feature]]:
    for place in range(count):
        if place in (0, count - 1):
            yield place, (_EXTREME, "", f"end of the list: {'first' if place == 0 else 'last'}")
        for size in _SEAMS:
            if place % size == 0 < place:
                yield place, (_EXTREME, "", f"begins a page of {size}")
            if place % size == size - 1 and place + 1 < count:
                yield place, (_EXTREME, "", f"ends a page of {size}")


def _of_values(distinct: Mapping[Value, int]) -> Iterator[tuple[Value, str]]:
    """Yield the features of the values of a member, given with their numbers of rows: states, 0, and characters."""
    scalars = {key: count for key, count in distinct.items() if isinstance(key[1], (str, int))}
    is_state = len(scalars) <= _STATES and 2 * len(scalars) <= sum(scalars.values())
    folded = Counter(value.lower() for _, value in scalars if isinstance(value, str))
    for key in distinct:
        value = key[1]
        if isinstance(value, bool) or (is_state and key in scalars):
            yield key, repr(value)
        if not isinstance(value, bool) and number(value) == 0:
            yield key, "0"
        if isinstance(value, str):
            yield from ((key, what) for what in _of_text(value))
            if folded[value.lower()] > 1 and not is_uuid(value):
                yield key, "differs by case"


def _of_text(value: str) -> Iterator[str]:
    if not value:
        yield "empty"
    if not value.isascii():
        yield "outside ASCII"
        if max(value) > "\xff":
            yield "outside Latin-1"
    if not _SPECIAL.isdisjoint(value):
        yield "special characters"
    if value != " ".join(value.split()):
        yield "spaces"


def _of_order(values: Mapping[int, Any]) -> Iterator[tuple[int, str]]:
    """Yield the features of the smallest and the largest of several values."""
    if len(set(values.values())) > 1:
        yield min(values, key=values.__getitem__), "smallest"
        yield max(values, key=values.__getitem__), "largest"


def _of_neighbours(times: Mapping[int, datetime]) -> Iterator[tuple[int, str]]:
    """Yield the features of the two rows whose instants are closest together."""
    order = sorted(times, key=times.__getitem__)
    gaps = ((times[two] - times[one], one, two) for one, two in pairwise(order))
    closest = min(gaps, default=None)
    if closest is not None:
        yield closest[1], "just before another"
        yield closest[2], "just after another"


def _of_calendar(times: Mapping[Value, datetime]) -> Iterator[tuple[Value, str]]:
    """Yield the features of days and times of day, in UTC."""
    for key, time in times.items():
        day = time.date()
        if day.day == 1:
            yield key, "first of a month"
        if (time + _DAY).month != day.month:
            yield key, "last of a month"
        if (day.month, day.day) in _RARE_DAYS:
            yield key, f"{day.day}.{day.month}."
        for month, name in ((3, "spring"), (10, "autumn")):
            if abs((day - _last_sunday(day.year, month)).days) <= 1:
                yield key, f"clock change in {name}"
        if time.hour >= 24 - _LOCAL_HOURS:
            yield key, "next day in Europe"
        yield key, "fraction of a second" if time.microsecond else "whole second"


@cache
def _last_sunday(year: int, month: int) -> date:
    """Return the day of a clock change in Europe, for months of 31 days."""
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)
