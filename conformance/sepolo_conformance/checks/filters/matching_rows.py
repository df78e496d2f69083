"""Each filter alone: only rows that match are returned."""

from collections.abc import Iterable

from sepolo_conformance.api.filter_rules import RULES, Rule
from sepolo_conformance.checks.common.window_calls import read_once
from sepolo_conformance.checks.filters.clauses import FILTER
from sepolo_conformance.checks.filters.filter_calls import STATUS_LISTS, rules_named, values_to_try
from sepolo_conformance.engine import MUST, SHOULD, Case, requirement


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
    duration and by one that none reaches, and checks duration.
    """
    _expect_matching(case, rules_named(case, "minDurationSeconds"), always_shown=False)


@requirement(
    "FLT-005",
    SHOULD,
    clause=FILTER,
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
    clause=FILTER,
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
    clause=FILTER,
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
                page, reading = read_once(case, one.call)
                mismatches = (False, None) if always_shown else (False,)
                wrong = [row for row in reading.rows if rule.matches(row, one.chosen[rule]) in mismatches]
                shown = sorted({repr(row.get(rule.member)) for row in wrong})
                expected = f"{rule.operation_id} with {one.text}: only rows with a matching {rule.member}"
                actual = f"{len(wrong)} of {len(reading.rows)} rows have {rule.member} {', '.join(shown[:4])}"
                case.expect(not wrong, expected, actual, page)
