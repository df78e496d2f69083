"""Rows of one list, read in several ways, compared as sequences.

Pure: what a walk brought goes in, what is wrong with it comes out. A walk may have been broken off, and nothing is
said here of a row that it may not have reached.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from sepolo_conformance.api.calls import identify
from sepolo_openapi.contract import Operation

__all__ = ["Mark", "Reading", "changed", "lost", "reordered", "row_id", "show", "twice"]

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mark:
    """What a row is told from others by.

    `sure` where that is its id. Rows without one (samples of no cycle, say) are told apart by all their values, and
    rows of the same values by how many of them came before: that is `nth`.
    """

    value: tuple[Any, ...]
    sure: bool
    nth: int = 1


def row_id(operation: Operation, row: Row) -> tuple[Any, ...] | None:
    """Return the id of a row, None where it shows no id or only a part of one."""
    found = identify(operation, row)
    return None if found is None or None in found else found


@dataclass(frozen=True)
class Reading:
    """The rows of a list as they were read. `ended` if the list was read to its end."""

    operation: Operation
    rows: tuple[Row, ...]
    ended: bool

    @cached_property
    def marks(self) -> list[Mark]:
        """The mark of each row, in the order they came; each mark once."""
        seen: Counter[tuple[Any, ...]] = Counter()
        found = []
        for row in self.rows:
            name = row_id(self.operation, row)
            value = name if name is not None else (json.dumps(row, sort_keys=True),)
            seen[value] += 1
            found.append(Mark(value, name is not None, seen[value]))
        return found


def twice(reading: Reading) -> list[Mark]:
    """Return the rows with an id that came a second time."""
    return [mark for mark in reading.marks if mark.sure and mark.nth == 2]


def lost(whole: Reading, part: Reading) -> list[Mark]:
    """Return the rows of `whole` that `part` should have brought too.

    All that are missing, if `part` was read to its end. Else those before the last row that both have, as long as
    both have the same order; where they haven't, nothing can be said.
    """
    first, second = whole.marks, part.marks
    brought = set(second)
    missing = [mark for mark in first if mark not in brought]
    if part.ended:
        return missing
    if reordered(whole, part):
        return []
    last = max((place for place, mark in enumerate(first) if mark in brought), default=0)
    passed = set(first[:last])
    return [mark for mark in missing if mark in passed]


def reordered(one: Reading, other: Reading) -> tuple[Mark, Mark] | None:
    """Return two rows that came one after the other in `one` and the other way round in `other`; None if none did.

    Only rows that both have are compared.
    """
    places = {mark: place for place, mark in enumerate(other.marks)}
    common = [mark for mark in one.marks if mark in places]
    pairs = pairwise(common)
    return next(((before, after) for before, after in pairs if places[before] > places[after]), None)


def changed(one: Reading, other: Reading) -> list[tuple[Mark, str, Any, Any]]:
    """Return members in which a row with an id differs: its mark, the member's name, and both values.

    Absent and null are alike.
    """
    rows = _by_id(other)
    found = []
    for mark, row in _by_id(one).items():
        twin = rows.get(mark)
        if twin is None or twin == row:
            continue
        names = [name for name in {**row, **twin} if row.get(name) != twin.get(name)]
        found += [(mark, name, row.get(name), twin.get(name)) for name in names]
    return found


def _by_id(reading: Reading) -> dict[Mark, Row]:
    pairs = zip(reading.marks, reading.rows, strict=True)
    return {mark: row for mark, row in pairs if mark.sure and mark.nth == 1}


def show(operation: Operation, marks: Sequence[Mark], limit: int = 3) -> str:
    """Return some rows in words: how many they are, and what the first of them are called."""
    names = operation.page.identity if operation.page else ("deviceId", "date")
    texts = [_called(names, mark) for mark in marks[:limit]]
    count = f"{len(marks)} row{'' if len(marks) == 1 else 's'}"
    return f"{count}: {'; '.join(texts)}{' …' if len(marks) > limit else ''}" if marks else count


def _called(names: Sequence[str], mark: Mark) -> str:
    if not mark.sure:
        return str(mark.value[0])[:160]
    if len(mark.value) == 1:
        return str(mark.value[0])
    return ", ".join(f"{name} {value}" for name, value in zip(names, mark.value, strict=False))
