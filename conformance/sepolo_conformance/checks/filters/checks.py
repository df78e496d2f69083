"""Filters: what each lets through, what it leaves out, what they do together, and what they refuse."""

from collections.abc import Iterator, Mapping

from sepolo_conformance.api.calls import Call
from sepolo_conformance.api.filter_rules import RULES, Rule, rules_of
from sepolo_conformance.api.timestamps import TOLERANCE, parse_instant, stamp
from sepolo_conformance.checks.common.list_walks import filterable_list
from sepolo_conformance.checks.common.window_calls import call_without_window, read_once
from sepolo_conformance.checks.filters import filter_trials
from sepolo_conformance.checks.filters.filter_trials import served
from sepolo_conformance.compare.sequences import Reading, describe_rows
from sepolo_conformance.engine.case import Case, requirement
from sepolo_conformance.engine.shared_responses import fetch_once
from sepolo_conformance.model.requirement import MUST, SANDBOX, SHOULD
from sepolo_conformance.transport.exchange import Exchange
from sepolo_openapi.contract import Operation, Parameter

_STATUS_VALUES = 'The page: status "active, inactive or all".'
_UPDATED_AFTER = 'The page: "Only assets updated after this timestamp.", and so for devices.'
_TYPED = 'The page gives the parameter a type, and: "validation errors return 400".'
_FILTER = 'The page calls the parameter an "optional … filter".'
_OWN = "Our own choice"

_STATUS = ("listAssets", "listInventoryParts")
_STATUSES = ("active", "inactive", "all")
_SINCE = ("listAssets", "listDevices")
_NOBODY = "deadbeef-0000-4000-8000-00000000f00d"
_UNUSED: Mapping[str, object] = {
    "groupId": 2147483646,
    "telemetryType": 2147483646,
    "state": 2147483646,
    "minDurationSeconds": 2147483647,
    "status": 987654321,
    "customerId": "no-such-customer",
    "cycleId": "no-such-cycle",
    "deviceId": "no-such-device",
    "externalSystem": "no-such-system",
    "assetId": _NOBODY,
    "userId": _NOBODY,
    "vendorId": _NOBODY,
    "updatedSince": "2999-01-01T00:00:00Z",
}
"""Values of the right type that no row has."""
_NOBODY_AT_ALL = "00000000-0000-0000-0000-000000000000"
_NO_VALUES: Mapping[str, object] = {
    "groupId": 0,
    "state": 0,
    "minDurationSeconds": 2_147_484,
    "assetId": _NOBODY_AT_ALL,
    "userId": _NOBODY_AT_ALL,
    "vendorId": _NOBODY_AT_ALL,
}
"""Values that a careless server takes for none at all; and so many seconds that in milliseconds they pass 2^31."""
_INJECTED = "x' OR '1'='1"
_TEXTS = (
    ("listAssets", "customerId"),
    ("listDeviceTelemetry", "cycleId"),
    ("listIncidents", "deviceId"),
    ("listServiceReports", "deviceId"),
    ("listCustomers", "externalSystem"),
    ("getTelemetryDaily", "deviceId"),
)
_ODD_NUMBERS = ("012", "1.5", "2147483648", "+1", " 1", "0x1", "1e0", "١")
_ODD_INSTANTS = ("2026-06-01T00:00:00", "2026-06-01", "1780272000", "2026-06-01T00:00:00 02:00")
_METRICS = ("current", "temperature,humidity", "nonsense,current,,")


def _rules(case: Case, *names: str) -> Iterator[Rule]:
    """Yield the rules of some filters, all operations that have them."""
    yield from (rule for rule in RULES.values() if rule.name in names and rule.operation_id in case.contract.operations)


def _filters(case: Case) -> Iterator[tuple[Operation, Parameter, Call]]:
    """Yield every filter of every list, with a call that it can be added to."""
    for operation in case.contract.operations.values():
        known = {rule.name for rule in rules_of(operation.operation_id)}
        with case.part(operation.operation_id):
            if known:
                case.home.reader(operation.operation_id)
            call = _any_call(case, operation) if known else None
            for parameter in operation.parameters:
                if call is not None and parameter.name in known:
                    yield operation, parameter, call


