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

from sepolo_conformance.api.row_identity import complete_identity, identity_members
from sepolo_openapi.contract import Operation

__all__ = ["Reading", "RowId", "changed_values", "describe_rows", "missing_rows", "reordered", "repeated_rows"]

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RowId:
    """What a row is told from others by.

    `sure` where that is its id. Rows without one (samples of no cycle, say) are told apart by all their values, and
    rows of the same values by how many of them came before: that is `nth`.
    """

    value: tuple[Any, ...]
    sure: bool
    nth: int = 1


@dataclass(frozen=True)
class Reading:
    """The rows of a list as they were read. `ended` if the list was read to its end."""

    operation: Operation
    rows: tuple[Row, ...]
    ended: bool

    @cached_property
    def row_ids(self) -> list[RowId]:
        """The row_id of each row, in the order they came; each row_id once."""
        seen: Counter[tuple[Any, ...]] = Counter()
        found = []
        for row in self.rows:
            name = complete_identity(self.operation, row)
            value = name if name is not None else (json.dumps(row, sort_keys=True),)
            seen[value] += 1
            found.append(RowId(value, name is not None, seen[value]))
        return found


def repeated_rows(reading: Reading) -> list[RowId]:
    """Return the rows with an id that came a second time."""
    return [row_id for row_id in reading.row_ids if row_id.sure and row_id.nth == 2]


def missing_rows(whole: Reading, part: Reading) -> list[RowId]:
    """Return the rows of `whole` that `part` should have brought too.

    All that are missing, if `part` was read to its end. Else those before the last row that both have, as long as
    both have the same order; where they haven't, nothing can be said.
    """
    first, second = whole.row_ids, part.row_ids
    brought = set(second)
    missing = [row_id for row_id in first if row_id not in brought]
    if part.ended:
        return missing
    if reordered(whole, part):
        return []
    last = max((place for place, row_id in enumerate(first) if row_id in brought), default=0)
    passed = set(first[:last])
    return [row_id for row_id in missing if row_id in passed]


def reordered(one: Reading, other: Reading) -> tuple[RowId, RowId] | None:
    """Return two rows that came one after the other in `one` and the other way round in `other`; None if none did.

    Only rows that both have are compared.
    """
    places = {row_id: place for place, row_id in enumerate(other.row_ids)}
    common = [row_id for row_id in one.row_ids if row_id in places]
    pairs = pairwise(common)
    return next(((before, after) for before, after in pairs if places[before] > places[after]), None)


def changed_values(one: Reading, other: Reading) -> list[tuple[RowId, str, Any, Any]]:
    """Return members in which a row with an id differs: its row_id, the member's name, and both values.

    Absent and null are alike.
    """
    rows = _by_id(other)
    found = []
    for row_id, row in _by_id(one).items():
        twin = rows.get(row_id)
        if twin is None or twin == row:
            continue
        names = [name for name in {**row, **twin} if row.get(name) != twin.get(name)]
        found += [(row_id, name, row.get(name), twin.get(name)) for name in names]
    return found


def _by_id(reading: Reading) -> dict[RowId, Row]:
    pairs = zip(reading.row_ids, reading.rows, strict=True)
    return {row_id: row for row_id, row in pairs if row_id.sure and row_id.nth == 1}


def describe_rows(operation: Operation, row_ids: Sequence[RowId], limit: int = 3) -> str:
    """Return some rows in words: how many they are, and what the first of them are called."""
    names = identity_members(operation)
    texts = [_called(names, row_id) for row_id in row_ids[:limit]]
    count = f"{len(row_ids)} row{'' if len(row_ids) == 1 else 's'}"
    return f"{count}: {'; '.join(texts)}{' …' if len(row_ids) > limit else ''}" if row_ids else count


def _called(names: Sequence[str], row_id: RowId) -> str:
    if not row_id.sure:
        return str(row_id.value[0])[:160]
    if len(row_id.value) == 1:
        return str(row_id.value[0])
    return ", ".join(f"{name} {value}" for name, value in zip(names, row_id.value, strict=False))
