"""Each filter alone: every row that matches is returned, and for no other value."""

from typing import Any

from sepolo_conformance.api.calls import Listing
from sepolo_conformance.api.filter_rules import RULES, Rule, Trial, trial
from sepolo_conformance.checks.common.list_changes import end_if_listing_changed
from sepolo_conformance.checks.common.list_walks import filterable_list
from sepolo_conformance.checks.common.window_calls import read_once
from sepolo_conformance.checks.filters.clauses import FILTER
from sepolo_conformance.checks.filters.filter_calls import MANY_VALUES, rules_named, values_to_try
from sepolo_conformance.compare.sequences import Reading, describe_rows, missing_rows
from sepolo_conformance.engine import SHOULD, Case, Vacuous, requirement


@requirement("FLT-008", SHOULD, clause=FILTER, title="A filter returns every row of the list that matches")
def all_matching_rows(case: Case) -> None:
    """Reads each list without and with each filter, and looks for matching rows that the filtered list lacks."""
    for rule in RULES.values():
        if rule.name != "updatedSince":
            with case.part(f"{rule.operation_id} {rule.name}"):
                expect_all_matching_values(case, rule)


@requirement(
    "FLT-011",
    SHOULD,
    clause=FILTER,
    title="The values of a filter partition the list: a row is returned for its own value and for no other",
)
def values_partition_the_list(case: Case) -> None:
    """Filters by up to six values of each filter, and looks for rows that are returned twice, or not for their own
    value.
    """
    names = ("groupId", "customerId", "status", "state", "telemetryType", "vendorId", "externalSystem", "userId")
    for rule in rules_named(case, *names):
        with case.part(f"{rule.operation_id} {rule.name}"):
            _expect_partition(case, rule)


def expect_all_matching_values(case: Case, rule: Rule) -> None:
    """Expect all rows of the list that match, for each value of a filter that is tried."""
    listing = filterable_list(case, case.operation(rule.operation_id))
    for one in values_to_try(case, rule):
        expect_all_matching(case, listing, one)


def expect_all_matching(case: Case, listing: Listing, one: Trial) -> None:
    """Expect a filtered list to contain all rows of the unfiltered list that match."""
    page, reading = read_once(case, one.call)
    matching = Reading(listing.operation, tuple(row for row in listing.rows if one.matches(row)), ended=False)
    missing = missing_rows(matching, reading)
    if missing:
        end_if_listing_changed(case, listing)
    expected = f"{listing.operation.operation_id} with {one.text}: all rows of the list that match"
    actual = f"missing: {describe_rows(listing.operation, missing)}"
    case.expect(not missing, expected, actual, (listing.exchange, page))


def _expect_partition(case: Case, rule: Rule) -> None:
    """Expect each row for its own value of a filter and for no other."""
    listing = filterable_list(case, case.operation(rule.operation_id))
    values = rule.values(listing.rows)
    if len(values) < 2:
        raise Vacuous(f"every row that was found has the same {rule.member}")
    seen: dict[Any, tuple[Any, Any]] = {}
    for value in values[-MANY_VALUES:]:
        one = trial(listing, {rule: value})
        page, reading = read_once(case, one.call)
        double = [(row_id, *seen[row_id]) for row_id in reading.row_ids if row_id in seen]
        rows = describe_rows(listing.operation, [entry[0] for entry in double])
        expected = f"{rule.operation_id}: rows with {one.text} for no other {rule.name}"
        others = ", ".join(sorted({str(entry[1]) for entry in double}))
        before = [entry[2] for entry in double[:1]]
        case.expect(not double, expected, f"also for {others}: {rows}", (*before, page))
        seen.update(dict.fromkeys(reading.row_ids, (value, page)))
        expect_all_matching(case, listing, one)
