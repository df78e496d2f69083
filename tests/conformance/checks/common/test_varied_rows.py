"""Rows chosen for variety."""

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sepolo_conformance.checks.common.varied_rows import features, varied

Row = dict[str, Any]

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from(
        ["", "Oslo", "oslo", "Tromsø", "Łódź", "A & B", " x", "2026-03-29T00:30:00Z", "2025-12-31T23:59:59Z"]
    ),
)
ROWS = st.lists(
    st.fixed_dictionaries({"a": SCALARS}, optional={"b": SCALARS, "c": st.fixed_dictionaries({"d": SCALARS})}),
    max_size=40,
)


def _shown(rows: list[Row], chosen: list[Row]) -> set[Any]:
    places = {id(row): place for place, row in enumerate(rows)}
    found = features(rows)
    return {feature for row in chosen for feature in found[places[id(row)]]}


@given(ROWS, st.integers(0, 12), st.integers(0, 3))
def test_every_feature_is_shown_while_the_bound_allows(rows: list[Row], count: int, seed: int) -> None:
    """The chosen rows are as many as allowed, in order, and show every feature unless it takes more rows."""
    chosen = varied(rows, count, Random(seed))
    everything = {feature for found in features(rows) for feature in found}
    assert len(chosen) == min(count, len(rows))
    assert [row for row in rows if any(row is one for one in chosen)] == chosen
    if _shown(rows, chosen) != everything:
        assert len(chosen) == count
        wider = varied(rows, len(rows), Random(seed))
        assert _shown(rows, wider) == everything


@given(ROWS, st.integers(1, 12), st.integers(0, 3))
def test_more_rows_include_fewer(rows: list[Row], count: int, seed: int) -> None:
    """A larger bound only adds rows, and the same seed chooses the same rows."""
    fewer, again, more = (varied(rows, one, Random(seed)) for one in (count, count, count + 1))
    assert [id(row) for row in fewer] == [id(row) for row in again]
    assert {id(row) for row in fewer} <= {id(row) for row in more}


def _plain(place: int) -> Row:
    return {"id": f"row {place}", "name": "Depot", "state": 1, "on": f"2026-05-10T10:{place % 60:02d}:00.500Z"}


@pytest.mark.parametrize(
    "special",
    [
        {"name": "Tromsø"},
        {"name": "Łódź"},
        {"name": ""},
        {"name": "A & B"},
        {"name": None},
        {"name": "depot"},
        {"state": 2},
        {"state": 0},
        {"note": "only here"},
        {"part": {"cost": 0.0}},
        {"parts": [1, 2]},
        {"on": "2020-05-10T10:00:00.500Z"},
        {"on": "2026-10-25T00:30:00.500Z"},
        {"on": "2026-03-30T00:30:00.500Z"},
        {"on": "2025-12-31T12:00:00.500Z"},
        {"on": "2026-01-01T12:00:00.500Z"},
        {"on": "2024-02-29T12:00:00.500Z"},
        {"on": "2026-04-30T12:00:00.500Z"},
        {"on": "2026-05-10T22:30:00.500Z"},
        {"on": "2026-05-10T12:00:00Z"},
    ],
)
def test_a_single_special_row_is_chosen(special: Row) -> None:
    """The only row of a kind is chosen among two hundred, wherever it is."""
    for place in (3, 77, 150):
        rows = [_plain(one) for one in range(200)]
        rows[place] |= special
        assert any(row is rows[place] for row in varied(rows, 12, Random(1)))


def test_ends_seams_and_neighbours_are_chosen() -> None:
    """The first and the last row, those on both sides of a seam, and the two closest in time are chosen."""
    rows = [{"on": f"2026-05-{1 + place // 24:02d}T{place % 24:02d}:00:00Z"} for place in range(240)]
    rows[61] = {"on": "2026-05-03T12:00:00.100Z"}
    places = [rows.index(row) for row in varied(rows, 14, Random(1))]
    assert {0, 239} <= set(places)
    assert {place % 100 for place in places} >= {99, 0}
    assert {60, 61} <= set(places)
