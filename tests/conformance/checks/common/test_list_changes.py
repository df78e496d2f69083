"""Whether a list changed since it was read."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from sepolo_conformance.api.calls import Call
from sepolo_conformance.checks.common.list_changes import list_changed
from sepolo_conformance.compare.sequences import Reading
from sepolo_conformance.engine.case import Case
from sepolo_openapi import reader

CUSTOMERS = reader.load().operations["listCustomers"]


def reading(*rows: tuple[str, str], ended: bool = True) -> Reading:
    return Reading(CUSTOMERS, tuple({"customerId": number, "name": name} for number, name in rows), ended)


def case_that_reads(fresh: Reading) -> Case:
    """Return a stand-in for a case whose every walk returns one reading."""

    def walk(*_: Any, **__: Any) -> Any:
        return SimpleNamespace(reading=fresh)

    return cast("Case", SimpleNamespace(walk=walk))


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (reading(("1", "A"), ("2", "B")), reading(("2", "B"), ("1", "A")), False),
        (reading(("1", "A"), ("2", "B")), reading(("1", "A")), True),
        (reading(("1", "A")), reading(("1", "A"), ("2", "B")), True),
        (reading(("1", "A"), ended=False), reading(("1", "A"), ("2", "B")), False),
        (reading(("1", "A")), reading(("1", "Z")), True),
    ],
    ids=["reordered", "removed", "added", "added beyond a part", "updated"],
)
def test_removed_added_and_updated_rows_are_changes(before: Reading, now: Reading, expected: bool) -> None:
    """Another order is no change; rows beyond a reading that did not reach the end of the list are none either."""
    assert list_changed(case_that_reads(now), Call(CUSTOMERS), before) is expected


def test_additions_can_be_ignored() -> None:
    """With additions=False only removed and updated rows are changes."""
    before, now = reading(("1", "A")), reading(("1", "A"), ("2", "B"))
    assert list_changed(case_that_reads(now), Call(CUSTOMERS), before, additions=False) is False


def test_readings_that_differ_are_a_change() -> None:
    """A row with different values in two readings was updated in between, so the list is not read again."""
    one, other = reading(("1", "A")), reading(("1", "Z"))
    assert list_changed(cast("Case", None), Call(CUSTOMERS), one, other) is True
