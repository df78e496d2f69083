"""Lists read to their end: no row is lost or returned twice, however long the list is."""

from collections.abc import Iterator

from sepolo_conformance.api.calls import Call, Listing, lists
from sepolo_conformance.api.filter_rules import rules_of, trials
from sepolo_conformance.api.row_times import Extent, row_time, row_times
from sepolo_conformance.api.timestamps import FIRST
from sepolo_conformance.checks.common.list_changes import CHANGED
from sepolo_conformance.checks.common.whole_lists import longest_walk, whole_walk
from sepolo_conformance.compare.sequences import Reading, RowId, describe_rows, repeated_rows
from sepolo_conformance.engine import SHOULD, Case, Exchange, Walk, requirement

_ROWS_OF_SLICE = 100
_SLICES = 2
"""Parts of a window that are read again, and about how many rows of the list each has."""
_VALUES = 2
"""Values of each filter that are tried."""
_TOO_LONG_TO_KEEP = "listDeviceTelemetry"
"""The list whose rows would take too much memory to keep to the end of the run; no other check looks at all of them."""


@requirement(
    "CON-043",
    SHOULD,
    clause='Published page: clients can "handle paging consistently". The page states no limit on the number of rows.',
    title="A list read to its end contains each row once, and every row that its parts contain",
)
def whole_list_is_complete(case: Case) -> None:
    """Reads the longest list of each kind to its end, at most 20,500 rows: a month of telemetry and cycles, a year of
    other lists with a window. Then reads parts of it, and looks for rows that the whole list lacks, for example because
    of a limit on the number of rows: what is left of the window before the first and after the last row, two parts of
    the window, filters with values of the rows, and updatedSince."""
    for operation in (*lists(case.contract), case.operation("getTelemetryDaily")):
        with case.part(operation.operation_id):
            kept = operation.operation_id != _TOO_LONG_TO_KEEP
            _expect_complete(case, (whole_walk if kept else longest_walk)(case, operation.operation_id))


def _expect_complete(case: Case, whole: Walk) -> None:
    """Expect no row twice, and no row in a part of the list that the list lacks."""
    operation = whole.call.operation
    name = f"{operation.operation_id}, read to its end"
    # Faults of cursors have requirements of their own.
    broken = whole.problem is not None and "cursor" not in whole.problem.lower()
    case.need(not broken, f"{name}: every page is returned", whole.problem, whole.last)
    double = repeated_rows(whole.reading)
    if double:
        confirmed = set(repeated_rows(_again(case, whole).reading))
        double = [row_id for row_id in double if row_id in confirmed]
    case.expect(not double, f"{name}: no row twice", f"twice: {describe_rows(operation, double)}", whole.last)
    for call in _parts(case, whole):
        page = case.call(call.with_page_size())
        missing = _missing(whole.reading, page)
        if missing and set(missing) - set(_missing(_again(case, whole).reading, page)):
            case.vacuous(CHANGED)
        expected = f"{name}: the rows of {call.target}, which is a part of it"
        actual = f"{len(whole.rows)} rows without {describe_rows(operation, missing)}"
        case.expect(not missing, expected, actual, (whole.last, page))
    if not whole.ended:
        case.vacuous(f"{len(whole.rows)} rows in {len(whole.pages)} pages did not reach the end of the list")


def _missing(whole: Reading, page: Exchange) -> list[RowId]:
    """Return the rows of a page that a list lacks. A row that has no identity is missing if no row has its instant."""
    part = Reading(whole.operation, tuple(page.rows), ended=not page.has_more)
    known, times = set(whole.row_ids), set(row_times(whole.operation, whole.rows))
    rows = zip(part.row_ids, part.rows, strict=True)
    return [
        row_id
        for row_id, row in rows
        if row_id not in known and (row_id.sure or (row_time(whole.operation, row) or FIRST) not in {FIRST, *times})
    ]


def _again(case: Case, whole: Walk) -> Walk:
    return case.walk(whole.call.with_page_size(), pages=len(whole.pages) + 1)


def _parts(case: Case, whole: Walk) -> Iterator[Call]:
    """Yield calls that return only rows of a list: parts of its window, or one filter."""
    operation = whole.call.operation
    if whole.call.window is not None:
        yield from (whole.call.within(*part) for part in _parts_of_window(case, whole, whole.call.window))
        return
    listing = Listing(whole.call, case.home.reader(operation.operation_id), tuple(whole.rows), whole.ended, whole.last)
    for rule in rules_of(operation.operation_id) if whole.ended else ():
        # Without status=all, a list may have active rows only.
        if rule.name != "status" or rule.member != "isActive" or "status" in whole.call.query:
            yield from (one.call for one in trials(listing, rule, _VALUES))


def _parts_of_window(case: Case, whole: Walk, window: Extent) -> Iterator[Extent]:
    """Yield parts of the window of a list; only parts of what was read, if the end was not reached."""
    operation = whole.call.operation
    times = row_times(operation, whole.rows)
    if not times:
        return
    first, last = max(window[0], times[0]), min(window[1], times[-1])
    if whole.ended:
        yield from (part for part in ((window[0], first), (last, window[1])) if part[0] < part[1])
    elif [row_time(operation, row) for row in whole.rows] not in (times, times[::-1]):
        return
    inside = [time for time in times if first < time < last]
    for _ in range(_SLICES if inside else 0):
        place = case.rng.randrange(len(inside))
        yield inside[place], inside[min(place + _ROWS_OF_SLICE, len(inside) - 1)]