def _any_call(case: Case, operation: Operation) -> Call:
    """Return a call that is valid whether it has rows or not."""
    if operation.window is None:
        return Call(operation).with_page_size(2)
    now = case.target.now()
    return call_without_window(case, operation).within(now.replace(day=1), now)


def _typed(case: Case, *kinds: str) -> Iterator[tuple[str, str, Call]]:
    """Yield filters of some types: what they are, their name, and a call."""
    for operation, parameter, call in _filters(case):
        if (parameter.schema.get("format") or parameter.schema.get("type")) in kinds:
            yield f"{operation.operation_id} {parameter.name}", parameter.name, call


def _refused(case: Case, what: str, page: Exchange) -> None:
    case.expect(page.status == 400, f"{what} is refused: status 400", served(page), page)


# -- Each filter alone ----------------------------------------------------------------------------------------


def _held(case: Case, rules: Iterator[Rule], *, strict: bool) -> None:
    for rule in rules:
        with case.part(f"{rule.operation_id} {rule.name}"):
            filter_trials.expect_held(case, rule, strict=strict)


@requirement(
    "FLT-001",
    MUST,
    clause=_STATUS_VALUES,
    title="status=active lists only assets and parts that are active, status=inactive only those that aren't",
)
def status_holds(case: Case) -> None:
    """Looks at isActive in assets and parts with status=active and status=inactive."""
    for name in _STATUS:
        with case.part(name):
            listing = filterable_list(case, case.operation(name))
            for status in ("active", "inactive"):
                page, reading = read_once(case, listing.call.having(status=status))
                wrong = [row for row in reading.rows if row.get("isActive") is (status == "inactive")]
                if any(row.get("isActive") is not None for row in reading.rows):
                    expected = f"{name} with status={status}: isActive {str(status == 'active').lower()} in every row"
                    case.expect(not wrong, expected, f"{len(wrong)} of {len(reading.rows)} rows are otherwise", page)


@requirement(
    "FLT-002",
    MUST,
    clause='The page: "Optional telemetry type filter."',
    title="telemetryType holds on every row",
)
def telemetry_type_holds(case: Case) -> None:
    """Asks for types that a device's telemetry shows, and looks at telemetryType where rows show it."""
    _held(case, _rules(case, "telemetryType"), strict=False)


@requirement(
    "FLT-003",
    MUST,
    clause='The page: "Optional PointGuard cycle id filter."',
    title="cycleId holds on every row",
)
def cycle_holds(case: Case) -> None:
    """Asks for cycles that a device's telemetry shows, and looks at cycleId where rows show it."""
    _held(case, _rules(case, "cycleId"), strict=False)


@requirement(
    "FLT-004",
    MUST,
    clause='The page: "Optional minimum movement duration."',
    title="minDurationSeconds holds on every row",
)
def duration_holds(case: Case) -> None:
    """Asks for durations that cut a device's movements in two, and for more than any, and looks at duration."""
    _held(case, _rules(case, "minDurationSeconds"), strict=False)


@requirement(
    "FLT-005",
    SHOULD,
    clause=_FILTER,
    title="groupId, customerId and the device status hold on every asset and device",
)
def asset_and_device_filters_hold(case: Case) -> None:
    """Asks for groups, customers and states that assets and devices show, and looks at those members."""
    _held(
        case,
        (
            rule
            for rule in _rules(case, "groupId", "customerId", "status")
            if rule.operation_id not in _STATUS or rule.name != "status"
        ),
        strict=True,
    )


@requirement(
    "FLT-006",
    SHOULD,
    clause=_FILTER,
    title="deviceId, assetId and state hold on every incident and service report",
)
def record_filters_hold(case: Case) -> None:
    """Asks for devices, assets and states that incidents and reports show, and looks at those members."""
    found = (rule for rule in _rules(case, "deviceId", "assetId", "state") if rule.operation_id != "getTelemetryDaily")
    _held(case, found, strict=True)


@requirement(
    "FLT-007",
    SHOULD,
    clause=_FILTER,
    title="userId, externalSystem, vendorId and deviceId hold on every appointment, customer, part and daily row",
)
def other_filters_hold(case: Case) -> None:
    """Asks for users, systems, vendors and devices that the lists show, and looks at those members."""
    _held(case, _rules(case, "userId", "externalSystem", "vendorId"), strict=True)
    _held(case, iter((RULES["getTelemetryDaily", "deviceId"],)), strict=True)


