"""Each filter alone: exactly the rows that match are returned, and `metrics` filters no rows."""

from collections.abc import Iterable, Sequence
from typing import Any

from sepolo_conformance.api.calls import Listing
from sepolo_conformance.api.filter_rules import RULES, Rule, Trial, trial
from sepolo_conformance.checks.common.clauses import OPTIONAL_FILTER
from sepolo_conformance.checks.common.list_changes import end_if_listing_changed
from sepolo_conformance.checks.common.list_walks import filterable_list
from sepolo_conformance.checks.common.varied_rows import varied
from sepolo_conformance.checks.common.window_calls import read_once
from sepolo_conformance.checks.filters.filter_calls import (
    MANY_VALUES,
    STATUS_LISTS,
    read_trial,
    rules_named,
    values_to_try,
)
from sepolo_conformance.compare.sequences import Reading, describe_rows, missing_rows
from sepolo_conformance.engine import MUST, SHOULD, Case, Vacuous, requirement

_VARIED_ROWS = 3
"""Rows of a list, chosen for their nulls and for their values, whose values are tried."""


@requirement(
    "FLT-002",
    MUST,
    clause='Published page: "Optional telemetry type filter."',
    title="telemetryType returns only rows of that type",
)
def telemetry_type_matches(case: Case) -> None:
    """Filters a device's telemetry by types that its rows show, and checks telemetryType where rows show it."""
    _expect_matching(case, rules_named(case, "telemetryType"), always_shown=False)


@requirement(
    "FLT-003",
    MUST,
    clause='Published page: "Optional PointGuard cycle id filter."',
    title="cycleId returns only rows of that cycle",
)
def cycle_matches(case: Case) -> None:
    """Filters a device's telemetry by cycles that its rows show, and checks cycleId where rows show it."""
    _expect_matching(case, rules_named(case, "cycleId"), always_shown=False)


@requirement(
    "FLT-004",
    MUST,
    clause='Published page: "Optional minimum movement duration."',
    title="minDurationSeconds returns only movements of at least that duration",
)
def duration_matches(case: Case) -> None:
    """Filters a device's movements by a duration that about half of them reach, by one that almost equals a movement's
    duration and by one that none reaches, and checks duration."""
    _expect_matching(case, rules_named(case, "minDurationSeconds"), always_shown=False)


@requirement(
    "FLT-005",
    SHOULD,
    clause=OPTIONAL_FILTER,
    title="groupId, customerId and the device status return only matching assets and devices",
)
def asset_and_device_filters_match(case: Case) -> None:
    """Filters assets and devices by groups, customers and states that they show, and checks those members."""
    found = (
        rule
        for rule in rules_named(case, "groupId", "customerId", "status")
        if rule.operation_id not in STATUS_LISTS or rule.name != "status"
    )
    _expect_matching(case, found, always_shown=True)


@requirement(
    "FLT-006",
    SHOULD,
    clause=OPTIONAL_FILTER,
    title="deviceId, assetId and state return only matching incidents and service reports",
)
def incident_and_report_filters_match(case: Case) -> None:
    """Filters incidents and reports by devices, assets and states that they show, and checks those members."""
    names = ("deviceId", "assetId", "state")
    found = (rule for rule in rules_named(case, *names) if rule.operation_id != "getTelemetryDaily")
    _expect_matching(case, found, always_shown=True)


@requirement(
    "FLT-007",
    SHOULD,
    clause=OPTIONAL_FILTER,
    title="userId, externalSystem, vendorId and deviceId return only matching appointments, customers, parts and daily "
    "rows",
)
def other_filters_match(case: Case) -> None:
    """Filters the lists by users, systems, vendors and devices that their rows show, and checks those members."""
    _expect_matching(case, rules_named(case, "userId", "externalSystem", "vendorId"), always_shown=True)
    _expect_matching(case, (RULES["getTelemetryDaily", "deviceId"],), always_shown=True)


def _expect_matching(case: Case, rules: Iterable[Rule], *, always_shown: bool) -> None:
    """Expect every row to match the values tried.

    With `always_shown`, a row without the member doesn't match; otherwise it isn't judged.
    """
    for rule in rules:
        with case.part(f"{rule.operation_id} {rule.name}"):
            for one in values_to_try(case, rule):
                page, reading = read_trial(case, one)
                mismatches = (False, None) if always_shown else (False,)
                wrong = [row for row in reading.rows if rule.matches(row, one.chosen[rule]) in mismatches]
                shown = sorted({repr(row.get(rule.member)) for row in wrong})
                expected = f"{rule.operation_id} with {one.text}: only rows with a matching {rule.member}"
                actual = f"{len(wrong)} of {len(reading.rows)} rows have {rule.member} {', '.join(shown[:4])}"
                case.expect(not wrong, expected, actual, page)


