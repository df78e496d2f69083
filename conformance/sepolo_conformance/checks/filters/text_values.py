"""Text filters compare the whole value and its letter case; uuids are compared in any case."""

from sepolo_conformance.api.filter_rules import RULES
from sepolo_conformance.checks.common.clauses import OPTIONAL_FILTER
from sepolo_conformance.checks.common.list_walks import filterable_list
from sepolo_conformance.checks.common.response_checks import expect_rejected, outcome
from sepolo_conformance.checks.common.window_calls import read_once
from sepolo_conformance.checks.filters.filter_calls import STATUS_LISTS, read_trial, values_to_try
from sepolo_conformance.compare.sequences import Reading, same_rows
from sepolo_conformance.engine import SANDBOX, SHOULD, Case, requirement

_TEXT_FILTERS = (
    ("listAssets", "customerId"),
    ("listDeviceTelemetry", "cycleId"),
    ("listIncidents", "deviceId"),
    ("listServiceReports", "deviceId"),
    ("listCustomers", "externalSystem"),
    ("getTelemetryDaily", "deviceId"),
)
_SQL_INJECTION = "x' OR '1'='1"
"""A condition that every row fulfils if the text is inserted into a query without escaping."""


@requirement(
    "FLT-025", SHOULD, clause=OPTIONAL_FILTER, title="A text filter compares the whole value, not a part of it"
)
def whole_values_are_compared(case: Case) -> None:
    """Sends a value without its last character, without its first, with SQL wildcards, and an SQL injection."""
    for name in _TEXT_FILTERS:
        with case.part(" ".join(name)):
            rule = RULES[name]
            listing = filterable_list(case, case.operation(rule.operation_id))
            values = [value for value in rule.values(listing.rows) if isinstance(value, str) and len(value) > 2]
            if not values:
                case.vacuous(f"no row shows {rule.member}")
            for part in (values[0][:-1], values[0][1:], "%", f"{values[0][:-1]}_", _SQL_INJECTION):
                if part not in values:
                    page = case.call(listing.call.having({rule.name: part}))
                    wrong = [row for row in page.rows if rule.matches(row, part) is False]
                    expected = f"{rule.operation_id} with {rule.name}={part}: no rows of other values"
                    case.expect(not wrong, expected, outcome(page), page)


@requirement(
    "FLT-031",
    SANDBOX,
    clause="Our own choice: values are compared as they are written, except uuids, which are hexadecimal numbers.",
    title="Letter case matters in status and text filters, not in uuids",
)
def letter_case_matters(case: Case) -> None:
    """Sends status=Active, texts with the case of each letter swapped, and uuids in capitals."""
    for name in STATUS_LISTS:
        with case.part(name):
            expect_rejected(case, f"{name} with status=Active", case.get(name, query={"status": "Active"}))
    for rule in RULES.values():
        text = (rule.operation_id, rule.name) in _TEXT_FILTERS
        if not text and rule.name not in ("assetId", "userId", "vendorId"):
            continue
        with case.part(f"{rule.operation_id} {rule.name}"):
            one = values_to_try(case, rule)[0]
            value = str(one.chosen[rule])
            swapped = value.swapcase() if text else value.upper()
            page, reading = read_once(case, one.call.having({rule.name: swapped}))
            none = Reading(reading.operation, (), ended=True)
            want = none if text and swapped != value else read_trial(case, one)[1]
            expected = f"{rule.operation_id} with {rule.name}={swapped}: {len(want.row_ids)} rows"
            case.expect(same_rows(reading, want), expected, outcome(page), page)