@requirement(
    "FLT-008",
    SHOULD,
    clause=_FILTER,
    title="A filter leaves out no row of the list that fits it",
)
def nothing_left_out(case: Case) -> None:
    """Filters each list by hand and compares with what each filter lists."""
    for rule in RULES.values():
        if rule.name != "updatedSince":
            with case.part(f"{rule.operation_id} {rule.name}"):
                filter_trials.expect_complete(case, rule)


@requirement(
    "FLT-009",
    MUST,
    clause=_STATUS_VALUES,
    title="The three values of status are accepted",
)
def statuses_accepted(case: Case) -> None:
    """Asks for assets and parts with each status."""
    for name in _STATUS:
        with case.part(name):
            for status in _STATUSES:
                page = case.call(_any_call(case, case.operation(name)).having(status=status))
                case.expect(page.status == 200, f"{name} takes status={status}: status 200", served(page), page)


@requirement(
    "FLT-010",
    SHOULD,
    clause=_STATUS_VALUES,
    title="Active and inactive rows together are all, and none is both",
)
def active_and_inactive_are_all(case: Case) -> None:
    """Compares the rows of status=all with those of active and inactive, for assets and parts."""
    for name in _STATUS:
        with case.part(name):
            listing = filterable_list(case, case.operation(name))
            answers = [read_once(case, listing.call.having(status=status)) for status in _STATUSES]
            active, inactive, everything = (reading for _, reading in answers)
            if not all(row_id.sure for _, reading in answers for row_id in reading.row_ids):
                case.vacuous("the rows show no ids")
            pages = [page for page, _ in answers]
            both = set(active.row_ids) & set(inactive.row_ids)
            case.expect(
                not both, f"{name}: none active and inactive", describe_rows(active.operation, list(both)), pages
            )
            if active.ended and inactive.ended and everything.ended:
                union = {*active.row_ids, *inactive.row_ids}
                apart = list(union ^ set(everything.row_ids))
                expected = f"{name}: {len(union)} rows active or inactive, and as many with status=all"
                case.expect(not apart, expected, f"not in both: {describe_rows(active.operation, apart)}", pages)


@requirement(
    "FLT-011",
    SHOULD,
    clause=_FILTER,
    title="The values of a filter share out the list: a row is listed for its own value and for no other",
)
def values_share_out(case: Case) -> None:
    """Asks for up to six values of each filter and looks for rows listed twice, or not for their own value."""
    for rule in _rules(
        case, "groupId", "customerId", "status", "state", "telemetryType", "vendorId", "externalSystem", "userId"
    ):
        with case.part(f"{rule.operation_id} {rule.name}"):
            filter_trials.expect_shared_out(case, rule)


@requirement(
    "FLT-025",
    SHOULD,
    clause=_FILTER,
    title="A text filter compares the whole value, not a part of it",
)
def whole_values(case: Case) -> None:
    """Asks for all but the last character of a value, for all but the first, for wildcards of databases, and for a text
    that would be true of every row if it were glued into a query.
    """
    for name in _TEXTS:
        with case.part(" ".join(name)):
            rule = RULES[name]
            listing = filterable_list(case, case.operation(rule.operation_id))
            values = [value for value in rule.values(listing.rows) if isinstance(value, str) and len(value) > 2]
            if not values:
                case.vacuous(f"no row shows {rule.member}")
            for part in (values[0][:-1], values[0][1:], "%", f"{values[0][:-1]}_", _INJECTED):
                if part not in values:
                    page = case.call(listing.call.having({rule.name: part}))
                    wrong = [row for row in page.rows if rule.fits(row, part) is False]
                    expected = f"{rule.operation_id} with {rule.name}={part}: no rows of {values[0]}"
                    case.expect(not wrong, expected, served(page), page)


