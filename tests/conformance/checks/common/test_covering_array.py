"""Covering arrays contain every pair of values that can occur, and no row that isn't allowed."""

import random
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from sepolo_conformance.checks.common.covering_array import Pair, Row, count_pairs, covering_array, pairs_of

COUNTS = st.lists(st.integers(1, 4), min_size=2, max_size=5)
EXCLUDED = st.sets(st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 4), st.integers(0, 3)), max_size=8)


def _factors(counts: list[int]) -> dict[str, list[str]]:
    return {str(factor): [str(value) for value in range(count)] for factor, count in enumerate(counts)}


@given(COUNTS, EXCLUDED, st.integers(0, 9))
def test_every_allowed_pair_is_covered(counts: list[int], excluded: set[tuple[int, ...]], seed: int) -> None:
    """The array has exactly the pairs of all allowed rows, and each of its rows adds a pair."""
    factors = _factors(counts)
    texts = [tuple(map(str, pair)) for pair in excluded]

    def covers(row: Row) -> list[Pair]:
        possible = not any(row.get(one) == a and row.get(other) == b for one, a, other, b in texts)
        return pairs_of(row) if possible else []

    everything = [dict(zip(factors, values, strict=True)) for values in product(*factors.values())]
    rows = covering_array(factors, covers, random.Random(seed))
    assert all(covers(row) for row in rows)
    assert {pair for row in rows for pair in covers(row)} == {pair for row in everything for pair in covers(row)}
    seen: set[object] = set()
    for row in rows:
        assert not seen.issuperset(pairs_of(row))
        seen.update(pairs_of(row))


def test_array_is_small_and_reproducible() -> None:
    """Four factors of three values have 54 pairs, which need 9 rows; the greedy choice takes at most 12."""
    factors = _factors([3, 3, 3, 3])
    arrays = [covering_array(factors, pairs_of, random.Random(seed)) for seed in range(20)]
    assert count_pairs(factors) == 54
    assert max(map(len, arrays)) <= 12
    assert covering_array(factors, pairs_of, random.Random(3)) == arrays[3]
    assert arrays[3] != arrays[4]


def test_pairs_that_a_row_hides_are_covered_elsewhere() -> None:
    """A row covers only the pairs that can show a fault in it; the others need another row."""
    factors = {"filter": ["none", "narrow"], "key": ["all", "bounded"], "header": ["plain", "bearer"]}

    def covers(row: Row) -> list[Pair]:
        hidden = row["filter"] == "narrow" and row["key"] == "bounded"
        return [pair for pair in pairs_of(row) if not hidden or "filter" in (pair[0][0], pair[1][0])]

    rows = covering_array(factors, covers, random.Random(1))
    assert {"filter": "none", "key": "bounded", "header": "bearer"} in rows


def test_cheap_rows_are_preferred() -> None:
    """Of rows with equally many new pairs, the one that costs less is chosen."""
    factors = {"one": ["a", "b"], "two": ["a", "b"], "beside": ["alone", "another"]}
    rows = covering_array(factors, pairs_of, random.Random(1), lambda row: 1 + 9 * (row["beside"] == "another"))
    assert sum(row["beside"] == "another" for row in rows) == 2
