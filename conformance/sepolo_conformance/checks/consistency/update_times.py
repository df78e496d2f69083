"""updatedOn of a record that was read twice."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sepolo_conformance.api.calls import Listing, lists
from sepolo_conformance.api.links import DETAILS
from sepolo_conformance.api.timestamps import parse_instant
from sepolo_conformance.checks.common.clauses import UPDATED_AFTER
from sepolo_conformance.checks.common.varied_rows import varied
from sepolo_conformance.compare.rows import Row, differing_members
from sepolo_conformance.compare.sequences import Reading, RowId, describe_rows
from sepolo_conformance.engine import SHOULD, Case, Exchange, requirement

_UPDATED_ON = "updatedOn"
_COMPUTED = frozenset({"childCount", "isServiceOverdue", "groupName", "customerName"})
"""Members that change with another record or with the time, and not with the record that shows them."""
_GONE_ROWS = 3
"""Rows to read by id that are no longer on the first page, for example because their update moved them to the end."""


class _States(NamedTuple):
    """A record at two times."""

    row_id: RowId
    before: Row
    after: Row
    exchange: Exchange


@requirement("CON-042", SHOULD, clause=UPDATED_AFTER, title="A record whose members changed has a later updatedOn")
def changed_record_is_updated_later(case: Case) -> None:
    """Reads the first page of each list again and compares the records with those that were read before. Only a record
    with a changed member is judged, and members that are measured, such as batteryPercentage, or that change with
    another record, such as childCount, do not count. There is no verdict if no record changes during the run."""
    members = case.contract.members
    shown = [operation for operation in lists(case.contract) if _UPDATED_ON in members(operation.row_schema or "")]
    for listing in case.listings(shown):
        with case.part(listing.operation.operation_id):
            if not any(row.get(_UPDATED_ON) for row in listing.rows):
                case.vacuous("no row shows updatedOn")
            changed = False
            for states in _read_twice(case, listing):
                changed |= _expect_later(case, listing, states)
            if not changed:
                case.vacuous("no record changed between two readings")


def _read_twice(case: Case, listing: Listing) -> Iterator[_States]:
    """Yield the records of a listing with what they are now."""
    operation = listing.operation
    before = Reading.of_listing(listing)
    page = case.call(listing.call, key=listing.reader)
    now = Reading(operation, tuple(page.rows), ended=False)
    rows = dict(zip(now.row_ids, now.rows, strict=True))
    known = [(row_id, row) for row_id, row in zip(before.row_ids, before.rows, strict=True) if row_id.sure]
    for row_id, row in known:
        if row_id in rows:
            yield _States(row_id, row, rows[row_id], page)
    detail = DETAILS.get(operation.operation_id)
    if detail is None or not page.ok:
        return
    gone = {id(row): row_id for row_id, row in known if row_id not in rows}
    for row in varied([row for _, row in known if id(row) in gone], _GONE_ROWS, case.rng):
        exchange = case.get(detail.operation_id, {detail.parameter: str(row.get(detail.member))}, key=listing.reader)
        if exchange.ok and exchange.fault is None and isinstance(exchange.data, dict):
            yield _States(gone[id(row)], row, exchange.data, exchange)


def _expect_later(case: Case, listing: Listing, states: _States) -> bool:
    """Expect a later updatedOn of a record that changed, and return whether it changed."""
    before, after = (parse_instant(row.get(_UPDATED_ON)) for row in (states.before, states.after))
    # Only members of both states: a list may show fewer members than the GET by id.
    names = states.before.keys() & states.after.keys() - case.contract.measured(listing.operation.row_schema or "")
    differing = differing_members(states.before, states.after, names - {_UPDATED_ON} - _COMPUTED)
    if before is None or after is None or not differing:
        return False
    record = describe_rows(listing.operation, [states.row_id])
    name = differing[0]
    change = f"{name} changed from {_shown(states.before[name])} to {_shown(states.after[name])}"
    case.expect(
        after > before,
        f"{record}: updatedOn after {states.before[_UPDATED_ON]}, since {change}",
        states.after[_UPDATED_ON],
        (listing.exchange, states.exchange),
    )
    return True


def _shown(value: Any) -> str:
    """Return a value of a member, shortened."""
    return repr(value)[:60]
