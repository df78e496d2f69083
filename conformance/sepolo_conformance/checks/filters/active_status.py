"""The status of assets and inventory parts: active, inactive or all."""

from sepolo_conformance.checks.common.list_walks import filterable_list, walk_once
from sepolo_conformance.checks.common.response_checks import expect_accepted, expect_rejected, outcome
from sepolo_conformance.checks.common.window_calls import read_once
from sepolo_conformance.checks.filters.filter_calls import STATUS_LISTS, call_without_filters
from sepolo_conformance.compare.sequences import describe_rows, same_rows
from sepolo_conformance.engine import MUST, SANDBOX, SHOULD, Case, requirement

_VALUES = 'Published page: status "active, inactive or all".'
_PAGE_SIZE = 7
_STATUSES = ("active", "inactive", "all")


@requirement(
    "FLT-001",
    MUST,
    clause=_VALUES,
    title="status=active returns only active assets and parts, status=inactive only inactive ones",
)
def status_matches(case: Case) -> None:
    """Checks isActive in assets and parts with status=active and with status=inactive."""
    for name in STATUS_LISTS:
        with case.part(name):
            listing = filterable_list(case, case.operation(name))
            for status in ("active", "inactive"):
                page, reading = read_once(case, listing.call.having(status=status))
                wrong = [row for row in reading.rows if row.get("isActive") is (status == "inactive")]
                if any(row.get("isActive") is not None for row in reading.rows):
                    expected = f"{name} with status={status}: isActive {str(status == 'active').lower()} in every row"
                    case.expect(not wrong, expected, f"not in {len(wrong)} of {len(reading.rows)} rows", page)


@requirement("FLT-009", MUST, clause=_VALUES, title="status accepts active, inactive and all")
def statuses_are_accepted(case: Case) -> None:
    """Reads assets and parts with each of the three values."""
    for name in STATUS_LISTS:
        with case.part(name):
            for status in _STATUSES:
                page = case.call(call_without_filters(case, case.operation(name)).having(status=status))
                expect_accepted(case, f"{name} with status={status}", page)


@requirement(
    "FLT-010", SHOULD, clause=_VALUES, title="Active and inactive rows together are all rows, and no row is both"
)
def active_and_inactive_are_all(case: Case) -> None:
    """Compares the rows of status=all with those of status=active and status=inactive, for assets and parts."""
    for name in STATUS_LISTS:
        with case.part(name):
            listing = filterable_list(case, case.operation(name))
            read = [read_once(case, listing.call.having(status=status)) for status in _STATUSES]
            active, inactive, everything = (reading for _, reading in read)
            if not all(row_id.sure for _, reading in read for row_id in reading.row_ids):
                case.vacuous("the rows show no ids")
            pages = [page for page, _ in read]
            both = list(set(active.row_ids) & set(inactive.row_ids))
            case.expect(not both, f"{name}: no row active and inactive", describe_rows(active.operation, both), pages)
            if active.ended and inactive.ended and everything.ended:
                union = {*active.row_ids, *inactive.row_ids}
                apart = list(union ^ set(everything.row_ids))
                expected = f"{name}: the {len(union)} rows that are active or inactive are those of status=all"
                case.expect(not apart, expected, f"not in both: {describe_rows(active.operation, apart)}", pages)


@requirement(
    "FLT-019",
    SHOULD,
    clause=f'{_VALUES} And: "validation errors return 400".',
    title="A status other than active, inactive and all is rejected with 400",
)
def other_status_is_rejected(case: Case) -> None:
    """Sends two other words as status to assets and parts."""
    for name in STATUS_LISTS:
        with case.part(name):
            for text in ("retired", "activ"):
                expect_rejected(case, f"{name} with status={text}", case.get(name, query={"status": text}))


@requirement(
    "FLT-028",
    SANDBOX,
    clause="Our own choice: inactive rows are returned only on request.",
    title="Only active rows are returned if status is left out",
)
def active_by_default(case: Case) -> None:
    """Compares assets and parts without status with those of status=active, and reads some short pages without it."""
    for name in STATUS_LISTS:
        with case.part(name):
            call = filterable_list(case, case.operation(name)).call
            one, first = read_once(case, call.having(status=None))
            other, second = read_once(case, call.having(status="active"))
            expected = f"{name} without status: the rows of status=active"
            case.expect(same_rows(first, second), expected, f"other rows: {outcome(one)}", (one, other))
            walk = walk_once(case, call.having(status=None), _PAGE_SIZE)
            inactive = [row for row in walk.rows if row.get("isActive") is False]
            expected = f"{name} without status, in pages of {_PAGE_SIZE}: no inactive row"
            case.expect(not inactive, expected, f"{len(inactive)} inactive rows of {len(walk.rows)}", walk.pages)