@requirement(
    "FLT-026",
    SHOULD,
    clause='The page: "Optional comma-separated metric hint."',
    title="metrics takes any names and changes nothing about which rows are listed",
)
def metrics_is_a_hint(case: Case) -> None:
    """Asks for a device's telemetry with metrics known and unknown, and compares which rows come."""
    listing = filterable_list(case, case.operation("listDeviceTelemetry"))
    one, _ = read_once(case, listing.call)
    for metrics in _METRICS:
        page, _ = read_once(case, listing.call.having(metrics=metrics))
        first, second = (
            [(row.get("stamp"), row.get("telemetryType")) for row in answer.rows] for answer in (one, page)
        )
        expected = f"the {len(first)} rows that come without metrics, with metrics={metrics}"
        case.expect(first == second, expected, f"{len(second)} rows, others or in another order", (one, page))


# -- Filters together -----------------------------------------------------------------------------------------


def _filtered_lists(case: Case) -> list[Operation]:
    return [operation for operation in case.contract.operations.values() if rules_of(operation.operation_id)]


@requirement(
    "FLT-012",
    SHOULD,
    clause="Each filter narrows the list.",
    title="Two filters together list what fits both, for every pair",
)
def pairs_hold(case: Case) -> None:
    """Tries each pair of filters with values that some row has, and with values that no row has both of."""
    for operation in _filtered_lists(case):
        if len(rules_of(operation.operation_id)) > 1:
            with case.part(operation.operation_id):
                for listing, one in filter_trials.combinations(case, operation):
                    filter_trials.expect_combined(case, listing, one)


@requirement(
    "FLT-013",
    SHOULD,
    clause="Each filter narrows the list.",
    title="Any number of filters together list what fits all of them",
)
def any_filters_hold(case: Case) -> None:
    """Tries all filters together, each in turn with a value that a row lacks which fits the others, then any of them
    with values that Hypothesis picks from the rows of the list.
    """
    for operation in _filtered_lists(case):
        with case.part(operation.operation_id):
            for listing, one in filter_trials.all_but_one(case, operation):
                filter_trials.expect_combined(case, listing, one)
    filter_trials.any_combination(case, _filtered_lists(case))


@requirement(
    "FLT-014",
    SHOULD,
    clause="Each filter narrows the list.",
    title="A filter holds within a window as it does without, and the window with it",
)
def filters_and_windows(case: Case) -> None:
    """Tries each filter in a part of a window, and compares with the rows of the window filtered by hand."""
    for operation in _filtered_lists(case):
        if operation.window is not None:
            with case.part(operation.operation_id):
                filter_trials.expect_within(case, operation)


@requirement(
    "FLT-015",
    SHOULD,
    clause=f"{_FILTER} A filter that nothing fits isn't an error.",
    title="A value that no row has is answered with an empty list, also where it is zero",
)
def nothing_fits(case: Case) -> None:
    """Asks each filter for a value of its type that no row has, then for zeros: rows that come have to show them."""
    for operation, parameter, call in _filters(case):
        # The status of assets and parts has no value that none can have.
        if operation.operation_id not in _STATUS or parameter.name != "status":
            page = case.call(call.having({parameter.name: _UNUSED[parameter.name]}))
            expected = f"{operation.operation_id} with {parameter.name}={_UNUSED[parameter.name]}: 200 without rows"
            case.expect(page.status == 200 and not page.rows, expected, served(page), page)
    for rule in _rules(case, *_NO_VALUES):
        with case.part(f"{rule.operation_id} {rule.name}"):
            call, value = case.home.call(rule.operation_id), _NO_VALUES[rule.name]
            call = call.with_page_size(2)
            page = fetch_once(case, call.having({rule.name: value}))
            wrong = [row for row in page.rows if rule.fits(row, value) is False]
            expected = f"{rule.operation_id} with {rule.name}={value}: only rows whose {rule.member} fits"
            case.expect(page.status < 500 and not wrong, expected, served(page), page)


# -- What is refused ------------------------------------------------------------------------------------------


@requirement(
    "FLT-016",
    MUST,
    clause=_TYPED,
    title="assetId, userId and vendorId that are no uuid are refused with 400",
)
def no_uuid(case: Case) -> None:
    """Asks each of them for a word, and for a uuid that is too short."""
    for what, name, call in _typed(case, "uuid"):
        for text in ("not-a-uuid", "5c722f76-5f0b-4c1b-875d-05a1d8cd47b"):
            _refused(case, f"{what}={text}", case.call(call.having({name: text})))


