"""The filters of all operations, calls to add them to, and values to try."""

from collections.abc import Iterator, Mapping

from sepolo_conformance.api.calls import Call
from sepolo_conformance.api.filter_rules import RULES, Rule, Trial, rules_of, trials
from sepolo_conformance.checks.common.list_walks import filterable_list
from sepolo_conformance.checks.common.window_calls import call_without_window, read_once
from sepolo_conformance.compare.sequences import Reading
from sepolo_conformance.engine import Case, Exchange, Vacuous, fetch_once
from sepolo_openapi.contract import Operation, Parameter

STATUS_LISTS = ("listAssets", "listInventoryParts")
"""Operations whose status is active, inactive or all."""

_NO_ROW_HAS = "deadbeef-0000-4000-8000-00000000f00d"
UNMATCHED: Mapping[str, object] = {
    "groupId": 2147483646,
    "telemetryType": 2147483646,
    "state": 2147483646,
    "minDurationSeconds": 2147483647,
    "status": 987654321,
    "customerId": "no-such-customer",
    "cycleId": "no-such-cycle",
    "deviceId": "no-such-device",
    "externalSystem": "no-such-system",
    "assetId": _NO_ROW_HAS,
    "userId": _NO_ROW_HAS,
    "vendorId": _NO_ROW_HAS,
    "updatedSince": "2999-01-01T00:00:00Z",
}
"""Values of the right type that no row has."""

_FEW_VALUES, MANY_VALUES = 2, 6


def rules_named(case: Case, *names: str) -> Iterator[Rule]:
    """Yield the filters of some names, of all operations that have them."""
    yield from (rule for rule in RULES.values() if rule.name in names and rule.operation_id in case.contract.operations)


def filtered_operations(case: Case) -> list[Operation]:
    """Return the operations that have filters."""
    return [operation for operation in case.contract.operations.values() if rules_of(operation.operation_id)]


def filter_parameters(case: Case) -> Iterator[tuple[Operation, Parameter, Call]]:
    """Yield every filter of every list: its operation, its parameter, and a call that it can be added to."""
    for operation in case.contract.operations.values():
        known = {rule.name for rule in rules_of(operation.operation_id)}
        with case.part(operation.operation_id):
            if known:
                case.home.reader(operation.operation_id)
            call = call_without_filters(case, operation) if known else None
            for parameter in operation.parameters:
                if call is not None and parameter.name in known:
                    yield operation, parameter, call


def filters_of_type(case: Case, *kinds: str) -> Iterator[tuple[str, str, Call]]:
    """Yield the filters with a format or type among `kinds`: "operation with name", the name, and a call."""
    for operation, parameter, call in filter_parameters(case):
        if (parameter.schema.get("format") or parameter.schema.get("type")) in kinds:
            yield f"{operation.operation_id} with {parameter.name}", parameter.name, call


def call_without_filters(case: Case, operation: Operation) -> Call:
    """Return a call without filters that is accepted, whether it returns rows or not."""
    if operation.window is None:
        return Call(operation).with_page_size(2)
    now = case.target.now()
    return call_without_window(case, operation).within(now.replace(day=1), now)


def values_to_try(case: Case, rule: Rule) -> list[Trial]:
    """Return values of a filter to try on its list; raise Vacuous if every row matches or none shows the member."""
    listing = filterable_list(case, case.operation(rule.operation_id))
    if not rule.shown(listing.rows):
        raise Vacuous(f"no row shows {rule.member}")
    # Every telemetry type is tried: the published page documents only samples of type 1.
    found = trials(listing, rule, MANY_VALUES if rule.name == "telemetryType" else _FEW_VALUES)
    if not found:
        raise Vacuous(f"every row that was found has the same {rule.member}")
    return found


def read_trial(case: Case, one: Trial) -> tuple[Exchange, Reading]:
    """Return the first page of a filtered list and its rows; 404 is accepted too if no known row matches."""
    if one.matching == 0:
        page = fetch_once(case, one.call.with_page_size())
        if page.status == 404:
            return page, Reading(one.call.operation, (), ended=True)
    return read_once(case, one.call)
