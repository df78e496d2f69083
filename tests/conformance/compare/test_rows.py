"""Comparisons of values and rows."""

from typing import Any

import pytest

from sepolo_conformance.compare.rows import differing_members, fingerprint, is_close, same_value, scalars, texts

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
        ([1, 2], [2, 1], True),
        ([1, 1, 2], [1, 2, 2], False),
        ([1, 2], [1, 2, 2], False),
        ([{"a": 1}], [{"a": 1, "b": None}], True),
        ([{"a": _ONE}, {"b": True}], [{"b": True}, {"a": _ONE.lower()}], True),
        ([{"b": True}, 2], [2, {"b": 1}], False),
        (["2026-06-01T00:00:00Z", "x"], ["x", "2026-06-01T02:00:00+02:00"], True),
    ],
)
def test_equal_values(one: Any, other: Any, same: bool) -> None:
    """Timestamps are compared by instant, uuids ignoring case, arrays in any order, absent members as null."""
    assert (same_value(one, other), same_value(other, one)) == (same, same)


def test_differing_members_of_rows() -> None:
    """Absent and null are equal, and only the named members are compared."""
    one, other = {"a": 1, "b": None, "c": "x", "d": 1}, {"a": 1.0, "c": "y", "e": 5}
    assert differing_members(one, other, ["a", "b", "c"]) == ["c"]


@pytest.mark.parametrize(
    ("one", "other", "same"), [(8.8, 8.84, True), (8.8, 8.85, False), (0.26, 0.275, True), (0.0, 0.03, False)]
)
def test_numbers_are_close_within_half_a_percent_or_two_hundredths(one: float, other: float, same: bool) -> None:
    """The larger of the two tolerances applies."""
    assert is_close(one, other) is same


def test_fingerprint_of_a_row() -> None:
    """It is the uuid or all lasting members; a row without uuid and timestamp has none."""
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


def test_members_of_other_types_are_left_out() -> None:
    """A member that is not text, or not a scalar, does not end the check with an exception."""
    rows: list[dict[str, Any]] = [{"a": "x"}, {"a": ["x"]}, {"a": 5}, {"a": None}, {}, {"a": "x"}, {"a": ""}]
    assert (texts(rows, "a"), scalars(rows, "a")) == (["x"], ["x", 5, ""])
