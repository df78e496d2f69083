"""Values that no row has: an empty list, not an error, and not the unfiltered list."""

from collections.abc import Mapping

from sepolo_conformance.checks.common.clauses import OPTIONAL_FILTER
from sepolo_conformance.checks.common.response_checks import outcome
from sepolo_conformance.checks.filters.filter_calls import STATUS_LISTS, UNMATCHED, filter_parameters, rules_named
from sepolo_conformance.engine import SHOULD, Case, fetch_once, requirement

_ZERO_UUID = "00000000-0000-0000-0000-000000000000"
_ZEROS: Mapping[str, object] = {
    "groupId": 0,
    "state": 0,
    "minDurationSeconds": 2_147_484,  # in milliseconds just above 2^31
    "assetId": _ZERO_UUID,
    "userId": _ZERO_UUID,
    "vendorId": _ZERO_UUID,
}
"""Values that a faulty server treats as a missing value, or that overflow."""


@requirement(
    "FLT-015",
    SHOULD,
    clause=f"{OPTIONAL_FILTER} A filter that no row matches is not an error.",
    title="A value that no row has returns an empty list, also where the value is zero",
)
def unmatched_value_returns_no_rows(case: Case) -> None:
    """Sends a value of the right type that no row has to each filter, then zeros, for which rows may match."""
    for operation, parameter, call in filter_parameters(case):
        # The status of assets and parts has no value that is valid and unmatched.
        if operation.operation_id not in STATUS_LISTS or parameter.name != "status":
            value = UNMATCHED[parameter.name]
            page = case.call(call.having({parameter.name: value}))
            expected = f"{operation.operation_id} with {parameter.name}={value}: 200 without rows"
            case.expect(page.status == 200 and not page.rows, expected, outcome(page), page)
    for rule in rules_named(case, *_ZEROS):
        with case.part(f"{rule.operation_id} {rule.name}"):
            call, value = case.home.call(rule.operation_id).with_page_size(2), _ZEROS[rule.name]
            page = fetch_once(case, call.having({rule.name: value}))
            wrong = [row for row in page.rows if rule.matches(row, value) is False]
            expected = f"{rule.operation_id} with {rule.name}={value}: only rows with a matching {rule.member}"
            case.expect(page.status < 500 and not wrong, expected, outcome(page), page)
