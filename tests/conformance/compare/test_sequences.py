"""Comparisons of readings of one list: missing, repeated, reordered and changed rows."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from sepolo_conformance.api.row_identity import complete_identity
from sepolo_conformance.compare.ordering import out_of_order
from sepolo_conformance.compare.sequences import (
    Reading,
    RowId,
    changed_values,
    describe_rows,
    missing_rows,
    reordered,
    repeated_rows,
    same_rows,
)
from sepolo_openapi import reader

OPERATIONS = reader.load().operations
CUSTOMERS = OPERATIONS["listCustomers"]
TELEMETRY = OPERATIONS["listDeviceTelemetry"]

names = st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8)


def reading(ids: Sequence[str], *, ended: bool = True) -> Reading:
    return Reading(CUSTOMERS, tuple({"customerId": name} for name in ids), ended)


def names_of(row_ids: Sequence[RowId]) -> str:
    return "".join(str(row_id.value[0]) for row_id in row_ids)


@given(names)
def test_equal_readings_have_no_differences(ids: list[str]) -> None:
    """No row is missing, repeated, reordered or changed between two equal readings."""
    one, other = reading(ids), reading(ids)
    assert (missing_rows(one, other), repeated_rows(one), reordered(one, other), changed_values(one, other)) == (
        [],
        [],
        None,
        [],
    )


@given(names, st.integers(0, 8))
def test_beginning_of_a_list_lacks_no_row(ids: list[str], count: int) -> None:
    """A walk that stopped early lacks only rows that it did not reach."""
    assert missing_rows(reading(ids), reading(ids[:count], ended=False)) == []


@given(names.filter(lambda ids: len(ids) > 2), st.data())
def test_missing_row_before_the_last_one_is_found(ids: list[str], data: st.DataObject) -> None:
    """A walk that skipped a row lacks it, whether or not the walk reached the end."""
    place = data.draw(st.integers(0, len(ids) - 2))
    rest = [*ids[:place], *ids[place + 1 :]]
    assert names_of(missing_rows(reading(ids), reading(rest, ended=False))) == ids[place]
    assert names_of(missing_rows(reading(ids), reading(rest))) == ids[place]


def test_last_row_is_missing_only_from_a_complete_walk() -> None:
    """A walk that stopped early may not have reached the last row."""
    assert names_of(missing_rows(reading("abc"), reading("ab"))) == "c"
    assert names_of(missing_rows(reading("abc"), reading("ab", ended=False))) == ""


def test_partial_walk_in_another_order_lacks_no_row() -> None:
    """In another order, a missing row may come later."""
    assert missing_rows(reading("abcd"), reading("cad", ended=False)) == []
    assert names_of(missing_rows(reading("abcd"), reading("cad"))) == "b"


def test_repeated_row_is_reported_once() -> None:
    """A row that is repeated several times is one result."""
    assert names_of(repeated_rows(reading("abab"))) == "ab"
    assert names_of(repeated_rows(reading("aaab"))) == "a"


def test_rows_without_identity_are_distinguished_by_members_and_number() -> None:
    """Two samples with equal members are two rows: one of them can be missing, and neither is repeated."""
    row = {"stamp": "2026-06-01T00:00:00Z", "telemetryType": 0, "cycleId": None, "current": 1.5}
    two, one = Reading(TELEMETRY, (row, row), ended=True), Reading(TELEMETRY, (row,), ended=True)
    assert [row_id.nth for row_id in missing_rows(two, one)] == [2]
    assert repeated_rows(two) == []


def test_incomplete_identity_is_none() -> None:
    """A sample has an identity only if it shows all members of it."""
    sample = {"deviceId": "d", "stamp": "x", "telemetryType": 1, "cycleId": "c", "cycleSampleIndex": 3}
    assert complete_identity(TELEMETRY, sample) == ("d", "x", "1", "c", "3")
    assert complete_identity(TELEMETRY, sample | {"cycleSampleIndex": None}) is None
    assert complete_identity(CUSTOMERS, {"name": "without"}) is None


def test_id_replaces_an_assumed_identity() -> None:
    """If the assumed member is absent, `id` identifies the row."""
    assert complete_identity(OPERATIONS["listIncidents"], {"id": "A1"}) == ("A1",)


def test_same_rows_may_come_in_any_order() -> None:
    """Order has requirements of its own; a row that comes twice is another list."""
    assert same_rows(reading("abc"), reading("cab"))
    assert not same_rows(reading("abc"), reading("ab"))
    assert not same_rows(reading("ab"), reading("abb"))


def test_order_is_compared_among_common_rows_only() -> None:
    """Rows that only one of two readings contains do not affect the order."""
    assert reordered(reading("axbyc"), reading("abcd")) is None
    assert names_of(reordered(reading("abc"), reading("acb")) or ()) == "bc"


def test_changed_members_are_named_with_both_values() -> None:
    """A member that differs is named; absent and null do not differ."""
    one = Reading(CUSTOMERS, ({"customerId": "a", "name": "x", "city": None},), ended=True)
    other = Reading(CUSTOMERS, ({"customerId": "a", "name": "y"},), ended=True)
    assert [entry[1:] for entry in changed_values(one, other)] == [("name", "x", "y")]


def test_description_of_rows_has_number_and_identities() -> None:
    """The description of rows has their number and names the first ones."""
    cycles = Reading(OPERATIONS["listPointGuardCycles"], ({"deviceId": "D", "cycleId": "C"},), ended=True)
    assert describe_rows(CUSTOMERS, reading("abcd").row_ids) == "4 rows: a; b; c …"
    assert describe_rows(cycles.operation, cycles.row_ids) == "1 row: deviceId D, cycleId C"
    assert describe_rows(CUSTOMERS, []) == "0 rows"


def test_order_by_several_members() -> None:
    """The first member that differs decides, a falling one reversed; a missing member decides nothing."""
    rows = [{"at": "2026-06-02T00:00:00Z", "n": 2}, {"at": "2026-06-02T00:00:00.000Z", "n": 1}]
    assert out_of_order(rows, ("at", "n")) == 2
    assert out_of_order(rows, ("at", "-n")) is None
    assert out_of_order([{"n": 2}, {}, {"n": 1}], ("n",)) is None
    assert out_of_order([{"s": "9"}, {"s": "10"}], ("s",)) == 2


def test_timestamps_are_ordered_by_instant() -> None:
    """Timestamps with different offsets are compared by instant, not as text."""
    rows = [{"at": "2026-06-01T12:00:00Z"}, {"at": "2026-06-01T11:30:00-02:00"}]
    assert out_of_order(rows, ("at",)) is None
