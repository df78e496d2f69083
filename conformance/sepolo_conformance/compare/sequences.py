"""Compares several readings of one list as sequences of rows. Pure functions.

A reading may stop before the end of the list. Rows that it may not have reached are never reported.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

from sepolo_conformance.api.calls import Listing
from sepolo_conformance.api.row_identity import complete_identity, identity_members
from sepolo_openapi.contract import Operation

Row = Mapping[str, Any]


class RowId(NamedTuple):
    """Distinguishes a row from the others of a reading. A tuple, as walks put every row of every page into sets.

    `sure` if `value` is the row's identity. A row without one, such as a sample outside of cycles, is distinguished by
    all of its members, and rows with equal members by `nth`, which counts from 1.
    """

    value: tuple[Any, ...]
    sure: bool
    nth: int = 1


@dataclass(frozen=True)
class Reading:
    """The rows of a list in the order of the responses. `ended` if the list was read to its end."""

    operation: Operation
    rows: tuple[Row, ...]
    ended: bool

    @classmethod
    def of_listing(cls, listing: Listing) -> "Reading":
        """Return the rows of a listing as a reading."""
        return cls(listing.operation, listing.rows, listing.complete)

    @cached_property
    def row_ids(self) -> list[RowId]:
        """The id of each row. No two ids are equal."""
        seen: Counter[tuple[Any, ...]] = Counter()
        found = []
        for row in self.rows:
            name = complete_identity(self.operation, row)
            value = name if name is not None else (json.dumps(row, sort_keys=True),)
            seen[value] += 1
            found.append(RowId(value, name is not None, seen[value]))
        return found


def same_rows(one: Reading, other: Reading) -> bool:
    """Return whether two readings have the same rows, in any order: order has requirements of its own."""
    return set(one.row_ids) == set(other.row_ids)


def repeated_rows(reading: Reading) -> list[RowId]:
    """Return the rows with an identity that the reading contains twice."""
    return [row_id for row_id in reading.row_ids if row_id.sure and row_id.nth == 2]


def missing_rows(whole: Reading, part: Reading) -> list[RowId]:
    """Return the rows of `whole` that `part` should contain too.

    If `part` was read to its end, these are all rows that it lacks. Otherwise they are the missing rows before the last
    common row, and none if the two readings have different orders.
    """
    first, second = whole.row_ids, part.row_ids
    contained = set(second)
    missing = [row_id for row_id in first if row_id not in contained]
    if part.ended:
        return missing
    if reordered(whole, part):
        return []
    last = max((place for place, row_id in enumerate(first) if row_id in contained), default=0)
    passed = set(first[:last])
    return [row_id for row_id in missing if row_id in passed]


def reordered(one: Reading, other: Reading) -> tuple[RowId, RowId] | None:
    """Return two rows whose order differs between two readings, None if there are none.

    Only rows that both readings contain are compared, and in `one` there is no common row between the two.
    """
    places = {row_id: place for place, row_id in enumerate(other.row_ids)}
    common = [row_id for row_id in one.row_ids if row_id in places]
    pairs = pairwise(common)
    return next(((before, after) for before, after in pairs if places[before] > places[after]), None)


def changed_values(one: Reading, other: Reading) -> list[tuple[RowId, str, Any, Any]]:
    """Return the members in which rows of the same identity differ: row id, name of the member, and both values.

    Absent and null are equal.
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
    """Return a phrase with the number of rows and the identities of the first ones."""
    names = identity_members(operation)
    texts = [_identity_text(names, row_id) for row_id in row_ids[:limit]]
    count = f"{len(row_ids)} row{'' if len(row_ids) == 1 else 's'}"
    return f"{count}: {'; '.join(texts)}{' …' if len(row_ids) > limit else ''}" if row_ids else count


def _identity_text(names: Sequence[str], row_id: RowId) -> str:
    if not row_id.sure:
        return str(row_id.value[0])[:160]
    if len(row_id.value) == 1:
        return str(row_id.value[0])
    return ", ".join(f"{name} {value}" for name, value in zip(names, row_id.value, strict=False))
