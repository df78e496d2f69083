"""What is crossed on a list operation: its factors with their values, and the rows of each combination.

The factors follow from the contract and the data: the key, also with a parent in the path that is hidden from it, its
header, the filter, the window, the page size, the page, and a request of another organisation at the same time. A key's
whole list is read once, with none of them. The rows that a combination returns follow from that list, so every
deployment is its own reference.
"""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from sepolo_conformance.api.calls import Call, Listing, is_paged
from sepolo_conformance.api.filter_rules import Rule, rules_of
from sepolo_conformance.api.timestamps import FIRST as BEGINNING
from sepolo_conformance.api.timestamps import LAST as END
from sepolo_conformance.checks.common.covering_array import Pair, Row, covering_array, pairs_of
from sepolo_conformance.checks.common.crossing_readers import (
    BOUNDED,
    OTHER,
    UNBOUNDED,
    Reader,
    distinct,
    hidden_parents,
    readers_of,
)
from sepolo_conformance.checks.common.list_walks import MAX_PAGE_SIZE
from sepolo_conformance.checks.common.window_calls import MARGIN, ids_inside, narrowed, rows_outside
from sepolo_conformance.compare.sequences import RowId
from sepolo_conformance.engine import Case, Vacuous
from sepolo_openapi.contract import Operation

HEADER, BEARER = "X-Sepolo-Api-Key", "Bearer"
HIDDEN_PARENT = "hidden parent"
NONE, TWO = "none", "two"
WHOLE, PART, START, END_ONLY, USUAL = "whole", "part", "start only", "end only", "by default"
LEFT_OUT, ONE, HALF, LARGEST = "left out", "1", "half", str(MAX_PAGE_SIZE)
FIRST, LATER, LARGER, SMALLER, FOREIGN = "first", "later", "later, larger", "later, smaller", "cursor of another key"
ALONE, BESIDE = "alone", "another organisation"

_SIZES_OF_LATER_PAGES = {LATER: (ONE, HALF), LARGER: (ONE, HALF), SMALLER: (HALF,), FOREIGN: (ONE,)}
"""Sizes of the first page, after which there is another page with more rows than one."""
_TRIED = 5
"""Values of a filter, the most common ones, of which one is chosen."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows of a whole list that a filter and a window select, and the call of them.

    `whole` is the list, that of the default window if the window is left out. `sure` rows are returned. The others of
    `possible` may be: they lack a member, or overlap an end of the window.
    `idle` are the factors, filter or window, that exclude no further row.
    """

    call: Call
    whole: Listing
    values: Mapping[Rule, object]
    sure: frozenset[RowId]
    possible: frozenset[RowId]
    idle: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Plan:
    """A covering array of an operation, and what is needed to send and to judge its rows.

    `selections` are by key, filter and window; there is none where the data have no value for the filter. `hidden` are
    the values of the factor key that stand for a key with a parent, such as a device, that is hidden from it: the names
    of that key and of a key that sees the parent. `filters_inside` are bounded keys with filters that select no row
    outside the boundary, so that they hide whether the boundary holds.
    """

    operation: Operation
    readers: Mapping[str, Reader]
    selections: Mapping[tuple[str, str, str], Selection]
    hidden: Mapping[str, tuple[str, str]]
    filters_inside: frozenset[tuple[str, str]]
    factors: Mapping[str, Sequence[str]]
    rows: Sequence[Row] = ()

    def reader(self, row: Row) -> Reader:
        """Return the key that sends the requests of a row."""
        return self.readers[self.hidden.get(row["key"], (row["key"],))[0]]

    def owner(self, row: Row) -> Reader:
        """Return the key that sees the parent of a row: the same, unless the parent is hidden from it."""
        return self.readers[self.hidden.get(row["key"], (row["key"],))[-1]]

    def selection(self, row: Row) -> Selection | None:
        """Return what a row selects from the list of the key that sees the parent."""
        return self.selections.get((self.owner(row).name, row["filter"], row["window"]))

    def neighbour(self, row: Row) -> Reader | None:
        """Return the key of another organisation, whose request is sent at the same time."""
        return self.readers.get(UNBOUNDED if self.reader(row).name == OTHER else OTHER)

    def covers(self, row: Row) -> list[Pair]:
        """Return the pairs of values that a row can show a fault of; none if the row is impossible with the data.

        A page of one row, a hidden parent, a foreign cursor and a filter inside a boundary leave few rows or none that
        could be wrong. A row with one of them covers only the pairs that contain it. A filter or a window that excludes
        no row covers no pair, except of a filter with a bounded key.
        """
        selection = self.selection(row)
        if selection is None or not self._is_possible(row, selection):
            return []
        hiding = {"page": row["page"] == FOREIGN, "key": row["key"] in self.hidden}
        hiding["page size"] = row["page size"] == ONE and row["page"] != FOREIGN
        hiding["filter"] = (row["key"], row["filter"]) in self.filters_inside
        needed = {name for name, hides in hiding.items() if hides}
        idle = frozenset[str]() if row["key"] in self.hidden else selection.idle
        idle -= {"filter"} if row["key"] in BOUNDED else set()
        return [pair for pair in pairs_of(row) if needed <= (names := {pair[0][0], pair[1][0]}) and not names & idle]

    def _is_possible(self, row: Row, selection: Selection) -> bool:
        page, size = row["page"], row["page size"]
        if page != FIRST and size not in _SIZES_OF_LATER_PAGES[page]:
            return False
        hidden = row["key"] in self.hidden
        if row["beside"] == BESIDE and self.neighbour(row) is None:
            return False
        if (page == FOREIGN and not hidden and row["key"] not in BOUNDED) or (hidden and page not in (FIRST, FOREIGN)):
            return False
        least = {ONE: 2, HALF: 4 if page == SMALLER else 3}.get(size, 0)
        return len(selection.sure) >= (least if page != FIRST else 2 * (size == HALF))