@requirement(
    "FLT-017",
    MUST,
    clause=_TYPED,
    title="groupId, state, telemetryType and minDurationSeconds that are no integer are refused with 400",
)
def no_integer(case: Case) -> None:
    """Asks each of them for two words."""
    for what, name, call in _typed(case, "int32"):
        if name != "pageSize":
            for text in ("abc", "x1"):
                _refused(case, f"{what}={text}", case.call(call.having({name: text})))


@requirement(
    "FLT-018",
    MUST,
    clause=_TYPED,
    title="An updatedSince that is no timestamp is refused with 400",
)
def no_instant(case: Case) -> None:
    """Asks assets and devices for a word, then for numbers that are none of a date."""
    for name in _SINCE:
        with case.part(name):
            for text in ("yesterday", "2026-13-45T99:99:99Z"):
                _refused(case, f"{name} updatedSince={text}", case.get(name, query={"updatedSince": text}))


@requirement(
    "FLT-019",
    SHOULD,
    clause=f'{_STATUS} And: "validation errors return 400".',
    title="Another status than the three is refused with 400",
)
def no_such_status(case: Case) -> None:
    """Asks assets and parts for two words beside the three."""
    for name in _STATUS:
        with case.part(name):
            for text in ("retired", "activ"):
                _refused(case, f"{name} status={text}", case.get(name, query={"status": text}))


@requirement(
    "FLT-020",
    SHOULD,
    clause="No movement lasts less than no time.",
    title="A negative minDurationSeconds is refused with 400",
)
def negative_duration(case: Case) -> None:
    """Asks for movements of at least -1 seconds."""
    call = _any_call(case, case.operation("listMovements"))
    _refused(case, "listMovements minDurationSeconds=-1", case.call(call.having(minDurationSeconds=-1)))


@requirement(
    "FLT-024",
    MUST,
    clause='The page: "Optional numeric device status filter."',
    title="A device status of digits is accepted",
)
def digits_accepted(case: Case) -> None:
    """Asks for devices of four statuses, written in digits."""
    for status in ("0", "1", "2", "42"):
        page = case.call(_any_call(case, case.operation("listDevices")).having(status=status))
        case.expect(page.status == 200, f"listDevices takes status={status}: status 200", served(page), page)


# -- Updated since --------------------------------------------------------------------------------------------


@requirement(
    "FLT-021",
    MUST,
    clause=_UPDATED_AFTER,
    title="updatedSince lists nothing that was updated before",
)
def nothing_older(case: Case) -> None:
    """Asks for updates since an instant between those of two rows, and looks at updatedOn, with a second's grace."""
    for name in _SINCE:
        with case.part(name):
            for one in filter_trials.tried(case, RULES[name, "updatedSince"]):
                page, reading = read_once(case, one.call)
                since = parse_instant(one.call.query["updatedSince"])
                times = [parse_instant(row.get("updatedOn")) for row in reading.rows]
                older = [time for time in times if time and since and time < since - TOLERANCE]
                expected = f"{name} with {one.text}: nothing older"
                case.expect(not older, expected, f"{len(older)} rows, from {[stamp(time) for time in older[:2]]}", page)


@requirement(
    "FLT-022",
    SHOULD,
    clause=_UPDATED_AFTER,
    title="updatedSince leaves out nothing that was updated after, so that a later one lists a part of an earlier one",
)
def nothing_newer_left_out(case: Case) -> None:
    """Compares two such lists with the rows of the list that were updated later, and with each other."""
    for name in _SINCE:
        with case.part(name):
            rule = RULES[name, "updatedSince"]
            filter_trials.expect_complete(case, rule)
            found = sorted(filter_trials.tried(case, rule), key=lambda one: str(one.call.query["updatedSince"]))
            (before, earlier), (after, later) = read_once(case, found[0].call), read_once(case, found[-1].call)
            if earlier.ended and later.ended:
                lacking = [row_id for row_id in later.row_ids if row_id not in set(earlier.row_ids)]
                expected = f"{name}: rows with {found[-1].text} are among those with {found[0].text}"
                case.expect(not lacking, expected, describe_rows(later.operation, lacking), (before, after))


