"""Comparing rows: what means the same, what a row is known by, which rows are looked at."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sepolo_conformance.compare.rows import differing_members, fingerprint, is_close, same_value, scalars, spread, texts

_ONE = "2B540B45-A9CC-449A-86E6-063944FF9FC9"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2026-06-01T00:00:00Z", "2026-06-01T02:00:00+02:00", True),
        ("2026-06-01T00:00:01.420Z", "2026-06-01T00:00:01.42Z", True),
        ("2026-06-01T00:00:00Z", "2026-06-01T00:00:01Z", False),
        (_ONE, _ONE.lower(), True),
        ("SEP-1", "sep-1", False),
        (97250, 97250.0, True),
        (1, True, False),
        (None, "", False),
        ({"a": None, "b": 1}, {"b": 1.0}, True),
        ([1, 2], [2, 1], False),
        ([{"a": 1}], [{"a": 1, "b": None}], True),
    ],
)
def test_values_are_alike_if_they_mean_the_same(one: Any, other: Any, same: bool) -> None:
    """Instants count by the instant, uuids in any case, absent members as null; order and type count."""
    assert (same_value(one, other), same_value(other, one)) == (same, same)


def test_rows_differ_in_what_they_say() -> None:
    """Absent and null are the same; members that weren't asked for aren't looked at."""
    one, other = {"a": 1, "b": None, "c": "x", "d": 1}, {"a": 1.0, "c": "y", "e": 5}
    assert differing_members(one, other, ["a", "b", "c"]) == ["c"]


@pytest.mark.parametrize(
    ("one", "other", "same"), [(8.8, 8.84, True), (8.8, 8.85, False), (0.26, 0.275, True), (0.0, 0.03, False)]
)
def test_figures_are_close_within_half_a_percent_or_two_hundredths(one: float, other: float, same: bool) -> None:
    """The greater of the two tolerances counts."""
    assert is_close(one, other) is same


def test_a_row_is_known_by_its_uuid_or_by_all_that_it_says() -> None:
    """A row that may look the same elsewhere by chance has no fingerprint, and what moves isn't part of one."""
    customer = {
        "customerId": "C-1",
        "name": "Nor",
        "createdOn": "2020-01-01T00:00:00Z",
        "updatedOn": "2021-01-01T00:00:00Z",
    }
    assert fingerprint((_ONE.lower(),), {"assetId": _ONE}) == _ONE.lower()
    assert fingerprint(("c-1",), customer) == fingerprint(("c-1",), customer | {"updatedOn": "2022-01-01T00:00:00Z"})
    assert fingerprint(("c-1",), customer) != fingerprint(("c-1",), customer | {"name": "Sør"})
    assert fingerprint(("device 1",), {"deviceId": "Device 1", "groupId": 1}) is None


@given(st.lists(st.integers(), unique=True), st.integers(1, 20))
def test_a_spread_keeps_order_and_ends(rows: list[int], count: int) -> None:
    """As many as asked for, in their order, the first and the last among them."""
    found = spread(rows, count)
    assert found == sorted(set(found), key=rows.index)
    assert len(found) == min(count, len(rows))
    assert not found or count == 1 or (found[0], found[-1]) == (rows[0], rows[-1])


def test_members_of_another_type_are_left_out() -> None:
    """What isn't text, or no scalar, is another requirement's fault and must not end a check."""
    rows: list[dict[str, Any]] = [{"a": "x"}, {"a": ["x"]}, {"a": 5}, {"a": None}, {}, {"a": "x"}, {"a": ""}]
    assert (texts(rows, "a"), scalars(rows, "a")) == (["x"], ["x", 5, ""])