def plan_of(case: Case, operation: Operation) -> Plan:
    """Return the plan of an operation, with rows that depend on the seed of the run.

    Raises Vacuous or NotTested if the unbounded key has no whole list.
    """
    readers = readers_of(case, operation)
    selections = {(name, *values): found for name, one in readers.items() for values, found in _selections(one)}
    hidden = {f"{name}, {HIDDEN_PARENT}": (name, owner) for name, owner in hidden_parents(readers).items()}
    paged = is_paged(operation)
    factors = {
        "key": [*distinct(readers), *hidden],
        "header": [HEADER, BEARER],
        "filter": list(dict.fromkeys(name for _, name, _ in selections)),
        "window": list(dict.fromkeys(name for _, _, name in selections)),
        "page size": [LARGEST, LEFT_OUT, ONE, HALF] if paged else [LEFT_OUT],
        "page": [FIRST, LATER, LARGER, SMALLER, FOREIGN] if paged else [FIRST],
        "beside": [ALONE, BESIDE] if OTHER in readers else [ALONE],
    }
    inside = frozenset(_filters_inside(readers, selections))
    plan = Plan(operation, readers, selections, hidden, inside, factors)
    rng = random.Random(f"{case.settings.seed}/{operation.operation_id}")  # noqa: S311 - reproducible on purpose
    return replace(plan, rows=covering_array(factors, plan.covers, rng, _requests))


def _requests(row: Row) -> int:
    return 1 + (row["page"] != FIRST) + (row["beside"] != ALONE)


def _filters_inside(
    readers: Mapping[str, Reader], selections: Mapping[tuple[str, str, str], Selection]
) -> Iterator[tuple[str, str]]:
    """Yield the bounded keys with the filters that match no row outside the boundary, where there are such rows."""
    for (key, name, window), selection in selections.items():
        if key in BOUNDED and window == WHOLE:
            reading, known = readers[UNBOUNDED].reading, set(readers[key].reading.row_ids)
            outside = [row for row_id, row in zip(reading.row_ids, reading.rows, strict=True) if row_id not in known]
            if outside and True not in _matches(outside, selection.values):
                yield key, name


