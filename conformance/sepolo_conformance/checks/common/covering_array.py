"""Pairwise covering arrays: few rows in which all values of any two factors occur together. Pure functions."""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import heapify, heappop, heapreplace
from itertools import combinations, product

Row = Mapping[str, str]
"""One value for each factor."""
Pair = tuple[tuple[str, str], tuple[str, str]]
"""Two factors with their values."""


def pairs_of(row: Row) -> list[Pair]:
    """Return the pairs of values of a row."""
    return list(combinations(row.items(), 2))


def covering_array(
    factors: Mapping[str, Sequence[str]],
    covers: Callable[[Row], Iterable[Pair]],
    rng: random.Random,
    cost: Callable[[Row], int] = lambda _row: 1,
) -> list[Row]:
    """Return rows that cover every pair of values that any row covers.

    `covers` returns the pairs of a row that can show a fault, `pairs_of` if all can, and none if the row is impossible.
    Each row is one with the most pairs, for its cost, that no row before it has; `rng` decides between equal ones. All
    rows are looked at, so the product of the numbers of values should stay below some ten thousand.
    """
    numbers: dict[Pair, int] = {}
    rows: list[tuple[Row, int]] = []
    for values in product(*factors.values()):
        row: Row = dict(zip(factors, values, strict=True))
        mask = 0
        for pair in covers(row):
            mask |= 1 << numbers.setdefault(pair, len(numbers))
        rows.append((row, mask))
    rng.shuffle(rows)
    # What a row gains only falls from choice to choice, so a row that still gains the most of all is the best one.
    heap = [(-mask.bit_count() / cost(row), place) for place, (row, mask) in enumerate(rows)]
    heapify(heap)
    chosen: list[Row] = []
    covered = 0
    while heap:
        before, place = heap[0]
        row, mask = rows[place]
        gain = (mask & ~covered).bit_count() / cost(row)
        if not gain:
            heappop(heap)
        elif gain < -before:
            heapreplace(heap, (-gain, place))
        else:
            chosen.append(row)
            covered |= mask
    return chosen


def count_pairs(factors: Mapping[str, Sequence[str]]) -> int:
    """Return the number of pairs of values, also those that no allowed row contains."""
    return sum(len(one) * len(other) for one, other in combinations(factors.values(), 2))