@requirement(
    "FLT-023",
    SANDBOX,
    clause=f"{_OWN}: after is not at.",
    title="A row updated exactly at updatedSince isn't listed",
)
def at_is_not_after(case: Case) -> None:
    """Asks for updates since exactly that of a row, and looks for that row."""
    for name in _SINCE:
        with case.part(name):
            rows = [row for row in filterable_list(case, case.operation(name)).rows if row.get("updatedOn")]
            if not rows:
                case.vacuous("no row shows updatedOn")
            since = rows[len(rows) // 2]["updatedOn"]
            page, reading = read_once(case, filterable_list(case, case.operation(name)).call.having(updatedSince=since))
            equal = [row for row in reading.rows if row.get("updatedOn") == since]
            case.expect(not equal, f"{name} with updatedSince={since}: nothing of then", f"{len(equal)} rows", page)


# -- Our own choices ------------------------------------------------------------------------------------------


@requirement(
    "FLT-028",
    SANDBOX,
    clause=f"{_OWN}: all would be no choice if it were the default.",
    title="Without status only active rows are listed",
)
def active_by_default(case: Case) -> None:
    """Compares assets and parts without status with those of status=active."""
    for name in _STATUS:
        with case.part(name):
            call = filterable_list(case, case.operation(name)).call
            (one, first), (other, second) = (
                read_once(case, call.having(status=None)),
                read_once(case, call.having(status="active")),
            )
            expected = f"{name} without status: the rows of status=active"
            case.expect(first.row_ids == second.row_ids, expected, served(one), (one, other))


@requirement(
    "FLT-029",
    SANDBOX,
    clause=f"{_OWN}: a filter without a value is a mistake, and so are two values.",
    title="An empty or repeated filter is refused with 400",
)
def empty_or_twice(case: Case) -> None:
    """Gives every other filter without a value, and each twice the same."""
    for place, (operation, parameter, call) in enumerate(_filters(case)):
        what = f"{operation.operation_id} {parameter.name}"
        if place % 2 == 0:
            _refused(case, f"{what} without a value", case.call(call.having({parameter.name: ""})))
        value = (
            "active" if operation.operation_id in _STATUS and parameter.name == "status" else _UNUSED[parameter.name]
        )
        query = [*call.query.items(), (parameter.name, value), (parameter.name, value)]
        _refused(case, f"{what} given twice", case.get(operation, call.ids, query))


@requirement(
    "FLT-030",
    SANDBOX,
    clause=f"{_OWN}: plain integers of 32 bits, instants with an offset.",
    title="Numbers and instants written in other ways are refused with 400",
)
def odd_values(case: Case) -> None:
    """Gives integers in eight odd ways, three to each filter, instants in four, and a device status in words."""
    for place, (what, name, call) in enumerate(_typed(case, "int32", "date-time")):
        odd = _ODD_INSTANTS if name == "updatedSince" else _ODD_NUMBERS
        for text in dict.fromkeys((odd[0], *(odd[(2 * place + step) % len(odd)] for step in (1, 2)))):
            _refused(case, f"{what}={text!r}", case.call(call.having({name: text})))
    with case.part("listDevices"):
        for text in ("active", "1.0", "1234567890"):
            _refused(case, f"listDevices status={text}", case.get("listDevices", query={"status": text}))


@requirement(
    "FLT-031",
    SANDBOX,
    clause=f"{_OWN}: values are compared as they are written, but for ids, which are hexadecimal numbers.",
    title="Case matters in status and texts, not in a uuid",
)
def case_matters(case: Case) -> None:
    """Gives statuses in capitals, texts in the other case, and ids in capitals."""
    for name in _STATUS:
        with case.part(name):
            _refused(case, f"{name} status=Active", case.get(name, query={"status": "Active"}))
    for rule in RULES.values():
        text = (rule.operation_id, rule.name) in _TEXTS
        if not text and rule.name not in ("assetId", "userId", "vendorId"):
            continue
        with case.part(f"{rule.operation_id} {rule.name}"):
            one = filter_trials.tried(case, rule)[0]
            value = str(one.chosen[rule])
            swapped = value.swapcase() if text else value.upper()
            page, reading = read_once(case, one.call.having({rule.name: swapped}))
            want = (
                Reading(reading.operation, (), ended=True)
                if text and swapped != value
                else read_once(case, one.call)[1]
            )
            expected = f"{rule.operation_id} with {rule.name}={swapped}: {len(want.row_ids)} rows"
            case.expect(reading.row_ids == want.row_ids, expected, served(page), page)