def _selections(reader: Reader) -> Iterator[tuple[tuple[str, str], Selection]]:
    """Yield what each filter with each window selects from a whole list, by their names."""
    windows = list(_windows(reader))
    for name, values in _filters(reader.listing).items():
        for window, whole, call, inside, near in windows:
            known = list(zip(reader.reading_of(whole).row_ids, _matches(whole.rows, values), strict=True))
            sure = frozenset(row_id for row_id, match in known if match)
            possible = frozenset(row_id for row_id, match in known if match is not False)
            query = {rule.name: value for rule, value in values.items()}
            effects = (("filter", values and near <= possible), ("window", window != WHOLE and possible <= near))
            idle = frozenset(
                factor for factor, has_none in effects if has_none and (window, factor) != (USUAL, "window")
            )
            yield (name, window), Selection(call.having(query), whole, values, sure & inside, possible & near, idle)


def _filters(listing: Listing) -> dict[str, Mapping[Rule, object]]:
    """Return filters by name, with their values: none, each alone, and two that a row matches together.

    Each value is the one that splits the rows best. A filter that the whole list has already is left out, except for
    `status=all`.
    """
    found: dict[str, Mapping[Rule, object]] = {}
    for rule in rules_of(listing.operation.operation_id):
        tried = [{rule: value} for value in rule.values(listing.rows)[-_TRIED:]]
        if tried and listing.call.query.get(rule.name, "all") == "all":
            found[rule.name] = max(tried, key=lambda values: _split(_matches(listing.rows, values)))
    both = [{**one, **other} for one, other in combinations(found.values(), 2)]
    together = max(both, key=lambda values: _matches(listing.rows, values).count(True), default={})
    if True in _matches(listing.rows, together) and together:
        found[TWO] = together
    return {NONE: {}, **found}


def _matches(rows: Iterable[Mapping[str, Any]], values: Mapping[Rule, object]) -> list[bool | None]:
    """Return for each row whether it matches all filters, None if that can't be said."""
    found = ([rule.matches(row, value) for rule, value in values.items()] for row in rows)
    return [False if False in one else None if None in one else True for one in found]


def _split(matches: list[bool | None]) -> tuple[int, int]:
    """Return the number of rows that match or that don't, whichever is lower, and of those that don't."""
    return min(matches.count(True), matches.count(False)), matches.count(False)


def _windows(reader: Reader) -> Iterator[tuple[str, Listing, Call, frozenset[RowId], frozenset[RowId]]]:
    """Yield windows by name: the whole list, the call, the rows inside and those that do not lie outside."""
    listing, everything = reader.listing, frozenset(reader.reading.row_ids)
    yield WHOLE, listing, listing.call, everything, everything
    if reader.usual is not None:
        yield USUAL, reader.usual, reader.usual.call, reader.usual_ids, reader.usual_ids
    rule = listing.operation.window
    with suppress(Vacuous):
        part = narrowed(listing, 0.15, 0.85, -MARGIN) if rule is not None else None
        if part is None or part.window is None or rule is None:
            return
        start, stop = part.window
        ends = [(PART, part, (start, stop))]
        if listing.call.window is None and rule.max_days is None and not rule.required:
            ends += [(START, part.having({rule.end: None}), (start, END))]
            ends += [(END_ONLY, part.having({rule.start: None}), (BEGINNING, stop))]
        for name, call, window in ends:
            outside = {id(row) for row in rows_outside(listing.operation, listing.rows, window)}
            pairs_of_id = zip(reader.reading.row_ids, listing.rows, strict=True)
            near = frozenset(row_id for row_id, row in pairs_of_id if id(row) not in outside)
            yield name, listing, call, frozenset(ids_inside(reader.reading, window)), near
