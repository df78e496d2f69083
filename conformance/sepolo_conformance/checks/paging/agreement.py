"""Whether a list read in one way agrees with the same list read in another: what checks of paging expect.

A list may change while it is read, on a deployment that is in use. What differs is therefore read once more, and
judged only if the list stood still and the second reading shows the same.
"""

from collections.abc import Iterable

from sepolo_conformance.api.calls import Call
from sepolo_conformance.checks.common.list_walks import LARGEST, again, pages_of, walked
from sepolo_conformance.compare.sequences import Reading, RowId, changed, lost, reordered, show, twice
from sepolo_conformance.engine.case import Case
from sepolo_conformance.engine.walk import Walk
from sepolo_conformance.transport.exchange import Exchange
from sepolo_openapi.contract import Operation

__all__ = ["begins_alike", "first_page", "same_order", "same_rows", "same_values", "stirred", "unmoved"]


def same_rows(case: Case, call: Call, size: int | None, pages: int | None = None) -> None:
    """Expect a walk, of so many pages at most, to bring what pages of 500 bring; end the part where data moved."""
    name = call.operation.operation_id
    one, parts = walked(case, call, LARGEST), walked(case, call, size, pages)
    for walk in (one, parts):
        # What is wrong with cursors has requirements of its own.
        broken = walk.problem is not None and "cursor" not in walk.problem.lower()
        case.need(not broken, f"{name}: a walk that goes on while hasMore is true", walk.problem, walk.last)
    faults = _faults(one, parts)
    if any(faults):
        fresh, second = again(case, call, LARGEST), again(case, call, size, pages)
        if set(fresh.reading.row_ids) != set(one.reading.row_ids):
            case.vacuous("the rows of the list changed while it was read")
        if _faults(fresh, second) != faults:
            case.vacuous("a second walk didn't show what the first had shown")
    missing, extra, double = faults
    shown = (one.last, parts.last)
    expected = f"{name}: {pages_of(size)} bring the rows that pages of {LARGEST} bring"
    case.expect(not missing, expected, f"lost in {pages_of(size)}: {show(call.operation, missing)}", shown)
    case.expect(not extra, expected, f"only in {pages_of(size)}: {show(call.operation, extra)}", shown)
    once = f"{name}: no row twice in a walk with {pages_of(size)}"
    case.expect(not double, once, f"twice: {show(call.operation, double)}", parts.last)


def _faults(one: Walk, parts: Walk) -> tuple[list[RowId], list[RowId], list[RowId]]:
    """Return what the parts lost, what they have besides without doubling it, and what they doubled."""
    first, second = one.reading, parts.reading
    extra = [row_id for row_id in lost(second, first) if not (row_id.sure and row_id.nth > 1)]
    return lost(first, second), extra, twice(second)


def unmoved(case: Case, call: Call) -> bool:
    """Return whether a list, read again now, has the rows it had when it was first read, in the same order."""
    return again(case, call, LARGEST).reading.row_ids == walked(case, call, LARGEST).reading.row_ids


def stirred(case: Case, call: Call | None, *readings: Reading) -> bool:
    """Return whether rows changed between readings of a list, or have come, gone or changed since.

    A row that is updated may rightly move. Without a call only the readings are compared.
    """
    first, *others = readings
    if any(changed(first, other) for other in others):
        return True
    if call is None:
        return False
    fresh = again(case, call, LARGEST).reading
    gone = fresh.ended and any(set(one.row_ids) - set(fresh.row_ids) for one in readings)
    return gone or any(changed(one, fresh) for one in readings)


def same_order(
    case: Case, how: str, call: Call | None, readings: tuple[Reading, Reading], shown: tuple[Exchange, Exchange]
) -> None:
    """Expect the rows that two readings share to come in the same order; end the part where data moved."""
    first, second = readings
    pair = reordered(first, second)
    if pair is not None and stirred(case, call, first, second):
        case.vacuous("rows of the list changed while it was read")
    operation = first.operation
    actual = f"the other way round in {how}: {show(operation, pair or ())}"
    case.expect(pair is None, f"{operation.operation_id}: the same order in {how}", actual, shown)


def begins_alike(case: Case, call: Call, size: int | None, shorter: Exchange, longest: Exchange) -> None:
    """Expect a shorter first page to be the beginning of the longest; end the part where data moved."""
    operation, readings = call.operation, [first_page(call.operation, page) for page in (shorter, longest)]
    first, second = (reading.row_ids for reading in readings)
    differ = next((place for place, pair in enumerate(zip(first, second, strict=False)) if pair[0] != pair[1]), None)
    if differ is not None and stirred(case, call, *readings):
        case.vacuous("rows of the list changed while it was read")
    names = () if differ is None else (first[differ], second[differ])
    expected = f"{operation.operation_id}: the first of {pages_of(size)} begins a page of {LARGEST}"
    actual = f"row {(differ or 0) + 1} is another: {show(operation, names)}"
    case.expect(differ is None, expected, actual, (shorter, longest))


def first_page(operation: Operation, page: Exchange) -> Reading:
    """Return what one page shows."""
    return Reading(operation, tuple(page.rows), ended=page.member("hasMore") is not True)


def same_values(case: Case, walks: Iterable[tuple[int | None, Walk]]) -> None:
    """Expect the rows of walks to have the values of pages of 500; what differs has to differ a second time."""
    for size, walk in walks:
        call = walk.call.having(pageSize=None)
        one = walked(case, call, LARGEST)
        found = changed(one.reading, walk.reading)
        if found:
            second = changed(again(case, call, LARGEST).reading, again(case, call, size).reading)
            lasting = {entry[:2] for entry in second}
            found = [entry for entry in found if entry[:2] in lasting]
        expected = f"{call.operation.operation_id}: rows the same in {pages_of(size)} as in pages of {LARGEST}"
        texts = [f"{show(call.operation, [row_id])}: {name} {b!r}, not {a!r}" for row_id, name, a, b in found[:2]]
        case.expect(not found, expected, "; ".join(texts), (one.last, walk.last))
