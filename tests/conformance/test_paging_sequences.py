"""Readings of one list compared: what is lost, doubled, reordered or changed, and what can't be said."""

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
)
from sepolo_openapi import reader

OPERATIONS = reader.load().operations
CUSTOMERS = OPERATIONS["listCustomers"]
TELEMETRY = OPERATIONS["listDeviceTelemetry"]

names = st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8)


def reading(ids: Sequence[str], *, ended: bool = True) -> Reading:
    return Reading(CUSTOMERS, tuple({"customerId": name} for name in ids), ended)


def called(row_ids: Sequence[RowId]) -> str:
    return "".join(str(row_id.value[0]) for row_id in row_ids)


@given(names)
def test_a_list_agrees_with_itself(ids: list[str]) -> None:
    """Nothing is lost, doubled or reordered between two equal readings."""
    one, other = reading(ids), reading(ids)
    assert (missing_rows(one, other), repeated_rows(one), reordered(one, other), changed_values(one, other)) == (
        [],
        [],
        None,
        [],
    )


@given(names, st.integers(0, 8))
def test_a_beginning_has_lost_nothing(ids: list[str], count: int) -> None:
    """A walk that was broken off lacks only what it didn't reach."""
    assert missing_rows(reading(ids), reading(ids[:count], ended=False)) == []


@given(names.filter(lambda ids: len(ids) > 2), st.data())
def test_a_row_missing_before_the_last_is_lost(ids: list[str], data: st.DataObject) -> None:
    """A walk that went past a row without bringing it has lost it, whether it ended or not."""
    place = data.draw(st.integers(0, len(ids) - 2))
    rest = [*ids[:place], *ids[place + 1 :]]
    assert called(missing_rows(reading(ids), reading(rest, ended=False))) == ids[place]
    assert called(missing_rows(reading(ids), reading(rest))) == ids[place]


def test_the_last_row_is_lost_only_to_a_walk_that_ended() -> None:
    """What a walk that was broken off might still have brought isn't lost."""
    assert called(missing_rows(reading("abc"), reading("ab"))) == "c"
    assert called(missing_rows(reading("abc"), reading("ab", ended=False))) == ""


def test_nothing_is_said_of_a_broken_off_walk_in_another_order() -> None:
    """In another order, a row that is missing may come later."""
    assert missing_rows(reading("abcd"), reading("cad", ended=False)) == []
    assert called(missing_rows(reading("abcd"), reading("cad"))) == "b"


def test_a_row_that_comes_twice_is_told_once() -> None:
    """A doubled row is one finding, however often it comes."""
    assert called(repeated_rows(reading("abab"))) == "ab"
    assert called(repeated_rows(reading("aaab"))) == "a"


def test_rows_without_ids_are_told_apart_by_their_values_and_number() -> None:
    """Two samples of equal values are two rows: one of them can be lost, and neither is a double."""
    row = {"stamp": "2026-06-01T00:00:00Z", "telemetryType": 0, "cycleId": None, "current": 1.5}
    two, one = Reading(TELEMETRY, (row, row), ended=True), Reading(TELEMETRY, (row,), ended=True)
    assert [row_id.nth for row_id in missing_rows(two, one)] == [2]
    assert repeated_rows(two) == []


def test_a_part_of_an_id_is_none() -> None:
    """A sample is identified only where it shows all of what identifies it."""
    sample = {"stamp": "x", "telemetryType": 1, "cycleId": "c", "cycleSampleIndex": 3}
    assert complete_identity(TELEMETRY, sample) == ("x", "1", "c", "3")
    assert complete_identity(TELEMETRY, sample | {"cycleSampleIndex": None}) is None
    assert complete_identity(CUSTOMERS, {"name": "without"}) is None


def test_ids_of_other_lists_are_read_from_id() -> None:
    """Where the assumed name of an id is absent, `id` stands in for it."""
    assert complete_identity(OPERATIONS["listIncidents"], {"id": "A1"}) == ("a1",)


def test_order_is_compared_among_shared_rows_only() -> None:
    """Rows that one of two readings lacks say nothing of the order."""
    assert reordered(reading("axbyc"), reading("abcd")) is None
    assert called(reordered(reading("abc"), reading("acb")) or ()) == "bc"


def test_changed_members_are_named_with_both_values() -> None:
    """A member that differs is named; one that is absent here and null there doesn't differ."""
    one = Reading(CUSTOMERS, ({"customerId": "a", "name": "x", "city": None},), ended=True)
    other = Reading(CUSTOMERS, ({"customerId": "a", "name": "y"},), ended=True)
    assert [entry[1:] for entry in changed_values(one, other)] == [("name", "x", "y")]


def test_rows_are_shown_by_their_ids() -> None:
    """A finding says how many rows it is about and names the first of them."""
    cycles = Reading(OPERATIONS["listPointGuardCycles"], ({"deviceId": "D", "cycleId": "C"},), ended=True)
    assert describe_rows(CUSTOMERS, reading("abcd").row_ids) == "4 rows: a; b; c …"
    assert describe_rows(cycles.operation, cycles.row_ids) == "1 row: deviceId d, cycleId c"
    assert describe_rows(CUSTOMERS, []) == "0 rows"


def test_order_by_several_members() -> None:
    """The first member that differs decides; a falling one the other way round; a missing one nothing."""
    rows = [{"at": "2026-06-02T00:00:00Z", "n": 2}, {"at": "2026-06-02T00:00:00.000Z", "n": 1}]
    assert out_of_order(rows, ("at", "n")) == 2
    assert out_of_order(rows, ("at", "-n")) is None
    assert out_of_order([{"n": 2}, {}, {"n": 1}], ("n",)) is None
    assert out_of_order([{"s": "9"}, {"s": "10"}], ("s",)) == 2


def test_instants_are_ordered_by_time_not_by_text() -> None:
    """Another offset doesn't make a later instant an earlier one."""
    rows = [{"at": "2026-06-01T12:00:00Z"}, {"at": "2026-06-01T11:30:00-02:00"}]
    assert out_of_order(rows, ("at",)) is None