@requirement("FLT-008", SHOULD, clause=OPTIONAL_FILTER, title="A filter returns every row of the list that matches")
def all_matching_rows(case: Case) -> None:
    """Reads each list without and with each filter, and looks for matching rows that the filtered list lacks. Values
    are the most common ones, and those of rows chosen for variety, such as rows that show null in some members."""
    for rule in RULES.values():
        if rule.name != "updatedSince":
            with case.part(f"{rule.operation_id} {rule.name}"):
                expect_all_matching_values(case, rule)


@requirement(
    "FLT-011",
    SHOULD,
    clause=OPTIONAL_FILTER,
    title="The values of a filter partition the list: a row is returned for its own value and for no other",
)
def values_partition_the_list(case: Case) -> None:
    """Filters by up to six values of each filter, and looks for rows that are returned twice, or not for their own
    value."""
    names = ("groupId", "customerId", "status", "state", "telemetryType", "vendorId", "externalSystem", "userId")
    for rule in rules_named(case, *names):
        with case.part(f"{rule.operation_id} {rule.name}"):
            _expect_partition(case, rule)


def expect_all_matching_values(case: Case, rule: Rule) -> None:
    """Expect all rows of the list that match, for each value of a filter that is tried."""
    listing = filterable_list(case, case.operation(rule.operation_id))
    tried = values_to_try(case, rule)
    for one in (*tried, *_varied_values(case, listing, rule, [one.chosen[rule] for one in tried])):
        expect_all_matching(case, listing, one)


def _varied_values(case: Case, listing: Listing, rule: Rule, tried: Sequence[Any]) -> list[Trial]:
    """Return trials of the values of varied rows, for filters that compare for equality, without values in `tried`."""
    if not rule.compares_for_equality:
        return []
    shown = [row for row in listing.rows if isinstance(row.get(rule.member), str | int)]
    # A query that joins another table for a filter loses the rows that show null.
    nulls = [{name: value is None for name, value in row.items()} | {rule.member: row[rule.member]} for row in shown]
    chosen = (*varied(nulls, _VARIED_ROWS, case.rng), *varied(shown, _VARIED_ROWS, case.rng))
    values = dict.fromkeys(row[rule.member] for row in chosen)
    return [trial(listing, {rule: value}) for value in values if value not in tried]


def expect_all_matching(case: Case, listing: Listing, one: Trial) -> None:
    """Expect a filtered list to contain all rows of the unfiltered list that match."""
    page, reading = read_trial(case, one)
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
        page, reading = read_trial(case, one)
        double = [(row_id, *seen[row_id]) for row_id in reading.row_ids if row_id in seen]
        rows = describe_rows(listing.operation, [entry[0] for entry in double])
        expected = f"{rule.operation_id}: rows with {one.text} for no other {rule.name}"
        others = ", ".join(sorted({str(entry[1]) for entry in double}))
        before = [entry[2] for entry in double[:1]]
        case.expect(not double, expected, f"also for {others}: {rows}", (*before, page))
        seen.update(dict.fromkeys(reading.row_ids, (value, page)))
        expect_all_matching(case, listing, one)


_METRICS = ("current", "temperature,humidity", "nonsense,current,,")


@requirement(
    "FLT-026",
    SHOULD,
    clause='Published page: "Optional comma-separated metric hint."',
    title="metrics accepts any names and does not change which rows are returned",
)
def metrics_does_not_filter(case: Case) -> None:
    """Reads a device's telemetry with known and unknown metrics, and compares the rows with those without metrics."""
    listing = filterable_list(case, case.operation("listDeviceTelemetry"))
    plain, _ = read_once(case, listing.call)
    first = [(row.get("stamp"), row.get("telemetryType")) for row in plain.rows]
    for metrics in _METRICS:
        page, _ = read_once(case, listing.call.having(metrics=metrics))
        second = [(row.get("stamp"), row.get("telemetryType")) for row in page.rows]
        expected = f"the same {len(first)} rows with metrics={metrics} as without"
        case.expect(first == second, expected, f"{len(second)} rows, others or in another order", (plain, page))
